import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { BadRequestError, NotFoundError } from '../../src/index.js';
import type { PlatformQuirks } from '../../src/testing/index.js';
import { thrownBy } from '../support/client.js';
import { bytes, type Stage, stage } from '../support/simulator.js';

const datasetId = 'dataset';
const FILE = '/data/foundation/import/batches/{batchId}/datasets/{datasetId}/files/{filePath}';
let here: Stage;
let batchId: string;
let address: { batchId: string; datasetId: string; path: string };

const begin = async (quirks: Partial<PlatformQuirks> = {}) => {
  here = await stage({ quirks });
  batchId = (await here.client.batches.create({ datasetId })).id;
  address = { batchId, datasetId, path: 'day=1/large.json' };
};
const part = (start: number, text: string) =>
  here.client.files.uploadPart(address, { start }, bytes(text));
const uploaded = () =>
  Promise.all(
    here.simulator.files(batchId).map(async ({ path, sizeBytes, sha256 }) => {
      return { path, sizeBytes, sha256: await sha256() };
    }),
  );
const describeFile = (path: string, text: string) => {
  const sha256 = createHash('sha256').update(text).digest('hex');
  return { path, sizeBytes: text.length, sha256 };
};
/** A part with a Content-Range of its own. */
const rawPart = (range: string, text: string) =>
  here.client.raw.PATCH(FILE, {
    params: {
      path: { batchId, datasetId, filePath: address.path },
      header: { 'Content-Range': range },
    },
    body: bytes(text),
    parseAs: 'text',
  });

beforeEach(() => begin());

describe('a small file', () => {
  test('a small file is stored with its size and hash, and a second one with its path replaces it', async () => {
    await here.client.files.put(address, bytes('first'));
    await here.client.files.put(address, bytes('the second'));

    expect(await uploaded()).toEqual([describeFile(address.path, 'the second')]);
  });

  test('a path may have any characters', async () => {
    const path = 'a b/ü%2F?&#/c.json';
    await here.client.files.put({ ...address, path }, bytes('x'));

    expect(await uploaded()).toEqual([describeFile(path, 'x')]);
  });

  test('a small file of more than 256 MB is rejected before it is sent', async () => {
    const length = 256_000_001;
    const status = await new Promise((resolve, reject) => {
      const sent = request(fileUrl(), {
        method: 'PUT',
        headers: { ...headers(), 'content-length': length },
      });
      sent.on('response', (response) => resolve(response.statusCode)).on('error', reject);
      sent.flushHeaders();
    });

    expect(status).toBe(413);
    expect(await uploaded()).toEqual([]);
  });

  test.each(['', 'a//b', 'a/../b', './a'])('a file with the path %j is rejected', async (path) => {
    const url = fileUrl().replace(encodeURI(address.path), path);
    const status = await new Promise((resolve, reject) => {
      // As a path of its own: a URL would take the dots away.
      const { hostname, port } = new URL(url);
      const raw = url.slice(new URL(url).origin.length);
      const options = { hostname, port, path: raw, method: 'PUT', headers: headers() };
      request(options, (response) => resolve(response.statusCode))
        .on('error', reject)
        .end('x');
    });

    expect(status).toBe(path === '' ? 404 : 400);
  });

  test('a small file is accepted only into its own batch and dataset, while the batch is loading', async () => {
    const put = (more: object) =>
      thrownBy(here.client.files.put({ ...address, ...more }, bytes('x')));

    expect(await put({ batchId: 'another' })).toBeInstanceOf(NotFoundError);
    expect(await put({ datasetId: 'another' })).toBeInstanceOf(NotFoundError);
    await here.client.batches.complete(batchId);
    expect(await put({})).toMatchObject({ status: 400, code: 'ERR-BI-104' });
  });
});

const fileUrl = () =>
  `${here.simulator.origin}/data/foundation/import/batches/${batchId}/datasets/${datasetId}/files/${encodeURI(address.path)}`;
const headers = () => ({
  authorization: 'Bearer simulated-access-token-1',
  'x-api-key': here.simulator.env['AEP_CLIENT_ID'],
  'x-gw-ims-org-id': here.simulator.env['AEP_ORG_ID'],
  'x-sandbox-name': here.simulator.env['AEP_SANDBOX'],
  'content-type': 'application/octet-stream',
});

describe('a large file', () => {
  test('a large file is joined from parts in any order', async () => {
    await here.client.files.initialize(address);
    await part(6, 'world');
    await part(0, 'hello ');
    expect(await here.client.files.receivedRanges(address)).toEqual([{ start: 0, end: 11 }]);
    await here.client.files.complete(address);

    expect(await uploaded()).toEqual([describeFile(address.path, 'hello world')]);
  });

  test.each([
    [
      'a gap',
      [
        [0, 'aa'],
        [3, 'b'],
      ],
      'bytes 2-2 are missing',
    ],
    ['a gap at its beginning', [[1, 'aa']], 'bytes 0-0 are missing'],
    [
      'an overlap',
      [
        [0, 'aaaa'],
        [2, 'bb'],
      ],
      'bytes 2-3 came twice',
    ],
    ['no part', [], 'no part has arrived'],
  ] as [string, [number, string][], string][])(
    'a large file with %s is rejected by COMPLETE, and not before',
    async (_, parts, why) => {
      await here.client.files.initialize(address);
      for (const [start, text] of parts) await part(start, text);
      const error = await thrownBy(here.client.files.complete(address));

      expect(error).toBeInstanceOf(BadRequestError);
      expect((error as BadRequestError).detail).toContain(why);
      expect(await uploaded()).toEqual([]);
    },
  );

  test('parts, ranges and COMPLETE of a file that was never initialized get 404', async () => {
    expect(await thrownBy(part(0, 'a'))).toBeInstanceOf(NotFoundError);
    expect(await thrownBy(here.client.files.receivedRanges(address))).toBeInstanceOf(NotFoundError);
    expect(await thrownBy(here.client.files.complete(address))).toBeInstanceOf(NotFoundError);
  });

  test('INITIALIZE discards an earlier upload, and a completed file cannot be completed again', async () => {
    await here.client.files.initialize(address);
    await part(0, 'discarded');
    await here.client.files.initialize(address);
    await part(0, 'new');
    await here.client.files.complete(address);

    expect(await uploaded()).toEqual([describeFile(address.path, 'new')]);
    expect(await thrownBy(here.client.files.complete(address))).toBeInstanceOf(BadRequestError);
  });

  test.each([false, true])(
    'a second INITIALIZE is rejected where the quirk says so, completed: %s',
    async (isFinished) => {
      const strict = await stage({ quirks: { reinitialize: 'refused' } });
      const { id } = await strict.client.batches.create({ datasetId: 'd1' });
      const file = { batchId: id, datasetId: 'd1', path: 'a.parquet' };
      await strict.client.files.initialize(file);
      await strict.client.files.uploadPart(file, { start: 0 }, bytes('kept'));
      if (isFinished) await strict.client.files.complete(file);
      expect(await thrownBy(strict.client.files.initialize(file))).toBeInstanceOf(BadRequestError);

      if (!isFinished) await strict.client.files.complete(file);
      const [kept] = strict.simulator.files(id);
      expect(kept?.sizeBytes).toBe(4);
    },
  );

  test.each([
    ['bytes 0-9', 'short'],
    ['bytes 0-2', 'too long'],
    ['bytes 5-2', 'abc'],
    ['bytes a-b', 'abc'],
    ['bytes 0-2/2', 'abc'],
    ['items 0-2', 'abc'],
  ])('a part with the Content-Range %j and the body %j is rejected', async (range, text) => {
    await here.client.files.initialize(address);

    expect((await rawPart(range, text)).response.status).toBe(400);
    expect(await here.client.files.receivedRanges(address)).toBeUndefined();
  });

  test('a part of more than 512,000,000 bytes is rejected', async () => {
    await here.client.files.initialize(address);
    expect((await rawPart('bytes 0-512000000', 'abc')).response.status).toBe(413);
  });
});

describe('quirks', () => {
  test.each([
    [false, 'bytes 0-2', 200],
    [false, 'bytes 0-2/3', 200],
    [true, 'bytes 0-2', 400],
    [true, 'bytes 0-2/3', 200],
  ])(
    'with totalRequired %s, the Content-Range %s gets %i',
    async (totalRequired, range, status) => {
      await begin({ totalRequired });
      await here.client.files.initialize(address);
      expect((await rawPart(range, 'abc')).response.status).toBe(status);
    },
  );

  test.each([false, true])(
    'with identicalRangeOverlaps %s, a range may be sent twice accordingly',
    async (overlaps) => {
      await begin({ identicalRangeOverlaps: overlaps });
      await here.client.files.initialize(address);
      await part(0, 'abc');
      await part(0, 'abc');
      const error = await thrownBy(here.client.files.complete(address));

      expect(error instanceof BadRequestError).toBe(overlaps);
    },
  );

  test.each([
    ['equals', 'bytes=0-2,6-8'],
    ['space', 'bytes 0-2,6-8'],
    ['list', 'bytes=6-8,0-1,2-2'],
    ['none', null],
  ] as const)('with headFormat %s, HEAD returns the range %s', async (headFormat, header) => {
    await begin({ headFormat });
    await here.client.files.initialize(address);
    for (const [start, text] of [
      [6, 'ghi'],
      [0, 'ab'],
      [2, 'c'],
    ] as const)
      await part(start, text);
    const params = { path: { batchId, datasetId, filePath: address.path } };
    const { response } = await here.client.raw.HEAD(FILE, { params });

    expect(response.headers.get('range')).toBe(header);
  });

  test.each([200, 404] as const)(
    'with finishedFileStatus %i, HEAD of a completed file has that status',
    async (status) => {
      await begin({ finishedFileStatus: status });
      await here.client.files.put(address, bytes('abc'));
      const asked = here.client.files.receivedRanges(address);

      if (status === 404) expect(await thrownBy(asked)).toBeInstanceOf(NotFoundError);
      else expect(await asked).toEqual([{ start: 0, end: 3 }]);
    },
  );

  test.each([
    [200, { name: 'day=1/large.json', sizeBytes: 3 }],
    [201, undefined],
  ] as const)(
    'with completeFileStatus %i, COMPLETE of a file has that status',
    async (completeFileStatus, result) => {
      await begin({ completeFileStatus });
      await here.client.files.initialize(address);
      await part(0, 'abc');
      expect(await here.client.files.complete(address)).toEqual(result);
    },
  );
});

test('an upload without a Content-Length is counted as it arrives', async () => {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes('ab'));
      controller.enqueue(bytes('c'));
      controller.close();
    },
  });
  const init = { method: 'PUT', headers: headers(), body, duplex: 'half' };
  const response = await fetch(fileUrl(), init as RequestInit);

  expect(response.status).toBe(200);
  expect(await uploaded()).toEqual([describeFile(address.path, 'abc')]);
});

test('an upload that is cut does not replace the earlier file', async () => {
  await here.client.files.put(address, bytes('first'));
  await new Promise((resolve) => {
    const sent = request(fileUrl(), {
      method: 'PUT',
      headers: { ...headers(), 'content-length': 10 },
    });
    sent.on('error', resolve);
    sent.write('half', () => sent.destroy(new Error('gone')));
  });

  expect(await uploaded()).toEqual([describeFile(address.path, 'first')]);
});

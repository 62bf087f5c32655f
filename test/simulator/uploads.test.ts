import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { BadRequestError, NotFoundError } from '../../src/index.js';
import type { PlatformQuirks } from '../../src/testing/index.js';
import { bytes, errorOf, type Stage, stage } from '../support/simulator.js';

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
const fileOf = (path: string, text: string) => {
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
  test('is there with its size and hash, and a second one under its path replaces it', async () => {
    await here.client.files.put(address, bytes('first'));
    await here.client.files.put(address, bytes('the second'));

    expect(await uploaded()).toEqual([fileOf(address.path, 'the second')]);
  });

  test('keeps a name with every kind of character', async () => {
    const path = 'a b/ü%2F?&#/c.json';
    await here.client.files.put({ ...address, path }, bytes('x'));

    expect(await uploaded()).toEqual([fileOf(path, 'x')]);
  });

  test('of more than 256 MB is refused before it is sent', async () => {
    const length = 256_000_001;
    const status = await new Promise((resolve, reject) => {
      const sent = request(urlOf(), {
        method: 'PUT',
        headers: { ...headers(), 'content-length': length },
      });
      sent.on('response', (answer) => resolve(answer.statusCode)).on('error', reject);
      sent.flushHeaders();
    });

    expect(status).toBe(413);
    expect(await uploaded()).toEqual([]);
  });

  test.each(['', 'a//b', 'a/../b', './a'])('cannot be called %j', async (path) => {
    const url = urlOf().replace(encodeURI(address.path), path);
    const status = await new Promise((resolve, reject) => {
      // As a path of its own: a URL would take the dots away.
      const { hostname, port } = new URL(url);
      const raw = url.slice(new URL(url).origin.length);
      const options = { hostname, port, path: raw, method: 'PUT', headers: headers() };
      request(options, (answer) => resolve(answer.statusCode))
        .on('error', reject)
        .end('x');
    });

    expect(status).toBe(path === '' ? 404 : 400);
  });

  test('is taken only into its own batch and dataset, while that is loading', async () => {
    const put = (more: object) =>
      errorOf(here.client.files.put({ ...address, ...more }, bytes('x')));

    expect(await put({ batchId: 'another' })).toBeInstanceOf(NotFoundError);
    expect(await put({ datasetId: 'another' })).toBeInstanceOf(NotFoundError);
    await here.client.batches.complete(batchId);
    expect(await put({})).toMatchObject({ status: 400, code: 'ERR-BI-104' });
  });
});

const urlOf = () =>
  `${here.simulator.origin}/data/foundation/import/batches/${batchId}/datasets/${datasetId}/files/${encodeURI(address.path)}`;
const headers = () => ({
  authorization: 'Bearer simulated-access-token-1',
  'x-api-key': here.simulator.env['AEP_CLIENT_ID'],
  'x-gw-ims-org-id': here.simulator.env['AEP_ORG_ID'],
  'x-sandbox-name': here.simulator.env['AEP_SANDBOX'],
  'content-type': 'application/octet-stream',
});

describe('a large file', () => {
  test('is joined from parts in any order', async () => {
    await here.client.files.initialize(address);
    await part(6, 'world');
    await part(0, 'hello ');
    expect(await here.client.files.receivedRanges(address)).toEqual([{ start: 0, end: 11 }]);
    await here.client.files.complete(address);

    expect(await uploaded()).toEqual([fileOf(address.path, 'hello world')]);
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
    'with %s is refused at its end, and not before',
    async (_, parts, why) => {
      await here.client.files.initialize(address);
      for (const [start, text] of parts) await part(start, text);
      const error = await errorOf(here.client.files.complete(address));

      expect(error).toBeInstanceOf(BadRequestError);
      expect((error as BadRequestError).detail).toContain(why);
      expect(await uploaded()).toEqual([]);
    },
  );

  test('that was never announced takes no parts, has no ranges and no end', async () => {
    expect(await errorOf(part(0, 'a'))).toBeInstanceOf(NotFoundError);
    expect(await errorOf(here.client.files.receivedRanges(address))).toBeInstanceOf(NotFoundError);
    expect(await errorOf(here.client.files.complete(address))).toBeInstanceOf(NotFoundError);
  });

  test('that is announced again begins anew, and one that is finished cannot be finished', async () => {
    await here.client.files.initialize(address);
    await part(0, 'long ago');
    await here.client.files.initialize(address);
    await part(0, 'new');
    await here.client.files.complete(address);

    expect(await uploaded()).toEqual([fileOf(address.path, 'new')]);
    expect(await errorOf(here.client.files.complete(address))).toBeInstanceOf(BadRequestError);
  });

  test.each([false, true])('is refused a second INITIALIZE, finished: %s', async (isFinished) => {
    const strict = await stage({ quirks: { reinitialize: 'refused' } });
    const { id } = await strict.client.batches.create({ datasetId: 'd1' });
    const file = { batchId: id, datasetId: 'd1', path: 'a.parquet' };
    await strict.client.files.initialize(file);
    await strict.client.files.uploadPart(file, { start: 0 }, bytes('kept'));
    if (isFinished) await strict.client.files.complete(file);
    expect(await errorOf(strict.client.files.initialize(file))).toBeInstanceOf(BadRequestError);

    if (!isFinished) await strict.client.files.complete(file);
    const [kept] = strict.simulator.files(id);
    expect(kept?.sizeBytes).toBe(4);
  });

  test.each([
    ['bytes 0-9', 'short'],
    ['bytes 0-2', 'too long'],
    ['bytes 5-2', 'abc'],
    ['bytes a-b', 'abc'],
    ['bytes 0-2/2', 'abc'],
    ['items 0-2', 'abc'],
  ])('refuses a part whose Content-Range is %j with the body %j', async (range, text) => {
    await here.client.files.initialize(address);

    expect((await rawPart(range, text)).response.status).toBe(400);
    expect(await here.client.files.receivedRanges(address)).toBeUndefined();
  });

  test('refuses a part above 512,000,000 bytes', async () => {
    await here.client.files.initialize(address);
    expect((await rawPart('bytes 0-512000000', 'abc')).response.status).toBe(413);
  });
});

describe('the open questions', () => {
  test.each([
    [false, 'bytes 0-2', 200],
    [false, 'bytes 0-2/3', 200],
    [true, 'bytes 0-2', 400],
    [true, 'bytes 0-2/3', 200],
  ])('a total is required: %s; %s is answered with %i', async (totalRequired, range, status) => {
    await begin({ totalRequired });
    await here.client.files.initialize(address);
    expect((await rawPart(range, 'abc')).response.status).toBe(status);
  });

  test.each([false, true])('a range that is sent again is an overlap: %s', async (overlaps) => {
    await begin({ identicalRangeOverlaps: overlaps });
    await here.client.files.initialize(address);
    await part(0, 'abc');
    await part(0, 'abc');
    const error = await errorOf(here.client.files.complete(address));

    expect(error instanceof BadRequestError).toBe(overlaps);
  });

  test.each([
    ['equals', 'bytes=0-2,6-8'],
    ['space', 'bytes 0-2,6-8'],
    ['list', 'bytes=6-8,0-1,2-2'],
    ['none', null],
  ] as const)('HEAD says what has arrived: %s as %s', async (headFormat, header) => {
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

  test.each([200, 404] as const)('HEAD of a finished file is answered with %i', async (status) => {
    await begin({ finishedFileStatus: status });
    await here.client.files.put(address, bytes('abc'));
    const asked = here.client.files.receivedRanges(address);

    if (status === 404) expect(await errorOf(asked)).toBeInstanceOf(NotFoundError);
    else expect(await asked).toEqual([{ start: 0, end: 3 }]);
  });

  test.each([
    [200, { name: 'day=1/large.json', sizeBytes: 3 }],
    [201, undefined],
  ] as const)('the end of a file is answered with %i', async (completeFileStatus, told) => {
    await begin({ completeFileStatus });
    await here.client.files.initialize(address);
    await part(0, 'abc');
    expect(await here.client.files.complete(address)).toEqual(told);
  });
});

test('an upload without a length is counted as it comes', async () => {
  const body = new ReadableStream({
    start(controller) {
      controller.enqueue(bytes('ab'));
      controller.enqueue(bytes('c'));
      controller.close();
    },
  });
  const init = { method: 'PUT', headers: headers(), body, duplex: 'half' };
  const answer = await fetch(urlOf(), init as RequestInit);

  expect(answer.status).toBe(200);
  expect(await uploaded()).toEqual([fileOf(address.path, 'abc')]);
});

test('an upload that breaks off leaves what was there', async () => {
  await here.client.files.put(address, bytes('first'));
  await new Promise((resolve) => {
    const sent = request(urlOf(), {
      method: 'PUT',
      headers: { ...headers(), 'content-length': 10 },
    });
    sent.on('error', resolve);
    sent.write('half', () => sent.destroy(new Error('gone')));
  });

  expect(await uploaded()).toEqual([fileOf(address.path, 'first')]);
});

import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdtemp, open, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type BytesInput, OpenFile, SourceError } from '../src/index.js';
import { clientFor, testClock, thrownBy } from './support/client.js';
import { cut, respondWith, useServer } from './support/server.js';

// Prism reads bytes as text; here a real server says what arrived.
const server = useServer();
const FILE = { batchId: 'b1', datasetId: 'd1', path: 'a.parquet' };
let folder = '';
/** What all open files have their methods from. */
let handles: FileHandle;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-bytes-'));
  const handle = await open(folder);
  handles = Object.getPrototypeOf(handle);
  await handle.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Bytes of which no two stretches are alike, so that none can be taken for another. */
const makeBytes = (size: number) => randomBytes(size);
const openTemporaryFile = async (bytes: Uint8Array) => {
  const path = join(folder, `${bytes.length}-${Math.random()}`);
  await writeFile(path, bytes);
  return OpenFile.open(path);
};

const kinds: [string, (bytes: Buffer) => Promise<BytesInput>][] = [
  ['a Buffer', async (bytes) => bytes],
  [
    'a Uint8Array that is part of a larger one',
    async (bytes) => {
      const larger = new Uint8Array(bytes.length + 20);
      larger.set(bytes, 10);
      return larger.subarray(10, 10 + bytes.length);
    },
  ],
  ['a Blob', async (bytes) => new Blob([bytes.subarray(0, 5), bytes.subarray(5)])],
  ['a file', openTemporaryFile],
];
const SIZES = [0, 1, 256, 1023, 1024 * 1024, 3 * 1024 * 1024 + 1];

describe.each(kinds)('what is sent is what arrives, of %s', (_, make) => {
  test.each(SIZES)('%i bytes by PUT', async (size) => {
    const bytes = makeBytes(size);
    const input = await make(bytes);
    server.play(200);
    await clientFor(server.origin).files.put(FILE, input);

    const [request] = server.requests;
    expect(request?.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-length': `${size}`,
    });
    expect(request?.headers['transfer-encoding']).toBeUndefined();
    expect(request?.body.equals(bytes)).toBe(true);
    if (input instanceof OpenFile) await input.close();
  });

  test.each([1, 1023, 3 * 1024 * 1024 + 1])('%i bytes as a part', async (size) => {
    const bytes = makeBytes(size);
    const input = await make(bytes);
    server.play(200);
    await clientFor(server.origin).files.uploadPart(FILE, { start: 5 }, input);

    const [request] = server.requests;
    expect(request?.headers['content-range']).toBe(`bytes 5-${5 + size - 1}`);
    expect(request?.body.equals(bytes)).toBe(true);
    if (input instanceof OpenFile) await input.close();
  });

  test('with a fetch of the caller, and of the same length', async () => {
    const bytes = makeBytes(2 * 1024 * 1024 + 3);
    const input = await make(bytes);
    server.play(200);
    await clientFor(server.origin, { fetch: globalThis.fetch }).files.put(FILE, input);

    expect(server.requests[0]?.body.equals(bytes)).toBe(true);
    if (input instanceof OpenFile) await input.close();
  });

  test('after a cut in the middle, all of it again', async () => {
    const bytes = makeBytes(1024 * 1024 + 7);
    const input = await make(bytes);
    server.play(cut, 503, 200);
    await clientFor(server.origin, { clock: testClock() }).files.put(FILE, input);

    expect(server.requests.map(({ body }) => body.equals(bytes))).toEqual([true, true, true]);
    if (input instanceof OpenFile) await input.close();
  });
});

describe('an open file', () => {
  test('gives slices, and slices of slices, without its neighbours', async () => {
    const bytes = makeBytes(3 * 1024 * 1024);
    const file = await openTemporaryFile(bytes);
    server.play(200, 200);
    const client = clientFor(server.origin);
    const slice = file.slice(1_000_001, 2_500_000);
    await client.files.uploadPart(FILE, { start: 1_000_001 }, slice);
    await client.files.uploadPart(FILE, { start: 1_000_011 }, slice.slice(10, 20));

    expect(server.requests[0]?.body.equals(bytes.subarray(1_000_001, 2_500_000))).toBe(true);
    expect(server.requests[1]?.body.equals(bytes.subarray(1_000_011, 1_000_021))).toBe(true);
    await file.close();
  });

  test('can be sent several times at once', async () => {
    const bytes = makeBytes(4 * 1024 * 1024);
    const file = await openTemporaryFile(bytes);
    server.respond = (_, response) => response.end();
    const client = clientFor(server.origin);
    const starts = [0, 1, 2, 3].map((n) => n * 1024 * 1024);
    await Promise.all(
      starts.map((start) =>
        client.files.uploadPart(FILE, { start }, file.slice(start, start + 1024 * 1024)),
      ),
    );

    const arrived = server.requests
      .map(({ headers, body }) => ({
        at: Number(/\d+/.exec(headers['content-range'] ?? '')?.[0]),
        body,
      }))
      .sort((a, b) => a.at - b.at);
    expect(Buffer.concat(arrived.map(({ body }) => body)).equals(bytes)).toBe(true);
    await file.close();
  });

  test('that became shorter is a SourceError, and is not tried again', async () => {
    const path = join(folder, 'shrinks');
    await writeFile(path, makeBytes(5 * 1024 * 1024));
    const file = await OpenFile.open(path);
    await truncate(path, 1000);
    server.respond = (_, response) => response.end();
    const error = await thrownBy(clientFor(server.origin).files.put(FILE, file));

    expect(error).toBeInstanceOf(SourceError);
    expect(String(error)).toMatch(/shrinks became shorter.*byte 1000/);
    await file.close();
  });

  test.each([
    ['that is not there', 'missing', 'cannot be opened'],
    ['that is a folder', '.', 'not a regular file'],
  ])('%s is a SourceError with its path', async (_, name, says) => {
    const error = await thrownBy(OpenFile.open(join(folder, name)));
    expect(error).toBeInstanceOf(SourceError);
    expect(String(error)).toContain(says);
  });

  test.each([
    [-1, 5],
    [5, 4],
    [0, 99],
  ])('has no slice from %i to %i', async (start, end) => {
    const file = await openTemporaryFile(makeBytes(10));
    expect(() => file.slice(start, end)).toThrow(
      /Invalid (start|end): expected a whole number of bytes/,
    );
    await file.close();
  });
});

test('a file above 4 GiB has its size, and its last bytes are sent', async () => {
  const path = join(folder, 'sparse');
  const handle = await open(path, 'w');
  const size = 2 ** 32 + 11;
  await handle.write(Buffer.from('the end'), 0, 7, size - 7); // a hole before it takes no space
  await handle.close();
  const file = await OpenFile.open(path);
  server.play(200);
  await clientFor(server.origin).files.uploadPart(FILE, { start: size - 7 }, file.slice(size - 7));

  expect(file.size).toBe(size);
  expect(`${server.requests[0]?.body}`).toBe('the end');
  expect(server.requests[0]?.headers['content-range']).toBe(`bytes ${size - 7}-${size - 1}`);
  await file.close();
});

test('an error response before the end of the upload is thrown, and the rest is not sent', async () => {
  let received = 0;
  server.respond = () => undefined;
  const early = (await import('node:http')).createServer((request, response) => {
    response.writeHead(413, { connection: 'close' }).end('{"title":"too large"}');
    request.on('data', (chunk) => {
      received += chunk.length;
    });
  });
  await new Promise<void>((resolve) => early.listen(0, '127.0.0.1', resolve));
  const { port } = early.address() as { port: number };
  const big = Buffer.alloc(48 * 1024 * 1024);
  const error = await thrownBy(clientFor(`http://127.0.0.1:${port}`).files.put(FILE, big));
  early.closeAllConnections();
  early.close();

  expect(error).toMatchObject({ name: 'ContentTooLargeError', detail: 'too large' });
  expect(received).toBeLessThan(big.length);
});

describe('what is no bytes is rejected, and nothing is sent', () => {
  test.each<[string, unknown]>([
    ['a stream', new ReadableStream()],
    ['a string', 'abc'],
    ['nothing', undefined],
  ])('%s', async (_, input) => {
    const put = clientFor(server.origin).files.put(FILE, input as BytesInput);
    expect(await thrownBy(put)).toMatchObject({ name: 'InvalidInputError', field: 'bytes' });
    expect(server.seen).toEqual([]);
  });

  test('a part of no bytes, or of too many', async () => {
    const { files } = clientFor(server.origin);
    const huge = { size: 512_000_001, pump: async () => undefined, slice: () => huge };
    for (const bytes of [Buffer.alloc(0), huge]) {
      const part = files.uploadPart(FILE, { start: 0 }, bytes);
      expect(await thrownBy(part)).toMatchObject({ name: 'InvalidInputError', field: 'bytes' });
    }
    expect(server.seen).toEqual([]);
  });
});

test.each([
  ['that was closed', (file: OpenFile) => file.close()],
  [
    'that cannot be read any more',
    async () => {
      const read = new Error('EIO: i/o error, read');
      jest.spyOn(handles, 'read').mockRejectedValueOnce(read);
    },
  ],
])('a file %s is an error of the file', async (_, spoil) => {
  const file = await openTemporaryFile(makeBytes(10));
  await spoil(file);
  server.respond = respondWith(200) as typeof server.respond;
  const error = await thrownBy(clientFor(server.origin).files.put(FILE, file));
  await file.close();

  expect(error).toBeInstanceOf(SourceError);
  expect(error).toMatchObject({ path: file.path, cause: expect.anything() });
  expect(String(error)).toContain('cannot be read');
});

describe('a path goes on the wire with its slashes as they are, each part encoded', () => {
  test.each([
    ['day=1/part-0.parquet', 'day%3D1/part-0.parquet'],
    ['a b/c%d.csv', 'a%20b/c%25d.csv'],
    ['x#y?z.json', 'x%23y%3Fz.json'],
    ['größe/日本.json', 'gr%C3%B6%C3%9Fe/%E6%97%A5%E6%9C%AC.json'],
    ['%2e%2e/a', '%252e%252e/a'],
    ['back\\slash', 'back%5Cslash'],
  ])('%s', async (path, wire) => {
    server.play(respondWith(200));
    await clientFor(server.origin).files.put({ ...FILE, path }, Buffer.from('x'));
    expect(server.seen).toEqual([
      `PUT /data/foundation/import/batches/b1/datasets/d1/files/${wire}`,
    ]);
  });

  test.each(['', '/a', 'a/', 'a//b', './a', 'a/../b', '..', '.', 'a\ud800'])(
    'but %j is rejected, and nothing is sent',
    async (path) => {
      const put = clientFor(server.origin).files.put({ ...FILE, path }, Buffer.from('x'));
      expect(await thrownBy(put)).toMatchObject({ name: 'InvalidInputError', field: 'path' });
      expect(server.seen).toEqual([]);
    },
  );

  test('a URL of more than 2000 characters is rejected, and nothing is sent', async () => {
    const put = clientFor(server.origin).files.put(
      { ...FILE, path: 'a'.repeat(2000) },
      Buffer.from('x'),
    );
    expect(await thrownBy(put)).toMatchObject({ name: 'InvalidInputError', field: 'path' });
    expect(server.seen).toEqual([]);
  });
});

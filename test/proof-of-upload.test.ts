import { createServer as createHttpServer } from 'node:http';
import type { Socket } from 'node:net';
import { describe, expect, jest, test } from '@jest/globals';
import nodeFetch from 'node-fetch';
import { fetch as undiciFetch } from 'undici';
import type { ClientOptions } from '../src/index.js';
import { clientFor, testClock, thrownBy } from './support/client.js';
import {
  generate,
  LARGE_BYTES,
  listen,
  MiB,
  READ_BYTES,
  until,
  wholeChunks,
} from './support/sockets.js';

const FILE = { batchId: 'b1', datasetId: 'd1', path: 'a.parquet' };
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';

type Transport = [string, Partial<ClientOptions>];
const TRANSPORTS: Transport[] = [
  ['the own transport', {}],
  ['the fetch of Node', { fetch: globalThis.fetch }],
  ['the fetch of undici', { fetch: undiciFetch as unknown as typeof fetch }],
  ['the fetch of node-fetch', { fetch: nodeFetch as unknown as typeof fetch }],
];

/** Something in front of the platform that responds when it has seen so many bytes. */
const respondAfter = (bytes: number, response: string, then: (socket: Socket) => void) =>
  listen((socket) => {
    let seen = 0;
    socket.on('data', (data) => {
      if (seen < bytes && seen + data.length >= bytes) {
        socket.write(response);
        then(socket);
      }
      seen += data.length;
    });
    socket.resume();
  });

const ENDS: [string, number, string, (socket: Socket) => void][] = [
  ['reads nothing more', 1, OK, (socket) => socket.pause()],
  ['reads on and throws the rest away', 1, OK, () => undefined],
  ['has read a part of the body', 8 * MiB, OK, (socket) => socket.pause()],
  ['says 201', 1, OK.replace('200 OK', '201 Created'), (socket) => socket.pause()],
  ['says 204', 1, 'HTTP/1.1 204 No Content\r\n\r\n', (socket) => socket.pause()],
  ['never ends its own body', 1, 'HTTP/1.1 200 OK\r\n\r\nabc', (socket) => socket.pause()],
];

describe.each(TRANSPORTS)(
  'with %s, a success that comes before the body was sent',
  (_, options) => {
    test.each(ENDS)('from a server that %s is an unknown outcome', async (_, bytes, head, then) => {
      await using server = await respondAfter(bytes, head, then);
      const { source, reads } = generate(LARGE_BYTES);
      const client = clientFor(server.origin, { ...options, maxRetries: 0 });
      const error = await thrownBy(client.files.put(FILE, source));

      expect(error).toMatchObject({
        name: 'ConnectionError',
        stateUnknown: true,
        permanent: false,
      });
      expect(String(error)).toMatch(/responded 20\d after \d+ of 67108864 bytes were sent/);
      // The source is let go, and the connection is not used again.
      await until(() => reads.ended === 1, 'the end of the source');
      for (const socket of server.sockets) socket.resume();
      await until(
        () => server.sockets.every(({ destroyed }) => destroyed),
        'the end of the socket',
      );
      await client.close();
    });
  },
);

test.each(TRANSPORTS)('with %s, a file is put again after it', async (_, options) => {
  let requests = 0;
  const http = createHttpServer((request, response) => {
    if (requests++ === 0) return response.end();
    let size = 0;
    request.on('data', (data) => {
      size += data.length;
    });
    return request.on('end', () => response.writeHead(size === LARGE_BYTES ? 200 : 400).end());
  });
  await using server = await listen(() => undefined, http);
  const { source, reads } = generate(LARGE_BYTES);
  const client = clientFor(server.origin, { ...options, clock: testClock() });
  await client.files.put(FILE, source);

  expect(requests).toBe(2);
  expect(reads.complete).toBe(1);
  await client.close();
});

test('the platform is asked which bytes of a part it has', async () => {
  const seen: string[] = [];
  const http = createHttpServer((request, response) => {
    seen.push(`${request.method} ${request.headers['content-range'] ?? ''}`.trim());
    if (request.method === 'HEAD') return response.writeHead(200, { range: 'bytes=0-9' }).end();
    if (seen.length === 1) return response.end();
    return request.resume().on('end', () => response.end());
  });
  await using server = await listen(() => undefined, http);
  const client = clientFor(server.origin, { clock: testClock() });
  await client.files.uploadPart(FILE, { start: 0 }, generate(LARGE_BYTES).source);

  expect(seen).toEqual(['PATCH bytes 0-67108863', 'HEAD', 'PATCH bytes 10-67108863']);
  await client.close();
});

test('an invitation to continue is no response', async () => {
  const head = `HTTP/1.1 100 Continue\r\n\r\n${OK}`;
  await using server = await respondAfter(1, head, (socket) => socket.pause());
  const put = clientFor(server.origin, { maxRetries: 0 }).files.put(
    FILE,
    generate(LARGE_BYTES).source,
  );

  expect(String(await thrownBy(put))).toContain('the server responded 200 after');
});

test('one chunk that is as large as the body proves no more than small ones', async () => {
  await using server = await respondAfter(1, OK, (socket) => socket.pause());
  const { source } = generate(LARGE_BYTES, () => [Buffer.alloc(LARGE_BYTES)]);
  const error = await thrownBy(clientFor(server.origin, { maxRetries: 0 }).files.put(FILE, source));

  expect(error).toMatchObject({ name: 'ConnectionError', stateUnknown: true });
});

test.each(TRANSPORTS)(
  'with %s, a success before the last byte is no success',
  async (_, options) => {
    // All but the last byte, which the source keeps back until the response is there.
    await using server = await respondAfter(300, OK, () => undefined);
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { source } = generate(1000, async function* () {
      yield Buffer.alloc(999);
      await released;
      yield Buffer.alloc(1);
    });
    const client = clientFor(server.origin, { ...options, maxRetries: 0 });
    const error = await thrownBy(client.files.put(FILE, source));
    release();

    expect(String(error)).toContain('after 999 of 1000 bytes');
    await client.close();
  },
);

describe.each(TRANSPORTS)('with %s, a success', (_, options) => {
  test.each([
    ['that comes after the last byte', {}],
    ['that closes the connection', { connection: 'close' }],
  ])('%s is one', async (_, headers) => {
    let size = 0;
    const http = createHttpServer((request, response) => {
      request.on('data', (data) => {
        size += data.length;
      });
      request.on('end', () => response.writeHead(200, headers).end());
    });
    await using server = await listen(() => undefined, http);
    const client = clientFor(server.origin, { ...options, maxRetries: 0 });
    await client.files.put(FILE, generate(READ_BYTES).source);
    await client.files.put(FILE, generate(0).source);

    expect(size).toBe(READ_BYTES);
    await client.close();
  });

  test('is one although it comes before the source has ended: all bytes were sent', async () => {
    const size = 3 * MiB;
    const http = createHttpServer((request, response) => {
      let left = size;
      request.on('data', (data) => {
        left -= data.length;
        if (left === 0) response.end();
      });
    });
    await using server = await listen(() => undefined, http);
    const { source } = generate(size, async function* () {
      yield* wholeChunks(size);
      await new Promise((resolve) => setTimeout(resolve, 50));
    });
    const client = clientFor(server.origin, { ...options, maxRetries: 0 });
    await client.files.put(FILE, source);
    await client.files.put(FILE, source); // on the same connection, where it was kept

    await client.close();
  });
});

test('an error response before the end of the body is that error, whatever the transport', async () => {
  for (const [, options] of TRANSPORTS) {
    const head = 'HTTP/1.1 413 Too Large\r\ncontent-length: 15\r\n\r\n{"title":"big"}';
    await using server = await respondAfter(1, head, () => undefined);
    const { source, reads } = generate(LARGE_BYTES);
    const client = clientFor(server.origin, { ...options, maxRetries: 0 });
    const error = await thrownBy(client.files.put(FILE, source));

    expect(error).toMatchObject({ name: 'ContentTooLargeError', detail: 'big' });
    await until(() => reads.ended === 1, 'the end of the source');
    await client.close();
  }
});

test('a mock that responds without reading the body gets an error that says so', async () => {
  const mock = jest.fn(async () => new Response(null, { status: 200 }));
  const { source, reads } = generate(10);
  const client = clientFor('http://127.0.0.1:1', { fetch: mock });
  const error = await thrownBy(client.files.put(FILE, source));

  expect(error).toMatchObject({ name: 'ConnectionError', permanent: true });
  expect(String(error)).toContain('without reading the request body of 10 bytes: read init.body');
  expect(mock).toHaveBeenCalledTimes(1);
  expect(reads).toEqual({ begun: 0, ended: 0, complete: 0 });
});

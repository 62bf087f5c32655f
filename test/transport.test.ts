import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { inspect } from 'node:util';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from '@jest/globals';
import { clientFor, testClock, thrownBy } from './support/client.js';
import { respondWith, useServer } from './support/server.js';

const server = useServer();
const other = useServer();
const BATCH = { b1: { status: 'success' } };
const get = (options = {}) => clientFor(server.origin, options).batches.get('b1');

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const thing of opened.splice(0)) thing.close();
});

test('a connection is kept for the next call', async () => {
  const sockets = new Set<unknown>();
  server.respond = (request, response) => {
    sockets.add(request.socket);
    response.end(JSON.stringify(BATCH));
  };
  const client = clientFor(server.origin);
  for (let call = 0; call < 5; call++) await client.batches.get('b1');

  expect(sockets.size).toBe(1);
  await client.close();
});

test('a kept connection that the server has dropped counts as a lost response', async () => {
  let first: Socket | undefined;
  server.respond = (request, response) => {
    if (request.socket === first) return request.socket.resetAndDestroy();
    first ??= request.socket;
    return response.end(JSON.stringify(BATCH));
  };
  const client = clientFor(server.origin, { clock: testClock() });
  await client.batches.get('b1');
  expect(await client.batches.get('b1')).toMatchObject({ id: 'b1' }); // may be repeated

  first = undefined;
  await client.batches.get('b1');
  const create = client.batches.create({ datasetId: 'd' }); // may not
  expect(await thrownBy(create)).toMatchObject({ name: 'ConnectionError', stateUnknown: true });
  await client.close();
});

test('calls and requests for tokens go to their own origins, in whatever order they come', async () => {
  const issue = (token: string) => respondWith(200, { access_token: token, expires_in: 3600 });
  other.play(issue('a-first-token'), issue('a-second-token'));
  server.play(BATCH, 401, BATCH);
  const credentials = { clientId: 'i', clientSecret: 'secret', scopes: 's', origin: other.origin };
  const client = clientFor(server.origin, { credentials });
  await client.batches.get('b1');
  await client.batches.get('b1');

  const call = 'GET /data/foundation/catalog/batches/b1';
  expect(server.seen).toEqual([call, call, call]);
  expect(other.seen).toEqual(['POST /ims/token/v3', 'POST /ims/token/v3']);
  expect(server.requests[2]?.headers.authorization).toBe('Bearer a-second-token');
  await client.close();
});

describe('a redirect', () => {
  test.each([301, 302, 303, 307, 308])(
    '%i is rejected, and the second origin sees nothing',
    async (status) => {
      server.play(
        respondWith(status, '', { location: `${other.origin}/x`, 'x-request-id': 'r-1' }),
      );

      expect(await thrownBy(get())).toMatchObject({
        name: 'InvalidResponseError',
        status,
        requestId: 'r-1',
      });
      expect(server.seen).toHaveLength(1);
      expect(other.seen).toEqual([]);
    },
  );

  test("is rejected with a caller's own fetch, too", async () => {
    server.play(respondWith(302, '', { location: `${other.origin}/x` }));

    expect(await thrownBy(get({ fetch: globalThis.fetch }))).toMatchObject({
      name: 'InvalidResponseError',
    });
    expect(other.seen).toEqual([]);
  });

  test("of bytes is rejected with a caller's own fetch, too", async () => {
    server.play(respondWith(307, '', { location: `${other.origin}/x` }));
    const client = clientFor(server.origin, { fetch: globalThis.fetch, maxRetries: 0 });
    const put = client.files.put({ batchId: 'b', datasetId: 'd', path: 'p' }, Buffer.from('abc'));

    expect(await thrownBy(put)).toBeInstanceOf(Error);
    expect(other.seen).toEqual([]);
  });
});

describe('a response that something in between has encoded is decoded', () => {
  const json = JSON.stringify(BATCH);
  test.each([
    ['gzip', gzipSync(json)],
    ['x-gzip', gzipSync(json)],
    ['deflate', deflateSync(json)],
    ['br', brotliCompressSync(json)],
  ])('%s', async (encoding, packed) => {
    server.respond = (_, response) => {
      response
        .writeHead(200, { 'content-encoding': encoding, 'content-length': packed.length })
        .end(packed);
    };
    expect(await get()).toMatchObject({ id: 'b1' });
  });

  test('is empty where it says so, whatever it says of its packing', async () => {
    server.play(respondWith(200, '', { 'content-encoding': 'gzip', 'content-length': '0' }));
    await clientFor(server.origin, { maxRetries: 0 }).batches.complete('b1');
    server.play(respondWith(200, '', { 'content-encoding': 'gzip', range: 'bytes=0-4' }));
    const file = { batchId: 'b1', datasetId: 'd1', path: 'a' };
    await clientFor(server.origin, { maxRetries: 0 }).files.receivedRanges(file);
  });

  test('an error response, too', async () => {
    server.respond = (_, response) => {
      response.writeHead(422, { 'content-encoding': 'gzip' }).end(gzipSync('{"title":"no"}'));
    };
    expect(await thrownBy(get())).toMatchObject({ status: 422, detail: 'no' });
  });

  test('a download, too', async () => {
    const packed = gzipSync('abc');
    server.respond = (_, response) => {
      const headers = { 'content-encoding': 'gzip', 'content-length': packed.length };
      response.writeHead(200, headers).end(packed);
    };
    const { body, sizeBytes } = await clientFor(server.origin).files.download('f', 'a');
    expect(await new Response(body).text()).toBe('abc');
    expect(sizeBytes).toBeUndefined(); // the packed size would be the wrong one
  });

  test('one that breaks off is a lost response', async () => {
    const packed = gzipSync(json);
    server.respond = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed.subarray(0, 12));
    };
    expect(await thrownBy(get({ maxRetries: 0 }))).toMatchObject({ name: 'ConnectionError' });
  });

  test('one that unpacks to more than 64 MiB is rejected, and not held', async () => {
    const bomb = gzipSync(Buffer.alloc(70 * 1024 * 1024));
    server.respond = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    };
    expect(await thrownBy(get({ maxRetries: 0 }))).toMatchObject({
      name: 'InvalidResponseError',
      status: 200,
      message: expect.stringContaining('a response of more than 67108864 bytes'),
    });
  });
});

test('JSON with a byte order mark is read', async () => {
  server.play(respondWith(200, `\uFEFF${JSON.stringify(BATCH)}`));
  expect(await get()).toMatchObject({ id: 'b1' });
});

test('an agent of the caller is used', async () => {
  const agent = new Agent({ keepAlive: true });
  opened.push({ close: () => agent.destroy() });
  let used = 0;
  const { createConnection } = agent as unknown as { createConnection: () => Socket };
  Object.assign(agent, {
    createConnection(...args: []) {
      used++;
      return createConnection.apply(agent, args);
    },
  });
  server.play(BATCH);
  await get({ agent });

  expect(used).toBe(1);
});

describe('raw', () => {
  const PATH = '/data/foundation/catalog/batches/{batchId}';
  const params = { path: { batchId: 'b1' } };

  test.each([
    ['json', { b1: { status: 'success' } }],
    ['text', JSON.stringify(BATCH)],
  ] as const)('returns a response parsed as %s', async (parseAs, expected) => {
    server.play(BATCH);
    const { data } = await clientFor(server.origin).raw.GET(PATH, { params, parseAs });
    expect(data).toEqual(expected);
  });

  test('returns a response as bytes, as a blob and as a stream', async () => {
    server.play(BATCH, BATCH, BATCH);
    const { raw } = clientFor(server.origin);
    const buffer = await raw.GET(PATH, { params, parseAs: 'arrayBuffer' });
    const blob = await raw.GET(PATH, { params, parseAs: 'blob' });
    const stream = await raw.GET(PATH, { params, parseAs: 'stream' });

    const json = JSON.stringify(BATCH);
    expect(Buffer.from(buffer.data ?? new ArrayBuffer(0)).toString()).toBe(json);
    expect(await blob.data?.text()).toBe(json);
    expect(await new Response(stream.data).text()).toBe(json);
  });

  test('gives a response that can do what a Response can', async () => {
    server.play(respondWith(200, BATCH, { 'x-note': 'a' }));
    const { response } = await clientFor(server.origin).raw.GET(PATH, { params });

    expect(response).toBeInstanceOf(Response);
    expect(response.headers).toBeInstanceOf(Headers);
    expect([...response.headers.keys()]).toContain('x-note');
    expect(() => response.headers.set('x', 'y')).toThrow(TypeError);
    expect(await response.clone().json()).toEqual(BATCH);
    expect(await response.text()).toBe(JSON.stringify(BATCH));
  });

  test('finds a header of a response in any case, with all the values that were sent', async () => {
    server.respond = (_, response) => {
      const headers = { 'x-note': 'a', 'set-cookie': ['a=1', 'b=2'] };
      response.writeHead(200, headers).end(JSON.stringify(BATCH));
    };
    const { headers } = (await clientFor(server.origin).raw.GET(PATH, { params })).response;

    expect([headers.get('X-Note'), headers.has('X-Note')]).toEqual(['a', true]);
    expect([headers.get('X-None'), headers.has('X-None')]).toEqual([null, false]);
    expect(headers.get('Set-Cookie')).toBe('a=1, b=2'); // as a Headers of fetch gives it
  });

  test('gives a response that shows as little of itself as a Response does', async () => {
    server.play(respondWith(200, BATCH, { 'x-note': 'a' }));
    const { response } = await clientFor(server.origin).raw.GET(PATH, { params });

    expect(JSON.stringify({ response, headers: response.headers })).toBe(
      '{"response":{},"headers":{}}',
    );
    const printed = inspect(response, { customInspect: false, depth: 9, showHidden: true });
    expect(printed).not.toMatch(/operation|getBatch|maxAttempts|stateUnknown/);
    expect(inspect(response.headers)).toContain("'x-note': 'a'");
  });

  test('has middleware that may set headers and respond by itself', async () => {
    server.play(BATCH);
    const { raw } = clientFor(server.origin);
    raw.use({ onRequest: ({ request }) => request.headers.set('x-note', 'from middleware') });
    await raw.GET(PATH, { params });
    expect(server.requests[0]?.headers['x-note']).toBe('from middleware');

    raw.use({ onRequest: () => new Response('{"b2":{"status":"failed"}}') });
    expect((await raw.GET(PATH, { params })).data).toEqual({ b2: { status: 'failed' } });
    expect(server.seen).toHaveLength(1);
  });

  test('lets nobody else call: who is calling is set last', async () => {
    server.play(BATCH);
    const headers = {
      authorization: 'Bearer other',
      'x-api-key': 'other',
      'x-gw-ims-org-id': 'other',
    };
    await clientFor(server.origin).raw.GET(PATH, { params, headers });

    expect(server.requests[0]?.headers).toMatchObject({
      authorization: 'Bearer planted-token-0123456789abcdef',
      'x-api-key': 'planted-api-key-0123456789',
      'x-gw-ims-org-id': 'ORG@AdobeOrg',
    });
  });

  test.each([
    ['another sandbox', { 'x-sandbox-name': 'other' }],
    ['its sandbox in other letters', { 'x-sandbox-name': 'PROD' }],
    ['no sandbox', { 'x-sandbox-name': '' }],
    ['a host', { host: 'evil.example' }],
    ['a length', { 'content-length': '1' }],
    ['a control character', { 'x-note': 'a\u0001' }],
    ['a name that is none', { 'x note': 'a' }],
  ])('sends nothing with a header of %s', async (_, headers) => {
    const call = clientFor(server.origin).raw.GET(PATH, { params, headers });
    expect(await thrownBy(call)).toMatchObject({ name: 'InvalidInputError' });
    expect(server.seen).toEqual([]);
  });
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, jest, test } from '@jest/globals';
import nodeFetch from 'node-fetch';
import { fetch as undiciFetch } from 'undici';
import { readBody } from '../src/http/decode.js';
import { clientFor, testClock, thrownBy } from './support/client.js';
import { respondWith, useServer } from './support/server.js';
import { listen, MiB, until } from './support/sockets.js';

const server = useServer();
const ORIGIN = 'http://127.0.0.1:1';
const BATCH = { b1: { status: 'success' } };
const TEXT = JSON.stringify(BATCH);

/** A client whose fetch responds with this. */
const clientWith = (response: () => unknown) =>
  clientFor(ORIGIN, { fetch: (async () => response()) as typeof fetch, clock: testClock() });

test('a download of an empty file leaves its connection to the next request', async () => {
  const ports: (number | undefined)[] = [];
  server.respond = (request, response) => {
    ports.push(request.socket.remotePort);
    response.writeHead(200, { 'content-length': '0' }).end();
  };
  const client = clientFor(server.origin);
  for (const name of ['a', 'b']) await client.files.download('f1', name);

  expect(ports).toEqual([ports[0], ports[0]]);
});

describe('a fetch of another package is taken', () => {
  test.each([
    ['undici', undiciFetch as unknown as typeof fetch],
    ['node-fetch', nodeFetch as unknown as typeof fetch],
  ])('%s', async (_, fetch) => {
    const client = clientFor(server.origin, { fetch, maxRetries: 0 });
    server.play(BATCH, respondWith(404, { title: 'none' }), respondWith(200, 'bytes'), 200);

    expect(await client.batches.get('b1')).toMatchObject({ id: 'b1' });
    expect(await thrownBy(client.batches.get('b1'))).toMatchObject({ status: 404, detail: 'none' });
    const { body, isProven } = await client.files.download('f1', 'a');
    expect([await new Response(body).text(), isProven]).toEqual(['bytes', true]);
    await client.files.put({ batchId: 'b1', datasetId: 'd1', path: 'a' }, Buffer.from('abc'));
    expect(`${server.requests.at(-1)?.body}`).toBe('abc');
  });

  test.each([
    ['undici', undiciFetch as unknown as typeof fetch],
    ['node-fetch', nodeFetch as unknown as typeof fetch],
  ])('%s, which has unpacked the body', async (_, fetch) => {
    server.respond = (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(TEXT));
    };
    expect(await clientFor(server.origin, { fetch }).batches.get('b1')).toMatchObject({ id: 'b1' });
  });
});

/** Another realm's or polyfill's stream: all that is known of it is its reader. */
const foreignStream = (text: string) => {
  const chunks = [new TextEncoder().encode(text)];
  return {
    getReader: () => ({
      read: async () => ({ done: chunks.length === 0, value: chunks.shift() }),
      cancel: async () => undefined,
    }),
  };
};

test('a response of a mock whose status is no whole number is rejected', async () => {
  const error = await thrownBy(clientWith(() => ({ status: 204.5 })).batches.complete('b1'));
  expect(String(error)).toContain('expected an object with a status from 200 to 599');
});

describe('a response of a mock is taken, with', () => {
  test.each<[string, () => object]>([
    ['status, headers and a text as body', () => ({ status: 200, headers: {}, body: TEXT })],
    ['bytes as body', () => ({ status: 200, body: Buffer.from(TEXT) })],
    ['no more than status and text()', () => ({ status: 200, text: async () => TEXT })],
    ['no more than status and json()', () => ({ status: 200, json: async () => BATCH })],
    ['a Map of headers', () => ({ status: 200, headers: new Map([['A', 'b']]), body: TEXT })],
    ['a list of headers', () => ({ status: 200, headers: [['A', 'b']], body: TEXT })],
    ['a stream of Node', () => ({ status: 200, body: new PassThrough().end(TEXT) })],
    ['a stream of another realm', () => ({ status: 200, body: foreignStream(TEXT) })],
    [
      'an iterable of texts',
      () => ({
        status: 200,
        body: (async function* () {
          yield TEXT.slice(0, 5);
          yield TEXT.slice(5);
        })(),
      }),
    ],
    ['a real Response', () => new Response(TEXT)],
  ])('%s', async (_, response) => {
    expect(await clientWith(response).batches.get('b1')).toMatchObject({ id: 'b1' });
  });

  test('an error response and its headers', async () => {
    const unavailable = {
      status: 429,
      headers: { 'Retry-After': 7 },
      json: async () => ({ title: 'no' }),
    };
    const client = clientFor(ORIGIN, { fetch: (async () => unavailable) as never, maxRetries: 0 });
    expect(await thrownBy(client.batches.get('b1'))).toMatchObject({
      name: 'RateLimitError',
      detail: 'no',
      retryAfterMs: 7000,
    });
  });

  test.each([undefined, null, 'a text', {}, { status: '200' }, { status: 0 }, { status: 101 }])(
    'but %j is an error that says what is expected, and is not tried again',
    async (response) => {
      const fetch = jest.fn(async () => response);
      const client = clientFor(ORIGIN, { fetch: fetch as never });
      const error = await thrownBy(client.batches.get('b1'));

      expect(error).toMatchObject({ name: 'ConnectionError', permanent: true });
      expect(String(error)).toContain('Invalid response of the fetch option: expected an object');
      expect(fetch).toHaveBeenCalledTimes(1);
    },
  );
});

describe('a content encoding that cannot be unpacked', () => {
  const packed = respondWith(200, 'xyz', { 'content-encoding': 'zstd' });

  test.each([
    ['the own transport', {}],
    ['a fetch', { fetch: nodeFetch as unknown as typeof fetch }],
  ])('is named, with %s', async (_, options) => {
    server.play(packed, packed);
    const client = clientFor(server.origin, { ...options, maxRetries: 0 });
    for (const call of [client.batches.get('b1'), client.files.download('f', 'a')]) {
      const error = await thrownBy(call);
      expect(error).toMatchObject({ name: 'InvalidResponseError', status: 200 });
      expect(String(error)).toContain('the content encoding "zstd"');
    }
  });

  test.each(['constructor', 'toString', 'gzip, zstd', 'gzip,gzip,gzip,gzip'])(
    'is named, even where it is %s',
    async (encoding) => {
      server.play(respondWith(200, 'xyz', { 'content-encoding': encoding }));
      const get = clientFor(server.origin, { maxRetries: 0 }).batches.get('b1');
      expect(String(await thrownBy(get))).toContain(`the content encoding "${encoding}"`);
    },
  );

  test('leaves an error response what it is', async () => {
    server.play(respondWith(403, 'xyz', { 'content-encoding': 'zstd' }));
    expect(await thrownBy(clientFor(server.origin).batches.get('b1'))).toMatchObject({
      name: 'PermissionError',
      detail: expect.stringContaining('the content encoding "zstd"'),
    });
  });

  test('does not matter where the status says all', async () => {
    server.play(packed);
    await clientFor(server.origin, { maxRetries: 0 }).batches.complete('b1');
  });

  test('several that can be are, the last one first; identity is none', async () => {
    server.respond = (_, response) => {
      const encoding = { 'content-encoding': 'deflate, identity, GZIP' };
      response.writeHead(200, encoding).end(gzipSync(deflateSync(TEXT)));
    };
    expect(await clientFor(server.origin).batches.get('b1')).toMatchObject({ id: 'b1' });
  });
});

describe('a body that is closed before its end is an error', () => {
  const info = {
    operation: 'getBatch',
    method: 'GET',
    url: 'http://127.0.0.1/',
    attempts: 1,
    maxAttempts: 1,
    requestId: 'r',
    stateUnknown: false,
    priorAttemptAmbiguous: false,
  };
  const ended = { message: 'the connection ended within the response' };

  test('before it is read', async () => {
    const body = new Readable({ read: () => undefined });
    body.destroy();
    await once(body, 'close'); // no event comes any more
    const waiting = new Promise((resolve) => setImmediate(resolve, 'still waiting'));
    const reading = thrownBy(readBody(body, 200, info));
    expect(await Promise.race([reading, waiting])).toMatchObject(ended);
  });

  test('while it is read, though nobody says why', async () => {
    const body = new Readable({ read: () => undefined });
    const reading = thrownBy(readBody(body, 200, info));
    body.push('{"a":');
    await new Promise((resolve) => setImmediate(resolve));
    body.destroy();
    expect(await reading).toMatchObject(ended);
  });
});

test('a redirect with an endless body is refused, and its connection ends', async () => {
  const http = createHttpServer((_, response) => {
    response.writeHead(302, { location: 'http://127.0.0.1:1/' });
    const more = () => {
      if (!response.destroyed) response.write(Buffer.alloc(MiB), () => setImmediate(more));
    };
    more();
  });
  await using endless = await listen(() => undefined, http);
  const client = clientFor(endless.origin, { maxRetries: 0 });

  expect(await thrownBy(client.batches.get('b1'))).toMatchObject({
    name: 'InvalidResponseError',
    status: 302,
  });
  await until(() => endless.sockets.every(({ destroyed }) => destroyed), 'the end of the socket');
  expect(endless.sockets).toHaveLength(1);
});

describe('a body that only the end of the connection ends', () => {
  const head = 'HTTP/1.1 200 OK\r\ncontent-type: x/y\r\n';
  /** Responds to each request with these bytes, and closes. */
  const raw = (text: string) =>
    listen((socket) => {
      socket.once('data', () => socket.end(text));
      socket.resume();
    });

  test.each([
    ['with neither length nor chunks', `${head}\r\nabc`, false],
    ['with a length', `${head}content-length: 3\r\n\r\nabc`, true],
    ['with chunks', `${head}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`, true],
    ['of HTTP/1.0', `${head.replace('1.1', '1.0')}\r\nabc`, false],
  ])('%s: isProven says whether a download is complete at its end', async (_, text, expected) => {
    await using server = await raw(text);
    const { body, isProven } = await clientFor(server.origin).files.download('f1', 'a');

    expect(await new Response(body).text()).toBe('abc');
    expect(isProven).toBe(expected);
  });

  test.each([
    ['of Node', globalThis.fetch],
    ['of undici', undiciFetch as unknown as typeof fetch],
    ['of node-fetch', nodeFetch as unknown as typeof fetch],
  ])('is not proven with the fetch %s either', async (_, fetch) => {
    await using server = await raw(`${head}\r\nabc`);
    const client = clientFor(server.origin, { fetch });
    const { body, isProven } = await client.files.download('f1', 'a');

    expect([await new Response(body).text(), isProven]).toEqual(['abc', false]);
  });

  test.each([
    ['whole lines are read', '{"a":1}\n{"a":2}\n', 2, undefined],
    ['a line that has no end is not, although it is JSON', '{"a":1}\n12', 1, 'ended early'],
    ['a line that is cut is not', '{"a":1}\n{"a"', 1, 'ended early'],
    ['no line at all is none', '', 0, 'ended early'],
  ])('%s of a diagnostic file', async (_, text, rows, says) => {
    await using server = await raw(`${head}\r\n${text}`);
    const read: unknown[] = [];
    const reading = async () => {
      const rows = clientFor(server.origin).diagnostics.failedRows('b1', 'a.json');
      for await (const row of rows) read.push(row);
    };
    const error = await thrownBy(reading());

    expect(read).toHaveLength(rows);
    if (says === undefined) expect(error).toBeUndefined();
    else expect(String(error)).toContain(says);
  });

  test.each([
    ['with neither length nor chunks', '', true],
    ['with a length', 'content-length: 9\r\n', false],
  ])(
    'JSON that is cut %s: the error says whether it may have ended early',
    async (_, length, says) => {
      await using server = await raw(`${head}${length}\r\n${TEXT.slice(0, 9)}`);
      const get = clientFor(server.origin, { maxRetries: 0 }).batches.get('b1');
      const error = await thrownBy(get);

      expect(error).toMatchObject({ name: 'InvalidResponseError', status: 200 });
      expect(String(error).includes('the response may have ended early')).toBe(says);
    },
  );

  test('JSON that is cut is no success, and is asked for again', async () => {
    let calls = 0;
    await using server = await listen((socket) => {
      socket.once('data', () =>
        socket.end(`${head}\r\n${calls++ === 0 ? TEXT.slice(0, 9) : TEXT}`),
      );
      socket.resume();
    });
    const client = clientFor(server.origin, { clock: testClock() });

    expect(await client.batches.get('b1')).toMatchObject({ id: 'b1' });
    expect(calls).toBe(2);
  });
});

test('a download that nobody reads does not keep the process alive', async () => {
  await using large = await listen((socket) => {
    socket.once('data', () => {
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${64 * MiB}\r\n\r\n`);
      socket.write(Buffer.alloc(8 * MiB));
    });
    socket.resume();
  });
  const program = `
    import { createBatchClient } from 'aep-batch';
    const client = createBatchClient({
      orgId: 'O@AdobeOrg', sandbox: 'prod', apiKey: 'a-key-of-ours', credentials: 'a-token-of-ours',
      origin: process.argv[1],
    });
    const { body } = await client.files.download('f', 'a');
    const reader = body.getReader();
    let size = 0;
    while (size < 1e6) size += (await reader.read()).value.length; // and then no more
  `;
  const args = ['--input-type=module', '-e', program, large.origin];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  // Before the client's timeout of 60 s, which is longer than this test may take.
  const [code] = await once(child, 'exit');

  expect(code).toBe(0);
});

test.each([
  ['of jest', true],
  ['that are real', false],
])('with timers %s, a call that hangs times out', async (_, isFake) => {
  const http = createHttpServer(() => undefined);
  await using silent = await listen(() => undefined, http);
  if (isFake) jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  try {
    const client = clientFor(silent.origin, { timeoutMs: isFake ? 45_000 : 45, maxRetries: 0 });
    const get = thrownBy(client.batches.get('b1'));
    if (isFake) await jest.advanceTimersByTimeAsync(45_000);
    expect(await get).toMatchObject({ name: 'TimeoutError' });
    await client.close();
  } finally {
    jest.useRealTimers();
  }
});

describe('a success whose body is not used', () => {
  const address = { batchId: 'b1', datasetId: 'd1', path: 'a' };
  type Client = ReturnType<typeof clientFor>;
  const calls: [string, (client: Client) => Promise<unknown>][] = [
    ['PUT of a file', (client) => client.files.put(address, Buffer.from('x'))],
    ['COMPLETE', (client) => client.batches.complete('b1')],
  ];
  test.each(
    calls.flatMap(([name, act]) =>
      [
        '<html>Login</html>',
        '\n<!DOCTYPE html><p>',
        '{"title":"no","status":503}',
        '{"status":400}',
      ].map((body) => [name, body, act] as const),
    ),
  )('is none where %s gets %j', async (_name, body, act) => {
    server.play(respondWith(200, body));
    const error = await thrownBy(act(clientFor(server.origin, { maxRetries: 0 })));
    expect(error).toMatchObject({ name: 'InvalidResponseError', stateUnknown: true, status: 200 });
  });

  test.each([
    '',
    '1',
    'OK',
    '{"status":"queued"}',
    '{"status":201}',
    '{"status":399}',
    '{"status":600}',
    '{"half',
  ])('may have the body %j', async (body) => {
    server.play(respondWith(200, body), respondWith(200, body));
    for (const [, act] of calls) await act(clientFor(server.origin, { maxRetries: 0 }));
    expect(server.seen).toHaveLength(2);
  });
});

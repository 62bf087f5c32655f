import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, createServer as createHttpServer, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer, Agent as HttpsAgent } from 'node:https';
import { connect, createServer, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import nodeFetch from 'node-fetch';
import { fetch as undiciFetch } from 'undici';
import type { BatchClient, ClientOptions } from '../src/index.js';
import { clientFor, testClock, thrownBy } from './support/client.js';
import { generate, LARGE_BYTES, listen, MiB, READ_BYTES } from './support/sockets.js';

const pem = (name: string) => readFileSync(new URL(`fixtures/tls/${name}.pem`, import.meta.url));
const CREATED = JSON.stringify({ id: 'b1', status: 'loading', relatedObjects: [] });
const BATCH = JSON.stringify({ b1: { status: 'success' } });
const FILE = { batchId: 'b1', datasetId: 'd1', path: 'a.parquet' };

/** A call that may not be made twice, so that its state is what counts. */
const create = (client: BatchClient) => client.batches.create({ datasetId: 'd1' });

/** @param issuers are sent with it. */
const tlsServer = (certificate: string, ...issuers: string[]) =>
  listen(
    () => undefined,
    createHttpsServer(
      { cert: Buffer.concat([certificate, ...issuers].map(pem)), key: pem(`${certificate}.key`) },
      (request, response) => request.resume().on('end', () => response.end(CREATED)),
    ),
    'connection',
    'https',
  );

const FETCHES: [name: string, fetch: typeof fetch][] = [
  ['Node', globalThis.fetch],
  ['undici', undiciFetch as unknown as typeof fetch],
  ['node-fetch', nodeFetch as unknown as typeof fetch],
];

describe('what breaks before the request is sent was not sent, and is tried again', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['resets the connection', (socket) => socket.resetAndDestroy()],
    ['closes the connection', (socket) => socket.end()],
    ['says nothing', (socket) => socket.pause()],
  ])('where the server %s in the TLS handshake', async (_, play) => {
    await using server = await listen(play, undefined, 'connection', 'https');
    const clock = testClock();
    const client = clientFor(server.origin, { clock, timeoutMs: 100, maxRetries: 1 });
    const error = await thrownBy(create(client));

    expect(error).toMatchObject({ stateUnknown: false, attempts: 2 });
    expect(String(error)).toMatch(/Nothing was sent\.$/);
    expect(server.sockets).toHaveLength(2);
    await client.close();
  });

  /** An agent whose connections come from a function. */
  const createAgent = (createConnection: () => unknown, options = {}) =>
    Object.assign(new Agent(options), { createConnection });
  const failing = (code: string) => () => {
    const socket = new Socket();
    const error = Object.assign(new Error(`connect ${code}`), { code });
    process.nextTick(() => socket.destroy(error));
    return Object.assign(socket, { connecting: true });
  };

  test.each<[string, () => unknown]>([
    ['there is no file descriptor left', failing('EMFILE')],
    ['the connection times out', failing('ETIMEDOUT')],
    ['the connection is reset while it is made', failing('ECONNRESET')],
    [
      'the agent fails at once',
      () => {
        throw new Error('no connection to be had');
      },
    ],
    ['the connection never comes about', () => Object.assign(new Socket(), { connecting: true })],
  ])('where %s', async (_, createConnection) => {
    const agent = createAgent(createConnection);
    const options = { agent, clock: testClock(), timeoutMs: 60, maxRetries: 1 };
    const error = await thrownBy(create(clientFor('http://127.0.0.1:1', options)));

    expect(error).toMatchObject({ stateUnknown: false, attempts: 2 });
    expect(String(error)).toMatch(/Nothing was sent\.$/);
  });

  test('where it waits for its turn in the queue of an agent', async () => {
    const agent = new Agent({ maxSockets: 1 });
    const http = createHttpServer(() => undefined); // never responds
    await using server = await listen(() => undefined, http);
    const client = clientFor(server.origin, { agent, maxRetries: 0 });
    const first = thrownBy(create(client));
    const aborted = new AbortController();
    const options = { signal: aborted.signal };
    const second = thrownBy(client.batches.create({ datasetId: 'd1' }, options));
    const third = thrownBy(client.batches.create({ datasetId: 'd1' }, { timeoutMs: 50 }));

    expect(await third).toMatchObject({ name: 'TimeoutError', stateUnknown: false });
    expect(String(await third)).toContain('no connection within 50 ms');
    aborted.abort();
    expect(await second).toMatchObject({ name: 'AbortError', stateUnknown: false });
    await client.close();
    expect(await first).toMatchObject({ name: 'AbortError', stateUnknown: true });
    agent.destroy();
  });

  test('where the connection ends before the source has yielded a byte', async () => {
    await using server = await listen((socket) => setTimeout(() => socket.resetAndDestroy(), 20));
    const { source } = generate(MiB, async function* () {
      await new Promise((resolve) => setTimeout(resolve, 200));
      yield Buffer.alloc(MiB);
    });
    const client = clientFor(server.origin, { maxRetries: 0 });
    const error = await thrownBy(client.files.uploadPart(FILE, { start: 0 }, source));

    expect(error).toMatchObject({ name: 'ConnectionError', stateUnknown: false });
  });
});

describe('a certificate that is not trusted fails at once, was not sent, and says what to do', () => {
  test.each([
    ['signed by itself', 'untrusted', undefined, /NODE_EXTRA_CA_CERTS/],
    ['of an unknown issuer', 'proxy', undefined, /NODE_EXTRA_CA_CERTS/],
    ['of another host', 'server', 'ca', /another host: check origin/],
    ['that has expired', 'expired', 'expired', /check the clock/],
  ])('%s', async (_, certificate, ca, says) => {
    await using server = await tlsServer(certificate);
    const agent = new HttpsAgent(ca === undefined ? {} : { ca: pem(ca) });
    const clock = testClock();
    const error = await thrownBy(create(clientFor(server.origin, { agent, clock })));

    expect(error).toMatchObject({
      name: 'ConnectionError',
      permanent: true,
      stateUnknown: false,
      attempts: 1,
    });
    expect(String(error)).toMatch(says);
    expect(String(error)).toContain('Nothing was sent.');
    expect(/NODE_EXTRA/.test(String(error))).toBe(/NODE_EXTRA/.test(says.source));
  });

  test('signed by an issuer that signs itself and comes with it', async () => {
    await using server = await tlsServer('proxy', 'ca');
    const error = await thrownBy(create(clientFor(server.origin, { clock: testClock() })));

    expect(error).toMatchObject({ code: 'SELF_SIGNED_CERT_IN_CHAIN', stateUnknown: false });
    expect(String(error)).toContain('NODE_EXTRA_CA_CERTS');
  });

  test('an ingest then has no batch: it does not say that there may be one', async () => {
    await using server = await tlsServer('untrusted');
    const client = clientFor(server.origin, { clock: testClock() });
    const source = { name: 'a.jsonl', bytes: Buffer.from('{"a":1}\n') };
    const error = await thrownBy(client.ingest(source, { datasetId: 'd1' }));

    expect(error).toMatchObject({
      name: 'IngestError',
      batch: 'none',
      cause: { name: 'ConnectionError', stateUnknown: false },
    });
  });

  test('a server that does not speak TLS is a permanent failure, too', async () => {
    const http = createHttpServer((_, response) => response.end());
    await using server = await listen(() => undefined, http, 'connection', 'https');
    const error = await thrownBy(create(clientFor(server.origin, { clock: testClock() })));

    expect(error).toMatchObject({ permanent: true, stateUnknown: false, attempts: 1 });
    expect(String(error)).toContain('does not speak TLS');
  });

  test.each(FETCHES)(
    'a certificate that is not trusted is a permanent failure with the fetch of %s, too',
    async (_, fetch) => {
      await using server = await tlsServer('untrusted');
      const error = await thrownBy(create(clientFor(server.origin, { fetch, clock: testClock() })));

      expect(error).toMatchObject({ permanent: true, stateUnknown: false, attempts: 1 });
      expect(String(error)).toContain('NODE_EXTRA_CA_CERTS');
    },
  );
});

test.each(FETCHES)(
  'with the fetch of %s, a port on which nobody listens got nothing',
  async (_, fetch) => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    server.close();
    await once(server, 'close');
    const options = { fetch, clock: testClock(), maxRetries: 1 };
    const error = await thrownBy(create(clientFor(`http://127.0.0.1:${port}`, options)));

    expect(error).toMatchObject({ code: 'ECONNREFUSED', stateUnknown: false, attempts: 2 });
  },
);

test.each([
  ['UND_ERR_CONNECT_TIMEOUT', {}, false],
  ['EMFILE', {}, false],
  ['ETIMEDOUT', { syscall: 'connect' }, false],
  ['ENOTFOUND', { syscall: 'getaddrinfo' }, false],
  ['EHOSTUNREACH', {}, false],
  ['EADDRNOTAVAIL', {}, false],
  ['ERR_TLS_CERT_ALTNAME_INVALID', {}, false],
  ['CERT_HAS_EXPIRED', {}, false],
  ['CERT_NOT_YET_VALID', {}, false],
  ['SELF_SIGNED_CERT_IN_CHAIN', {}, false],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', {}, false],
  ['ERR_SSL_WRONG_VERSION_NUMBER', {}, false],
  ['ETIMEDOUT', { syscall: 'read' }, true],
  ['ECONNRESET', {}, true],
  ['UND_ERR_SOCKET', {}, true],
])('a fetch that fails with %s %j: may have been sent: %s', async (code, more, stateUnknown) => {
  const fetch = async () => {
    const cause = Object.assign(new Error('inside'), { code, ...more });
    throw new TypeError('fetch failed', { cause });
  };
  const error = await thrownBy(create(clientFor('http://127.0.0.1:1', { fetch, maxRetries: 0 })));
  expect(error).toMatchObject({ code, stateUnknown });
});

test.each([
  [['ECONNREFUSED', 'ENETUNREACH'], false],
  [['ECONNREFUSED', 'ECONNRESET'], true],
])(
  'a fetch that tried several addresses, %j: may have been sent: %s',
  async (codes, stateUnknown) => {
    const errors = codes.map((code) => Object.assign(new Error('inside'), { code }));
    const fetch = () =>
      Promise.reject(new TypeError('failed', { cause: new AggregateError(errors) }));
    const error = await thrownBy(create(clientFor('http://127.0.0.1:1', { fetch, maxRetries: 0 })));
    expect(error).toMatchObject({ name: 'ConnectionError', stateUnknown });
  },
);

describe('what was sent stays unknown', () => {
  test.each<[string, Partial<ClientOptions>, 'http' | 'https']>([
    ['over a plain connection', {}, 'http'],
    ['over TLS', { agent: new HttpsAgent({ ca: pem('ca') }) }, 'https'],
    [
      'over TLS whose handshake the agent has done',
      {
        agent: Object.assign(new HttpsAgent(), {
          createConnection(options: { port: number }, done: (error: null, socket: Socket) => void) {
            const { port } = options;
            const secure = connectTls({ host: '127.0.0.1', port, ca: pem('ca') });
            secure.once('secureConnect', () => done(null, secure));
          },
        }),
      },
      'https',
    ],
    [
      'over a connection that the agent has made',
      {
        agent: Object.assign(new Agent(), {
          createConnection(options: { port: number }, done: (error: null, socket: Socket) => void) {
            const socket = connect(options.port, '127.0.0.1', () => done(null, socket));
          },
        }),
      },
      'http',
    ],
  ])('%s', async (_, options, scheme) => {
    const cut = (_: unknown, response: ServerResponse) => response.socket?.destroy();
    const tls = { cert: pem('proxy'), key: pem('proxy.key') };
    const http = scheme === 'https' ? createHttpsServer(tls, cut) : createHttpServer(cut);
    await using server = await listen(() => undefined, http, 'connection', scheme);
    const error = await thrownBy(create(clientFor(server.origin, { ...options, maxRetries: 0 })));

    expect(error).toMatchObject({ name: 'ConnectionError', stateUnknown: true });
  });
});

describe('kept connections that are all dead cost one new one', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['reset', (socket) => socket.resetAndDestroy()],
    ['closed', (socket) => socket.end()],
    ['silent', () => undefined],
  ])('where they are %s', async (_, die) => {
    let dead: Socket[] = [];
    const http = createHttpServer((request, response) => {
      if (dead.includes(request.socket)) return die(request.socket);
      // All at the same time, so that each has a connection of its own.
      waiting.push(response);
      if (waiting.length < wanted) return;
      for (const one of waiting.splice(0)) one.end(BATCH);
    });
    const waiting: ServerResponse[] = [];
    let wanted = 5;
    await using server = await listen(() => undefined, http);
    const client = clientFor(server.origin, { clock: testClock(), maxRetries: 1, timeoutMs: 200 });
    const get = () => client.batches.get('b1');
    await Promise.all(Array.from({ length: wanted }, get));
    dead = [...server.sockets];
    expect(dead).toHaveLength(5);

    wanted = 1;
    expect(await get()).toMatchObject({ id: 'b1' });
    expect(server.sockets).toHaveLength(6);
    await client.close();
  });
});

test('over TLS, a success before the body was sent is an unknown outcome, and an honest one is not', async () => {
  let isHonest = false;
  const http = createHttpsServer(
    { cert: pem('proxy'), key: pem('proxy.key') },
    (request, response) => {
      if (isHonest) request.resume().on('end', () => response.end());
      else response.end();
    },
  );
  await using server = await listen(() => undefined, http, 'connection', 'https');
  const agent = new HttpsAgent({ ca: pem('ca'), keepAlive: true });
  const client = clientFor(server.origin, { agent, maxRetries: 0 });
  const put = (size: number) => client.files.put(FILE, generate(size).source);

  expect(await thrownBy(put(LARGE_BYTES))).toMatchObject({
    name: 'ConnectionError',
    stateUnknown: true,
  });
  isHonest = true;
  await put(READ_BYTES);
  agent.destroy();
});

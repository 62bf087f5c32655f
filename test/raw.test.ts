import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { AbortError, AepBatchError, createBatchClient, InvalidInputError } from '../src/index.js';
import { respondWith, useServer } from './support/server.js';

const server = useServer();
const raw = () => {
  const options = { orgId: 'O@AdobeOrg', sandbox: 'dev', apiKey: 'k', credentials: 't' };
  return createBatchClient({ ...options, origin: server.origin, maxRetries: 0 }).raw;
};
const PATH = '/data/foundation/import/batches';
const body = { datasetId: 'd' };
const BATCH = { id: 'b1', status: 'loading' };

test.each(['middleware', 'fetch', 'querySerializer', 'bodySerializer', 'pathSerializer'])(
  'an option of openapi-fetch that is not taken per call is rejected in words: %s',
  async (name) => {
    const call = raw().POST(PATH, { body, [name]: () => '' } as never);

    await expect(call).rejects.toThrow(`Unknown option ${name}. Expected one of signal`);
    await expect(call).rejects.toBeInstanceOf(InvalidInputError);
  },
);

test.each([new FormData(), new URLSearchParams('a=b'), new ReadableStream()])(
  'a body that cannot be sent is rejected in words: %s',
  async (given) => {
    await expect(raw().POST(PATH, { body: given } as never)).rejects.toThrow(/^Invalid body: /);
    expect(server.seen).toEqual([]);
  },
);

test('the guide names what raw does not take', () => {
  const guide = readFileSync(new URL('../docs/raw.md', import.meta.url), 'utf8');
  const [, refused = ''] = /Not supported are ([^.]+)\./.exec(guide.replace(/\s+/g, ' ')) ?? [];
  const names = ['middleware', 'fetch', 'serializers', 'FormData', 'URLSearchParams', 'streams'];
  expect(names.filter((name) => !refused.includes(name))).toEqual([]);
});

test.each([-1, 1.5])('a body of %p bytes is rejected, and nothing is sent', async (size) => {
  const path = { batchId: 'b1', datasetId: 'd', filePath: 'a.json' };
  const source = { size, pump: async () => undefined, slice: () => source };
  const call = raw().PUT(
    '/data/foundation/import/batches/{batchId}/datasets/{datasetId}/files/{filePath}',
    { params: { path }, body: source },
  );
  await expect(call).rejects.toMatchObject({ name: 'InvalidInputError', field: 'bytes.size' });
  expect(server.seen).toEqual([]);
});

test('calls name the client and its version', async () => {
  server.play(respondWith(201, BATCH));
  await raw().POST(PATH, { body });
  expect(server.requests[0]?.headers['user-agent']).toMatch(/^aep-batch\/\d+\.\d+\.\d+ node\/\d/);
});

test('the response to HEAD keeps the length of the file, which has no body', async () => {
  server.play(respondWith(200, '', { 'content-length': '12345' }));
  const { response } = await raw().HEAD(
    '/data/foundation/import/batches/{batchId}/datasets/{datasetId}/files/{filePath}',
    { params: { path: { batchId: 'b1', datasetId: 'd', filePath: 'a.json' } } },
  );
  expect(response.headers.get('content-length')).toBe('12345');
});

test('a call that its onRequest listener aborts is not sent', async () => {
  const controller = new AbortController();
  const client = createBatchClient({
    orgId: 'O@AdobeOrg',
    sandbox: 'dev',
    apiKey: 'k',
    credentials: 't',
    origin: server.origin,
    onRequest: () => controller.abort(),
  });
  const call = client.raw.POST(PATH, { body, signal: controller.signal });

  await expect(call).rejects.toBeInstanceOf(AbortError);
  expect(server.seen).toEqual([]);
});

const fail = () => {
  throw new Error('a trap');
};
const TRAPS = { get: fail, has: fail, ownKeys: fail, getPrototypeOf: fail };
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};

test.each([Symbol('s'), Object.create(null), { toString: fail }, new Proxy({}, TRAPS), revoked()])(
  'a path that is not a string is rejected in words (case %#)',
  async (path) => {
    await expect(raw().GET(path as never)).rejects.toMatchObject({
      name: 'InvalidInputError',
      field: 'path',
    });
  },
);

test.each([new Proxy({}, TRAPS), revoked()])(
  'options that cannot be read are rejected with an own error (case %#)',
  async (init) => {
    await expect(raw().GET(PATH as never, init as never)).rejects.toBeInstanceOf(AepBatchError);
    expect(server.seen).toEqual([]);
  },
);

test.each([5, [], {}, new Proxy({}, TRAPS), revoked()])(
  'what is no middleware is rejected in words (case %#)',
  (given) => {
    expect(() => raw().use(given as never)).toThrow(/^Invalid middleware: expected an object with/);
    expect(() => raw().use(given as never)).toThrow(InvalidInputError);
  },
);

test('a signal of null is none', async () => {
  server.play(BATCH);

  expect((await raw().POST(PATH, { body, signal: null } as never)).data).toEqual(BATCH);
});

test('a middleware may read the request as a Request, and return a clone with headers of its own', async () => {
  server.play(BATCH);
  const read: unknown[] = [];
  const client = raw();
  client.use({
    async onRequest({ request }) {
      read.push(request.method, await request.json(), await request.text());
      read.push((await request.arrayBuffer()).byteLength, request.signal.aborted);
      const copy = request.clone();
      copy.headers.set('x-own', 'yes');
      return copy;
    },
  });
  const { data } = await client.POST(PATH, { body });

  const text = JSON.stringify(body);
  expect([data, read]).toEqual([BATCH, ['POST', body, text, text.length, false]]);
  expect(server.requests[0]?.headers['x-own']).toBe('yes');
  expect(server.requests[0]?.body.toString()).toBe(text);
});

/** The middleware that is passed, as the types of openapi-fetch have it. */
type Middleware = Parameters<ReturnType<typeof raw>['use']>[0];

/** Creates a batch through a client with a middleware. */
async function createThrough(middleware: Middleware) {
  const client = raw();
  client.use(middleware);
  server.play(BATCH);
  return client.POST(PATH, { body });
}

describe('a middleware may return', () => {
  test.each<[string, Middleware]>([
    ['new Request(request)', { onRequest: ({ request }) => new Request(request) }],
    [
      'new Request(request) with other headers',
      {
        onRequest: ({ request }) =>
          new Request(request, { headers: { ...Object.fromEntries(request.headers) } }),
      },
    ],
    [
      'a Request with the same URL and a body of its own',
      {
        onRequest: ({ request }) =>
          new Request(request.url, {
            method: request.method,
            headers: request.headers,
            body: JSON.stringify(body),
          }),
      },
    ],
    [
      'a clone whose body it has read elsewhere',
      {
        async onRequest({ request }) {
          await request.clone().text();
          return request.clone();
        },
      },
    ],
  ])('%s', async (_, middleware) => {
    expect((await createThrough(middleware)).data).toEqual(BATCH);

    const [request] = server.requests;
    expect(request?.body.toString()).toBe(JSON.stringify(body));
    expect(request?.headers).toMatchObject({
      authorization: 'Bearer t',
      'content-type': 'application/json',
      'content-length': `${JSON.stringify(body).length}`,
    });
  });

  test('a Response, and then nothing is sent', async () => {
    const client = raw();
    client.use({ onRequest: () => Response.json(BATCH, { status: 201 }) });

    expect((await client.POST(PATH, { body })).data).toEqual(BATCH);
    expect(server.seen).toEqual([]);
  });

  test('a new Response made of the one that came', async () => {
    const { data, response } = await createThrough({
      onResponse: ({ response }) =>
        new Response(response.body, { status: 202, headers: response.headers }),
    });

    expect([data, response.status]).toEqual([BATCH, 202]);
  });

  test('a Response in place of an error', async () => {
    const client = raw();
    client.use({ onError: () => Response.json(BATCH) });
    server.respond = (_, response) => response.socket?.destroy();

    expect((await client.GET('/data/foundation/catalog/batches')).data).toEqual(BATCH);
  });
});

test('a middleware that throws, or returns anything else, fails the call with one of our errors', async () => {
  const own = new TypeError('own');
  for (const [wrong, cause] of [
    [() => 'x', expect.any(Error)],
    [() => Promise.reject(own), own],
  ]) {
    const client = raw();
    client.use({ onRequest: wrong as never });
    const call = client.POST(PATH, { body });
    await expect(call).rejects.toBeInstanceOf(AepBatchError);
    await expect(call).rejects.toMatchObject({ cause });
  }
  expect(server.seen).toEqual([]);
});

test('an error response that a middleware makes is, for the resources, an error of its status', async () => {
  const options = { orgId: 'O@AdobeOrg', sandbox: 'dev', apiKey: 'k', credentials: 't' };
  const client = createBatchClient({ ...options, origin: server.origin, maxRetries: 0 });
  server.play({ b1: BATCH }, respondWith(200, ''));
  const onResponse = () => Response.json({ title: 'none' }, { status: 404 });
  client.raw.use({ onResponse });
  const expected = { name: 'NotFoundError', status: 404, detail: 'none' };
  await expect(client.batches.get('b1')).rejects.toMatchObject(expected);
  await expect(client.batches.complete('b1')).rejects.toMatchObject(expected);
});

test('a Request whose body a middleware has consumed is rejected in words', async () => {
  const client = raw();
  client.use({
    async onRequest({ request }) {
      const copy = new Request(request);
      await copy.text();
      return copy;
    },
  });

  await expect(client.POST(PATH, { body })).rejects.toThrow(/^Invalid use of a request body: /);
  expect(server.seen).toEqual([]);
});

const FILE = '/data/foundation/import/batches/{batchId}/datasets/{datasetId}/files/{filePath}';
const params = { path: { batchId: 'b', datasetId: 'd', filePath: 'a.parquet' } };
const bytes = Uint8Array.from([0, 255, 128, 10]);

test('a copy of the request of an upload keeps its bytes, which a middleware cannot read', async () => {
  const client = raw();
  let read: unknown;
  client.use({
    async onRequest({ request }) {
      read = await request.text().catch((error: unknown) => error);
      return new Request(request, { headers: { 'x-own': 'yes' } });
    },
  });
  server.play(200);
  await client.PUT(FILE, { params, body: bytes, parseAs: 'text' });

  expect(read).toBeInstanceOf(InvalidInputError);
  expect(server.requests[0]?.body).toEqual(Buffer.from(bytes));
  expect(server.requests[0]?.headers['x-own']).toBe('yes');
});

test('the signals of the caller and of a Request that a middleware made both end the call', async () => {
  for (const whose of ['caller', 'middleware']) {
    const controllers = { caller: new AbortController(), middleware: new AbortController() };
    const client = raw();
    client.use({
      onRequest: ({ request }) =>
        new Request(request.url, {
          headers: request.headers,
          signal: controllers.middleware.signal,
        }),
    });
    server.respond = () => controllers[whose as 'caller'].abort(new Error(whose));
    const call = client.GET('/data/foundation/catalog/batches', {
      signal: controllers.caller.signal,
    });

    await expect(call).rejects.toBeInstanceOf(AbortError);
    await expect(call).rejects.toMatchObject({ cause: { message: whose } });
  }
});

describe('headers of a call', () => {
  const list = (headers: unknown) =>
    raw().GET('/data/foundation/catalog/batches', { headers } as never);

  test('may be a Headers, and one that is null or undefined is left out', async () => {
    server.play({}, {});
    await list(new Headers({ 'x-own': 'a' }));
    await list({ 'x-own': null, 'x-other': undefined });

    expect(server.requests.map(({ headers }) => headers['x-own'])).toEqual(['a', undefined]);
  });

  test.each([
    ['a list of pairs', [['x-own', 'a']], 'Invalid headers: expected an object'],
    ['a string', 'x-own: a', 'Invalid headers: expected an object'],
    ['a list of values', { 'x-own': ['a', 'b'] }, 'Invalid headers.x-own: '],
    ['a header of the transport', { Host: 'other' }, 'Invalid headers.Host: '],
    ['the same in a Headers', new Headers({ Host: 'other' }), 'Invalid headers.host: '],
  ])('are rejected in words before anything is sent: %s', async (_, headers, message) => {
    await expect(list(headers)).rejects.toThrow(message);
    await expect(list(headers)).rejects.toBeInstanceOf(InvalidInputError);
    expect(server.seen).toEqual([]);
  });
});

test('a baseUrl of the same origin is used, another one is rejected before anything is sent', async () => {
  server.play(BATCH);
  await raw().POST(PATH, { body, baseUrl: server.origin } as never);
  const elsewhere = raw().POST(PATH, { body, baseUrl: 'https://example.com' } as never);

  await expect(elsewhere).rejects.toMatchObject({ name: 'InvalidInputError', field: 'origin' });
  expect(server.seen).toEqual([`POST ${PATH}`]);
});

test.each([
  ['{"id": sec', 'sec'],
  ['{"a":"secret-part', 'secret-part'],
  ['secret-of-the-platform', 'of-the'],
])('the cause of a body that is not JSON quotes nothing of it: %s', async (text, part) => {
  server.respond = (_, response) => void response.end(text);
  const error = await raw()
    .POST(PATH, { body })
    .catch((thrown: unknown) => thrown);

  expect(error).toMatchObject({ name: 'InvalidResponseError', cause: { name: 'SyntaxError' } });
  expect(JSON.stringify(error)).not.toContain(part);
  expect(String((error as Error).cause)).not.toContain(part);
});

test('the first MiB of an error response is read, and then its connection is closed', async () => {
  let closed: Promise<unknown> | undefined;
  server.respond = (_, response) => {
    closed = once(response, 'close');
    response.writeHead(404, { 'content-type': 'text/html' });
    const page = Buffer.alloc(64 * 1024, 'x');
    const write = () => {
      while (!response.destroyed && response.write(page));
      if (!response.destroyed) response.once('drain', write);
    };
    write();
  };
  const { error, response } = await raw().GET('/data/foundation/catalog/batches');

  expect(response.status).toBe(404);
  expect(String(error)).toHaveLength(1024 * 1024);
  await closed;
});

import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import {
  AbortError,
  ApiError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  ConnectionError,
  ContentTooLargeError,
  createBatchClient,
  InvalidResponseError,
  NotAcceptableError,
  NotFoundError,
  PermissionError,
  PreconditionRequiredError,
  RangeNotSatisfiableError,
  RateLimitError,
  ServerError,
  TimeoutError,
  UnprocessableContentError,
  UnsupportedMediaTypeError,
  UriTooLongError,
} from '../src/index.js';
import { respondWith, useServer } from './support/server.js';

const server = useServer();
const TOKEN = 'secret-token-0123456789abcdef';
const API_KEY = 'secret-api-key-0123456789';
const client = (options = {}) =>
  createBatchClient({
    orgId: 'ORG@AdobeOrg',
    sandbox: 'prod',
    apiKey: API_KEY,
    credentials: TOKEN,
    origin: server.origin,
    maxRetries: 0,
    ...options,
  });
test('a batch that cannot be completed gets the hint for that, not the one for abort and revert', async () => {
  const rejected = { type: 'http://ns.adobe.com/aep/errors/ERR-X', status: 428, title: 'No' };
  server.respond = (request, response) => {
    const isRead = request.method === 'GET';
    response.writeHead(isRead ? 404 : 428);
    response.end(isRead ? '' : JSON.stringify(rejected));
  };
  const message = (work: Promise<unknown>) => work.catch((error: Error) => error.message);

  expect(await message(client().batches.complete('b1'))).toContain(
    'Only a batch that is loading can be completed',
  );
  expect(await message(client().batches.abort('b1'))).toContain('abort is for a batch');
});

test("the platform's sentence stands in the message without its full stop, which ends ours", async () => {
  server.play(respondWith(400, { detail: 'The batch is closed.' }));
  const call = client().batches.get('b1');
  await expect(call).rejects.toThrow(/failed: 400: The batch is closed \(request id .*\)\. Check/);
});

const create = (options = {}, call = {}) =>
  client(options)
    .batches.create({ datasetId: 'a' }, call)
    .then(
      () => undefined,
      (error: unknown) => error,
    );

/** Answers every request alike. */
const answerWith = (status: number, body: string, headers: Record<string, string> = {}) => {
  server.respond = (_, response) => {
    response.writeHead(status, headers).end(body);
  };
};

describe('each form of an error response is read for its code and its message', () => {
  test.each<
    [
      form: string,
      status: number,
      body: string,
      code: string | undefined,
      detail: string | undefined,
    ]
  >([
    [
      'gateway',
      403,
      '{"error_code":"403010","message":"Oauth token is missing."}',
      '403010',
      'Oauth token is missing.',
    ],
    [
      'problem',
      400,
      '{"type":"/placeholder/type/uri","status":400,"title":"BadRequestError","detail":"A valid content-type must be specified"}',
      undefined,
      'A valid content-type must be specified',
    ],
    [
      'problem with a code in its type',
      428,
      '{"type":"http://ns.adobe.com/aep/errors/ERR-BI-104","status":428,"title":"Not allowed"}',
      'ERR-BI-104',
      'Not allowed',
    ],
    [
      'problem with a report',
      400,
      '{"type":"http://ns.adobe.com/adobecloud/problem/x","status":400,"title":"Invalid","report":{"message":"wrong ims org"}}',
      undefined,
      'wrong ims org',
    ],
    [
      'Catalog',
      422,
      '{"title":"Unprocessable","detail":"No such dataset"}',
      undefined,
      'No such dataset',
    ],
    [
      'list under the status',
      400,
      '{"errors":{"400":[{"code":"500","message":"Batch can only be specified for"}]}}',
      '500',
      'Batch can only be specified for',
    ],
    [
      'list without a list',
      400,
      '{"errors":{"errorCode":400,"title":"Invalid Request","detail":"Page size exceeded"}}',
      '400',
      'Page size exceeded',
    ],
    [
      'HTML',
      502,
      '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>',
      undefined,
      '502 Bad Gateway',
    ],
    [
      'HTML without a title',
      404,
      '<html><body><h1>Not</h1> found</body></html>',
      undefined,
      'Not found',
    ],
    [
      'token service',
      400,
      '{"error":"invalid_grant","error_description":"expired"}',
      'invalid_grant',
      'expired',
    ],
    ['empty', 503, '', undefined, undefined],
    ['broken JSON', 500, '{"title":', undefined, '{"title":'],
    ['JSON that is no object', 500, '"no"', undefined, 'no'],
    ['JSON null', 500, 'null', undefined, undefined],
  ])('%s', async (_, status, body, code, detail) => {
    answerWith(status, body);
    const error = await create();

    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status, code, detail, attempts: 1, method: 'POST' });
    expect((error as ApiError).url).toBe(`${server.origin}/data/foundation/import/batches`);
  });
});

test.each([408, 500, 502, 504])(
  'a %i says that a call may have taken effect, and of one that only reads that it may be tried again',
  async (status) => {
    answerWith(status, '');
    const read = await client()
      .batches.get('b1')
      .catch((error: Error) => error.message);

    expect(String(await create())).toContain('Whether it took effect is not known.');
    expect(read).toContain('Try again later.');
    expect(read).not.toContain('took effect');
  },
);

describe('the class says which status it was, and its name is the class', () => {
  test.each<[number, new (...args: never[]) => ApiError]>([
    [400, BadRequestError],
    [401, AuthenticationError],
    [403, PermissionError],
    [404, NotFoundError],
    [406, NotAcceptableError],
    [409, ConflictError],
    [413, ContentTooLargeError],
    [414, UriTooLongError],
    [415, UnsupportedMediaTypeError],
    [416, RangeNotSatisfiableError],
    [422, UnprocessableContentError],
    [428, PreconditionRequiredError],
    [429, RateLimitError],
    [500, ServerError],
    [504, ServerError],
    [418, ApiError],
  ])('%i', async (status, Class) => {
    answerWith(status, '{}');
    const error = await create();

    expect((error as Error).constructor).toBe(Class);
    expect((error as Error).name).toBe(Class.name);
  });
});

test('a message says which request, what happened, which request id and attempt, and what to do', async () => {
  answerWith(401, '{"error_code":"401013","message":"Oauth token is not valid"}', {
    'x-request-id': 'abc-1',
  });

  expect(((await create()) as Error).message).toBe(
    `POST ${server.origin}/data/foundation/import/batches failed: 401: 401013 Oauth token is not valid ` +
      '(request id abc-1, attempt 1 of 1). The access token is not valid: get a new one.',
  );
});

test.each([
  ['a body that is not valid JSON', 201, '<html>', 'not valid JSON'],
  ['half a body', 201, '{"id":"a"', 'not valid JSON'],
  ['an empty body', 201, '', 'empty body'],
  ['no content', 204, '', 'empty body'],
])('a success with %s is an InvalidResponseError', async (_, status, body, says) => {
  answerWith(status, body);
  const error = await create();

  expect(error).toBeInstanceOf(InvalidResponseError);
  expect((error as Error).message).toContain(says);
});

test('a redirect is rejected, and the other origin sees nothing', async () => {
  answerWith(307, '', { location: `${server.origin}/elsewhere` });
  const error = await create();

  expect(error).toMatchObject({ name: 'InvalidResponseError', status: 307 });
  expect(server.seen).toEqual(['POST /data/foundation/import/batches']);
});

test.each([300, 301, 304, 308, 399])(
  'a %i is a redirect, and no error response',
  async (status) => {
    answerWith(status, '');
    expect(await create()).toMatchObject({
      name: 'InvalidResponseError',
      status,
      stateUnknown: false,
    });
  },
);

test('no connection is a ConnectionError with the system code', async () => {
  const error = await create({ origin: 'http://127.0.0.1:1' });

  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ code: 'ECONNREFUSED', attempts: 1 });
});

test.each(['before the response', 'in the middle of its body'])(
  'a connection cut %s is a ConnectionError',
  async (when) => {
    server.respond = (_, response) => {
      if (when !== 'before the response')
        response.writeHead(201, { 'content-length': '100' }).write('{');
      setImmediate(() => response.socket?.resetAndDestroy());
    };
    expect(await create()).toBeInstanceOf(ConnectionError);
  },
);

test.each(['before the response', 'in the middle of its body'])(
  'a response that hangs %s is a TimeoutError',
  async (when) => {
    server.respond = (_, response) => {
      if (when !== 'before the response')
        response.writeHead(201, { 'content-length': '100' }).write('{');
    };
    const error = await create({ timeoutMs: 60_000 }, { timeoutMs: 50 });

    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ timeoutMs: 50 });
  },
);

test("a call that the caller's signal ends is an AbortError with the reason as cause", async () => {
  const abort = new AbortController();
  server.respond = () => abort.abort(new Error('changed my mind'));
  const error = await create({}, { signal: abort.signal });

  expect(error).toBeInstanceOf(AbortError);
  expect((error as AbortError).cause).toMatchObject({ message: 'changed my mind' });
});

test("a signal that has ended already never reaches the caller's own fetch", async () => {
  let calls = 0;
  const fetch = async () => {
    calls++;
    return new Response('{}');
  };
  const error = await create({ fetch }, { signal: AbortSignal.abort() });

  expect(error).toMatchObject({ name: 'AbortError', stateUnknown: false });
  expect(calls).toBe(0);
});

test('a signal that has ended already lets nothing be sent', async () => {
  const error = await create({}, { signal: AbortSignal.abort() });

  expect(error).toBeInstanceOf(AbortError);
  expect(server.seen).toEqual([]);
});

test('an error response that echoes the token does not show it; the API key is no secret', async () => {
  answerWith(403, JSON.stringify({ title: `key ${API_KEY}`, detail: `token Bearer ${TOKEN}` }));
  const error = await create();

  const shown = `${inspect(error, { depth: 9 })} ${JSON.stringify(error)} ${(error as Error).stack}`;
  expect(shown).not.toContain(TOKEN);
  expect(shown).toContain(API_KEY);
  expect(shown).toContain('[secret]');
});

test('the client shows no secret when it is inspected or printed', () => {
  const shown = `${inspect(client(), { depth: 9, showHidden: true })} ${JSON.stringify(client())}`;
  expect(shown).not.toContain(TOKEN);
  expect(shown).not.toContain(API_KEY);
});

describe("a caller's own fetch", () => {
  test('is called as (url, init), and its response is read like any other', async () => {
    const calls: unknown[][] = [];
    const fetch: typeof globalThis.fetch = async (...call) => {
      calls.push(call);
      return new Response('{"title":"no"}', { status: 422, headers: { 'x-request-id': 'r-1' } });
    };
    const error = await create({ fetch });

    expect(error).toMatchObject({
      name: 'UnprocessableContentError',
      requestId: 'r-1',
      detail: 'no',
    });
    expect(calls[0]?.[0]).toBe(`${server.origin}/data/foundation/import/batches`);
    expect(calls[0]?.[1]).toMatchObject({
      method: 'POST',
      redirect: 'manual',
      body: '{"datasetId":"a"}',
    });
  });
});

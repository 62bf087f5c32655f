import { expect, test } from '@jest/globals';
import {
  AepBatchError,
  ConnectionError,
  InvalidInputError,
  type RequestEvent,
  type ResponseEvent,
} from '../src/index.js';
import { API_KEY, CLIENT_SECRET, clientFor, testClock, thrownBy } from './support/client.js';
import { cut, type Play, respondWith, useServer } from './support/server.js';

const server = useServer();
const ID = '5c8c3c555033b814b69f947f';
const FOUND = { [ID]: { status: 'success' } };
const TOKEN_ANSWER = { access_token: 'a-token-of-ims', token_type: 'bearer', expires_in: 86399 };

function listening() {
  const requests: RequestEvent[] = [];
  const responses: ResponseEvent[] = [];
  return {
    requests,
    responses,
    options: {
      clock: testClock(),
      onRequest: (event: RequestEvent) => requests.push(event),
      onResponse: (event: ResponseEvent) => responses.push(event),
    },
  };
}

test('each attempt has an event before it is made and after it, the call for a token too', async () => {
  const { requests, responses, options } = listening();
  const { origin } = server;
  const credentials = { clientId: 'i', clientSecret: CLIENT_SECRET, scopes: 'x', origin };
  server.play(TOKEN_ANSWER, 503, cut, respondWith(200, FOUND, { 'x-request-id': 'platform-7' }));
  await clientFor(origin, { ...options, credentials }).batches.get(ID);

  const url = `${origin}/data/foundation/catalog/batches/${ID}`;
  const call = { operation: 'getBatch', method: 'GET', url };
  expect(requests).toMatchObject([
    { operation: 'getToken', method: 'POST', url: `${origin}/ims/token/v3`, attempt: 1 },
    { ...call, attempt: 1 },
    { ...call, attempt: 2 },
    { ...call, attempt: 3 },
  ]);
  expect(responses).toMatchObject([
    { operation: 'getToken', status: 200 },
    { ...call, attempt: 1, status: 503, error: { name: 'ServerError' } },
    { ...call, attempt: 2, error: { name: 'ConnectionError' } },
    { ...call, attempt: 3, status: 200, requestId: 'platform-7' },
  ]);
  expect(responses.map(({ status }) => status)).toEqual([200, 503, undefined, 200]);
  expect(responses.every(({ durationMs }) => durationMs >= 0)).toBe(true);
});

test('an error response and a lost response have events, and a call that was never sent has none', async () => {
  const { requests, responses, options } = listening();
  const client = clientFor(server.origin, { ...options, maxRetries: 0 });
  server.play(404);
  await thrownBy(client.batches.get(ID));
  await thrownBy(client.batches.get('no/id'));
  await thrownBy(client.batches.get(ID, { signal: AbortSignal.abort() }));
  await thrownBy(clientFor('http://127.0.0.1:1', { ...options, maxRetries: 0 }).batches.get(ID));

  expect(requests).toHaveLength(2);
  expect(responses).toMatchObject([{ status: 404 }, { error: { name: 'ConnectionError' } }]);
  expect(responses[1]).not.toHaveProperty('status');
});

test('a success that cannot be used has an event with its status and its error', async () => {
  const events: ResponseEvent[] = [];
  const onResponse = (event: ResponseEvent) => void events.push(event);
  server.play(respondWith(200, '<html>'));
  await thrownBy(clientFor(server.origin, { maxRetries: 0, onResponse }).batches.get('b1'));

  expect(events).toMatchObject([{ status: 200, error: { name: 'InvalidResponseError' } }]);
});

test('an attempt without a response ends with the id that was sent, after the time that it took', async () => {
  const { requests, responses, options } = listening();
  server.play((_, response) => {
    options.clock.nowMs += 250;
    response.socket?.resetAndDestroy();
  });
  await thrownBy(clientFor(server.origin, { ...options, maxRetries: 0 }).batches.get(ID));

  expect(requests).toHaveLength(1);
  expect(requests[0]?.requestId).toMatch(/^[\da-f]{8}-[\da-f-]{27}$/);
  expect(responses).toMatchObject([{ requestId: requests[0]?.requestId, durationMs: 250 }]);
});

test('the event of an error response that is not tried again has a status alone', async () => {
  for (const status of [400, 404, 409, 501, 505]) {
    const { responses, options } = listening();
    server.play(status);
    await thrownBy(clientFor(server.origin, options).batches.get(ID));
    expect(responses).toMatchObject([{ status }]);
    expect(responses[0]).not.toHaveProperty('error');
  }
});

test('the event of a part has its range', async () => {
  const { requests, options } = listening();
  const address = { batchId: 'b1', datasetId: 'd1', path: 'a' };
  server.play(200);
  const { files } = clientFor(server.origin, options);
  await files.uploadPart(address, { start: 5 }, Buffer.from('abc'));

  expect(requests).toMatchObject([{ operation: 'uploadFilePart', contentRange: 'bytes 5-7' }]);
});

test('a call whose token cannot be fetched has events of the token request alone', async () => {
  const { requests, responses, options } = listening();
  const { origin } = server;
  const credentials = { clientId: 'i', clientSecret: CLIENT_SECRET, scopes: 'x', origin };
  server.play(400);
  await thrownBy(clientFor(origin, { ...options, credentials }).batches.get(ID));

  expect(requests.map(({ operation }) => operation)).toEqual(['getToken']);
  expect(responses.map(({ operation, status }) => [operation, status])).toEqual([
    ['getToken', 400],
  ]);
});

test('an attempt that gets no token has no event, and the one before it has ended once', async () => {
  const { requests, responses, options } = listening();
  const { origin } = server;
  const credentials = { clientId: 'i', clientSecret: CLIENT_SECRET, scopes: 'x', origin };
  // The token runs out in the wait for the second attempt.
  server.play({ ...TOKEN_ANSWER, expires_in: 0.1 }, 503, 400);
  await thrownBy(clientFor(origin, { ...options, credentials }).batches.get(ID));

  const calls = ['getToken', 'getBatch', 'getToken'];
  expect(requests.map(({ operation }) => operation)).toEqual(calls);
  expect(responses.map(({ operation, status }) => [operation, status])).toEqual([
    ['getToken', 200],
    ['getBatch', 503],
    ['getToken', 400],
  ]);
});

test('no event has a secret, and what a listener throws is no failure of the call', async () => {
  const { requests, responses, options } = listening();
  const { origin } = server;
  const credentials = { clientId: 'i', clientSecret: CLIENT_SECRET, scopes: 'x', origin };
  server.play(TOKEN_ANSWER, 403);
  await thrownBy(clientFor(origin, { ...options, credentials }).batches.get(ID));
  const events = JSON.stringify([requests, responses]);
  for (const secret of [CLIENT_SECRET, API_KEY, TOKEN_ANSWER.access_token])
    expect(events).not.toContain(secret);

  const fails = () => {
    throw new Error('the log is full');
  };
  const failsLater = async () => fails();
  for (const listener of [fails, failsLater]) {
    const all = { onRequest: listener, onResponse: listener, onRetry: listener };
    server.play(503, FOUND);
    const client = clientFor(origin, { ...all, clock: testClock() });
    expect(await client.batches.get(ID, { onRetry: listener })).toMatchObject({ id: ID });
  }
});

/** Overwrites everything that can be reached from an event, and adds to it. */
function vandalize(event: object, seen = new Set<object>()): void {
  if (seen.has(event)) return;
  seen.add(event);
  for (const key of ['stack', ...Object.getOwnPropertyNames(event)]) {
    const value: unknown = Reflect.get(event, key);
    if (typeof value === 'object' && value !== null) vandalize(value, seen);
    if (['operation', 'method', 'url'].includes(key)) Reflect.set(event, key, 'overwritten');
    else Reflect.set(event, key, typeof value === 'boolean' ? !value : 418);
  }
  Reflect.set(event, 'added', true);
}

/** How a call ends, with every field of its error. */
async function outcome(call: Promise<unknown>): Promise<unknown> {
  const error = await thrownBy(call);
  if (!(error instanceof AepBatchError)) return { error, value: await call.catch(() => undefined) };
  const { cause, stack } = error;
  const hasCause = cause instanceof Error ? { ...cause, text: cause.message } : cause;
  return { ...error, message: error.message, hasCause, stack: String(stack).split('\n')[0] };
}

const BODY = { title: 'busy', report: { reasons: [{ code: '1401' }] } };

test.each<[string, Play[]]>([
  ['that is retried and succeeds', [respondWith(503, BODY), FOUND]],
  ['whose retries are used up', [cut, respondWith(500, BODY), respondWith(503, BODY)]],
  [
    'that asks for a longer wait than is allowed',
    [respondWith(429, BODY, { 'retry-after': '99' })],
  ],
  ['whose connection is lost each time', [cut, cut, cut]],
  ['whose success is not JSON', [respondWith(200, '<html>'), respondWith(200, '<html>'), FOUND]],
  ['whose error is final', [respondWith(404, BODY)]],
])('a listener that overwrites its events changes nothing of a call %s', async (_, plays) => {
  const run = async (listener?: (event: object) => void) => {
    server.play(...plays);
    const before = server.seen.length;
    const listeners = { onRequest: listener, onResponse: listener, onRetry: listener };
    const options = listener === undefined ? {} : listeners;
    const client = clientFor(server.origin, { ...options, clock: testClock() });
    const call = client.batches.get(ID, listener === undefined ? {} : { onRetry: listener });
    const end = JSON.stringify(await outcome(call)).replace(/[0-9a-f-]{36}/g, 'request-id');
    return { end, requests: server.seen.length - before };
  };

  expect(await run(vandalize)).toEqual(await run());
});

test('an event has an error of its own with its class, its causes and its text', async () => {
  const errors: unknown[] = [];
  const onResponse = ({ error }: ResponseEvent) => errors.push(error);
  server.play(cut);
  const client = clientFor(server.origin, { onResponse, maxRetries: 0 });
  const thrown = await thrownBy(client.batches.get(ID));
  const [error] = errors;

  expect(error).not.toBe(thrown);
  expect(error).toBeInstanceOf(ConnectionError);
  expect(error).toMatchObject({ name: 'ConnectionError', cause: { code: 'ECONNRESET' } });
  expect(JSON.stringify(error)).toBe(JSON.stringify(thrown));
  expect(Reflect.get(Object(error), 'stack')).toBe(Reflect.get(Object(thrown), 'stack'));
});

test.each(['onRequest', 'onResponse', 'onRetry'])('%s has to be a function', (name) => {
  expect(() => clientFor(server.origin, { [name]: 'log' })).toThrow(InvalidInputError);
});

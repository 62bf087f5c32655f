import { getEventListeners } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { HttpClient } from '../src/http/client.js';
import { resolveOptions } from '../src/http/options.js';
import { Secrets } from '../src/http/redact.js';
import type { ClientOptions } from '../src/index.js';
import { CLIENT_SECRET, clientFor, testClock, thrownBy } from './support/client.js';
import { useServer } from './support/server.js';
import { until } from './support/sockets.js';

/** How the token service responds to one request. */
type PlayFunction = (request: unknown, response: ServerResponse) => void;

const server = useServer();
const BATCH = { b1: { status: 'success' } };
const DAY_SECONDS = 86_399;
const isTokenCall = (call: string) => call.includes('/ims/token/');
const countTokenCalls = () => server.seen.filter(isTokenCall).length;
const TOKEN = { access_token: 'token-a', token_type: 'bearer', expires_in: DAY_SECONDS };

const setUp = (options: Partial<ClientOptions> = {}) => {
  const clock = testClock();
  const credentials = {
    clientId: 'the-client-id',
    clientSecret: CLIENT_SECRET,
    scopes: 'openid',
    origin: server.origin,
  };
  const defaults = { clock, credentials, maxRetries: 0 };
  return { clock, client: clientFor(server.origin, { ...defaults, ...options }) };
};

/** Serves the API always, and the token service as played; the last play stays. */
function serve(...plays: PlayFunction[]) {
  let next = 0;
  server.respond = (request, response, seen) => {
    if (!isTokenCall(seen.call)) return void response.end(JSON.stringify(BATCH));
    return plays[Math.min(next++, plays.length - 1)]?.(request, response);
  };
}

const respond =
  (status: number, body: object, headers: Record<string, string> = {}): PlayFunction =>
  (_, response) =>
    void response.writeHead(status, headers).end(JSON.stringify(body));
const issue = respond(200, TOKEN);

/** Responds to all token requests once it is released, and to none before. */
function holdBack() {
  const held: ServerResponse[] = [];
  let isReleased = false;
  return {
    play: ((_, response) => {
      if (isReleased) issue(_, response);
      else held.push(response);
    }) as PlayFunction,
    release() {
      isReleased = true;
      for (const response of held) issue(undefined, response);
    },
  };
}

describe('calls that need a token at the same time', () => {
  test('do not wait for a request that has fewer retries than their own would have', async () => {
    const { client } = setUp();
    let first: ServerResponse | undefined;
    serve((_, response) => {
      first = response;
    }, issue);
    const quick = thrownBy(client.batches.get('b1', { maxRetries: 0 }));
    await until(() => first !== undefined, 'the first token request');
    const patient = client.batches.get('b1', { maxRetries: 1 });
    first?.writeHead(503).end();

    expect(await patient).toMatchObject({ id: 'b1' });
    expect(await quick).toMatchObject({ status: 503, operation: 'getToken' });
    expect(countTokenCalls()).toBe(2);
  });

  test('do not wait for a request that has less time than their own would have', async () => {
    const { client } = setUp();
    serve(() => undefined, issue);
    const quick = thrownBy(client.batches.get('b1', { timeoutMs: 100 }));
    const patient = client.batches.get('b1');

    expect(await patient).toMatchObject({ id: 'b1' });
    expect(await quick).toMatchObject({ name: 'TimeoutError', operation: 'getToken' });
  });

  test('wait for the longer request, also after the shorter one that it replaced has ended', async () => {
    const { client } = setUp();
    const { play, release } = holdBack();
    serve(() => undefined, play);
    const quick = thrownBy(client.batches.get('b1', { timeoutMs: 50 }));
    const patient = client.batches.get('b1');
    expect(await quick).toMatchObject({ name: 'TimeoutError', operation: 'getToken' });
    const late = client.batches.get('b1');
    await until(() => countTokenCalls() >= 2, 'the longer request');
    release();

    expect(await Promise.all([patient, late])).toMatchObject([{ id: 'b1' }, { id: 'b1' }]);
    expect(countTokenCalls()).toBe(2);
  });
});

test('an early renewal that gets Retry-After is not repeated before that time', async () => {
  let failures = 0;
  const onResponse: ClientOptions['onResponse'] = ({ status }) => {
    if (status === 503) failures++;
  };
  const { client, clock } = setUp({ onResponse });
  serve(issue, respond(503, {}, { 'retry-after': '200' }), issue);
  const call = async (count: number) => {
    for (let made = 0; made < count; made++) await client.batches.get('b1');
  };
  await call(1);
  clock.nowMs += (DAY_SECONDS - 290) * 1000;
  await call(1);
  await until(() => failures === 1, 'the renewal that fails');
  await new Promise(setImmediate);

  clock.nowMs += 190_000; // far longer than the pause after a failure that names no time
  await call(3);
  expect(countTokenCalls()).toBe(2);
  clock.nowMs += 11_000;
  await call(1);
  await until(() => countTokenCalls() === 3, 'the next renewal');
});

describe('the wait for a token', () => {
  const info = { operation: 'x', method: 'GET', url: 'http://127.0.0.1:1', attempts: 1 };
  const call = { ...info, maxAttempts: 1, requestId: 'r', stateUnknown: false };

  test.each<[string, () => Promise<string>]>([
    ['a token', async () => 'a-token'],
    ['an error', () => Promise.reject(new Error('vault is sealed'))],
    ['its time limit', () => new Promise(() => undefined)],
  ])('leaves no listener at the signal when it ends with %s', async (_, credentials) => {
    const options = resolveOptions(
      { orgId: 'o', sandbox: 's', apiKey: 'k', credentials },
      new Secrets(),
    );
    const { tokens } = new HttpClient(options, () => Promise.reject(new Error('not OAuth')));
    const { signal } = new AbortController();
    const waiter = { timeoutMs: 5, maxRetries: 0, signal };
    const wait = tokens.request({ ...waiter, info: { ...call, priorAttemptAmbiguous: false } });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await thrownBy(wait);

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('ends at once where the function for the token aborts the call and returns nothing', async () => {
    const abort = new AbortController();
    const credentials = () => {
      abort.abort(new Error('enough'));
      return new Promise<string>(() => undefined);
    };
    await using client = clientFor(server.origin, { credentials, timeoutMs: 8000 });
    let error: unknown;
    client.batches.create({ datasetId: 'd' }, { signal: abort.signal }).catch((thrown) => {
      error = thrown;
    });
    await until(() => error !== undefined, 'the end of the call');

    expect(error).toMatchObject({
      name: 'AbortError',
      cause: { message: 'enough' },
      stateUnknown: false,
    });
    expect(server.seen).toEqual([]);
  });
});

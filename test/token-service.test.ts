import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { HttpClient } from '../src/http/client.js';
import { resolveOptions } from '../src/http/options.js';
import { Secrets } from '../src/http/redact.js';
import type { BatchClient, ClientOptions, TimeoutError } from '../src/index.js';
import { CLIENT_SECRET, clientFor, testClock, thrownBy } from './support/client.js';
import { hang, type Play, respondWith, useServer } from './support/server.js';

const server = useServer();
const BATCH = { b1: { status: 'success' } };
const DAY_SECONDS = 86_399;
const credentialsAt = (origin: string) => ({
  clientId: 'the-client-id',
  clientSecret: CLIENT_SECRET,
  scopes: 'openid',
  origin,
});
const setUp = (options: Partial<ClientOptions> = {}) => {
  const clock = testClock();
  const credentials = credentialsAt(server.origin);
  return { clock, client: clientFor(server.origin, { clock, credentials, ...options }) };
};
const isTokenCall = (call: string) => call.includes('/ims/token/');
const tokenCalls = () => server.seen.filter(isTokenCall);
const token = (name = 'a', expires_in: unknown = DAY_SECONDS) =>
  respondWith(200, { access_token: `token-${name}`, token_type: 'bearer', expires_in });

/** Serves the API always, and the token service as played; the last play stays. */
function serve(...plays: Play[]) {
  let next = 0;
  server.respond = (request, response, seen) => {
    if (!isTokenCall(seen.call)) return void response.end(JSON.stringify(BATCH));
    const play = plays[Math.min(next++, plays.length - 1)];
    if (typeof play === 'function') play(request, response, seen);
    else response.writeHead(Number(play)).end();
  };
}

test.each([408, 429, 500, 502, 503, 504])(
  'a token request that gets %i is tried again: another token does no harm',
  async (status) => {
    const { client } = setUp();
    serve(status, token());
    expect(await client.batches.get('b1')).toMatchObject({ status: 'success' });
    expect(tokenCalls()).toHaveLength(2);
  },
);

describe('a token request that hangs', () => {
  test.each(['client', 'call'])(
    'has the timeout and the retries of the %s, and is what the error names',
    async (whose) => {
      const limits = { timeoutMs: 60, maxRetries: 1 };
      const { client } = setUp(whose === 'client' ? limits : {});
      serve(hang);
      const error = await thrownBy(client.batches.get('b1', whose === 'call' ? limits : {}));

      expect(error).toMatchObject({
        name: 'TimeoutError',
        operation: 'getToken',
        timeoutMs: 60,
        attempts: 2,
        stateUnknown: false,
      });
      expect(String(error)).toMatch(/POST .*\/ims\/token\/v3 failed: .*60 ms/);
      expect(server.seen).toHaveLength(2);
    },
  );

  test('is not tried again by a call with maxRetries 0', async () => {
    const { client } = setUp();
    serve(503);
    const error = await thrownBy(client.batches.get('b1', { maxRetries: 0 }));
    expect(error).toMatchObject({ status: 503, operation: 'getToken', attempts: 1 });
    expect(server.seen).toHaveLength(1);
  });

  test('takes nothing from the time of the attempt that follows', async () => {
    const { client } = setUp({ timeoutMs: 300, maxRetries: 0 });
    server.respond = (_, response, { call }) => {
      const body = { access_token: 'token-a', expires_in: 999 };
      setTimeout(() => response.end(JSON.stringify(isTokenCall(call) ? body : BATCH)), 200);
    };
    expect(await client.batches.get('b1')).toMatchObject({ id: 'b1' });
  });

  test('is given up by a call with less time than the one that started it', async () => {
    const abort = new AbortController();
    const { client } = setUp();
    serve(hang);
    const patient = thrownBy(client.batches.get('b1', { signal: abort.signal }));
    const impatient = { timeoutMs: 50, maxRetries: 0 };
    const error = await thrownBy(client.batches.get('b1', impatient));

    expect(error).toMatchObject({ name: 'TimeoutError', operation: 'getToken', timeoutMs: 50 });
    expect((error as TimeoutError).message).toContain('/ims/token/v3');
    expect(server.seen).toHaveLength(1);
    abort.abort();
    expect(await patient).toMatchObject({ name: 'AbortError' });
    await client.close();
  });

  test('is waited for as long as a call could have requested it itself, with its retries', async () => {
    const service = {
      operation: 'getToken',
      path: '/ims/token/v3',
      request: async () => {
        await new Promise((resolve) => setTimeout(resolve, 30));
        return { token: 'late', lifeMs: 1000 };
      },
    };
    const { origin } = server;
    const options = { orgId: 'o', sandbox: 's', origin, credentials: credentialsAt(origin) };
    const { tokens } = new HttpClient(resolveOptions(options, new Secrets()), async () => service);
    const info = { operation: 'x', method: 'GET', url: origin, attempts: 1, maxAttempts: 1 };
    const call = { ...info, requestId: 'r', stateUnknown: false, priorAttemptAmbiguous: false };
    const { signal } = new AbortController();
    const patient = tokens.request({ timeoutMs: 9000, maxRetries: 9, info: call, signal });

    expect(await tokens.request({ timeoutMs: 1, maxRetries: 3, info: call, signal })).toBe('late');
    expect(await patient).toBe('late');
  });

  test('does not fail a call with more time than the one that started it', async () => {
    const { client } = setUp();
    serve(hang, token());
    const impatient = thrownBy(client.batches.get('b1', { timeoutMs: 50, maxRetries: 0 }));
    expect(await client.batches.get('b1')).toMatchObject({ id: 'b1' });
    expect(await impatient).toMatchObject({ name: 'TimeoutError', operation: 'getToken' });
  });

  test('is waited for no longer after the signal of the call, with its reason, or close()', async () => {
    const { client } = setUp();
    serve(hang);
    const signal = AbortSignal.timeout(30);
    const error = await thrownBy(client.batches.create({ datasetId: 'd' }, { signal }));
    expect(error).toMatchObject({
      name: 'AbortError',
      cause: { name: 'TimeoutError' },
      stateUnknown: false,
    });

    const waiting = thrownBy(client.batches.get('b1'));
    // Otherwise it may arrive in the next test, on a busy machine.
    for (let turn = 0; turn < 1000 && tokenCalls().length === 0; turn++) await delay(5);
    await client.close();
    expect(await waiting).toMatchObject({ name: 'AbortError' });
  });
});

describe('the life of a token', () => {
  const calls = async (client: BatchClient, count: number) => {
    for (let call = 0; call < count; call++) await client.batches.get('b1');
  };

  test.each([1, 2, 5, 10, 60, 299, 300, 301, 600])(
    'of %d s makes one request for 51 calls',
    async (seconds) => {
      const { client } = setUp();
      serve(token('a', seconds));
      await calls(client, 51);
      expect(tokenCalls()).toHaveLength(1);
    },
  );

  test.each([1, 10, 60, 300])(
    'of %d s is used up to nine tenths, and renewed then',
    async (seconds) => {
      const { client, clock } = setUp();
      serve(token('a', seconds), token('b', seconds));
      await calls(client, 1);
      clock.nowMs += seconds * 790;
      await calls(client, 1);
      expect(tokenCalls()).toHaveLength(1);

      clock.nowMs += seconds * 120;
      await calls(client, 1);
      expect(tokenCalls()).toHaveLength(2);
    },
  );

  test('begins when it is requested, since the service may count from then', async () => {
    const { client, clock } = setUp();
    const slow: Play = (request, response, seen) => {
      clock.nowMs += 100_000;
      const issue = token('a', 3600);
      if (typeof issue === 'function') issue(request, response, seen);
    };
    serve(slow, token('b', 3600));
    await calls(client, 1);
    clock.nowMs += 3_495_000; // it has less than 10 s left
    await calls(client, 1);

    expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer token-b');
  });

  test('of a millisecond serves the call that waited for it', async () => {
    const { client, clock } = setUp();
    serve(token('a', 0.001));
    clock.monotonicNow = () => (clock.nowMs += 10);
    await calls(client, 3);
    expect(tokenCalls()).toHaveLength(3);
  });

  test.each([
    ['is refused', respondWith(400, { error: 'invalid_client' })],
    ['fails', 503],
    ['cannot be used', respondWith(200, { access_token: '' })],
  ] as [string, Play][])(
    'an early renewal that %s is not repeated at every call',
    async (_, failure) => {
      const { client, clock } = setUp({ maxRetries: 0 });
      serve(token(), failure);
      await calls(client, 1);
      clock.nowMs += (DAY_SECONDS - 290) * 1000;
      await calls(client, 20);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(tokenCalls()).toHaveLength(2);

      clock.nowMs += 31_000;
      await calls(client, 20);
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(tokenCalls()).toHaveLength(3);
    },
  );

  test("is not that of the system's time", async () => {
    const clock = testClock();
    let skewMs = 0;
    const skewed = { ...clock, now: () => clock.now() + skewMs, monotonicNow: clock.now };
    const { client } = setUp({ clock: skewed });
    serve(token());
    for (const ms of [0, 1e12, -1e12]) {
      skewMs = ms;
      await calls(client, 2);
    }
    expect(tokenCalls()).toHaveLength(1);
  });
});

describe('a response of the token service', () => {
  test.each([
    { access_token: '', expires_in: 999 },
    { access_token: 7, expires_in: 999 },
    { access_token: null, expires_in: 999 },
    { access_token: ['token-a'], expires_in: 999 },
    { access_token: 'token-a\n', expires_in: 999 },
    { access_token: 'token\u0000a', expires_in: 999 },
    { access_token: 'tökén', expires_in: 999 },
    { access_token: ' token-a', expires_in: 999 },
    { access_token: 'Bearer token-a', expires_in: 999 },
    { access_token: 'token-a' },
    { access_token: 'token-a', expires_in: 0 },
    { access_token: 'token-a', expires_in: -1 },
    { access_token: 'token-a', expires_in: 'NaN' },
    { access_token: 'token-a', expires_in: '' },
    { access_token: 'token-a', expires_in: '1e300' },
    { access_token: 'token-a', expires_in: 1e300 },
    { access_token: 'token-a', expires_in: [999] },
    { access_token: 'token-a', expires_in: true },
    {},
  ])('as %j is the fault of that service, and no token is shown', async (body) => {
    const { client } = setUp({ maxRetries: 0 });
    serve(respondWith(200, body));
    const error = await thrownBy(client.batches.get('b1'));

    expect(error).toMatchObject({
      name: 'InvalidResponseError',
      operation: 'getToken',
      status: 200,
    });
    expect(String(error)).not.toContain('token-a');
    expect(tokenCalls()).toHaveLength(1);
    expect(server.seen).toHaveLength(1);
  });

  test.each(['bearer', 'Bearer', 'mac', '', 5, null, undefined])(
    'may name any token_type, such as %p',
    async (token_type) => {
      const { client } = setUp();
      serve(respondWith(200, { access_token: 'token-a', token_type, expires_in: 999 }));
      expect(await client.batches.get('b1')).toMatchObject({ id: 'b1' });
    },
  );

  test('may escape the token as JSON does', async () => {
    const { client } = setUp();
    serve(respondWith(200, '{"access_token":"\\u0074oken\\/a","expires_in":999}'));
    await client.batches.get('b1');
    expect(server.requests.at(-1)?.headers.authorization).toBe('Bearer token/a');
  });

  test('with the token that was just rejected ends the call, which is not sent again', async () => {
    const { client } = setUp();
    server.respond = (request, response, seen) => {
      const play = isTokenCall(seen.call) ? token() : respondWith(401, {});
      if (typeof play === 'function') play(request, response, seen);
    };
    expect(await thrownBy(client.batches.get('b1'))).toMatchObject({ status: 401 });
    expect(server.seen.map((call) => isTokenCall(call))).toEqual([true, false, true]);
  });
});

test('50 calls that wait for a token service that fails make the requests of one', async () => {
  const { client } = setUp();
  serve(503);
  const errors = await Promise.all(
    Array.from({ length: 50 }, () => thrownBy(client.batches.get('b1'))),
  );
  expect(errors.every((error) => (error as { status?: number }).status === 503)).toBe(true);
  expect(server.seen).toHaveLength(3);
});

test("a function for the token that hangs is named in the error, with the call's own time", async () => {
  const credentials = () => new Promise<string>(() => undefined);
  const { client } = setUp({ credentials, maxRetries: 0 });
  const error = await thrownBy(client.batches.get('b1', { timeoutMs: 30 }));
  expect(error).toMatchObject({ name: 'TimeoutError', timeoutMs: 30, stateUnknown: false });
  expect(String(error)).toContain('credentials function');
});

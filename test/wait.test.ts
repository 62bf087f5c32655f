import { getEventListeners } from 'node:events';
import { describe, expect, jest, test } from '@jest/globals';
import type { WaitOptions, WaitWarning } from '../src/index.js';
import { clientFor, hasWarnedOfLeak, TOKEN, testClock, thrownBy } from './support/client.js';
import { cut, cutInBody, hang, type Play, respondWith, useServer } from './support/server.js';

const server = useServer();
const LOADED = { b1: { status: 'success' } };
const STAGING = { b1: { status: 'staging' } };
const NONE = { maxRetries: 0 };
const setUp = (options = {}) => {
  const clock = testClock();
  return { clock, client: clientFor(server.origin, { clock, ...options }) };
};
/** Closes the connection after something that is not HTTP. */
const garbage: Play = (_, response) => void response.socket?.end('\u0000\u0001 not HTTP at all');

test('onStatus is called once for each status, however often it is polled', async () => {
  const { client } = setUp();
  server.play(STAGING, STAGING, 503, STAGING, { b1: { status: 'processing' } }, LOADED);
  const seen: string[] = [];
  await client.batches.wait('b1', { onStatus: ({ status }) => void seen.push(status) });

  expect(seen).toEqual(['staging', 'processing', 'success']);
});

test('a wait goes on with every status that does not end it, unknown ones too, in whatever case it is written', async () => {
  const { client } = setUp();
  const open = ['loading', 'loaded', 'queued', 'processing', 'staging', 'staged', 'retrying'];
  const statuses = [...open, 'polishing', 'Polishing', 'LOADING'];
  server.play(...[...statuses, 'SUCCESS'].map((status) => ({ b1: { status } })));
  const seen: string[] = [];
  const waited = await client.batches.wait('b1', { onStatus: (one) => void seen.push(one.status) });

  expect(waited).toMatchObject({ outcome: 'success', batch: { status: 'success' } });
  expect(seen).toEqual([...open, 'polishing', 'Polishing', 'loading', 'success']);
});

test.each([
  ['success', 'success'],
  ['active', 'success'],
  ['archived', 'success'],
  ['retained', 'success'],
  ['failed', 'failed'],
  ['failure', 'failed'],
  ['stalled', 'stalled'],
  ['aborted', 'aborted'],
  ['abandoned', 'abandoned'],
  ['inactive', 'inactive'],
  ['deleted', 'deleted'],
])('a wait ends with the status %s, and its outcome is %s', async (status, outcome) => {
  const { client } = setUp();
  server.play(STAGING, { b1: { status } });
  const waiting = client.batches.wait('b1', { waitTimeoutMs: 3000 });

  expect(await waiting).toMatchObject({ outcome, batch: { status } });
});

test.each([
  [
    { status: 'failed', recordCount: 5 },
    { input: 5, output: 0, failed: 0 },
  ],
  [
    { status: 'failure', recordCount: 5 },
    { input: 5, output: 0, failed: 0 },
  ],
  [
    { status: 'aborted', recordCount: 5 },
    { input: 5, output: 0, failed: 0 },
  ],
  [
    { status: 'abandoned', recordCount: 5 },
    { input: 5, output: 0, failed: 0 },
  ],
  [
    { status: 'stalled', recordCount: 5 },
    { input: 5, output: 5, failed: 0 },
  ],
  [
    { status: 'success', recordCount: 5, failedRecordCount: 2 },
    { input: 5, output: 3, failed: 2 },
  ],
  [
    { status: 'success', metrics: { outputRecordCount: 3, failedRecordCount: 2 } },
    { input: 5, output: 3, failed: 2 },
  ],
  [
    { status: 'failed', metrics: { inputRecordCount: 5, outputRecordCount: -1 } },
    { input: 5, output: 0, failed: 0 },
  ],
  [{ status: 'success', metrics: { inputRecordCount: -1, outputRecordCount: -1 } }, undefined],
  [{ status: 'success' }, undefined],
])('of a batch %j, %j were read, loaded and rejected', async (batch, records) => {
  const { client } = setUp();
  server.play({ b1: batch });
  const waited = await client.batches.wait('b1');

  expect(waited.records).toEqual(records);
  expect('records' in waited).toBe(records !== undefined);
});

describe('a wait goes on after', () => {
  test.each([
    ['a connection that was cut', cut],
    ['bytes that are not HTTP', garbage],
    ['408', 408],
    ['425', 425],
    ['429', 429],
    ['500', 500],
    ['502 with a page', respondWith(502, '<html><title>Bad gateway</title></html>')],
    ['503', 503],
    ['504', 504],
    ['507', 507],
    ['a 200 with a page', respondWith(200, '<html>')],
    ['half a JSON document', respondWith(200, '{"b1":{"sta')],
    ['an empty 200', respondWith(200)],
    ['a 204', 204],
    ['a 200 without the batch', {}],
    ['a 200 with another batch', { b2: { status: 'success' } }],
    ['a 200 with a list', respondWith(200, '[]')],
    ['a redirect to a maintenance page', respondWith(302, '', { location: '/maintenance' })],
    ['a body that breaks off', cutInBody],
  ] as [string, Play][])('%s, however often it comes', async (_, failure) => {
    const { client } = setUp(NONE);
    server.play(...Array.from({ length: 8 }, () => failure), LOADED);

    expect(await client.batches.wait('b1')).toMatchObject({ outcome: 'success' });
    expect(server.seen).toHaveLength(9);
  });

  test('a poll that times out', async () => {
    const { client } = setUp({ ...NONE, timeoutMs: 40 });
    server.play(hang, hang, LOADED);
    expect(await client.batches.wait('b1')).toMatchObject({ outcome: 'success' });
  });

  test('nobody listens for a while', async () => {
    const clock = testClock();
    const client = clientFor('http://127.0.0.1:1', { clock, ...NONE });
    const error = await thrownBy(client.batches.wait('b1', { waitTimeoutMs: 600_000 }));

    expect(error).toMatchObject({ name: 'ConnectionError', code: 'ECONNREFUSED', batchId: 'b1' });
    expect(clock.slept.length).toBeGreaterThan(8);
    expect(clock.nowMs - 1_700_000_000_000).toBe(600_000);
  });

  test('no TLS is spoken for a while, as in maintenance', async () => {
    const clock = testClock();
    const client = clientFor(server.origin.replace('http:', 'https:'), { clock, ...NONE });
    const error = await thrownBy(client.batches.wait('b1', { waitTimeoutMs: 600_000 }));

    expect(error).toMatchObject({ name: 'ConnectionError', permanent: true, batchId: 'b1' });
    expect(clock.nowMs - 1_700_000_000_000).toBe(600_000);
  });

  test('an outage of the token service, whatever form it takes', async () => {
    const { client } = setUp({
      ...NONE,
      credentials: { clientId: 'i', clientSecret: 'secret', scopes: 's', origin: server.origin },
    });
    const invalidResponse = respondWith(200, { access_token: '', expires_in: 9 });
    const token = respondWith(200, { access_token: 'token-a', expires_in: 86_399 });
    server.play(503, cut, 429, respondWith(200, '<html>'), invalidResponse, token, LOADED);
    expect(await client.batches.wait('b1')).toMatchObject({ outcome: 'success' });
  });

  test("a failure of the caller's token function", async () => {
    let asked = 0;
    const credentials = () => {
      if (asked++ < 4) throw new Error('vault is sealed');
      return 'a-token';
    };
    const { client } = setUp({ ...NONE, credentials });
    server.play(LOADED);
    expect(await client.batches.wait('b1')).toMatchObject({ outcome: 'success' });
  });
});

describe('a wait ends at once with', () => {
  test.each([400, 401, 403, 405, 409, 410, 422])(
    '%i, and names what to run next',
    async (status) => {
      const { client } = setUp();
      server.play(STAGING, status);
      const error = await thrownBy(client.batches.wait('b1'));

      expect(error).toMatchObject({ status, batchId: 'b1' });
      expect(String(error)).toMatch(/last status was staging.*batches\.wait\("b1"\)/);
      expect((error as Error).stack).toContain('batches.wait("b1")');
    },
  );

  test.each([400, 401, 403, 404])(
    'a credential that the token service rejects with %i',
    async (status) => {
      const { client } = setUp({
        credentials: { clientId: 'i', clientSecret: 'secret', scopes: 's', origin: server.origin },
      });
      server.play(respondWith(status, { error: 'invalid_client' }));
      expect(await thrownBy(client.batches.wait('b1'))).toMatchObject({
        operation: 'getToken',
        batchId: 'b1',
      });
    },
  );

  test('404 six times in a row, and not before', async () => {
    const { client } = setUp();
    const misses = (count: number) => Array.from({ length: count }, () => 404);
    server.play(...misses(5), STAGING, ...misses(5), LOADED);
    expect(await client.batches.wait('b1')).toMatchObject({ outcome: 'success' });

    server.play(...misses(6));
    expect(await thrownBy(client.batches.wait('b1'))).toMatchObject({
      name: 'NotFoundError',
      batchId: 'b1',
    });
  });
});

describe('the time between polls', () => {
  test.each([
    [0, 7_200_000],
    [0.5, 8_100_000],
    [1, 9_000_000],
  ])(
    'is what the platform asks for, however long, and up to a quarter more by chance (%d)',
    async (chance, ms) => {
      const clock = Object.assign(testClock(), { random: () => chance });
      const { client } = setUp({ clock });
      server.play(respondWith(429, '', { 'retry-after': '7200' }), LOADED);
      await client.batches.wait('b1');

      expect(clock.slept).toEqual([ms]);
    },
  );

  test('never goes beyond the deadline, where a last poll is made', async () => {
    const { client, clock } = setUp();
    server.play(STAGING, respondWith(503, '', { 'retry-after': '9'.repeat(40) }), LOADED);
    const waited = await client.batches.wait('b1', { waitTimeoutMs: 90_000 });

    expect(waited).toMatchObject({ outcome: 'success' });
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(90_000);
  });

  test('grows with failures, and Retry-After: 0 does not shorten it', async () => {
    const { client, clock } = setUp(NONE);
    const now = respondWith(503, '', { 'retry-after': '0' });
    server.play(now, now, now, now, now, now, LOADED);
    await client.batches.wait('b1', { pollIntervalMs: 300 });

    expect(clock.slept).toEqual([500, 1000, 2000, 4000, 8000, 9000]);
  });

  test('after failures is as before them', async () => {
    const { client, clock } = setUp(NONE);
    server.play(503, 503, 503, STAGING, LOADED);
    await client.batches.wait('b1', { pollIntervalMs: 1000 });

    expect(clock.slept).toEqual([1000, 2000, 4000, 2000]);
  });
});

describe('at the deadline', () => {
  test('a batch that was seen has timed out, though the last polls failed', async () => {
    const { client } = setUp(NONE);
    server.respond = (_, response) => {
      if (server.seen.length === 1) response.end(JSON.stringify(STAGING));
      else response.writeHead(503).end();
    };
    const waited = await client.batches.wait('b1', { waitTimeoutMs: 100_000 });
    expect(waited).toEqual({ outcome: 'timed-out', batch: { id: 'b1', status: 'staging' } });
  });

  test('one that was never seen is the last failure, which names the wait', async () => {
    const { client } = setUp(NONE);
    server.respond = (_, response) => void response.writeHead(503).end();
    const error = await thrownBy(client.batches.wait('b1', { waitTimeoutMs: 100_000 }));

    expect(error).toMatchObject({ name: 'ServerError', status: 503, batchId: 'b1' });
    expect(String(error)).toContain('The wait for batch b1 ended');
  });

  test('a poll that hangs is ended, long before its own timeout', async () => {
    // Its own timeout is 60 s, which is longer than this test may take.
    const client = clientFor(server.origin);
    server.play(STAGING, hang);
    const waited = await client.batches.wait('b1', { waitTimeoutMs: 100, pollIntervalMs: 50 });

    expect(waited).toMatchObject({ outcome: 'timed-out' });
  });

  test('a poll that hangs for ever is a timeout that names the batch', async () => {
    const client = clientFor(server.origin, { timeoutMs: 200 });
    server.respond = () => undefined;
    const error = await thrownBy(client.batches.wait('b1', { waitTimeoutMs: 50 }));
    expect(error).toMatchObject({ name: 'TimeoutError', batchId: 'b1' });
  });
});

describe('onWarning', () => {
  const collect = async (plays: Play[], options: WaitOptions = {}) => {
    const { client } = setUp(NONE);
    const warnings: WaitWarning[] = [];
    server.play(...plays);
    const onWarning = (warning: WaitWarning) => void warnings.push(warning);
    await client.batches.wait('b1', { onWarning, ...options });
    return warnings;
  };

  test('is called once when failures last, and once when they are over', async () => {
    const warnings = await collect([STAGING, 503, cut, 503, 503, 503, STAGING, 503, LOADED]);

    expect(warnings).toMatchObject([
      { isOver: false, attempts: 3, error: { status: 503 } },
      { isOver: true, attempts: 5, error: { status: 503 } },
    ]);
    expect(warnings[0]?.message).toMatch(/batch b1 cannot be read for now.*503/);
    expect(warnings[1]?.message).toMatch(/batch b1 can be read again/);
    expect(warnings[1]?.sinceMs).toBeGreaterThan(warnings[0]?.sinceMs ?? 0);
  });

  test('says of a batch that nobody completed since when that was seen, once', async () => {
    const loading = { b1: { status: 'loading' } };
    const warnings = await collect([loading, loading, loading, loading, STAGING, loading, LOADED]);

    expect(warnings).toMatchObject([{ kind: 'not-completed', attempts: 2, isOver: false }]);
    expect(warnings[0]?.sinceMs).toBeGreaterThanOrEqual(2000);
  });

  test('is called before a long wait that the platform asks for', async () => {
    const long = respondWith(429, '', { 'retry-after': '600' });
    expect(await collect([long, LOADED])).toMatchObject([
      { isOver: false, attempts: 1 },
      { isOver: true },
    ]);
  });

  test('announces the next poll for the deadline where the platform asks for a longer wait', async () => {
    const long = respondWith(429, '', { 'retry-after': '600' });
    const [warning] = await collect([long, LOADED], { waitTimeoutMs: 90_000 });
    expect(warning?.message).toContain('goes on for up to 90 s, the next time in 90 s.');
  });

  test('names the latest failure, not the one that the outage began with', async () => {
    const warnings = await collect([503, 500, 502, 504, LOADED]);
    expect(warnings).toMatchObject([
      { isOver: false, error: { status: 502 } },
      { isOver: true, error: { status: 504 } },
    ]);
    expect(warnings[0]?.message).toContain('502');
  });

  test('is not called for a short failure, nor for a Catalog that lags', async () => {
    expect(await collect([404, 404, 404, 503, STAGING, 503, 503, LOADED])).toEqual([]);
  });

  test.each([
    () => {
      throw new Error('the log is full');
    },
    () => Promise.reject(new Error('the log is full')),
  ])('and onStatus may throw: the wait goes on', async (fail) => {
    const { client } = setUp(NONE);
    server.play(503, 503, 503, STAGING, LOADED);
    const options = { onWarning: fail, onStatus: fail, onRetry: fail };
    expect(await client.batches.wait('b1', options)).toMatchObject({ outcome: 'success' });
  });
});

describe("the caller's signal", () => {
  test.each([
    ['between two polls', STAGING],
    ['during a poll', hang],
  ])('ends a wait %s, with its reason', async (_, play) => {
    const abort = new AbortController();
    server.respond = (request, response, seen) => {
      if (typeof play === 'function') play(request, response, seen);
      else response.end(JSON.stringify(play));
      setTimeout(() => abort.abort('enough'), 30);
    };
    const options = { signal: abort.signal, pollIntervalMs: 60_000 };
    const call = clientFor(server.origin).batches.wait('b1', options);
    expect(await thrownBy(call)).toMatchObject({
      name: 'AbortError',
      cause: 'enough',
      batchId: 'b1',
    });
  });

  test('that is aborted already begins no poll', async () => {
    const { client } = setUp(NONE);
    const options = { signal: AbortSignal.abort('enough') };
    const error = await thrownBy(client.batches.wait('b1', options));
    expect(error).toMatchObject({ name: 'AbortError', cause: 'enough' });
    expect(server.seen).toEqual([]);
  });

  test('is the cause of its error without the secrets that its reason shows', async () => {
    server.respond = (_, response) => void response.end(JSON.stringify(STAGING));
    const abort = new AbortController();
    const onStatus = () => abort.abort(new Error(`${TOKEN} has run out`));
    const options = { signal: abort.signal, pollIntervalMs: 60_000, onStatus };
    const error = await thrownBy(clientFor(server.origin).batches.wait('b1', options));
    expect(error).toMatchObject({
      name: 'AbortError',
      cause: { message: '[secret] has run out' },
    });
  });

  test('of AbortSignal.timeout() is kept as the cause', async () => {
    server.respond = (_, response) => void response.end(JSON.stringify(STAGING));
    const signal = AbortSignal.timeout(100);
    const error = await thrownBy(clientFor(server.origin).batches.wait('b1', { signal }));
    expect(error).toMatchObject({ name: 'AbortError', cause: { name: 'TimeoutError' } });
  });

  test('has no listener left after 200 polls', async () => {
    const { signal } = new AbortController();
    let most = 0;
    const { client } = setUp();
    server.respond = (_, response) => {
      most = Math.max(most, getEventListeners(signal, 'abort').length);
      response.end(JSON.stringify(server.seen.length < 200 ? STAGING : LOADED));
    };
    await client.batches.wait('b1', { signal, pollIntervalMs: 1 });

    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(most).toBeLessThanOrEqual(2);
  });
});

test('a signal may end any number of waits at once: Node takes them for no leak', async () => {
  const { client } = setUp();
  const { signal } = new AbortController();
  server.respond = (_, response) => void response.end(JSON.stringify(LOADED));
  await Promise.all(Array.from({ length: 12 }, () => client.batches.wait('b1', { signal })));

  expect(hasWarnedOfLeak(signal)).toBe(false);
});

test("a change of the system's time neither ends a wait nor lengthens it", async () => {
  const clock = testClock();
  let skewMs = 0;
  const now = () => clock.now() + skewMs;
  const client = clientFor(server.origin, { clock: { ...clock, now, monotonicNow: clock.now } });
  server.respond = (_, response) => {
    skewMs = server.seen.length % 2 === 0 ? 1e12 : -1e12;
    response.end(JSON.stringify(STAGING));
  };
  const waited = await client.batches.wait('b1', { waitTimeoutMs: 60_000 });

  expect(waited).toMatchObject({ outcome: 'timed-out' });
  expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(60_000);
});

test('the real clock of a wait does not follow the time of the system', async () => {
  const days = jest.spyOn(Date, 'now');
  days.mockImplementation(() => 86_400_000 * days.mock.calls.length);
  server.play(STAGING, STAGING, LOADED);
  const options = { pollIntervalMs: 1, waitTimeoutMs: 3_600_000 };
  const waited = await clientFor(server.origin).batches.wait('b1', options);
  days.mockRestore();

  expect(waited).toMatchObject({ outcome: 'success' });
});

test('what ends a wait is said once in the message, and once in the stack', async () => {
  const { client } = setUp();
  server.play(403);
  const error = (await thrownBy(client.batches.wait('b1'))) as Error;
  for (const text of [error.message, error.stack ?? '']) {
    expect(text.split('The wait for batch b1 ended')).toHaveLength(2);
  }
});

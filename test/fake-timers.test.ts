import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { clientFor, thrownBy } from './support/client.js';
import { respondWith, useServer } from './support/server.js';

const server = useServer();
const BATCH = { b1: { status: 'success' } };

afterEach(() => {
  jest.useRealTimers();
});

/** Lets sockets work, and moves the faked time on until the work has ended. */
async function advanceUntil<T>(work: Promise<T>, stepMs: number): Promise<T> {
  let isDone = false;
  const end = () => {
    isDone = true;
  };
  work.then(end, end);
  for (let step = 0; step < 2000 && !isDone; step++) {
    await new Promise((resolve) => realSetImmediate(resolve));
    if (step % 20 === 19) await jest.advanceTimersByTimeAsync(stepMs);
  }
  return work;
}
const realSetImmediate = setImmediate;
const fake = () => jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });

describe('fake timers, installed after the client was made, drive', () => {
  test('the wait for another attempt', async () => {
    const client = clientFor(server.origin);
    fake();
    server.play(respondWith(503, '', { 'retry-after': '50' }), BATCH);
    expect(await advanceUntil(client.batches.get('b1'), 10_000)).toMatchObject({ id: 'b1' });
  });

  test('a wait for a batch, up to its deadline of a day', async () => {
    const client = clientFor(server.origin);
    fake();
    server.respond = (_, response) => void response.end('{"b1":{"status":"staging"}}');
    const waited = await advanceUntil(
      client.batches.wait('b1', { pollIntervalMs: 3_600_000 }),
      3_600_000,
    );
    expect(waited).toMatchObject({ outcome: 'timed-out' });
  });

  test('the timeout of an attempt', async () => {
    const client = clientFor(server.origin, { maxRetries: 0 });
    fake();
    server.respond = () => undefined;
    const error = await advanceUntil(thrownBy(client.batches.get('b1')), 30_000);
    expect(error).toMatchObject({ name: 'TimeoutError', timeoutMs: 60_000 });
  });

  test.each([
    ['goes on for as long as 4 MiB take at 30 kB/s', 60_000, 199_810],
    ['ends after 15 minutes however slow its link', 14 * 60_000, 15 * 60_000],
  ])('the wait for the response of an upload, which %s', async (_, timeoutMs, limitMs) => {
    const client = clientFor(server.origin, { maxRetries: 0, timeoutMs });
    fake();
    const arrived = new Promise<void>((resolve) => {
      server.respond = () => resolve();
    });
    const file = { batchId: 'b1', datasetId: 'd1', path: 'a.parquet' };
    const work = thrownBy(client.files.put(file, Buffer.alloc(4 * 1024 * 1024)));
    await arrived;
    const error = await advanceUntil(work, 60_000);
    expect(error).toMatchObject({ name: 'TimeoutError', timeoutMs: limitMs });
  });
});

test('a download whose bytes go on coming does not time out, however long it takes', async () => {
  const client = clientFor(server.origin);
  fake();
  const begun = new Promise<ServerResponse>((resolve) => {
    server.play((_, response) => {
      response.writeHead(200, { 'content-length': '6' }).flushHeaders();
      resolve(response);
    });
  });
  const { body } = await client.files.download('f1', 'a');
  const response = await begun;
  const reader = body.getReader();
  for (const letter of 'abcdef') {
    response.write(letter);
    const { value } = await reader.read();
    expect(`${Buffer.from(value ?? [])}`).toBe(letter);
    await jest.advanceTimersByTimeAsync(40_000);
  }

  expect(await reader.read()).toMatchObject({ done: true });
});

test('a sleep longer than a timer can be is slept in full', async () => {
  fake();
  const { toClock } = await import('../src/http/retry.js');
  const clock = toClock(undefined);
  const before = clock.monotonicNow();
  let isAwake = false;
  const sleeping = clock.sleep(5_000_000_000, new AbortController().signal).then(() => {
    isAwake = true;
  });
  await jest.advanceTimersByTimeAsync(4_999_999_000);
  expect(isAwake).toBe(false);
  await jest.advanceTimersByTimeAsync(1000);
  await sleeping;
  expect(clock.monotonicNow() - before).toBe(5_000_000_000);
});

test('a sleep that is aborted leaves no timer, which would keep the process alive', async () => {
  fake();
  const { toClock } = await import('../src/http/retry.js');
  const abort = new AbortController();
  const sleeping = thrownBy(toClock(undefined).sleep(60_000, abort.signal));
  expect(jest.getTimerCount()).toBe(1);
  abort.abort('enough');

  expect(await sleeping).toBe('enough');
  expect(jest.getTimerCount()).toBe(0);
});

test('a timer that is a number, as some test environments have it, ends nothing', async () => {
  const timers = new Map<number, ReturnType<typeof setInterval>>();
  const { setInterval: realSet, clearInterval: realClear } = globalThis;
  let next = 0;
  jest.spyOn(globalThis, 'setInterval').mockImplementation(((work: () => void, ms: number) => {
    timers.set(++next, realSet(work, ms));
    return next;
  }) as never);
  jest.spyOn(globalThis, 'clearInterval').mockImplementation((timer) => {
    realClear(timers.get(Number(timer)));
  });
  server.play(BATCH);
  const client = clientFor(server.origin);

  expect(await client.batches.get('b1')).toMatchObject({ id: 'b1' });
  await client.close();
  jest.restoreAllMocks();
  expect(next).toBe(1);
});

import { getEventListeners, setMaxListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import { ApiError } from '../../src/index.js';
import { callOptions } from '../../src/upload/context.js';
import { AdaptiveLimiter } from '../../src/upload/limiter.js';

const never = new AbortController().signal;
setMaxListeners(0, never); // as those of ingests: each task listens to it

/** Starts tasks that end on demand, and counts how many run at most. */
function workload(budget: AdaptiveLimiter, count: number, signal = never) {
  const ends: (() => void)[] = [];
  let most = 0;
  const works = Array.from({ length: count }, () =>
    budget.run(() => {
      most = Math.max(most, budget.inFlight);
      return new Promise<void>((resolve) => ends.push(resolve));
    }, signal),
  );
  const drain = async () => {
    for (let turn = 0; turn < count * 20; turn++) {
      ends.shift()?.();
      await Promise.resolve();
    }
    await Promise.allSettled(works);
    return most;
  };
  return { works, drain, under: () => budget.inFlight };
}
const turns = async (count = 20) => {
  for (let turn = 0; turn < count; turn++) await Promise.resolve();
};

test('no more tasks run at the same time than the limit allows', async () => {
  expect(await workload(new AdaptiveLimiter(4), 20).drain()).toBe(4);
});

test('after a request to slow down half as many are, but never none', async () => {
  const budget = new AdaptiveLimiter(8);
  budget.slowDown();
  const { under, drain } = workload(budget, 20);
  await turns();
  expect(under()).toBe(4);
  await drain();
  for (let time = 0; time < 9; time++) budget.slowDown();

  const one = workload(budget, 3);
  await turns();
  expect(one.under()).toBe(1);
  await one.drain();
});

test('after successes more requests are in flight again, up to the budget', async () => {
  const budget = new AdaptiveLimiter(4);
  budget.slowDown();
  budget.slowDown();
  await workload(budget, 10).drain(); // 1, then 2, then 3, then 4
  expect(await workload(budget, 20).drain()).toBe(4);
});

test('a failure gives its place to the next', async () => {
  const budget = new AdaptiveLimiter(1);
  const failing = budget.run(() => Promise.reject(new Error('no')), never);
  const next = budget.run(async () => 'done', never);
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('done');
});

test('a signal ends the waiting, and the place goes to another', async () => {
  const budget = new AdaptiveLimiter(1);
  const abort = new AbortController();
  let end = () => {};
  const first = budget.run(
    () =>
      new Promise<void>((resolve) => {
        end = resolve;
      }),
    never,
  );
  await turns();
  const waiting = budget.run(async () => 'never', abort.signal);
  const other = budget.run(async () => 'done', never);
  abort.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  end();
  await first;
  expect(await other).toBe('done');
});

/** How many of many tasks run at once; all of them then fail, which changes no limit. */
async function measureLimit(limiter: AdaptiveLimiter): Promise<number> {
  const fails: (() => void)[] = [];
  const works = Array.from({ length: 20 }, () =>
    limiter.run(
      () => new Promise<void>((_, reject) => fails.push(() => reject(new Error()))),
      never,
    ),
  );
  await turns();
  const count = fails.length;
  for (let turn = 0; turn < 400; turn++) {
    fails.shift()?.();
    await Promise.resolve();
  }
  await Promise.allSettled(works);
  return count;
}
const succeed = async (limiter: AdaptiveLimiter, count: number) => {
  for (let time = 0; time < count; time++) await limiter.run(async () => undefined, never);
};

test('the limit grows by one after as many successes as it is, and not beyond its maximum', async () => {
  const limiter = new AdaptiveLimiter(4);
  limiter.slowDown();
  const limits = [await measureLimit(limiter)];
  for (const successes of [1, 1, 2, 1, 9]) {
    await succeed(limiter, successes);
    limits.push(await measureLimit(limiter));
  }
  expect(limits).toEqual([2, 2, 3, 3, 4, 4]);
});

test('successes before a request to slow down do not count after it', async () => {
  const limiter = new AdaptiveLimiter(8);
  limiter.slowDown();
  await succeed(limiter, 3);
  limiter.slowDown();
  await succeed(limiter, 1);
  expect(await measureLimit(limiter)).toBe(2);
});

test('work does not begin after an abort, although there is room', async () => {
  let isBegun = false;
  const work = async () => {
    isBegun = true;
  };
  const run = new AdaptiveLimiter(1).run(work, AbortSignal.abort(new Error('enough')));
  await expect(run).rejects.toThrow('enough');
  expect(isBegun).toBe(false);
});

test('a wait for room leaves nothing at the signal', async () => {
  const { signal } = new AbortController();
  await workload(new AdaptiveLimiter(1), 5, signal).drain();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test.each([
  [429, 2],
  [503, 2],
  [500, 4],
])('a request that gets %i leaves %i of 4 at a time', async (status, expected) => {
  const limiter = new AdaptiveLimiter(4);
  const call = { operation: 'uploadFile', method: 'PUT', url: '', attempts: 1 };
  const error = new ApiError({
    info: { ...call, requestId: undefined, stateUnknown: false },
    message: '',
    status,
    code: undefined,
    detail: undefined,
    body: undefined,
    retryAfterMs: undefined,
  });
  const { onRetry } = callOptions(limiter, 3, undefined, never);
  onRetry?.({ operation: 'uploadFile', attempt: 1, delayMs: 0, error });
  expect(await measureLimit(limiter)).toBe(expected);
});

import { expect, test } from '@jest/globals';
import { AdaptiveLimiter } from '../../src/upload/limiter.js';

const never = new AbortController().signal;

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

/** What the owner of a load in a queue can do about it. */
import type { Queue } from 'bullmq';
import { findJobPlace } from './store/keys.js';
import { listBatches, withLoad } from './store/with-load.js';

/**
 * Runs again what was given up, with all its attempts.
 * @returns how many jobs; `undefined` where the queue has no such load.
 */
export const retryFailed = (queue: Queue, loadId: string): Promise<number | undefined> =>
  withLoad(queue, loadId, async (load, description) => {
    for (const number of listBatches(description)) {
      const { redis, keys } = load.batch(number);
      await redis.del(keys.failed);
      await redis.hdel(keys.facts, 'failure');
    }
    // The queue says which jobs have failed: reasons are lost where a call like this one broke off.
    let count = 0;
    for (const jobId of await findJobs(queue, loadId, 'failed'))
      count += await retryJob(queue, jobId);
    return count;
  });

/**
 * Cancels a load: workers abort the batches that are not completed, and load those that are.
 * @returns whether the queue has such a load.
 */
export async function cancelLoad(queue: Queue, loadId: string): Promise<boolean> {
  const retried = await withLoad(queue, loadId, async ({ redis, keys }) => {
    await redis.hset(keys.load(loadId), 'cancelled', new Date().toISOString());
    return true;
  });
  if (retried !== true) return false;
  // Jobs that were given up, or wait for a budget, end at once now, and with them their batches.
  await retryFailed(queue, loadId);
  for (const jobId of await findJobs(queue, loadId, 'delayed')) await promoteJob(queue, jobId);
  return true;
}

async function findJobs(
  queue: Queue,
  loadId: string,
  state: 'failed' | 'delayed',
): Promise<string[]> {
  const all = await queue.getRanges([state], 0, -1);
  return all.filter((jobId) => findJobPlace(jobId, loadId) !== undefined);
}

async function retryJob(queue: Queue, jobId: string): Promise<number> {
  const job = await queue.getJob(jobId);
  if (job === undefined || !(await job.isFailed())) return 0;
  await job.retry('failed', { resetAttemptsMade: true });
  return 1;
}

/** One that a worker has taken meanwhile sees by itself that its load is cancelled. */
async function promoteJob(queue: Queue, jobId: string): Promise<void> {
  const job = await queue.getJob(jobId);
  await job?.promote().catch(() => undefined);
}

/** A load that is in a queue: how far it has come, and what its owner can do about it. */
import type { Queue } from 'bullmq';
import type { IngestOutcome } from '../ingest/types.js';
import { FROM_BEST } from '../load/receipt.js';
import { omitUndefined } from '../shared/options.js';
import { isJobOfLoad, QueueKeys } from './keys.js';
import { LoadStore } from './load-store.js';
import { openRedis } from './redis.js';
import type { LoadDescription, QueuedReceipt } from './types.js';

/** A batch or a file that was given up; its batch stays open. */
export interface QueuedFailure {
  /** Which batch of the load it is, from 1. */
  batch: number;
  /** The file's path in the batch; missing where it is the batch itself. */
  path?: string;
  reason: string;
}

/** How far a load in a queue has come, as plain JSON. */
export interface QueuedLoad {
  loadId: string;
  externalId: string;
  datasetId: string;
  sandbox: string;
  /**
   * `running`: jobs are left; `held`: batches wait for files that were given up; `cancelling`: workers abort what is
   * not completed; `ended`: all batches have a receipt.
   */
  state: 'running' | 'held' | 'cancelling' | 'ended';
  /** Once it has ended: the worst of its batches' outcomes. */
  outcome?: IngestOutcome | 'cancelled';
  batches: { total: number; ended: number };
  files: { total: number; uploaded: number; failed: number };
  bytes: number;
  enqueuedAt: string;
  /** At most the first 100. */
  failures: QueuedFailure[];
  receipts: QueuedReceipt[];
}

const MAX_FAILURES = 100;

/** @returns `undefined` where the queue has no such load, or not any more. */
export const readQueuedLoad = (queue: Queue, loadId: string): Promise<QueuedLoad | undefined> =>
  withLoad(queue, loadId, async (load, description) => {
    const batches = await Promise.all(
      listBatches(description).map(async (number) => readBatch(load, number)),
    );
    const failures = await readFailures(load, batches);
    return summarize(description, batches, { failures, isCancelled: await load.isCancelled() });
  });

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
    const failed = await queue.getRanges(['failed'], 0, -1);
    let count = 0;
    for (const jobId of failed)
      if (isJobOfLoad(jobId, loadId)) count += await retryJob(queue, jobId);
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
  // Jobs that were given up end at once now, and with them their batches.
  if (retried === true) await retryFailed(queue, loadId);
  return retried === true;
}

async function withLoad<T>(
  queue: Queue,
  loadId: string,
  work: (load: LoadStore, description: LoadDescription) => Promise<T>,
): Promise<T | undefined> {
  const redis = openRedis(queue.opts.connection);
  try {
    const load = new LoadStore(redis, new QueueKeys(queue.qualifiedName), loadId);
    const description = await load.readDescription();
    return description === undefined ? undefined : await work(load, description);
  } finally {
    redis.disconnect();
  }
}

const listBatches = ({ batches }: LoadDescription): number[] =>
  Array.from({ length: batches }, (_, at) => at + 1);

interface BatchProgress {
  readonly number: number;
  readonly receipt: QueuedReceipt | undefined;
  readonly uploaded: number;
  /** Why the batch itself was given up. */
  readonly reason: string | undefined;
  /** Why files were given up, by their numbers. */
  readonly failed: Readonly<Record<string, string>>;
}

async function readBatch(load: LoadStore, number: number): Promise<BatchProgress> {
  const batch = load.batch(number);
  const { redis, keys } = batch;
  const [receipt, uploaded, failed, reason] = await Promise.all([
    batch.readReceipt(),
    redis.hlen(keys.uploaded),
    redis.hgetall(keys.failed),
    batch.readFact('failure'),
  ]);
  return { number, receipt, uploaded, failed, reason };
}

/** The first of what was given up: the path of each file has to be looked up. */
async function readFailures(
  load: LoadStore,
  batches: readonly BatchProgress[],
): Promise<QueuedFailure[]> {
  const failures: QueuedFailure[] = [];
  for (const { number: batch, reason, failed } of batches) {
    if (reason !== undefined) failures.push({ batch, reason });
    for (const [index, why] of Object.entries(failed)) {
      if (failures.length >= MAX_FAILURES) return failures.slice(0, MAX_FAILURES);
      const path = await load.batch(batch).readPath(Number(index));
      failures.push(omitUndefined({ batch, path, reason: why }));
    }
  }
  return failures.slice(0, MAX_FAILURES);
}

function summarize(
  description: LoadDescription,
  batches: readonly BatchProgress[],
  { failures, isCancelled }: { failures: QueuedFailure[]; isCancelled: boolean },
): QueuedLoad {
  const receipts = batches.flatMap(({ receipt }) => receipt ?? []);
  const { loadId, externalId, datasetId, sandbox, files, bytes, enqueuedAt } = description;
  const hasEnded = receipts.length === batches.length;
  const isStuck = failures.length > 0 ? 'held' : 'running';
  return {
    loadId,
    externalId,
    datasetId,
    sandbox,
    state: hasEnded ? 'ended' : isCancelled ? 'cancelling' : isStuck,
    ...omitUndefined({ outcome: hasEnded ? findWorst(receipts) : undefined }),
    batches: { total: batches.length, ended: receipts.length },
    files: {
      total: files,
      uploaded: batches.reduce((sum, { uploaded }) => sum + uploaded, 0),
      failed: batches.reduce((sum, { failed }) => sum + Object.keys(failed).length, 0),
    },
    bytes,
    enqueuedAt,
    failures,
    receipts,
  };
}

type Outcome = QueuedReceipt['outcome'];

/** To cancel a load is as bad as to abort its batches. */
const rank = (outcome: Outcome): number =>
  FROM_BEST.indexOf(outcome === 'cancelled' ? 'aborted' : outcome);

const findWorst = (receipts: readonly QueuedReceipt[]): Outcome =>
  receipts.reduce<Outcome>(
    (worst, { outcome }) => (rank(outcome) > rank(worst) ? outcome : worst),
    'success',
  );

async function retryJob(queue: Queue, jobId: string): Promise<number> {
  const job = await queue.getJob(jobId);
  if (job === undefined || !(await job.isFailed())) return 0;
  await job.retry('failed', { resetAttemptsMade: true });
  return 1;
}

/** A load that is in a queue: how far it has come, and what its owner can do about it. */
import type { Queue } from 'bullmq';
import type { IngestOutcome } from '../ingest/types.js';
import { omitUndefined } from '../shared/options.js';
import { QueueKeys, toBatchJobId, toFileJobId } from './keys.js';
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

/** From the best to the worst. */
const OUTCOMES: readonly NonNullable<QueuedLoad['outcome']>[] = [
  ...(['success', 'accepted', 'success-with-rejects', 'timed-out', 'stalled'] as const),
  ...(['inactive', 'deleted', 'cancelled', 'abandoned', 'aborted', 'failed'] as const),
];

/** @returns `undefined` where the queue has no such load, or not any more. */
export const readQueuedLoad = (queue: Queue, loadId: string): Promise<QueuedLoad | undefined> =>
  withLoad(queue, loadId, async (load, description) => {
    const batches = await Promise.all(
      listBatches(description).map(async (number) => readBatch(load, number)),
    );
    const isCancelled = await load.isCancelled();
    return summarize(description, batches, isCancelled);
  });

/**
 * Runs again what was given up, with all its attempts.
 * @returns how many jobs; `undefined` where the queue has no such load.
 */
export const retryFailed = (queue: Queue, loadId: string): Promise<number | undefined> =>
  withLoad(queue, loadId, async (load, description) => {
    let count = 0;
    for (const number of listBatches(description)) count += await retryBatch(queue, load, number);
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
  readonly receipt: QueuedReceipt | undefined;
  readonly uploaded: number;
  readonly failures: readonly QueuedFailure[];
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
  const failures: QueuedFailure[] = reason === undefined ? [] : [{ batch: number, reason }];
  for (const [index, why] of Object.entries(failed)) {
    const path = await batch.readPath(Number(index));
    failures.push(omitUndefined({ batch: number, path, reason: why }));
  }
  return { receipt, uploaded, failures };
}

function summarize(
  description: LoadDescription,
  batches: readonly BatchProgress[],
  isCancelled: boolean,
): QueuedLoad {
  const receipts = batches.flatMap(({ receipt }) => receipt ?? []);
  const failures = batches.flatMap((batch) => batch.failures);
  const { loadId, externalId, datasetId, sandbox, files, bytes, enqueuedAt } = description;
  const hasEnded = receipts.length === batches.length;
  const isStuck = failures.length > 0 ? 'held' : 'running';
  return {
    ...{ loadId, externalId, datasetId, sandbox },
    state: hasEnded ? 'ended' : isCancelled ? 'cancelling' : isStuck,
    ...omitUndefined({ outcome: hasEnded ? findWorst(receipts) : undefined }),
    batches: { total: batches.length, ended: receipts.length },
    files: {
      total: files,
      uploaded: batches.reduce((sum, { uploaded }) => sum + uploaded, 0),
      failed: failures.filter(({ path }) => path !== undefined).length,
    },
    ...{ bytes, enqueuedAt, failures: failures.slice(0, MAX_FAILURES), receipts },
  };
}

function findWorst(receipts: readonly QueuedReceipt[]): NonNullable<QueuedLoad['outcome']> {
  const ranks = receipts.map(({ outcome }) => OUTCOMES.indexOf(outcome));
  return OUTCOMES[Math.max(0, ...ranks)] ?? 'success';
}

async function retryBatch(queue: Queue, load: LoadStore, number: number): Promise<number> {
  const { redis, keys } = load.batch(number);
  let count = 0;
  for (const index of await redis.hkeys(keys.failed)) {
    await redis.hdel(keys.failed, index);
    count += await retryJob(queue, toFileJobId(load.loadId, number, Number(index)));
  }
  if ((await redis.hdel(keys.facts, 'failure')) === 0) return count;
  return count + (await retryJob(queue, toBatchJobId(load.loadId, number)));
}

async function retryJob(queue: Queue, jobId: string): Promise<number> {
  const job = await queue.getJob(jobId);
  if (job === undefined || !(await job.isFailed())) return 0;
  await job.retry('failed', { resetAttemptsMade: true });
  return 1;
}

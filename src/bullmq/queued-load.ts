/** A load that is in a queue: how far it has come. */
import type { Queue } from 'bullmq';
import type { IngestOutcome } from '../ingest/types.js';
import { FROM_BEST } from '../load/receipt.js';
import { omitUndefined } from '../shared/options.js';
import { findJobPlace } from './store/keys.js';
import type { LoadStore } from './store/load-store.js';
import { listBatches, withLoad } from './store/with-load.js';
import type { LoadDescription, QueuedFailure, QueuedReceipt } from './types.js';

/** How far a load in a queue has come, as plain JSON. */
export interface QueuedLoad {
  loadId: string;
  externalId: string;
  datasetId: string;
  sandbox: string;
  /**
   * `running`: jobs are left; `held`: all that is left waits for somebody to look at what was given up, or for a worker
   * in place of one that has stopped; `cancelling`: workers abort what is not completed; `ended`: all batches have a
   * receipt.
   */
  state: 'running' | 'held' | 'cancelling' | 'ended';
  /** Once it has ended: the worst of its batches' outcomes. */
  outcome?: IngestOutcome | 'cancelled';
  batches: { total: number; ended: number };
  files: { total: number; uploaded: number; failed: number };
  bytes: number;
  enqueuedAt: string;
  /** Why the worker that was last to take a job of the load has stopped by itself, where no other one goes on. */
  stoppedWorker?: string;
  /** What was given up, at most the first 100. */
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
    await addLostReasons(queue, load, batches);
    const open = batches.filter(({ receipt }) => receipt === undefined);
    const stopped = await load.readStopped();
    const isIdle = stopped !== undefined && (await queue.getActiveCount()) === 0;
    const stoppedWorker = isIdle ? stopped : undefined;
    const failures = await listFailures(load, open);
    const state = await findState(load, open, isIdle);
    return summarize(description, batches, { stoppedWorker, failures, state });
  });

interface BatchProgress {
  readonly number: number;
  readonly receipt: QueuedReceipt | undefined;
  readonly uploaded: number;
  /** Why files were given up, by their numbers. */
  readonly failed: Map<number, string>;
  /** Why the batch itself was given up. */
  reason: string | undefined;
}

async function readBatch(load: LoadStore, number: number): Promise<BatchProgress> {
  const batch = load.batch(number);
  const { redis, keys } = batch;
  const receipt = await batch.readReceipt();
  const [uploaded, failed, reason] = await Promise.all([
    redis.hlen(keys.uploaded),
    redis.hgetall(keys.failed),
    batch.readFact('failure'),
  ]);
  // What has ended is not given up any more.
  const given = receipt === undefined ? Object.entries(failed) : [];
  const reasons = new Map(given.map(([index, why]) => [Number(index), why]));
  return { number, receipt, uploaded, failed: reasons, reason };
}

/** A job may fail while its reason is forgotten by whoever tries it again. */
async function addLostReasons(queue: Queue, load: LoadStore, batches: readonly BatchProgress[]) {
  for (const jobId of await queue.getRanges(['failed'], 0, -1)) {
    const place = findJobPlace(jobId, load.loadId);
    if (place === undefined) continue;
    const { index } = place;
    const batch = batches[place.batch - 1];
    if (batch === undefined || batch.receipt !== undefined) continue;
    if (index === undefined ? batch.reason !== undefined : batch.failed.has(index)) continue;
    const why = (await queue.getJob(jobId))?.failedReason;
    if (why === undefined) continue;
    if (index === undefined) batch.reason = why;
    else batch.failed.set(index, why);
  }
}

/** The first of what was given up: the path of each file has to be looked up. */
async function listFailures(
  load: LoadStore,
  batches: readonly BatchProgress[],
): Promise<QueuedFailure[]> {
  const failures: QueuedFailure[] = [];
  for (const { number: batch, reason, failed } of batches) {
    if (failures.length >= MAX_FAILURES) break;
    if (reason !== undefined) failures.push({ batch, reason });
    for (const [index, why] of failed) {
      if (failures.length >= MAX_FAILURES) break;
      const path = await load.batch(batch).readPath(index);
      failures.push(omitUndefined({ batch, path, reason: why }));
    }
  }
  return failures;
}

/** @param isStopped whether the worker that was last to take a job of the load has stopped by itself. */
async function findState(
  load: LoadStore,
  open: readonly BatchProgress[],
  isStopped: boolean,
): Promise<QueuedLoad['state']> {
  if (open.length === 0) return 'ended';
  if (isStopped) return 'held';
  const areHeld = await Promise.all(open.map((batch) => isHeld(load, batch)));
  if (!areHeld.includes(false)) return 'held';
  return (await load.isCancelled()) ? 'cancelling' : 'running';
}

/** Whether nothing is left to be done for a batch but what was given up. */
async function isHeld(
  load: LoadStore,
  { number, reason, failed, uploaded }: BatchProgress,
): Promise<boolean> {
  if (reason !== undefined) return true;
  if (failed.size === 0) return false;
  const { files = 0 } = await load.batch(number).readPlan();
  return uploaded + failed.size >= files;
}

/** What is known of a load only as long as it lasts. */
interface Now extends Pick<QueuedLoad, 'failures' | 'state'> {
  readonly stoppedWorker: string | undefined;
}

function summarize(
  description: LoadDescription,
  batches: readonly BatchProgress[],
  { stoppedWorker, failures, state }: Now,
): QueuedLoad {
  const receipts = batches.flatMap(({ receipt }) => receipt ?? []);
  const { loadId, externalId, datasetId, sandbox, files, bytes, enqueuedAt } = description;
  return {
    loadId,
    externalId,
    datasetId,
    sandbox,
    state,
    ...omitUndefined({ outcome: state === 'ended' ? findWorst(receipts) : undefined }),
    batches: { total: batches.length, ended: receipts.length },
    files: {
      total: files,
      uploaded: batches.reduce((sum, { uploaded }) => sum + uploaded, 0),
      failed: batches.reduce((sum, { failed }) => sum + failed.size, 0),
    },
    bytes,
    enqueuedAt,
    ...omitUndefined({ stoppedWorker }),
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
    'skipped',
  );

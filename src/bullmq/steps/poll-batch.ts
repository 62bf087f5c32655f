/** The last step of a batch: its status is read once a run, until it has ended. */
import { AuthenticationError, NotFoundError } from '../../http/errors.js';
import { waitForReceipt } from '../../ingest/run.js';
import { isResumable } from '../../ingest/settle-batch.js';
import { toOutcome } from '../../resources/outcome.js';
import type { Batch } from '../../resources/types.js';
import type { BatchJobData, QueuedReceipt } from '../types.js';
import { leaveBatch } from './open-batches.js';
import { countBytes, keepReceipt } from './receipts.js';
import { runAgain, type Step, toIngestContext } from './step-context.js';

/** The time between two polls grows with the time that has passed, up to so many times the shortest. */
const MAX_INTERVALS = 30;
const SHARE_OF_ELAPSED = 0.1;

export async function pollBatch(step: Step<BatchJobData>): Promise<QueuedReceipt> {
  const { batch, options } = step;
  const elapsedMs = Date.now() - (await readCompletedAt(step));
  const isLast = elapsedMs >= options.waitTimeoutMs;
  const found = await readStatus(step);
  const hasEnded = found !== undefined && toOutcome(found) !== undefined;
  if (!hasEnded && !(isLast && found !== undefined)) return pollAgain(step, elapsedMs);
  const state = await batch.replay();
  const receipt = await waitForReceipt(toIngestContext(step, state));
  if (receipt.outcome === 'timed-out' && !isLast) return pollAgain(step, elapsedMs);
  return keepReceipt(step, receipt, countBytes(state));
}

/** Once it is completed, a batch takes no more files, and is polled from then on. @returns the time. */
export async function closeBatch(step: Step<BatchJobData>): Promise<number> {
  const now = Date.now();
  await leaveBatch(step);
  // Written last: it says that the batch was left.
  await step.log.write([['HSETNX', step.batch.keys.facts, 'completedAt', String(now)]]);
  return now;
}

async function readCompletedAt(step: Step<BatchJobData>): Promise<number> {
  const known = await step.batch.readFact('completedAt');
  // Missing where a worker died right after it had completed the batch.
  return known === undefined ? closeBatch(step) : Number(known);
}

/** `undefined` while it cannot be read: the platform has the batch, so it is asked until it says more. */
async function readStatus({
  load,
  batch,
  client,
  signal,
}: Step<BatchJobData>): Promise<Batch | undefined> {
  try {
    const found = await client.batches.get(await batch.readBatchId(), { signal });
    await load.redis.hdel(load.key, 'stopped'); // this worker carries out the load
    return found;
  } catch (error) {
    const mayPass = isResumable(error) || error instanceof NotFoundError;
    if (signal.aborted || !mayPass || error instanceof AuthenticationError) throw error;
    return undefined;
  }
}

const pollAgain = (step: Step<BatchJobData>, elapsedMs: number): Promise<never> =>
  runAgain(step, toPollDelay(step, elapsedMs));

/** @returns in how many milliseconds to look again at a batch that was polled for so long. */
export function toPollDelay({ options }: Step<BatchJobData>, elapsedMs: number): number {
  const { pollIntervalMs: least } = options;
  const wanted = elapsedMs * SHARE_OF_ELAPSED * (0.5 + Math.random());
  return Math.min(least * MAX_INTERVALS, Math.max(least, wanted));
}

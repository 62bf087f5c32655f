/**
 * A batch whose files are loaded only if no other batch has them: `skipLoaded` of `ingest()`, in runs of a job. The
 * Catalog decides, as `src/ingest/skip-loaded.ts` describes; nothing here waits for longer than one look at it.
 */
import type { IngestContext } from '../../ingest/context.js';
import { AlreadyLoaded, AnotherIsFirst } from '../../ingest/find-loaded.js';
import { buildSkippedReceipt } from '../../ingest/receipt.js';
import { createBatch } from '../../ingest/run.js';
import { giveWay } from '../../ingest/skip-loaded.js';
import type { BatchJobData, QueuedReceipt } from '../types.js';
import { leaveBatch } from './open-batches.js';
import { toPollDelay } from './poll-batch.js';
import { countBytes, keepReceipt } from './receipts.js';
import { runAgain, type Step } from './step-context.js';

/** Creates the batch. @returns the receipt where another batch has the files: nothing is sent then. */
export async function createUnlessLoaded(
  step: Step<BatchJobData>,
  context: IngestContext,
): Promise<QueuedReceipt | undefined> {
  try {
    await createBatch(context);
    return undefined;
  } catch (error) {
    if (!(error instanceof AlreadyLoaded)) throw error;
    const { batch, outcome } = error;
    if (outcome === 'timed-out') await waitForOther(step);
    await leaveBatch(step);
    const receipt = buildSkippedReceipt(context, batch, outcome);
    return keepReceipt(step, receipt, countBytes(context.state));
  }
}

/** Another batch with the files is being processed: looks again later. Returns once that took too long. */
async function waitForOther(step: Step<BatchJobData>): Promise<void> {
  const { batch, log, options } = step;
  await log.write([['HSETNX', batch.keys.facts, 'waitsSince', String(Date.now())]]);
  const elapsedMs = Date.now() - Number(await batch.readFact('waitsSince'));
  if (elapsedMs >= options.waitTimeoutMs) return;
  await leaveBatch(step); // it takes no files meanwhile
  await runAgain(step, toPollDelay(step, elapsedMs));
}

/**
 * Does work that is done only of the first of all batches with these files. Where another one is first, the own one is
 * aborted, and the next run decides by the other.
 */
export async function whileFirst(
  step: Step<BatchJobData>,
  context: IngestContext,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AnotherIsFirst)) throw error;
    await giveWay(context);
    await runAgain(step, 0);
  }
}

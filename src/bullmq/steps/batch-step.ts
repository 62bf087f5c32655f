/**
 * The job of one batch. Each run goes as far as it can without waiting: create the batch and add the jobs of its
 * files; once they are done, complete it; then read its status until it has ended. What a run finds in Redis, not
 * where the last one stopped, decides what it does, so it may break off anywhere and be run again.
 */
import { WaitingChildrenError } from 'bullmq';
import { hasContent } from '../../ingest/content-plan.js';
import type { IngestContext } from '../../ingest/context.js';
import { adoptOrCreateBatch, assertUnchanged, getBatch } from '../../ingest/resume.js';
import { assertMayComplete, completeBatch } from '../../ingest/run.js';
import { giveWay } from '../../ingest/skip-loaded.js';
import { COMPLETED_STATUSES } from '../../resources/completed-statuses.js';
import { AepBatchError } from '../../shared/errors.js';
import type { BatchJobData, QueuedReceipt } from '../types.js';
import { cancelBatch } from './cancel-batch.js';
import { findDurabilityDelay } from './durability.js';
import { addFileJobs } from './file-jobs.js';
import { createUnlessLoaded, whileFirst } from './load-once.js';
import { enterBatch } from './open-batches.js';
import { closeBatch, pollBatch } from './poll-batch.js';
import { expireEndedLoad } from './receipts.js';
import { runAgain, type Step, toIngestContext } from './step-context.js';

/** How long a batch waits before it looks again whether it may begin. */
const ENTER_MS = 2000;

export async function runBatchStep(step: Step<BatchJobData>): Promise<QueuedReceipt> {
  const { batch } = step;
  const known = await batch.readReceipt();
  if (known !== undefined) {
    // The load was enqueued once more, or the worker died right after the receipt.
    await expireEndedLoad(step);
    return known;
  }
  const steps = await batch.readSteps();
  if (steps.some(({ type }) => type === 'completed')) return pollBatch(step);
  if (step.isCancelled) return cancelBatch(step);
  if (!(await enterBatch(step))) return runAgain(step, ENTER_MS * (1 + Math.random()));
  return loadBatch(step);
}

async function loadBatch(step: Step<BatchJobData>): Promise<QueuedReceipt> {
  const { batch, log } = step;
  const state = await batch.replay();
  const context: IngestContext = toIngestContext(step, state, () => beforeCreate(step, context));
  // A run broke off between the abort and what comes after it.
  if (state.batchAborted && hasContent(state.plan)) await giveWay(context);
  if (state.batchId === undefined) {
    const receipt = await createBatch(step, context);
    if (receipt !== undefined) return receipt;
  }
  await waitForFiles(step, context);
  // From here on the state is the one that decides, whatever BullMQ says of the jobs of the files.
  await whileFirst(step, context, () => assertMayComplete(context));
  const delayMs = await findDurabilityDelay(batch, log);
  if (delayMs > 0) return runAgain(step, delayMs);
  await assertOpenOrCompleted(step, context);
  await closeBatch(step);
  return runAgain(step, step.options.pollIntervalMs);
}

/** @returns the receipt where another batch has the files, which are not to be loaded again. */
async function createBatch(
  step: Step<BatchJobData>,
  context: IngestContext,
): Promise<QueuedReceipt | undefined> {
  if (hasContent(context.state.plan)) return createUnlessLoaded(step, context);
  await adoptOrCreateBatch(context);
  return undefined;
}

/** Ends this run where the budget is spent. @throws {SourceError} for files that could not be sent. */
async function beforeCreate(step: Step<BatchJobData>, context: IngestContext): Promise<void> {
  const { batch, budget, job, log } = step;
  if (hasContent(context.state.plan)) await assertUnchanged(context); // otherwise it was done before
  const delayMs = await budget.takeBatch(job.data.target);
  if (delayMs > 0) await runAgain(step, delayMs);
  await log.write([['HSETNX', batch.keys.facts, 'startedAt', String(Date.now())]]);
}

/** Ends this run until the jobs of all files that are missing are done. */
async function waitForFiles(step: Step<BatchJobData>, context: IngestContext): Promise<void> {
  const { state } = context;
  const missing = state.files.flatMap((file, index) =>
    state.uploaded.has(file.path) ? [] : [{ file, index }],
  );
  if (missing.length === 0) return;
  await addFileJobs(step, context, missing);
  if (await step.job.moveToWaitingChildren(step.token)) throw new WaitingChildrenError();
  await runAgain(step, 0); // they were done meanwhile
}

async function assertOpenOrCompleted(
  { batch }: Step<BatchJobData>,
  context: IngestContext,
): Promise<void> {
  const { batchId } = context;
  const { status } = await getBatch(context, batchId);
  if (COMPLETED_STATUSES.includes(status)) {
    // All files are recorded, and COMPLETE is only sent once they are: it was, and that was not recorded.
    await context.record({ type: 'completed', batchId });
  } else if (status === 'aborted' || status === 'abandoned') {
    const message = `Batch ${batchId} is ${status}, so nothing of batch ${batch.batch} of load ${batch.loadId} is loaded. Enqueue its files as another load (--load-id, in code loadId).`;
    throw new AepBatchError(message);
  } else {
    await completeBatch(context);
  }
}

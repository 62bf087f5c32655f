/** A batch of a load that was cancelled: nothing of it is loaded, unless it was completed before. */
import type { IngestContext } from '../../ingest/context.js';
import { findOwnBatch } from '../../ingest/find-batch.js';
import { getBatch } from '../../ingest/resume.js';
import type { IngestState } from '../../ingest/state.js';
import { COMPLETED_STATUSES } from '../../resources/completed-statuses.js';
import { omitUndefined } from '../../shared/options.js';
import type { BatchJobData, QueuedReceipt } from '../types.js';
import { leaveBatch } from './open-batches.js';
import { pollBatch } from './poll-batch.js';
import { countBytes, endBatch } from './receipts.js';
import { type Step, toIngestContext } from './step-context.js';

/** Aborts the batch, if there is one that was not completed. */
export async function cancelBatch(step: Step<BatchJobData>): Promise<QueuedReceipt> {
  const { batch, client } = step;
  const state = await batch.replay();
  const context = toIngestContext(step, state);
  // The response to its creation may have been lost.
  const batchId = state.batchId ?? (await findOwnBatch(context))?.id;
  if (batchId !== undefined && !state.batchAborted) {
    if (state.batchId === undefined) await context.record({ type: 'created', batchId });
    if (await isCompleted(context, batchId)) {
      await context.record({ type: 'completed', batchId });
      return pollBatch(step);
    }
    await client.batches.abort(batchId, context.callOptions);
    await context.record({ type: 'aborted', batchId });
  }
  await leaveBatch(step);
  return endBatch(step, toReceipt(context, batch.batch, batchId));
}

/** COMPLETE, which is only sent once all files are uploaded, may not have been recorded. */
async function isCompleted(context: IngestContext, batchId: string): Promise<boolean> {
  if (!areAllUploaded(context.state)) return false;
  return COMPLETED_STATUSES.includes((await getBatch(context, batchId)).status);
}

const areAllUploaded = ({ files, uploaded }: IngestState): boolean =>
  files.every(({ path }) => uploaded.has(path));

function toReceipt(
  { state, client }: IngestContext,
  number: number,
  batchId: string | undefined,
): QueuedReceipt {
  const { externalId, request, skipped } = state.plan;
  const now = new Date().toISOString();
  return omitUndefined({
    number,
    fileCount: state.files.length,
    sizeBytes: countBytes(state),
    batchId,
    externalId,
    datasetId: request.datasetId,
    sandbox: client.sandbox,
    status: batchId === undefined ? undefined : ('aborted' as const),
    outcome: 'cancelled' as const,
    startedAt: now,
    endedAt: now,
    phasesMs: {},
    skipped,
  });
}

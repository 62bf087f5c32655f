/** A batch of a load that was cancelled: nothing of it is loaded, unless it was completed before. */

import type { IngestContext } from '../ingest/context.js';
import { findOwnBatch } from '../ingest/find-batch.js';
import { omitUndefined } from '../shared/options.js';
import { leaveBatch } from './open-batches.js';
import { expire } from './receipts.js';
import { type Step, toIngestContext } from './step-context.js';
import type { BatchJobData, QueuedReceipt } from './types.js';

/** Aborts the batch, if there is one. */
export async function cancelBatch(step: Step<BatchJobData>): Promise<QueuedReceipt> {
  const { batch, client, log } = step;
  const state = await batch.replay();
  const context = toIngestContext(step, state);
  // The response to its creation may have been lost.
  const batchId = state.batchId ?? (await findOwnBatch(context))?.id;
  if (batchId !== undefined && !state.batchAborted) {
    if (state.batchId === undefined) await context.record({ type: 'created', batchId });
    await client.batches.abort(batchId, context.callOptions);
    await context.record({ type: 'aborted', batchId });
  }
  const receipt = toReceipt(context, batch.batch, batchId);
  await log.write([['HSET', batch.keys.facts, 'receipt', JSON.stringify(receipt)]]);
  await leaveBatch(step);
  await expire(step);
  return receipt;
}

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
    sizeBytes: state.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    batchId,
    externalId,
    datasetId: request.datasetId,
    sandbox: client.sandbox,
    status: batchId === undefined ? undefined : ('aborted' as const),
    outcome: 'cancelled' as const,
    ...{ startedAt: now, endedAt: now, phasesMs: {}, skipped },
  });
}

/** What is returned to the caller when an ingest has ended. */
import { summarizeBatch } from '../resources/outcome.js';
import type { Batch } from '../resources/types.js';
import { omitUndefined } from '../shared/options.js';
import type { IngestContext } from './context.js';
import type { IngestOutcome, Receipt } from './types.js';

/** Builds the receipt, as plain JSON. */
export function buildReceipt(
  { state, progress, batchId }: IngestContext,
  batch: Batch,
  outcome: IngestOutcome,
): Receipt {
  const { externalId, request, sandbox, skipped } = state.plan;
  return omitUndefined({
    batchId,
    externalId,
    datasetId: request.datasetId,
    sandbox,
    status: batch.status,
    outcome,
    files: state.files.flatMap(({ path }) => state.uploaded.get(path) ?? []),
    ...summarizeBatch(batch),
    startedAt: progress.startedAt,
    endedAt: new Date().toISOString(),
    phasesMs: progress.phasesMs,
    skipped,
  });
}

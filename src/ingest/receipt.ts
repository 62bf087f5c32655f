/** What is returned to the caller when an ingest has ended. */
import { summarizeBatch } from '../resources/outcome.js';
import type { Batch } from '../resources/types.js';
import { omitUndefined } from '../shared/options.js';
import type { IngestContext } from './context.js';
import type { IngestOutcome, Receipt } from './types.js';

/** The receipt of an ingest whose files another batch has: its batch, with the files that were looked for. */
export function buildSkippedReceipt(
  { state, progress }: IngestContext,
  batch: Batch,
  outcome: IngestOutcome,
): Receipt {
  const { request, sandbox, skipped, externalId } = state.plan;
  return omitUndefined({
    batchId: batch.id,
    externalId: batch.externalId ?? externalId,
    datasetId: request.datasetId,
    sandbox,
    status: batch.status,
    outcome,
    files: state.files.map(({ path, sizeBytes, hashed }) => ({ path, sizeBytes, ...hashed })),
    ...summarizeBatch(batch),
    startedAt: progress.startedAt,
    endedAt: new Date().toISOString(),
    phasesMs: progress.phasesMs,
    skipped,
  });
}

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

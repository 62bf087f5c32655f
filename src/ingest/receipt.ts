/** What is returned to the caller when an ingest has ended. */
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
    records: countRecords(batch),
    errors: listErrors(batch),
    startedAt: progress.startedAt,
    endedAt: new Date().toISOString(),
    phasesMs: progress.phasesMs,
    skipped,
  });
}

function listErrors({ errors = [] }: Batch): Receipt['errors'] {
  if (errors.length === 0) return undefined;
  return errors.map(({ code, description }) => omitUndefined({ code, description }));
}

/** The platform's counts. input = output + failed, so two of them give the third. */
export function countRecords({
  metrics,
  recordCount,
  failedRecordCount,
}: Batch): Receipt['records'] {
  const count = (name: string, other?: number) => {
    const value = Number(metrics?.[name] ?? other ?? Number.NaN);
    return value >= 0 ? value : undefined; // -1 stands for "not known"
  };
  const failed = count('failedRecordCount', failedRecordCount) ?? 0;
  const input = count('inputRecordCount', recordCount);
  const output = count('outputRecordCount') ?? (input === undefined ? undefined : input - failed);
  if (input === undefined && output === undefined) return undefined;
  return { input: input ?? (output ?? 0) + failed, output: output ?? 0, failed };
}

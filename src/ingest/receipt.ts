import type { Batch } from '../resources/types.js';
import { batchIdOf, type Run } from './context.js';
import type { IngestOutcome, Receipt } from './types.js';

/** All that is known of an ingest, as plain JSON. */
export function receiptOf({ job, progress }: Run, batch: Batch, outcome: IngestOutcome): Receipt {
  const { externalId, request, sandbox, skipped } = job.plan;
  const records = recordsOf(batch);
  return {
    batchId: batchIdOf(job),
    externalId,
    datasetId: request.datasetId,
    sandbox,
    status: batch.status,
    outcome,
    files: job.files.flatMap(({ path }) => job.uploaded.get(path) ?? []),
    ...(records === undefined ? {} : { records }),
    ...(batch.errors === undefined || batch.errors.length === 0 ? {} : { errors: errorsOf(batch) }),
    startedAt: progress.startedAt,
    endedAt: new Date().toISOString(),
    phasesMs: progress.phasesMs,
    skipped,
  };
}

const errorsOf = ({ errors = [] }: Batch) =>
  errors.map(({ code, description }) => ({
    code,
    ...(description === undefined ? {} : { description }),
  }));

/** What the platform counted; input = output + failed, so two of them tell the third. */
export function recordsOf({ metrics, recordCount, failedRecordCount }: Batch): Receipt['records'] {
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

import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { ApiError, InvalidInputError } from '../http/errors.js';
import { adopted, UndecidedError } from '../resources/recovery.js';
import type { Batch } from '../resources/types.js';
import { Journal } from '../upload/journal.js';
import { plannedFile, type SourceFile } from '../upload/source.js';
import type { IngestClient, Run, RunOptions } from './context.js';
import { IngestError } from './errors.js';
import { checkPlace, jobOf, newJob } from './job.js';
import { Progress } from './progress.js';
import { carryOut } from './run.js';
import { checkSources } from './sources.js';
import type { IngestProgress, Receipt } from './types.js';

/** What a resume takes beside the journal; the rest is in it. */
export interface ResumeOptions extends RunOptions {
  /** Takes the journal from another host, of which nobody knows whether it is still at it. */
  force?: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: IngestProgress) => void;
}

/**
 * Goes on with an ingest that broke off: the same batch, no byte twice where the platform already has
 * it, completed once. A batch that was given up meanwhile is started anew, which `onWarning` is told.
 * @throws {JournalError} when the journal cannot be used, {InvalidInputError} when it is of another
 * place, {SourceError} when a source changed; {IngestError} as `ingest()`.
 */
export async function resume(
  client: IngestClient,
  journalPath: string,
  options: ResumeOptions = {},
): Promise<Receipt> {
  const { journal, entries } = await Journal.open(journalPath, options.force);
  try {
    const job = jobOf(entries, journalPath);
    checkPlace(job, client, journalPath);
    const signal = options.signal ?? new AbortController().signal;
    const progress = new Progress(options.onProgress);
    const run: Run = { client, job, files: [], journal, progress, options, signal };
    await findBatch(run);
    if (!job.complete && !job.completed) await giveUpStream(run);
    if (!job.completed) await checkSources(job, signal);
    return await goOn(run);
  } finally {
    await journal.close();
  }
}

/** Carries the rest out; where it cannot be known what the platform has, all of it anew. */
async function goOn(run: Run): Promise<Receipt> {
  const files = restOf(run);
  try {
    // The batch is kept for now: whether it can be used is what this finds out.
    return await carryOut({ ...run, files, options: { ...run.options, onFailure: 'leave' } });
  } catch (error) {
    const undecided =
      error instanceof IngestError && causes(error).some((one) => one instanceof UndecidedError);
    if (!undecided || run.job.batchId === undefined) throw error;
    await startAnew(run, `what it has of batch ${run.job.batchId} cannot be found out`);
    return carryOut({ ...run, files: restOf(run) });
  }
}

const causes = (error: Error): unknown[] =>
  error.cause instanceof Error ? [error.cause, ...causes(error.cause)] : [];

/** Which batch it is, and how far it has come, as the platform sees it. */
async function findBatch(run: Run): Promise<void> {
  const { client, job, signal } = run;
  if (job.aborted) return startAnew(run, 'its batch was aborted');
  if (job.batchId === undefined) {
    const batch = await byExternalId(run);
    if (batch === undefined) return;
    job.batchId = adopted(batch, job.plan.request.datasetId).id;
    await run.journal?.append({ type: 'created', batchId: job.batchId });
    return;
  }
  if (job.completed) return;
  const { status } = await client.batches.get(job.batchId, { signal });
  if (status === 'loading') return;
  if (status === 'aborted' || status === 'abandoned') {
    return startAnew(run, `batch ${job.batchId} is ${status}`);
  }
  // Only the completion takes a batch out of `loading`: its answer got lost.
  job.completed = true;
  await run.journal?.append({ type: 'completed' });
}

/** The batch that was created before the crash, should the journal not have its id. */
async function byExternalId({ client, job, signal }: Run): Promise<Batch | undefined> {
  const { externalId } = job.plan;
  for await (const batch of client.batches.list({ externalId, pageSize: 10 }, { signal })) {
    if (batch.externalId === externalId) return batch;
  }
  return undefined;
}

/** A stream that had not ended cannot be read again. */
async function giveUpStream({ client, job, journal }: Run): Promise<never> {
  if (job.batchId !== undefined) {
    await client.batches.abort(job.batchId).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error; // it may be gone already
    });
    await journal?.append({ type: 'aborted' });
  }
  if (journal !== undefined) await rm(`${journal.path}.spool`, { recursive: true, force: true });
  const what =
    job.batchId === undefined ? 'no batch was created' : `batch ${job.batchId} was aborted`;
  throw new InvalidInputError(
    'journal',
    `the stream had not ended, so it cannot be read on: ${what}. Run the ingest again.`,
  );
}

/** The same plan for another batch. */
async function startAnew(run: Run, why: string): Promise<void> {
  const { client, job, journal, options } = run;
  const old = job.batchId;
  if (old !== undefined && !job.aborted) {
    await client.batches.abort(old).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error; // it may be gone already
    });
  }
  const externalId = `aep-batch-${randomUUID()}`;
  const plan = { ...job.plan, externalId, request: { ...job.plan.request, externalId } };
  const { files } = job;
  Object.assign(job, newJob(plan), { files, complete: true });
  await journal?.append(plan, ...files, { type: 'planned' });
  options.onWarning?.({
    level: 'warning',
    message: `${why}: a new batch is begun, and all is sent again.`,
  });
}

/** The files that are not in the batch yet. */
function restOf({ job, progress }: Run): SourceFile[] {
  const total = job.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  progress.total(job.files.length, total);
  return job.files.flatMap(({ path, sizeBytes, localPath, identity }) => {
    if (job.uploaded.has(path)) {
      progress.accepted(sizeBytes, 0);
      progress.fileDone(path);
      return [];
    }
    if (localPath === undefined || identity === undefined) {
      const message = `${path} was given as bytes in memory, which a resume does not have. Run the ingest again.`;
      throw new InvalidInputError('journal', message);
    }
    return [plannedFile(localPath, path, identity)];
  });
}

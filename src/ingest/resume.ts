import { rm } from 'node:fs/promises';
import { ApiError, CallError, NotFoundError } from '../http/errors.js';
import { assertAdoptable } from '../resources/recovery.js';
import type { Batch } from '../resources/types.js';
import { checkLocalPath } from '../shared/checks.js';
import { InvalidInputError, SourceError } from '../shared/errors.js';
import { validateOptions } from '../shared/options.js';
import { plannedFile, type SourceFile } from '../upload/source.js';
import type { IngestClient, Run, RunOptions } from './context.js';
import { IngestError } from './errors.js';
import { Journal, JournalError } from './journal.js';
import { RESUME_OPTIONS } from './options.js';
import { Progress } from './progress.js';
import { beginNewBatch } from './restart.js';
import { runPipeline } from './run.js';
import { checkSources } from './sources.js';
import { assertAllUploaded, assertSameTarget, JobReplay } from './state.js';
import type { IngestProgress, Receipt } from './types.js';

/** What a resume takes beside the journal; the rest is in it. */
export interface ResumeOptions extends RunOptions {
  /**
   * Takes the journal from a process that cannot be checked, as on another machine or in another
   * container. Default `false`. One that is known to be alive keeps it.
   */
  takeOver?: boolean;
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
  resumeOptions?: ResumeOptions,
): Promise<Receipt> {
  const options = validateOptions(RESUME_OPTIONS, resumeOptions);
  checkLocalPath('journal', journalPath);
  const { takeOver } = options;
  const replay = new JobReplay();
  const apply = replay.apply.bind(replay);
  const journal = await Journal.open(journalPath, { takeOver, apply });
  try {
    const job = replay.job(journalPath);
    assertSameTarget(job, client, journalPath);
    const signal = options.signal ?? new AbortController().signal;
    const progress = new Progress(options.onProgress);
    const run: Run = { client, job, files: [], journal, progress, options, signal };
    if (!job.complete) await giveUpStream(run, 'the stream had not ended, so it cannot be read on');
    await findBatch(run);
    if (!job.completed) await checkUnchanged(run);
    return await runPipeline({ ...run, files: pendingFiles(run) });
  } finally {
    await journal.close();
  }
}

/** Which batch it is, and how far it has come, as the platform sees it. */
async function findBatch(run: Run): Promise<void> {
  const { job } = run;
  if (job.aborted) return startAnew(run, 'its batch was aborted');
  if (job.batchId === undefined) return findCreated(run);
  if (job.completed) return;
  const { status } = await statusOf(run, job.batchId);
  if (status === 'loading') return;
  if (status === 'aborted' || status === 'abandoned') {
    return startAnew(run, `batch ${job.batchId} is ${status}`);
  }
  // Only the completion takes a batch out of `loading`: its response was lost, unless another
  // program completed it.
  assertCompletedByUs(run, status);
  job.completed = true;
  await run.journal?.append({ type: 'completed' });
}

/** COMPLETE is only sent once all files are recorded as uploaded. */
function assertCompletedByUs({ job, journal }: Run, status: string): void {
  try {
    assertAllUploaded(job);
  } catch (cause) {
    const { length } = job.files.filter(({ path }) => !job.uploaded.has(path));
    const message = `batch ${job.batchId} is ${status}, although ${length} of its ${job.files.length} files are not recorded as uploaded: another program completed it, or the journal is damaged. Compare the batch's rows with the files before anything is loaded again.`;
    throw new JournalError(journal?.path ?? '', message, cause);
  }
}

/** The batch that was created before the crash, should the journal not have its id; else a new one. */
async function findCreated(run: Run): Promise<void> {
  const { client, job, journal, signal } = run;
  const { request } = job.plan;
  const found = await byExternalId(run);
  let batchId = found === undefined ? undefined : assertAdoptable(found, request.datasetId).id;
  if (batchId === undefined) await checkUnchanged(run); // before there is a batch to be left behind
  try {
    batchId ??= (await client.batches.create(request, { signal })).id;
  } catch (error) {
    // Refused as a duplicate, perhaps: there is one, and the Catalog was late.
    if (!(error instanceof ApiError) || ![400, 409, 422].includes(error.status))
      throw failedBefore(run, error);
    const late = await lookOften(run, () => byExternalId(run));
    if (late === undefined) throw failedBefore(run, error);
    batchId = assertAdoptable(late, request.datasetId).id;
  }
  job.batchId = batchId;
  await journal?.append({ type: 'created', batchId });
}

const failedBefore = ({ journal }: Run, error: unknown) => {
  const unknown = error instanceof CallError && error.stateUnknown;
  return new IngestError(error, {
    batchId: undefined,
    journal: journal?.path,
    batch: unknown ? 'unknown' : 'none',
  });
};

/** How often the Catalog is asked for a batch that is known to be there, and how far apart. */
const LATE_LOOKS = 5;
const BETWEEN_LOOKS_MS = 1000;

/** Asks the Catalog until it knows, or has been asked often enough. */
async function lookOften<T>(run: Run, ask: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let look = 1; ; look++) {
    const found = await ask();
    if (found !== undefined || look === LATE_LOOKS) return found;
    await run.client.pause(BETWEEN_LOOKS_MS, 'the look at the Catalog', run.signal);
  }
}

/** How a batch stands that was created before the crash. */
async function statusOf(run: Run, batchId: string): Promise<Batch> {
  const { client, journal, signal } = run;
  let last: unknown;
  const ask = () =>
    client.batches.get(batchId, { signal }).catch((error: unknown) => {
      last = error;
      if (error instanceof NotFoundError) return undefined;
      throw new IngestError(error, { batchId, journal: journal?.path, batch: 'left' });
    });
  const batch = await lookOften(run, ask);
  if (batch !== undefined) return batch;
  throw new IngestError(last, { batchId, journal: journal?.path, batch: 'unknown' });
}

/** The batch with the plan's externalId, if the Catalog knows it. */
async function byExternalId({ client, job, signal }: Run): Promise<Batch | undefined> {
  const { externalId } = job.plan;
  for await (const batch of client.batches.list({ externalId, pageSize: 10 }, { signal })) {
    if (batch.externalId === externalId) return batch;
  }
  return undefined;
}

/** @throws {SourceError} that says what to do, where a source is not as it was planned. */
async function checkUnchanged({ job, signal }: Run): Promise<void> {
  try {
    await checkSources(job, signal);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    const { batchId } = job;
    const left =
      batchId === undefined ? '' : `, and abort batch ${batchId}, which is left as it is`;
    error.message += ` Put it back as it was and resume again, or run the ingest anew${left}.`;
    throw error;
  }
}

/** What was read of a stream is in its batch and nowhere else. */
async function giveUpStream(run: Run, why: string): Promise<never> {
  const { client, job, journal } = run;
  // The answer to its creation may have got lost.
  const batchId = job.batchId ?? (await byExternalId(run))?.id;
  if (batchId !== undefined && !job.aborted) {
    await client.batches.abort(batchId).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error; // it may be gone already
    });
    await journal?.append({ type: 'aborted' });
  }
  if (journal !== undefined) await rm(`${journal.path}.spool`, { recursive: true, force: true });
  const what = batchId === undefined ? 'there is no batch' : `batch ${batchId} is aborted`;
  throw new InvalidInputError('journal', `${why}: ${what}. Run the ingest again.`);
}

/** The same plan for another batch, since this one was given up. */
async function startAnew(run: Run, why: string): Promise<void> {
  if (run.job.plan.files === undefined) {
    await giveUpStream(run, `${why}, and the stream cannot be read again`);
  }
  await beginNewBatch(run, why);
}

/** The files that are not in the batch yet. */
function pendingFiles({ job, progress }: Run): SourceFile[] {
  const total = job.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  progress.total(job.files.length, total);
  return job.files.flatMap(({ path, sizeBytes, localPath, identity }) => {
    if (job.uploaded.has(path)) {
      progress.fileFound(sizeBytes);
      return [];
    }
    if (localPath === undefined || identity === undefined) {
      const message = `${path} was given as bytes in memory, which a resume does not have. Run the ingest again.`;
      throw new InvalidInputError('journal', message);
    }
    return [plannedFile(localPath, path, identity)];
  });
}

/** Carries out a job: create, upload, complete, wait. It calls the public methods only. */

import type { Batch, BatchStatus } from '../resources/types.js';
import { notify } from '../shared/notify.js';
import type { UploadContext, UploadEvents, UploadedFile } from '../upload/context.js';
import { AdaptiveLimiter } from '../upload/limiter.js';
import { FileRefusedError } from '../upload/parts.js';
import type { SourceFile } from '../upload/source.js';
import { DEFAULT_MAX_PART_RETRIES } from '../upload/upload-files.js';
import { uploadFile } from '../upload/uploader.js';
import { batchIdOf, type Run } from './context.js';
import { IngestError } from './errors.js';
import { JournalError } from './journal.js';
import type { Entry } from './journal-entries.js';
import { receiptOf } from './receipt.js';
import { restartWithNewBatch } from './restart.js';
import { settleBatch } from './settle-batch.js';
import { checkSources } from './sources.js';
import { assertAllUploaded } from './state.js';
import type { Receipt, ReceiptFile } from './types.js';

/**
 * Carries a job through, from wherever it stands.
 * @throws {IngestError} that says what became of the batch.
 */
export async function runPipeline(run: Run): Promise<Receipt> {
  const { job, progress, options, signal } = run;
  if (job.batchId !== undefined) progress.batch(job.batchId);
  try {
    if (!job.completed) {
      await createBatch(run);
      await uploadAll(run);
      await checkSources(job, signal);
      await completeBatch(run);
    }
  } catch (error) {
    return await restartOrFail(run, error);
  }
  progress.phase('wait');
  try {
    const { batch, outcome } = await outcomeOf(run);
    progress.phase('done');
    if (outcome !== 'timed-out') await noteAfterwards(run, { type: 'outcome', outcome });
    return receiptOf(run, batch, outcome);
  } catch (error) {
    const { batchId } = job;
    const ended = signal.aborted || options.wait !== false;
    throw new IngestError(error, {
      batchId,
      journal: run.journal?.path,
      batch: ended ? 'completed' : 'unknown',
    });
  }
}

/** @throws {AepBatchError} where a planned file is not recorded as uploaded. */
async function completeBatch(run: Run): Promise<void> {
  const { client, job, progress, signal } = run;
  assertAllUploaded(job);
  signal.throwIfAborted(); // after that the batch is not to be aborted any more
  progress.phase('complete');
  job.completing = true;
  await client.batches.complete(batchIdOf(job), callOptions(run));
  job.completed = true;
  await noteAfterwards(run, { type: 'completed' });
}

/** The platform knows this state, too, so a full disk is no reason to fail. */
async function noteAfterwards(run: Run, entry: Entry): Promise<void> {
  try {
    await note(run, entry);
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    const message = `${error.message} The batch is completed; its outcome is waited for all the same.`;
    run.options.onWarning?.({ level: 'warning', message });
  }
}

/** A file that was refused for good costs the batch, once; any other failure ends the ingest. */
async function restartOrFail(run: Run, error: unknown): Promise<Receipt> {
  let files: readonly SourceFile[] | undefined;
  let cause = error;
  if (error instanceof FileRefusedError) {
    try {
      files = await restartWithNewBatch(run, error);
    } catch (reason) {
      cause = reason;
    }
  }
  if (files === undefined) throw await settleBatch(run, cause);
  return runPipeline({ ...run, files });
}

const callOptions = ({ signal, options: { timeoutMs } }: Run) =>
  timeoutMs === undefined ? { signal } : { signal, timeoutMs };

async function note({ journal }: Run, ...entries: Entry[]): Promise<void> {
  await journal?.append(...entries);
}

async function outcomeOf(run: Run): Promise<{ batch: Batch; outcome: Receipt['outcome'] }> {
  const { client, job, options, progress } = run;
  const batchId = batchIdOf(job);
  if (options.wait === false) {
    const status: BatchStatus = 'loaded'; // accepted is all that is known
    return { batch: { id: batchId, status }, outcome: 'accepted' };
  }
  const { pollIntervalMs, waitTimeoutMs } = options;
  return client.batches.wait(batchId, {
    ...callOptions(run),
    ...(pollIntervalMs === undefined ? {} : { pollIntervalMs }),
    ...(waitTimeoutMs === undefined ? {} : { waitTimeoutMs }),
    onStatus: (batch) => progress.status(batch),
    onWarning: ({ message }) => options.onWarning?.({ level: 'warning', message }),
  });
}

async function createBatch(run: Run): Promise<void> {
  const { client, job, progress } = run;
  progress.phase('create');
  if (job.batchId === undefined) {
    const { id } = await client.batches.create(job.plan.request, callOptions(run));
    job.batchId = id;
    await note(run, { type: 'created', batchId: id });
  }
  progress.batch(job.batchId);
}

/** Uploads file after file; as many are open as there may be requests. */
async function uploadAll(run: Run): Promise<void> {
  const { job, progress, signal } = run;
  progress.phase('upload');
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const { plan, sha256 } = { plan: job.plan.upload, sha256: job.plan.sha256 };
  const budget = new AdaptiveLimiter(plan.concurrency);
  const maxRetries = run.options.maxPartRetries ?? DEFAULT_MAX_PART_RETRIES;
  const { timeoutMs } = run.options;
  const context = {
    calls: run.client.files,
    budget,
    plan,
    ranges: { shown: job.rangesShown },
    sha256,
    maxRetries,
    timeoutMs,
    signal: both,
  };
  const files = iterate(run.files);
  const worker = async () => {
    for (let next = await files.next(); next && !both.aborted; next = await files.next()) {
      await uploadOne(run, next, context);
    }
  };
  const workers = Array.from({ length: plan.concurrency }, () =>
    worker().catch((error: unknown) => {
      stop.abort(error);
      run.stopReading?.();
    }),
  );
  await Promise.all(workers);
  await files.close();
  signal.throwIfAborted();
  if (stop.signal.aborted) throw stop.signal.reason;
  if (job.plan.files !== undefined) return;
  await note(run, { type: 'ended', files: job.files.length });
  job.complete = true;
}

/** The next file, one after another for all who ask. */
function iterate(files: Run['files']) {
  const iterator = (async function* () {
    yield* files;
  })();
  return {
    async next(): Promise<SourceFile | undefined> {
      const { value, done } = await iterator.next();
      return done ? undefined : value;
    },
    /** Whoever makes the files may have one half done. */
    close: () => iterator.return(undefined),
  };
}

async function uploadOne(run: Run, file: SourceFile, context: UploadContext): Promise<void> {
  const { job, progress } = run;
  const { path, sizeBytes, localPath, identity } = file;
  if (job.plan.files === undefined) {
    job.files.push({ type: 'file', path, sizeBytes, localPath, identity });
    await note(run, { type: 'file', path, sizeBytes, localPath, identity });
  }
  const address = { batchId: batchIdOf(job), datasetId: job.plan.request.datasetId, path };
  progress.fileStarted(path, sizeBytes);
  const events = uploadEvents(run, path, context.budget);
  const done = await uploadFile(file, address, context, events, job.initialized.get(path));
  await note(run, { type: 'uploaded', path, ...entryOf(done) });
  job.uploaded.set(path, receiptFile(file, done));
  await file.done?.();
  progress.fileDone(path);
}

function uploadEvents(run: Run, path: string, budget: AdaptiveLimiter): UploadEvents {
  const { progress, options } = run;
  return {
    sent: (bytes) => progress.sent(path, bytes, budget.underWay),
    accepted: (bytes) => progress.accepted(bytes, budget.underWay),
    found: (bytes) => progress.found(path, bytes),
    initialized: () => note(run, { type: 'initialized', path }),
    part: ({ start, end }) => note(run, { type: 'part', path, start, end }),
    // Only an advantage for a resume: a journal that cannot be written fails at the next step.
    rangesShown: () => note(run, { type: 'ranges-shown' }).catch(() => undefined),
    warn: (message) => notify(options.onWarning, { level: 'warning', file: path, message }),
  };
}

const entryOf = ({ sha256, parts }: UploadedFile) => ({
  sha256,
  parts: parts?.map(({ start, end }): [number, number] => [start, end]),
});

function receiptFile(
  { path, sizeBytes }: SourceFile,
  { sha256, parts }: UploadedFile,
): ReceiptFile {
  const file: ReceiptFile = { path, sizeBytes };
  if (sha256 !== undefined) file.sha256 = sha256;
  if (parts !== undefined) file.parts = parts;
  return file;
}

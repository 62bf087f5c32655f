/** Carries out a job: create, upload, complete, wait. It calls the public methods only. */

import type { Batch, BatchStatus } from '../resources/types.js';
import { notify } from '../shared/notify.js';
import type { UploadListeners } from '../upload/context.js';
import { DEFAULT_MAX_PART_RETRIES } from '../upload/options.js';
import { FileRefusedError } from '../upload/parts.js';
import type { SourceFile } from '../upload/source.js';
import { uploadFiles } from '../upload/upload-files.js';
import { batchIdOf, type Run } from './context.js';
import { IngestError } from './errors.js';
import { JournalError } from './journal.js';
import type { Entry } from './journal-entries.js';
import { receiptOf } from './receipt.js';
import { restartWithNewBatch } from './restart.js';
import { settleBatch } from './settle-batch.js';
import { checkSources } from './sources.js';
import { assertAllUploaded } from './state.js';
import type { Receipt } from './types.js';

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

/** Uploads the files that are still missing from the batch. */
async function uploadAll(run: Run): Promise<void> {
  const { job, progress, options, signal } = run;
  const { upload: plan, sha256, request } = job.plan;
  progress.phase('upload');
  try {
    await uploadFiles(
      run.files,
      { calls: run.client.files, batchId: batchIdOf(job), datasetId: request.datasetId },
      {
        ...plan,
        sha256,
        maxPartRetries: options.maxPartRetries ?? DEFAULT_MAX_PART_RETRIES,
        timeoutMs: options.timeoutMs,
        signal,
        resumed: { parts: job.initialized, rangesShown: job.rangesShown },
      },
      uploadListeners(run),
    );
  } catch (error) {
    signal.throwIfAborted(); // what the caller's signal ended says less
    throw error;
  }
  if (job.plan.files !== undefined) return;
  await note(run, { type: 'ended', files: job.files.length });
  job.complete = true;
}

function uploadListeners(run: Run): UploadListeners {
  const { job, progress, options } = run;
  return {
    async started({ path, sizeBytes, localPath, identity }) {
      if (job.plan.files === undefined) {
        const entry = { type: 'file', path, sizeBytes, localPath, identity } as const;
        job.files.push(entry);
        await note(run, entry);
      }
      progress.fileStarted(path, sizeBytes);
    },
    sent: ({ path }, bytes, requestsInFlight) => progress.sent(path, bytes, requestsInFlight),
    accepted: (_, bytes, requestsInFlight) => progress.accepted(bytes, requestsInFlight),
    resumed: ({ path }, bytes) => progress.found(path, bytes),
    initialized: ({ path }) => note(run, { type: 'initialized', path }),
    part: ({ path }, { start, end }) => note(run, { type: 'part', path, start, end }),
    // Only an advantage for a resume: a journal that cannot be written fails at the next step.
    rangesShown: () => note(run, { type: 'ranges-shown' }).catch(() => undefined),
    async uploaded({ path }, result) {
      const { sha256 } = result;
      const parts = result.parts?.map(({ start, end }): [number, number] => [start, end]);
      await note(run, { type: 'uploaded', path, sha256, parts });
      job.uploaded.set(path, result);
      progress.fileDone(path);
    },
    warned: ({ path }, message) =>
      notify(options.onWarning, { level: 'warning', file: path, message }),
    failed: () => run.stopReading?.(),
  };
}

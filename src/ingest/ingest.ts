import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { AepBatchError } from '../shared/errors.js';
import { systemCode } from '../shared/thrown.js';
import { checkUploadPlan } from '../upload/options.js';
import { openPipe } from '../upload/pipe.js';
import type { SourceFile } from '../upload/source.js';
import type { IngestClient, Run } from './context.js';
import { IngestError } from './errors.js';
import { checkSource, type OpenStream } from './input.js';
import { Journal, JournalError } from './journal.js';
import { JOURNAL_VERSION, type PlanEntry } from './journal-entries.js';
import { type ValidIngestOptions, validateIngestOptions } from './options.js';
import { Progress } from './progress.js';
import { runPipeline } from './run.js';
import { inspect, inspectStream } from './run-preflight.js';
import { createSpoolFolder, spool } from './spool.js';
import { buildCreateRequest, type Job, JobReplay, newJob, planEntries } from './state.js';
import { checkStreamOptions, readFirstRow, refuseOtherFormats } from './stream.js';
import type { IngestOptions, IngestSource, Receipt } from './types.js';
import { type Walked, walk } from './walk.js';

/**
 * Files and streams in, a loaded batch out: checks the source, creates a batch, uploads, completes
 * and waits. With a journal, what broke off can be resumed.
 * @throws {PreflightError | InvalidInputError | SourceError} before anything was sent.
 * @throws {IngestError} afterwards; it says what became of the batch.
 */
export async function ingest(
  client: IngestClient,
  ingestSource: IngestSource,
  ingestOptions: IngestOptions,
): Promise<Receipt> {
  const options = validateIngestOptions(ingestOptions);
  const source = checkSource(ingestSource);
  const progress = new Progress(options.onProgress);
  const signal = options.signal ?? new AbortController().signal;
  const run = { client, progress, options, signal };
  if ('stream' in source) return ingestStream(run, source.stream);
  if ('paths' in source && source.paths.length === 1) {
    const pipe = await openPipe(source.paths[0] ?? '');
    if (pipe !== undefined) return ingestStream(run, pipe);
  }
  const walked = 'file' in source ? { files: [source.file], skipped: 0 } : await walk(source.paths);
  const prepared = await prepareFiles(client, walked, options, progress);
  const journal = await openJournal(prepared.job, options);
  try {
    return await runPipeline({ ...run, ...prepared, journal });
  } finally {
    await journal?.close();
  }
}

type RunParts = Pick<Run, 'client' | 'progress' | 'signal'> & { options: ValidIngestOptions };

async function ingestStream(run: RunParts, open: OpenStream): Promise<Receipt> {
  const { client, options } = run;
  checkStreamOptions(options);
  // A source that brings nothing more for long is not to keep an ingest that failed.
  const stop = new AbortController();
  const chunks = open(AbortSignal.any([run.signal, stop.signal]));
  const stream = await readStart(chunks, options);
  const plan = planOf(client, options, { format: 'json' });
  const job = newJob({ ...plan, files: undefined, skipped: 0 });
  let journal: Journal | undefined;
  let folder: string | undefined;
  let isResumable = false;
  try {
    journal = await openJournal(job, options);
    folder = await createSpoolFolder(options.journal).catch(async (error: unknown) => {
      await journal?.discard(); // nothing was sent
      throw error;
    });
    const maxBytes = Math.min(options.partSizeBytes, options.largeFileThresholdBytes);
    const files = spool(stream, folder, maxBytes);
    return await runPipeline({ ...run, job, files, journal, stopReading: () => stop.abort() });
  } catch (error) {
    isResumable = error instanceof IngestError && error.journal !== undefined;
    throw error;
  } finally {
    await journal?.close();
    stop.abort();
    await chunks.return(undefined);
    // What is left of a stream is what a resume may need.
    if (folder !== undefined && !isResumable) await rm(folder, { recursive: true, force: true });
  }
}

/** The stream from its start, once that was found to be good. */
async function readStart(
  chunks: AsyncGenerator<Uint8Array>,
  options: ValidIngestOptions,
): Promise<AsyncGenerator<Uint8Array>> {
  try {
    return await readFirstRow(inspectStream(refuseOtherFormats(chunks, options), options));
  } catch (error) {
    if (error instanceof AepBatchError) throw error;
    throw new IngestError(error, { batchId: undefined, journal: undefined, batch: 'none' });
  }
}

interface Prepared {
  job: Job;
  files: AsyncIterable<SourceFile> | Iterable<SourceFile>;
  sources?: readonly SourceFile[];
}

async function prepareFiles(
  client: IngestClient,
  { files, skipped }: Walked,
  options: ValidIngestOptions,
  progress: Progress,
): Promise<Prepared> {
  const format = await inspect(files, options, client);
  const job = newJob({ ...planOf(client, options, format), files: files.length, skipped });
  job.files = files.map(({ path, sizeBytes, localPath, identity }) => {
    const absolute = localPath === undefined ? undefined : resolve(localPath);
    return { type: 'file', path, sizeBytes, localPath: absolute, identity };
  });
  job.complete = true;
  progress.total(
    files.length,
    files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  );
  return { job, files, sources: files };
}

function planOf(
  client: IngestClient,
  options: ValidIngestOptions,
  inputFormat: NonNullable<PlanEntry['request']['inputFormat']>,
): Omit<PlanEntry, 'files' | 'skipped'> {
  const externalId = options.externalId ?? `aep-batch-${randomUUID()}`;
  return {
    type: 'plan',
    version: JOURNAL_VERSION,
    externalId,
    origin: client.origin,
    orgId: client.orgId,
    sandbox: client.sandbox,
    request: buildCreateRequest(options, externalId, { format: inputFormat }),
    upload: checkUploadPlan(options),
    sha256: options.sha256,
  };
}

/** A journal whose ingest has ended is used again: a further plan in it is a new start. */
async function createOrReuse(path: string, takeOver: boolean | undefined): Promise<Journal> {
  try {
    return await Journal.create(path);
  } catch (error) {
    if (!(error instanceof JournalError) || systemCode(error) !== 'EEXIST') throw error;
  }
  const replay = new JobReplay();
  const apply = replay.apply.bind(replay);
  const journal = await Journal.open(path, { takeOver, apply });
  if (replay.outcome !== undefined && replay.outcome !== 'accepted') return journal;
  await journal.close();
  const message = `the journal ${path} is there already, of an ingest that has not ended: resume it, delete it, or name another file.`;
  throw new JournalError(path, message);
}

/** The journal with the plan in it, on the disk before anything is sent. */
async function openJournal(
  job: Job,
  { journal: path, takeOver }: IngestOptions,
): Promise<Journal | undefined> {
  if (path === undefined) return undefined;
  const journal = await createOrReuse(path, takeOver);
  try {
    await journal.append(...planEntries(job));
    return journal;
  } catch (error) {
    await journal.discard(); // nothing was sent, and no resume could read it
    throw error;
  }
}

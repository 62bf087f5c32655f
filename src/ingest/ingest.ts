import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checkId } from '../http/checks.js';
import { InvalidInputError } from '../http/errors.js';
import { JOURNAL_VERSION, type PlanEntry } from '../upload/entries.js';
import { Journal } from '../upload/journal.js';
import { uploadPlan } from '../upload/plan.js';
import { memoryFile, type SourceFile } from '../upload/source.js';
import { type Walked, walk } from '../upload/walk.js';
import type { IngestClient } from './context.js';
import { IngestError } from './errors.js';
import { inspect, inspectStream } from './inspect.js';
import { type Job, newJob, planEntries, requestOf } from './job.js';
import { Progress } from './progress.js';
import { carryOut } from './run.js';
import { linesOf, spool } from './spool.js';
import type { IngestOptions, IngestSource, Receipt } from './types.js';

/**
 * Files and streams in, a loaded batch out: checks the source, creates a batch, uploads, completes
 * and waits. With a journal, what broke off can be resumed.
 * @throws {PreflightError | InvalidInputError | SourceError} before anything was sent.
 * @throws {IngestError} afterwards; it says what became of the batch.
 */
export async function ingest(
  client: IngestClient,
  source: IngestSource,
  options: IngestOptions,
): Promise<Receipt> {
  checkId('datasetId', options.datasetId);
  const progress = new Progress(options.onProgress);
  const signal = options.signal ?? new AbortController().signal;
  const stream = streamOf(source);
  const spoolFolder = stream === undefined ? undefined : await spoolFolderOf(options);
  let journal: Journal | undefined;
  let resumable = false;
  try {
    const prepared =
      stream === undefined || spoolFolder === undefined
        ? await prepareFiles(client, await walkedOf(source), options, progress)
        : prepareStream(client, stream, spoolFolder, options);
    journal = await openJournal(prepared.job, options);
    return await carryOut({ client, ...prepared, journal, progress, options, signal });
  } catch (error) {
    resumable = error instanceof IngestError && error.journal !== undefined;
    throw error;
  } finally {
    await journal?.close();
    // What is left of a stream is what a resume may need.
    if (spoolFolder !== undefined && !resumable)
      await rm(spoolFolder, { recursive: true, force: true });
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
  options: IngestOptions,
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

/** A stream is cut into files that each go by one PUT. */
function prepareStream(
  client: IngestClient,
  stream: AsyncIterable<Uint8Array>,
  folder: string,
  options: IngestOptions,
): Prepared {
  const plan = planOf(client, options, { format: 'json' });
  const maxBytes = Math.min(plan.upload.partSizeBytes, plan.upload.largeFileThresholdBytes);
  const checked = inspectStream(stream, options);
  return {
    job: newJob({ ...plan, files: undefined, skipped: 0 }),
    files: spool(checked, folder, maxBytes),
  };
}

function planOf(
  client: IngestClient,
  options: IngestOptions,
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
    request: requestOf(options, externalId, { format: inputFormat }),
    upload: uploadPlan(options),
    sha256: options.sha256 ?? true,
  };
}

/** The journal with the plan in it, on the disk before anything is sent. */
async function openJournal(
  job: Job,
  { journal: path }: IngestOptions,
): Promise<Journal | undefined> {
  if (path === undefined) return undefined;
  const journal = await Journal.create(path);
  try {
    await journal.append(...planEntries(job));
    return journal;
  } catch (error) {
    await journal.discard(); // nothing was sent, and no resume could read it
    throw error;
  }
}

function streamOf(source: IngestSource): AsyncIterable<Uint8Array> | undefined {
  if (typeof source !== 'object') return undefined;
  if ('records' in source) return linesOf(source.records);
  return 'jsonLines' in source ? source.jsonLines : undefined;
}

const spoolFolderOf = ({ journal }: IngestOptions): Promise<string> | string =>
  journal === undefined ? mkdtemp(join(tmpdir(), 'aep-batch-spool-')) : `${journal}.spool`;

async function walkedOf(source: IngestSource): Promise<Walked> {
  if (typeof source === 'string') return walk([source]);
  if (Array.isArray(source)) return walk(source);
  if (typeof source === 'object' && 'bytes' in source) {
    const file = memoryFile(source.name, source.bytes);
    if (file !== undefined) return { files: [file], skipped: 0 };
  }
  throw new InvalidInputError(
    'source',
    'the source is none: pass a path, paths, {name, bytes}, {records} or {jsonLines}.',
  );
}

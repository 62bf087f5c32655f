/**
 * `client.ingest()`. This folder takes files or a stream to a loaded batch: plan → create → upload →
 * complete → wait, with a journal by which it can be resumed. It imports preflight, upload, resources,
 * http and shared.
 */
import { notify } from '../shared/notify.js';
import { omitUndefined } from '../shared/options.js';
import { systemCode } from '../shared/thrown.js';
import type { SourceFile } from '../upload/source.js';
import { assertLastBatchSucceeded } from './after-success.js';
import { type ContextParts, type IngestClient, IngestContext } from './context.js';
import { JournalError } from './errors.js';
import { Journal } from './journal.js';
import type { Entry } from './journal-entries.js';
import type { ValidIngestOptions } from './options.js';
import { type IngestPlan, planIngest, toPlanEntries } from './plan.js';
import { Progress } from './progress.js';
import { lookUpReplaced } from './replace.js';
import { openRowCheck } from './row-check.js';
import { runPipeline } from './run.js';
import { inSpoolFolder, spool } from './spool.js';
import { IngestState } from './state.js';
import { StreamReading } from './stream.js';
import type { IngestOptions, IngestSource, Receipt } from './types.js';

/**
 * Loads files or a stream as one batch: checks the source, creates a batch, uploads, completes and
 * waits. With a journal, an ingest that broke off can be resumed.
 * @throws {PreflightError | InvalidInputError | SourceError} before anything was sent.
 * @throws {IngestError} afterwards; it says what happened to the batch.
 */
export async function ingest(
  client: IngestClient,
  source: IngestSource,
  ingestOptions: IngestOptions,
): Promise<Receipt> {
  const startedMs = Date.now();
  const plan = await planIngest(source, ingestOptions, client, async (valid) => {
    await assertLastBatchSucceeded(client.datasets, valid);
    return openRowCheck(client, valid);
  });
  const { options } = plan;
  await announceReplaced(client, options);
  const parts = { client, options, progress: new Progress(options.onProgress, startedMs) };
  return plan.openStream === undefined
    ? ingestFiles(plan, plan.files, parts)
    : ingestStream(plan, new StreamReading(plan.openStream, options, plan.rowCheck), parts);
}

/** Says which batches will be replaced, now that they were looked up. */
async function announceReplaced(client: IngestClient, options: ValidIngestOptions): Promise<void> {
  const { replace, datasetId, signal, timeoutMs, onWarning } = options;
  if (replace === undefined) return;
  const callOptions = omitUndefined({ signal, timeoutMs });
  const sentences = await lookUpReplaced(client.batches, replace, datasetId, callOptions);
  for (const message of sentences) notify(onWarning, { level: 'warning', message });
}

type Parts = Pick<ContextParts, 'client' | 'options' | 'progress'>;

function ingestFiles(
  plan: IngestPlan,
  files: readonly SourceFile[],
  parts: Parts,
): Promise<Receipt> {
  return withJournal(plan.options, async (journal) => {
    const context = new IngestContext({ ...parts, journal, sources: files });
    await recordPlan(context, plan);
    return runPipeline(context, files);
  });
}

async function ingestStream(
  plan: IngestPlan,
  reading: StreamReading,
  parts: Parts,
): Promise<Receipt> {
  const { partSizeBytes, largeFileThresholdBytes } = plan.upload;
  const fileBytes = Math.min(partSizeBytes, largeFileThresholdBytes); // each goes by one PUT
  try {
    const rows = await reading.start();
    return await withJournal(plan.options, async (journal) => {
      const stopReading = () => reading.stop();
      const context = new IngestContext({ ...parts, journal, stopReading });
      await recordPlan(context, plan);
      return inSpoolFolder(journal, (folder) =>
        runPipeline(context, spool(rows, folder, fileBytes)),
      );
    });
  } finally {
    await reading.close();
  }
}

async function withJournal(
  options: ValidIngestOptions,
  work: (journal: Journal | undefined) => Promise<Receipt>,
): Promise<Receipt> {
  const journal = await openJournal(options);
  try {
    return await work(journal);
  } finally {
    await journal?.close();
  }
}

/** A new journal, or one whose ingest has ended: a further plan in it is a new start. */
async function openJournal({
  journal: path,
  takeOver,
}: ValidIngestOptions): Promise<Journal | undefined> {
  if (path === undefined) return undefined;
  try {
    return await Journal.create(path);
  } catch (error) {
    if (!(error instanceof JournalError) || systemCode(error) !== 'EEXIST') throw error;
  }
  const state = new IngestState();
  const apply = (entry: Entry) => state.apply(entry);
  const journal = await Journal.open(path, { takeOver, mayBeEmpty: true, apply });
  if (!state.hasPlan || state.hasEnded) return journal;
  await journal.close();
  const message = `The journal ${path} exists already, of an ingest that has not ended. Resume it, delete it, or name another file.`;
  throw new JournalError(path, message);
}

/** The plan is on the disk before anything is sent. */
async function recordPlan(context: IngestContext, plan: IngestPlan): Promise<void> {
  try {
    await context.record(...toPlanEntries(plan));
  } catch (error) {
    await context.journal?.discard(); // no resume could read it
    throw error;
  }
}

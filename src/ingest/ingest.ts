/**
 * `client.ingest()`. This folder takes files or a stream to a loaded batch: plan → create → upload →
 * complete → wait, with a journal by which it can be resumed. It imports preflight, upload, resources,
 * http and shared.
 */
import { notify } from '../shared/notify.js';
import { omitUndefined } from '../shared/options.js';
import type { SourceFile } from '../upload/source.js';
import { assertLastBatchSucceeded } from './after-success.js';
import { type ContextParts, type IngestClient, IngestContext } from './context.js';
import { IngestJournal } from './ingest-journal.js';
import type { OpenStream } from './input.js';
import { withNotice } from './notice.js';
import type { ValidIngestOptions } from './options.js';
import { type FoundFiles, type IngestPlan, planIngest, toPlanEntries } from './plan.js';
import { Progress } from './progress.js';
import { lookUpReplaced } from './replace.js';
import { openRowCheck, type RowCheck } from './row-check.js';
import { runPipeline } from './run.js';
import { inSpoolFolder, spool } from './spool.js';
import { StreamReading } from './stream.js';
import type { IngestOptions, IngestSource, Receipt } from './types.js';

/**
 * Loads files or a stream as one batch: checks the source, creates a batch, uploads, completes and
 * waits. With a journal, an ingest that broke off can be resumed.
 * @throws {PreflightError | InvalidInputError | SourceError | JournalError} before anything was sent.
 * @throws {IngestError} afterwards; it says what happened to the batch.
 */
export async function ingest(
  client: IngestClient,
  source: IngestSource | FoundFiles,
  ingestOptions: IngestOptions,
): Promise<Receipt> {
  const startedMs = Date.now();
  const journal = new IngestJournal();
  try {
    const plan = await planIngest(source, ingestOptions, client, (valid) =>
      openFirst(journal, client, valid),
    );
    const { options } = plan;
    const progress = new Progress(options.onProgress, startedMs);
    const parts = { client, options, progress, journal };
    return await (plan.openStream === undefined
      ? ingestFiles(plan, plan.files, parts)
      : ingestStream(plan, plan.openStream, parts));
  } finally {
    await journal.close();
  }
}

/** The journal first: nothing is sent where it cannot be used. */
async function openFirst(
  journal: IngestJournal,
  client: IngestClient,
  options: ValidIngestOptions,
): Promise<RowCheck | undefined> {
  await journal.open(options);
  await assertLastBatchSucceeded(client.datasets, options);
  return openRowCheck(client, options);
}

/** Says which batches will be replaced, now that they were looked up. */
async function announceReplaced(client: IngestClient, options: ValidIngestOptions): Promise<void> {
  const { replace, datasetId, signal, timeoutMs, onWarning } = options;
  if (replace === undefined) return;
  const callOptions = omitUndefined({ signal, timeoutMs });
  const sentences = await lookUpReplaced(client.batches, replace, datasetId, callOptions);
  for (const message of sentences) notify(onWarning, { level: 'warning', message });
}

interface Parts extends Pick<ContextParts, 'client' | 'options' | 'progress'> {
  readonly journal: IngestJournal;
}

async function ingestFiles(
  plan: IngestPlan,
  files: readonly SourceFile[],
  { journal, ...parts }: Parts,
): Promise<Receipt> {
  const announce = () => announceReplaced(parts.client, plan.options);
  const isLookedUp = plan.content !== undefined;
  if (!isLookedUp) await announce();
  const context = new IngestContext({
    ...parts,
    journal: journal.current,
    sources: files,
    // Where the files are loaded already, the batches were replaced when they were loaded.
    beforeCreate: isLookedUp ? announce : undefined,
  });
  await recordPlan(context, plan, journal);
  return withNotice(context, () => runPipeline(context, files));
}

async function ingestStream(
  plan: IngestPlan,
  openStream: OpenStream,
  { journal, ...parts }: Parts,
): Promise<Receipt> {
  const { client } = parts;
  const reading = new StreamReading(openStream, plan.options, () =>
    openFirst(journal, client, plan.options),
  );
  const { partSizeBytes, largeFileThresholdBytes } = plan.upload;
  const fileBytes = Math.min(partSizeBytes, largeFileThresholdBytes); // each goes by one PUT
  const stopReading = () => reading.stop();
  try {
    const rows = await reading.start();
    await announceReplaced(client, plan.options);
    const context = new IngestContext({ ...parts, journal: journal.current, stopReading });
    await recordPlan(context, plan, journal);
    return await withNotice(context, () =>
      inSpoolFolder(journal.current, (folder) =>
        runPipeline(context, spool(rows, folder, fileBytes)),
      ),
    );
  } finally {
    await reading.close();
  }
}

/** The plan is on the disk before a batch is created. */
async function recordPlan(
  context: IngestContext,
  plan: IngestPlan,
  journal: IngestJournal,
): Promise<void> {
  await context.recordAll(toPlanEntries(plan));
  journal.setPlanned();
}

/** Carries out a plan: create → upload → complete → wait. */
import type { SafeSpan } from '../http/tracing.js';
import type { Batch } from '../resources/types.js';
import { notify } from '../shared/notify.js';
import { omitUndefined } from '../shared/options.js';
import { FileRejectedError } from '../upload/errors.js';
import type { SourceFile } from '../upload/source.js';
import { hasContent } from './content-plan.js';
import type { IngestContext } from './context.js';
import { IngestError, JournalError } from './errors.js';
import { AlreadyLoaded, AnotherIsFirst } from './find-loaded.js';
import type { Entry } from './journal-entries.js';
import { buildReceipt, buildSkippedReceipt } from './receipt.js';
import { restartAfterRejection } from './restart.js';
import { isStateUnknown, settleBatch } from './settle-batch.js';
import { assertFirst, createOnce, giveWay } from './skip-loaded.js';
import { assertSourcesUnchanged, openFile } from './sources.js';
import { recordBatchEnd, traceBatch } from './traced.js';
import type { IngestOutcome, Receipt } from './types.js';
import { uploadSources } from './upload-sources.js';

/**
 * Carries out the rest of an ingest, whatever its state.
 * @param files those that are not in the batch yet.
 * @throws {IngestError} that says what happened to the batch.
 */
export async function runPipeline(context: IngestContext, files: Files): Promise<Receipt> {
  let pending = files;
  for (;;) {
    const ended = await traceBatch(context, (span) => runBatch(context, pending, span));
    if ('receipt' in ended) return ended.receipt;
    pending = ended.restart;
  }
}

type Files = AsyncIterable<SourceFile> | Iterable<SourceFile>;

/** @returns the receipt, or the files that go into a new batch. */
async function runBatch(
  context: IngestContext,
  files: Files,
  span: SafeSpan,
): Promise<{ receipt: Receipt } | { restart: Files }> {
  if (!context.state.batchCompleted) {
    try {
      await createBatch(context);
      await uploadSources(context, files);
      await assertMayComplete(context);
    } catch (error) {
      if (error instanceof AlreadyLoaded) return { receipt: await endSkipped(context, error) };
      const restart = await restartOrFail(context, error);
      span.fail(error);
      return { restart };
    }
    await completeBatch(context);
  }
  const receipt = await waitForReceipt(context);
  recordBatchEnd(context, span, receipt);
  return { receipt };
}

/** All files, once the first is needed. */
function* openAll({ sources, state, given }: IngestContext): Generator<SourceFile, void> {
  yield* sources ?? state.files.map((entry) => openFile(state, entry, given));
}

/** The first step. One that was recorded is not repeated. */
export async function createBatch(context: IngestContext): Promise<void> {
  const { client, state, progress } = context;
  progress.phase('create');
  if (state.batchId !== undefined) return;
  const create = async () => {
    await context.beforeCreate?.();
    await context.admitBatch();
    return (await client.batches.create(state.plan.request, context.callOptions)).id;
  };
  if (hasContent(state.plan)) await createOnce(context, create);
  else await context.record({ type: 'created', batchId: await create() });
}

/**
 * Makes sure that what was uploaded is what was planned. Once COMPLETE is sent, nothing aborts the batch.
 * @throws {AepBatchError | SourceError} that names the first file that is missing or changed.
 */
export async function assertMayComplete(context: IngestContext): Promise<void> {
  const { state, given, journal, signal } = context;
  await assertSourcesUnchanged(state, given, signal);
  state.assertAllUploaded();
  await assertFirst(context);
  await journal?.assertHeld();
  signal.throwIfAborted();
}

/**
 * A file that was rejected for good is sent again in a new batch, once. Where another ingest's batch is first, the plan
 * begins anew, and that batch decides. Any other failure ends the ingest.
 */
async function restartOrFail(context: IngestContext, error: unknown): Promise<Files> {
  if (error instanceof AnotherIsFirst) {
    await giveWay(context);
    return openAll(context);
  }
  try {
    if (!(error instanceof FileRejectedError)) throw error;
    return await restartAfterRejection(context, error);
  } catch (cause) {
    throw await settleBatch(context, cause);
  }
}

/** The third step. @throws {IngestError} that says whether it may have taken effect. */
export async function completeBatch(context: IngestContext): Promise<void> {
  const { client, batchId, journal, progress } = context;
  progress.phase('complete');
  try {
    await client.batches.complete(batchId, context.callOptions);
  } catch (error) {
    const batch = isStateUnknown(error) ? 'unknown' : 'kept';
    throw new IngestError(error, { batchId, journal: journal?.path, batch });
  }
  await recordAfterComplete(context, { type: 'completed', batchId });
}

/** Another batch has the files. */
async function endSkipped(
  context: IngestContext,
  { batch, outcome }: AlreadyLoaded,
): Promise<Receipt> {
  context.progress.phase('done');
  // If it has not ended, a resume looks again.
  const isDecided = outcome === 'skipped';
  if (isDecided) await context.record({ type: 'skipped', batchId: batch.id }).catch(ignoreJournal);
  return buildSkippedReceipt(context, batch, outcome);
}

/** A resume would only find the same batch. */
function ignoreJournal(error: unknown): void {
  if (!(error instanceof JournalError)) throw error;
}

/** The last step; with `waitTimeoutMs: 0` it reads the status once, and `timed-out` is not an end. */
export async function waitForReceipt(context: IngestContext): Promise<Receipt> {
  const { batchId, journal, progress } = context;
  progress.phase('wait');
  try {
    const { batch, outcome } = await waitForOutcome(context);
    progress.phase('done');
    if (outcome !== 'timed-out')
      await recordAfterComplete(context, { type: 'outcome', batchId, outcome });
    return buildReceipt(context, batch, outcome);
  } catch (error) {
    throw new IngestError(error, { batchId, journal: journal?.path, batch: 'completed' });
  }
}

async function waitForOutcome(
  context: IngestContext,
): Promise<{ batch: Batch; outcome: IngestOutcome }> {
  const { client, batchId, options, progress } = context;
  if (options.wait === false) {
    // That it was accepted is all that is known.
    return { batch: { id: batchId, status: 'loaded' }, outcome: 'accepted' };
  }
  const { pollIntervalMs, waitTimeoutMs } = options;
  return client.batches.wait(batchId, {
    ...context.callOptions,
    ...omitUndefined({ pollIntervalMs, waitTimeoutMs }),
    onStatus: (batch) => progress.status(batch),
    onWarning: ({ kind, message }) =>
      notify(options.onWarning, {
        level: 'warning',
        message: kind === 'not-completed' ? describeLateCompletion(batchId) : message,
      }),
  });
}

const describeLateCompletion = (batchId: string): string =>
  `Batch ${batchId} is still loading, although its completion was accepted: the Catalog may lag. If that lasts, complete it again: \`aep-batch complete ${batchId}\`. The wait goes on.`;

/** The platform knows these states as well, so a full disk is no reason to fail. */
async function recordAfterComplete(context: IngestContext, entry: Entry): Promise<void> {
  try {
    await context.record(entry);
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    const message = `${error.message} The batch is completed, and its outcome is waited for all the same.`;
    notify(context.options.onWarning, { level: 'warning', message });
  }
}

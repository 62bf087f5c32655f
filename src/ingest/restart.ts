/** When the files of a batch go into a new one, and what happens to a stream, which cannot be read again. */
import { rm } from 'node:fs/promises';
import { NotFoundError } from '../http/errors.js';
import type { BatchStatus } from '../resources/types.js';
import { InvalidInputError } from '../shared/errors.js';
import { notify } from '../shared/notify.js';
import type { FileRejectedError } from '../upload/errors.js';
import type { SourceFile } from '../upload/source.js';
import { hasContent, recordNumber } from './content-plan.js';
import type { IngestContext } from './context.js';
import { IngestError } from './errors.js';
import { findOwnBatch, pollCatalog } from './find-batch.js';
import { openFile } from './sources.js';
import { toSpoolFolder } from './spool-path.js';

/** The longest that a look at the old batch, and its abort, may take. */
const CALL_TIMEOUT_MS = 10_000;

/** The statuses of a batch that was not loaded and will not be; an inactive one was loaded once. */
const NEVER_LOADED: ReadonlySet<BatchStatus> = new Set([
  'aborted',
  'abandoned',
  'failed',
  'failure',
  'deleted',
]);

/**
 * Starts a new batch after the platform rejected a file for good. An ingest does so once.
 * @returns all files, to be uploaded again.
 * @throws {FileRejectedError} that says why there is no new batch.
 */
export async function restartAfterRejection(
  context: IngestContext,
  error: FileRejectedError,
): Promise<readonly SourceFile[]> {
  const obstacle = (await findObstacle(context)) ?? (await findAbortObstacle(context));
  if (obstacle !== undefined) {
    error.message += ` No new batch was started: ${obstacle}.`;
    throw error;
  }
  await restartWithNewBatch(context, error.message.replace(/\.$/, ''));
  const { sources, state, given } = context;
  return sources ?? state.files.map((entry) => openFile(state, entry, given));
}

/** Why there can be no new batch. */
async function findObstacle(context: IngestContext): Promise<string | undefined> {
  const { state, signal, journal, given } = context;
  if (state.isStream) return 'a stream cannot be read again';
  const originals = [...state.originals()].map(({ entry }) => entry);
  const missing = originals.find(
    ({ localPath, path }) => localPath === undefined && !given.has(path),
  );
  if (missing !== undefined)
    return `${missing.path} was given as bytes or as a Source, which this call does not have`;
  if (signal.aborted) return 'the ingest was aborted';
  if (state.plan.anew !== undefined) return 'this batch was started in place of another one';
  const isTakenOver = await journal?.assertHeld().then(
    () => false,
    () => true,
  );
  if (isTakenOver === true) return 'another process is using the journal';
  if (state.batchId === undefined) return undefined;
  // Whoever took the batch out of `loading` meant it: its files do not come back under another id.
  const status = await readStatus(context);
  if (status === 'loading') return undefined;
  return status === undefined
    ? `the status of batch ${state.batchId} cannot be read`
    : `batch ${state.batchId} is ${status}`;
}

/**
 * Aborts the batch, and records the same plan for a new one. Its externalId is the given one with a
 * number, by which a resume finds it.
 * @throws {InvalidInputError} for a stream: its batch is given up.
 * @throws {IngestError} unless the batch is known never to be loaded.
 */
export async function restartWithNewBatch(context: IngestContext, why: string): Promise<void> {
  const { state } = context;
  if (state.isStream) await abandonStream(context, `${why}, and the stream cannot be read again`);
  await assertAborted(context);
  await recordNextPlan(context, why);
}

/** Records the same plan for a new batch, and warns of that. */
export async function recordNextPlan(context: IngestContext, why: string): Promise<void> {
  const { state, options } = context;
  const { plan } = state;
  if (hasContent(plan)) {
    const { number, from } = plan.content;
    await recordNumber(context, { number: number + 1, from }, true);
    const message = `${why}: all files are sent again in a new batch, unless another one has them now.`;
    notify(options.onWarning, { level: 'warning', message });
    return;
  }
  const givenExternalId = plan.anew?.givenExternalId ?? plan.externalId;
  const attempt = (plan.anew?.attempt ?? 1) + 1;
  const externalId = `${givenExternalId}-${attempt}`;
  const request = { ...plan.request, externalId };
  const next = { ...plan, externalId, request, anew: { givenExternalId, attempt } };
  await context.recordAll(state.repeatPlan(next));
  notify(options.onWarning, {
    level: 'warning',
    message: `${why}: a new batch is started with the externalId ${externalId}, and all files are sent again.`,
  });
}

async function findAbortObstacle(context: IngestContext): Promise<string | undefined> {
  const failure = await abortOld(context);
  if (failure === undefined) return undefined;
  const why = failure.message.replace(/\.$/, '');
  return `batch ${context.batchId} could not be aborted, so it may still be loaded: ${why}`;
}

/** @throws {IngestError} if the batch may still be loaded: its rows must not come twice. */
export async function assertAborted(context: IngestContext): Promise<void> {
  const failure = await abortOld(context);
  if (failure === undefined) return;
  const { batchId, journal } = context;
  throw new IngestError(failure, { batchId, journal: journal?.path, batch: 'kept' });
}

/** @returns why the batch may still be loaded, unless it is known that it will not. */
async function abortOld(context: IngestContext): Promise<Error | undefined> {
  const { batchId, batchAborted } = context.state;
  if (batchId === undefined || batchAborted) return undefined;
  try {
    // Not with the caller's signal: the old batch must not be forgotten.
    await context.client.batches.abort(batchId, { timeoutMs: CALL_TIMEOUT_MS });
  } catch (error) {
    const isGone = (status: BatchStatus) => NEVER_LOADED.has(status);
    const status = await readStatus(context, isGone);
    if (status === undefined || !isGone(status)) return error as Error;
  }
  await context.record({ type: 'aborted', batchId });
  return undefined;
}

/**
 * The status of the batch. The Catalog may lag: it is asked again while it has none, or not the expected one.
 * @returns `undefined` if no status could be read.
 */
async function readStatus(
  context: IngestContext,
  isExpected: (status: BatchStatus) => boolean = () => true,
): Promise<BatchStatus | undefined> {
  const { client, batchId } = context;
  let last: BatchStatus | undefined;
  await pollCatalog(context, async () => {
    try {
      last = (await client.batches.get(batchId, { timeoutMs: CALL_TIMEOUT_MS })).status;
    } catch (error) {
      return !(error instanceof NotFoundError) || undefined;
    }
    return isExpected(last) || undefined;
  }).catch(() => undefined); // the caller's signal: what was read so far counts
  return last;
}

/**
 * Aborts the batch of a stream, since the rows that were read are in that batch and nowhere else.
 * @throws {InvalidInputError} always.
 */
export async function abandonStream(context: IngestContext, why: string): Promise<never> {
  const { state, journal } = context;
  // The response to its creation may have been lost.
  const batchId = state.batchId ?? (await findOwnBatch(context))?.id;
  if (state.batchId === undefined && batchId !== undefined)
    await context.record({ type: 'created', batchId });
  await assertAborted(context);
  if (journal?.path !== undefined)
    await rm(toSpoolFolder(journal.path), { recursive: true, force: true });
  const what = batchId === undefined ? 'there is no batch' : `batch ${batchId} is aborted`;
  throw new InvalidInputError('journal', `${why}: ${what}. Run the ingest again.`);
}

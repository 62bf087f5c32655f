/** When the files of a batch go into a new one, and what happens to a stream, which cannot be read again. */
import { rm } from 'node:fs/promises';
import { ApiError } from '../http/errors.js';
import { InvalidInputError } from '../shared/errors.js';
import { notify } from '../shared/notify.js';
import type { FileRefusedError } from '../upload/parts.js';
import type { SourceFile } from '../upload/source.js';
import type { IngestContext } from './context.js';
import { findByExternalId } from './find-batch.js';
import { openPlanned } from './sources.js';

/** The longest that a look at the old batch, and its abort, may take. */
const CALL_TIMEOUT_MS = 10_000;

/**
 * Starts a new batch after the platform refused a file for good. An ingest does so once.
 * @returns all files, to be uploaded again.
 * @throws {FileRefusedError} that says why there is no new batch.
 */
export async function restartAfterRefusal(
  context: IngestContext,
  error: FileRefusedError,
): Promise<readonly SourceFile[]> {
  const obstacle = await findObstacle(context);
  if (obstacle !== undefined) {
    error.message += ` No new batch was started: ${obstacle}.`;
    throw error;
  }
  await restartWithNewBatch(context, error.message.replace(/\.$/, ''));
  return context.sources ?? context.state.files.map(openPlanned);
}

/** Why there can be no new batch. */
async function findObstacle(context: IngestContext): Promise<string | undefined> {
  const { client, state, signal, journal, sources } = context;
  if (state.isStream) return 'a stream cannot be read again';
  const inMemory = state.files.find(({ localPath }) => localPath === undefined);
  if (sources === undefined && inMemory !== undefined)
    return `${inMemory.path} was given as bytes in memory, which a resume does not have`;
  if (signal.aborted) return 'the ingest was aborted';
  if (state.plan.anew !== undefined) return 'this batch was started in place of another one';
  const isTakenOver = await journal?.assertHeld().then(
    () => false,
    () => true,
  );
  if (isTakenOver === true) return 'another process is using the journal';
  if (state.batchId === undefined) return undefined;
  // Whoever took the batch out of `loading` meant it: its files do not come back under another id.
  const options = { timeoutMs: CALL_TIMEOUT_MS };
  const batch = await client.batches.get(state.batchId, options).catch(() => undefined);
  if (batch === undefined || batch.status === 'loading') return undefined;
  return `batch ${state.batchId} is ${batch.status}`;
}

/**
 * Aborts the batch, and records the same plan for a new one. Its externalId is the given one with a
 * number, by which a resume finds it.
 * @throws {InvalidInputError} for a stream: its batch is given up.
 */
export async function restartWithNewBatch(context: IngestContext, why: string): Promise<void> {
  const { state, options } = context;
  if (state.isStream) await abandonStream(context, `${why}, and the stream cannot be read again`);
  const remark = await abortOld(context);
  const { plan, files } = state;
  const givenExternalId = plan.anew?.givenExternalId ?? plan.externalId;
  const attempt = (plan.anew?.attempt ?? 1) + 1;
  const externalId = `${givenExternalId}-${attempt}`;
  const request = { ...plan.request, externalId };
  const next = { ...plan, externalId, request, anew: { givenExternalId, attempt } };
  await context.record(next, ...files, { type: 'planned' });
  notify(options.onWarning, {
    level: 'warning',
    message: `${why}: a new batch is started with the externalId ${externalId}, and all files are sent again.${remark}`,
  });
}

/** @returns what is left to do if it could not be aborted. */
async function abortOld(context: IngestContext): Promise<string> {
  const { batchId, batchAborted } = context.state;
  if (batchId === undefined || batchAborted) return '';
  try {
    // Not with the caller's signal: the old batch must not be forgotten.
    await context.client.batches.abort(batchId, { timeoutMs: CALL_TIMEOUT_MS });
  } catch (error) {
    if (error instanceof ApiError && [404, 428].includes(error.status)) return ''; // gone already
    const { message } = error as Error;
    return ` Batch ${batchId} could not be aborted, so abort it yourself: ${message}`;
  }
  await context.record({ type: 'aborted' });
  return '';
}

/**
 * Aborts the batch of a stream, since the rows that were read are in that batch and nowhere else.
 * @throws {InvalidInputError} always.
 */
export async function abandonStream(context: IngestContext, why: string): Promise<never> {
  const { client, state, journal } = context;
  // The response to its creation may have been lost.
  const batchId = state.batchId ?? (await findByExternalId(context))?.id;
  if (batchId !== undefined && !state.batchAborted) {
    await client.batches.abort(batchId).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error; // it may be gone already
    });
    await context.record({ type: 'aborted' });
  }
  if (journal !== undefined) await rm(journal.spoolFolder, { recursive: true, force: true });
  const what = batchId === undefined ? 'there is no batch' : `batch ${batchId} is aborted`;
  throw new InvalidInputError('journal', `${why}: ${what}. Run the ingest again.`);
}

/** What happens to the batch of an ingest that failed: it is kept for a resume, or aborted. */
import {
  AbortError,
  ApiError,
  CallError,
  ConnectionError,
  CredentialsError,
  InvalidResponseError,
  TimeoutError,
} from '../http/errors.js';
import { SourceUnavailableError } from '../shared/errors.js';
import { systemCode } from '../shared/thrown.js';
import type { IngestContext } from './context.js';
import {
  AlreadyLoadingError,
  CatalogDelayError,
  IngestError,
  type IngestFailure,
} from './errors.js';

/** The clean-up after a failure must not take longer than a person waits. */
const ABORT_TIMEOUT_MS = 10_000;

/** What this machine lacked for a moment: space, descriptors, memory, a network disk. */
const SHORTAGES = new Set([
  ...['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EIO', 'ESTALE'],
  ...['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'EAGAIN'],
]);

const RESUMABLE = [
  ...[ConnectionError, TimeoutError, AbortError, InvalidResponseError, CredentialsError],
  CatalogDelayError,
  SourceUnavailableError,
];

/** Whether a resume may well succeed where this attempt did not. */
export function isResumable(error: unknown): boolean {
  if (SHORTAGES.has(systemCode(error) ?? '')) return true;
  if (error instanceof ApiError) {
    return [401, 403, 408, 429].includes(error.status) || error.status >= 500;
  }
  return RESUMABLE.some((Class) => error instanceof Class);
}

export const isStateUnknown = (error: unknown): error is CallError =>
  error instanceof CallError && error.stateUnknown;

/**
 * Keeps or aborts the batch of an ingest that failed before COMPLETE was sent.
 * @returns the error that says which, to be thrown.
 */
export async function settleBatch(
  context: IngestContext,
  cause: unknown,
): Promise<IngestError | AlreadyLoadingError> {
  const { client, state, journal, signal } = context;
  const { batchId } = state;
  const failure = (batch: IngestFailure['batch'], mayResume = true) =>
    new IngestError(cause, { batchId, journal: mayResume ? journal?.path : undefined, batch });

  if (isStateUnknown(cause) && cause.operation === 'createBatch') return failure('unknown');
  const isTransient = signal.aborted || isResumable(cause);
  const isLost = isStreamLost(context);
  if (cause instanceof AlreadyLoadingError && batchId === undefined) {
    // The same ingest, run again, finds out anew.
    if (!context.isPlannedBefore && (await isJournalHeld(context))) await journal?.remove();
    return cause;
  }
  if (batchId === undefined) {
    // In place of an aborted batch: a resume knows the next externalId, the same ingest does not.
    const mayResume = state.plan.anew !== undefined && isTransient && !isLost;
    // Otherwise the journal would only keep the same ingest from being run again.
    if (!mayResume && !context.isPlannedBefore && (await isJournalHeld(context)))
      await journal?.remove();
    return failure('none', mayResume);
  }
  if (shouldKeep(context, isTransient) || !(await isJournalHeld(context))) return failure('kept');
  try {
    // Not with the caller's signal: it may be the reason why the batch is aborted.
    await client.batches.abort(batchId, { timeoutMs: ABORT_TIMEOUT_MS });
  } catch {
    return failure('kept');
  }
  // A journal that cannot be written may be the failure: a resume asks the platform anyway.
  await context.record({ type: 'aborted', batchId }).catch(() => undefined);
  return failure('aborted', !isLost);
}

function shouldKeep(context: IngestContext, isTransient: boolean): boolean {
  const { onFailure } = context.options;
  if (onFailure !== undefined) return onFailure === 'leave';
  return isTransient && context.journal !== undefined && !isStreamLost(context);
}

/**
 * Whether rows are in the batch and nowhere else, since a stream that had not ended cannot be read again:
 * a resume could only abort such a batch.
 */
const isStreamLost = ({ state }: IngestContext): boolean => state.isStream && !state.sourcesKnown;

/** The batch of a journal that was taken over is another process'. */
async function isJournalHeld({ journal }: IngestContext): Promise<boolean> {
  try {
    await journal?.assertHeld();
    return true;
  } catch {
    return false;
  }
}

/** What becomes of the batch when an ingest fails before it was completed. */
import {
  AbortError,
  ApiError,
  CallError,
  ConnectionError,
  CredentialsError,
  InvalidResponseError,
  TimeoutError,
} from '../http/errors.js';
import { systemCode } from '../shared/thrown.js';
import type { Run } from './context.js';
import { IngestError, type IngestFailure } from './errors.js';

/** The clean-up after a failure is not to take longer than a person waits. */
const ABORT_TIMEOUT_MS = 10_000;

/** What this machine lacked for a moment: space, descriptors, memory, a network disk. */
const SHORTAGES = new Set([
  ...['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EIO', 'ESTALE'],
  ...['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'EAGAIN'],
]);

/** Whether a resume may well succeed where this attempt did not. */
function isResumable(error: unknown): boolean {
  if (SHORTAGES.has(systemCode(error) ?? '')) return true;
  if (error instanceof ApiError) {
    return [401, 403, 408, 429].includes(error.status) || error.status >= 500;
  }
  const transport = [
    ConnectionError,
    TimeoutError,
    AbortError,
    InvalidResponseError,
    CredentialsError,
  ];
  return transport.some((Class) => error instanceof Class);
}

/** Leaves or aborts the batch by the rules, and says so. */
export async function settleBatch(run: Run, cause: unknown): Promise<IngestError> {
  const { client, job, journal, options, signal } = run;
  // What a stream brought is in its batch and nowhere else: a resume could only abort that.
  const gone = job.plan.files === undefined && !job.complete;
  const failure = (batch: IngestFailure['batch'], again = true) => {
    const over = !again || (gone && (batch === 'none' || batch === 'aborted'));
    const path = over ? undefined : journal?.path;
    return new IngestError(cause, { batchId: job.batchId, journal: path, batch });
  };
  const unknown = cause instanceof CallError && cause.stateUnknown;
  if (unknown && (cause.operation === 'createBatch' || isCompletion(cause)))
    return failure('unknown');
  if (job.completing) return failure(job.completed ? 'completed' : 'left');
  const resumable = signal.aborted || isResumable(cause);
  if (job.batchId === undefined) return failure('none', resumable);
  const leave =
    options.onFailure === undefined
      ? resumable && journal !== undefined && !gone
      : options.onFailure === 'leave';
  if (leave) return failure('left');
  try {
    // Not with the caller's signal: it may be the reason why this is to be aborted.
    await client.batches.abort(job.batchId, { timeoutMs: ABORT_TIMEOUT_MS });
  } catch {
    return failure('left');
  }
  // A journal that cannot be written may be the failure: a resume asks the platform anyway.
  await journal?.append({ type: 'aborted' }).catch(() => undefined);
  return failure('aborted');
}

const isCompletion = ({ operation, url }: CallError): boolean =>
  operation === 'batchAction' && url.includes('action=COMPLETE');

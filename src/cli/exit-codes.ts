/** Exit codes, and the errors of a command line that cannot be run. */
import type { IngestOutcome } from '../ingest/types.js';

export const EXIT = {
  done: 0,
  error: 1,
  usage: 2,
  rejects: 3,
  failed: 4,
  stalled: 5,
  timedOut: 6,
  access: 7,
  SIGINT: 130,
  SIGTERM: 143,
} as const;

/** The exit code for each outcome of a batch. */
export const OUTCOME_EXIT: Readonly<Record<IngestOutcome, number>> = {
  success: EXIT.done,
  accepted: EXIT.done,
  skipped: EXIT.done,
  'success-with-rejects': EXIT.rejects,
  failed: EXIT.failed,
  stalled: EXIT.stalled,
  'timed-out': EXIT.timedOut,
  // It was loaded: a caller that loads again whatever failed must not load it twice.
  inactive: EXIT.error,
  aborted: EXIT.failed,
  abandoned: EXIT.failed,
  deleted: EXIT.failed,
};

/** Failures of the disk or the system, which another file name would not avoid. */
const SYSTEM_FAILURES: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EFBIG',
  'EIO',
  'EDQUOT',
  'EROFS',
  'EMFILE',
  'ENFILE',
]);

export const isSystemFailure = (code: string | undefined): boolean =>
  SYSTEM_FAILURES.has(code ?? '');

/** The command line, the environment or a local file cannot be used. Nothing was sent. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

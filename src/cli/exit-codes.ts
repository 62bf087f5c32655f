/** Exit codes, and what is wrong with how the command was called. */
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

/** The disk takes no more, or no more files can be open: another name for the file would not help. */
export const SYSTEM_FAILURES: ReadonlySet<string> = new Set([
  'ENOSPC',
  'EFBIG',
  'EIO',
  'EDQUOT',
  'EROFS',
  'EMFILE',
  'ENFILE',
]);

export const isSystemFailure = ({ code = '' }: NodeJS.ErrnoException): boolean =>
  SYSTEM_FAILURES.has(code);

/** The command was called in a way that cannot be meant. Nothing was sent. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

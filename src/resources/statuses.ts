/** The statuses of a batch: which are known, and what each says about it. */
import type { BatchStatus } from './types.js';

/** The statuses that the document lists; the platform may add others. */
export type KnownStatus = Listed<BatchStatus>;
type Listed<T> = T extends string ? (string extends T ? never : T) : never;
/** How a batch ended. */
export type End =
  | 'loaded'
  | 'failed'
  | 'stalled'
  | 'aborted'
  | 'abandoned'
  | 'inactive'
  | 'deleted';

/** How each status ends the wait, `undefined` while the batch is in progress. A new one has to be added. */
const TERMINAL_STATUSES: Readonly<Record<KnownStatus, End | undefined>> = {
  loading: undefined,
  loaded: undefined,
  queued: undefined,
  processing: undefined,
  staging: undefined,
  staged: undefined,
  retrying: undefined,
  stalled: 'stalled',
  success: 'loaded',
  active: 'loaded',
  archived: 'loaded',
  retained: 'loaded',
  failed: 'failed',
  failure: 'failed',
  aborted: 'aborted',
  abandoned: 'abandoned',
  inactive: 'inactive',
  deleted: 'deleted',
};
export const ENDS: ReadonlyMap<BatchStatus, End | undefined> = new Map(
  Object.entries(TERMINAL_STATUSES),
);

/** Whether the document lists the status. One that it does not list proves nothing. */
export const isListed = (status: BatchStatus): boolean => ENDS.has(status);

/** A listed status in lower case, however it is written; any other as it is. */
export function toStatus(given: string): BatchStatus {
  if (ENDS.has(given)) return given;
  const status = given.toLowerCase();
  return ENDS.has(status) ? status : given;
}

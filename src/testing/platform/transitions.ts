/** Which status a batch gets by which action. */
import type { components } from '../../../generated/openapi.js';

export type BatchStatus = components['schemas']['BatchStatus'];
export type Action = components['schemas']['BatchAction'];

/** Until it is loaded, a batch can be aborted or failed. */
const BEFORE_LOADED: readonly BatchStatus[] = [
  'loading',
  'loaded',
  'queued',
  'processing',
  'staging',
  'staged',
  'retrying',
  'stalled',
];
const LOADED: readonly BatchStatus[] = ['success', 'active'];
const FAILED: readonly BatchStatus[] = ['failed', 'failure'];

export const isLoaded = (status: BatchStatus): boolean => LOADED.includes(status);
export const isFailed = (status: BatchStatus): boolean => FAILED.includes(status);

/** What an action does to a batch. */
export type Transition =
  /** The new status, and the statuses that later reads bring, one each. */
  | { to: BatchStatus; pending: readonly BatchStatus[] }
  /** The action was applied before; repeating it is fine. */
  | 'unchanged'
  | 'rejected';

/** A batch that was reverted or replaced. */
export const REVERTED = {
  to: 'inactive',
  pending: ['inactive', 'deleted'],
} as const satisfies Transition;

/**
 * What an action does to a batch with this status. COMPLETE may be repeated, whatever the batch's
 * status is by now; a batch that was aborted or reverted cannot be completed.
 * @param isCompleted whether the batch was completed before.
 * @param configured the statuses that reads bring after COMPLETE.
 */
export function nextStatus(
  action: Action,
  status: BatchStatus,
  isCompleted: boolean,
  configured: readonly BatchStatus[],
): Transition {
  switch (action) {
    case 'COMPLETE':
      if (status === 'loading') return { to: 'staging', pending: configured };
      if (!isCompleted) return 'rejected';
      return [...BEFORE_LOADED, ...LOADED, ...FAILED].includes(status) ? 'unchanged' : 'rejected';
    case 'ABORT':
      return BEFORE_LOADED.includes(status) ? { to: 'aborted', pending: [] } : 'rejected';
    case 'FAIL':
      return BEFORE_LOADED.includes(status) ? { to: 'failed', pending: [] } : 'rejected';
    case 'REVERT':
      return LOADED.includes(status) ? REVERTED : 'rejected';
  }
}

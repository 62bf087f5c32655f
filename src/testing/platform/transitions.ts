/** Which moves a batch may make. */
import type { components } from '../../../generated/openapi.js';

export type BatchStatus = components['schemas']['BatchStatus'];
export type Action = components['schemas']['BatchAction'];

/** Until it is loaded, a batch can be given up. */
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
export type Move =
  /** It now stands so, and reads of its status then tell these, one after another. */
  | { to: BatchStatus; next: readonly BatchStatus[] }
  /** It was done before, and that is fine. */
  | 'nothing'
  | 'refused';

/**
 * What an action does to a batch that stands so. COMPLETE may be repeated, whatever became of the
 * batch meanwhile; a batch that was given up or taken back cannot be completed.
 * @param completed whether the batch was completed before.
 * @param states what the reads of its status are to tell after COMPLETE.
 */
export function moveOf(
  action: Action,
  status: BatchStatus,
  completed: boolean,
  states: readonly BatchStatus[],
): Move {
  switch (action) {
    case 'COMPLETE':
      if (status === 'loading') return { to: 'staging', next: states };
      if (!completed) return 'refused';
      return [...BEFORE_LOADED, ...LOADED, ...FAILED].includes(status) ? 'nothing' : 'refused';
    case 'ABORT':
      return BEFORE_LOADED.includes(status) ? { to: 'aborted', next: [] } : 'refused';
    case 'FAIL':
      return BEFORE_LOADED.includes(status) ? { to: 'failed', next: [] } : 'refused';
    case 'REVERT':
      return LOADED.includes(status) ? takenBack : 'refused';
  }
}

/** The way of a batch that was reverted or replaced. */
export const takenBack = {
  to: 'inactive',
  next: ['inactive', 'deleted'],
} as const satisfies Move;

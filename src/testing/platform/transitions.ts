/** Which status a batch gets by which action. */
import type { components } from '../../../generated/openapi.js';
import type { KnownStatus } from '../../resources/statuses.js';

export type BatchStatus = components['schemas']['BatchStatus'];
export type Action = components['schemas']['BatchAction'];

/** How far a batch has come. Nothing more happens to one that has `ended`. */
type Phase = 'open' | 'ingesting' | 'loaded' | 'failed' | 'ended';

/** A status that is new in the document does not compile until its phase is decided. */
const PHASES = {
  loading: 'open',
  loaded: 'ingesting',
  queued: 'ingesting',
  processing: 'ingesting',
  staging: 'ingesting',
  staged: 'ingesting',
  retrying: 'ingesting',
  stalled: 'ingesting',
  success: 'loaded',
  active: 'loaded',
  failed: 'failed',
  failure: 'failed',
  aborted: 'ended',
  abandoned: 'ended',
  inactive: 'ended',
  deleted: 'ended',
  archived: 'ended',
  retained: 'ended',
} as const satisfies Record<KnownStatus, Phase>;

const phases: ReadonlyMap<string, Phase> = new Map(Object.entries(PHASES));
const findPhase = (status: BatchStatus): Phase => phases.get(status) ?? 'ended';

export const isLoaded = (status: BatchStatus): boolean => findPhase(status) === 'loaded';
export const isFailed = (status: BatchStatus): boolean => findPhase(status) === 'failed';

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
const COMPLETED = { to: 'staging', pending: [] } as const satisfies Transition;
const ABORTED = { to: 'aborted', pending: [] } as const satisfies Transition;
const FAILED = { to: 'failed', pending: [] } as const satisfies Transition;

const AFTER_LOADING = { loaded: 'rejected', failed: 'rejected', ended: 'rejected' } as const;
const UNTIL_LOADED = { open: 'rejected', ingesting: 'rejected' } as const;
const REPEATED = { ingesting: 'unchanged', loaded: 'unchanged', failed: 'unchanged' } as const;

/** An action that is new in the document does not compile until its transitions are decided. */
const TRANSITIONS = {
  COMPLETE: { open: COMPLETED, ...REPEATED, ended: 'rejected' },
  ABORT: { open: ABORTED, ingesting: ABORTED, ...AFTER_LOADING },
  FAIL: { open: FAILED, ingesting: FAILED, ...AFTER_LOADING },
  REVERT: { ...UNTIL_LOADED, loaded: REVERTED, failed: 'rejected', ended: 'rejected' },
} as const satisfies Record<Action, Record<Phase, Transition>>;

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
  const transition = TRANSITIONS[action][findPhase(status)];
  if (transition === COMPLETED) return { ...COMPLETED, pending: configured };
  return transition === 'unchanged' && !isCompleted ? 'rejected' : transition;
}

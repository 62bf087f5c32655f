import { ENDS } from './statuses.js';
import type { BatchStatus } from './types.js';

const NOT_COMPLETED: ReadonlySet<BatchStatus> = new Set(['loading', 'aborted', 'abandoned']);
/** The statuses after COMPLETE. One that the document does not list proves nothing. */
export const COMPLETED_STATUSES: readonly BatchStatus[] = Array.from(ENDS.keys()).filter(
  (status) => !NOT_COMPLETED.has(status),
);

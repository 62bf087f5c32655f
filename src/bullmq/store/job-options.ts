/** How jobs are retried, and what is kept of them. */
import { ApiError } from '../../http/errors.js';

/** About twenty minutes: what lasts longer needs somebody who looks at it. */
const ATTEMPTS = 25;
const FIRST_DELAY_MS = 1000;
const MAX_DELAY_MS = 60_000;
const JITTER = 0.25;

/** The name by which jobs ask for `backoff()`; BullMQ's own strategies know no longest delay. */
const BACKOFF = 'aep-batch';

/** A job that is done is removed: what it did is recorded elsewhere, and there may be millions. */
export const JOB_OPTIONS = {
  attempts: ATTEMPTS,
  backoff: { type: BACKOFF },
  removeOnComplete: true,
  removeOnFail: false,
  stackTraceLimit: 1,
};

/** @returns the delay before the next attempt, in milliseconds: as long as the platform asks, and no less than ours. */
export function backoff(attemptsMade: number, _type?: string, error?: Error): number {
  const own = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** (attemptsMade - 1));
  const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
  return Math.round(Math.max(own, asked) * (1 + JITTER * Math.random()));
}

/** Whether to try again, how long to wait, and the waiting: three small functions. */
import { setTimeout as delay } from 'node:timers/promises';
import { AnswerError, ApiError, ConnectionError, TimeoutError } from './errors.js';

/** The first wait; each further one is twice as long. */
const FIRST_DELAY_MS = 500;
/** No wait of our own choosing is longer. */
const MAX_DELAY_MS = 8000;
/** A quarter more or less, so that clients that failed together do not come back together. */
const JITTER = 0.25;
/** Clear refusals: the platform says that it did nothing. */
const REFUSED = new Set([429, 503]);
/** No such clarity: the answer is from something before the platform, or from a platform in trouble. */
const LOST = new Set([408, 500, 502, 504]);

/** Time and chance, so that no test has to wait for either. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** From 0 to below 1. */
  random(): number;
  /** Resolves after that many milliseconds, or rejects as soon as the signal says so. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export const realClock: Clock = {
  now: Date.now,
  random: Math.random,
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
};

/**
 * What a failure says about the request: it was `refused` and had no effect, its answer was `lost`
 * and nobody knows, or the failure is `final` and another try would end alike.
 */
export function judgeFailure(error: unknown): 'refused' | 'lost' | 'final' {
  if (error instanceof ConnectionError && error.permanent) return 'final';
  if (error instanceof ConnectionError || error instanceof TimeoutError) {
    return error.stateUnknown ? 'lost' : 'refused'; // nothing was sent, or nothing but a question
  }
  // A success that broke off on its way: the platform has done it.
  if (error instanceof AnswerError) return error.status < 300 ? 'lost' : 'final';
  if (!(error instanceof ApiError)) return 'final';
  if (REFUSED.has(error.status)) return 'refused';
  return LOST.has(error.status) ? 'lost' : 'final';
}

/**
 * How long to wait before the next try, in milliseconds: as long as the platform asks, else twice
 * as long as the last time.
 * @param attempt the number of the try that failed, from 1.
 */
export function retryDelayMs(
  attempt: number,
  retryAfterMs: number | undefined,
  random: number,
): number {
  if (retryAfterMs !== undefined) return retryAfterMs;
  const base = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS);
  return Math.round(base * (1 + JITTER * (2 * random - 1)));
}

/** Whether to try again, how long to wait, and the clock. */
import { ApiError, ConnectionError, InvalidResponseError, TimeoutError } from './errors.js';

/** The first wait; each further one is twice as long. */
export const FIRST_DELAY_MS = 500;
/** No wait of our own choosing is longer. */
const MAX_DELAY_MS = 8000;
/** A quarter more or less, so that clients that failed together do not come back together. */
export const JITTER = 0.25;
/** Clear refusals: the platform says that it did nothing. */
const REFUSED = new Set([429, 503]);
/** No such clarity: the answer is from something before the platform, or from a platform in trouble. */
const LOST = new Set([408, 500, 502, 504]);

/** setTimeout() fires at once for anything longer: 2^31 - 1. */
export const MAX_TIMER_MS = 2_147_483_647;

/** Time and chance, so that no test has to wait for either. */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC, which dates in responses are compared with. */
  now(): number;
  /**
   * Milliseconds since any fixed moment, never falling: deadlines and the life of tokens are measured
   * with it, so that a change of the system's time affects neither. Default: `now`.
   */
  monotonicNow?(): number;
  /** From 0 to below 1. */
  random(): number;
  /** Resolves after that many milliseconds, or rejects as soon as the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The real clock. Everything is read from `globalThis` at each use, so that fake timers drive it. */
const realClock: Required<Clock> = {
  now: () => Date.now(),
  monotonicNow: () => performance.now(),
  random: () => Math.random(),
  sleep,
};

/** The clock to use: the caller's with what it leaves out, or the real one. */
export function toClock(given: Clock | undefined): Required<Clock> {
  if (given === undefined) return realClock;
  return {
    now: () => given.now(),
    monotonicNow: () => (given.monotonicNow === undefined ? given.now() : given.monotonicNow()),
    random: () => given.random(),
    sleep: (ms, signal) => given.sleep(ms, signal),
  };
}

/** Not that of `node:timers/promises`, which fake timers do not replace. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return void reject(signal.reason);
    let timer: ReturnType<typeof setTimeout>;
    let leftMs = Math.max(0, ms);
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const step = () => {
      const stepMs = Math.min(leftMs, MAX_TIMER_MS);
      leftMs -= stepMs;
      timer = setTimeout(leftMs > 0 ? step : end, stepMs);
    };
    const end = () => {
      signal.removeEventListener('abort', abort);
      resolve();
    };
    signal.addEventListener('abort', abort, { once: true });
    step();
  });
}

/**
 * What a failure says about the request: it was `refused` and had no effect, its answer was `lost`
 * and nobody knows, or the failure is `final` and another try would end alike.
 */
export function classifyFailure(error: unknown): 'refused' | 'lost' | 'final' {
  if (error instanceof ConnectionError && error.permanent) return 'final';
  if (error instanceof ConnectionError || error instanceof TimeoutError) {
    return error.stateUnknown ? 'lost' : 'refused'; // nothing was sent, or nothing but a question
  }
  // A success that broke off on its way: the platform has done it.
  if (error instanceof InvalidResponseError) return error.status < 300 ? 'lost' : 'final';
  if (!(error instanceof ApiError)) return 'final';
  if (REFUSED.has(error.status)) return 'refused';
  return LOST.has(error.status) ? 'lost' : 'final';
}

/**
 * How long to wait before the next try, in milliseconds: twice as long as the last time, or as long
 * as the platform asks, if that is longer. Jitter only ever lengthens a wait that was asked for.
 * @param attempt the number of the try that failed, from 1.
 */
export function retryDelayMs(
  attempt: number,
  retryAfterMs: number | undefined,
  random: number,
): number {
  const base = Math.min(FIRST_DELAY_MS * 2 ** (attempt - 1), MAX_DELAY_MS);
  const own = Math.round(base * (1 + JITTER * (2 * random - 1)));
  if (retryAfterMs === undefined) return own;
  return Math.max(own, Math.round(retryAfterMs * (1 + JITTER * random)));
}

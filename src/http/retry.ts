/** Whether a failed call may be repeated, how long to wait before that, and the clock. */
import {
  ApiError,
  type CallError,
  ConnectionError,
  InvalidResponseError,
  TimeoutError,
} from './errors.js';

/** What happened to a call whose response was lost: repeat it, or take this as its response. */
export type Recovery = 'send again' | { status: number; body?: unknown };

/** How a call may be repeated. The caller of this layer says so: the layer knows no operation. */
export interface RetryPolicy {
  /**
   * Whether the same request may be sent again although the first may have taken effect. Default:
   * by the method, GET, HEAD and PUT.
   */
  readonly idempotent?: boolean;
  /**
   * Finds out what a call did whose response was lost, instead of sending it again blindly. What it
   * throws becomes the cause of the error that the caller gets.
   */
  readonly recover?: (lost: CallError) => Promise<Recovery>;
}

const IDEMPOTENT_METHODS = new Set(['GET', 'HEAD', 'PUT']);

export const isIdempotent = (method: string, policy: RetryPolicy): boolean =>
  policy.idempotent ?? IDEMPOTENT_METHODS.has(method);

/** The first wait; each further one is twice as long. */
export const FIRST_DELAY_MS = 500;
/** No wait of our own choosing is longer. */
const MAX_DELAY_MS = 8000;
/** A quarter more or less, so that clients that failed together do not come back together. */
export const JITTER = 0.25;
/** Statuses that say that the request had no effect. */
const REJECTED_STATUSES = new Set([429, 503]);
/** These may come from a gateway, or from a platform that failed halfway. */
const AMBIGUOUS_STATUSES = new Set([408, 500, 502, 504]);

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
 * What a failure says about the request: `rejected` means that it had no effect, `ambiguous` that it
 * may have had one, `fatal` that another attempt would end alike.
 */
export function classifyFailure(error: unknown): 'rejected' | 'ambiguous' | 'fatal' {
  if (error instanceof ConnectionError && error.permanent) return 'fatal';
  if (error instanceof ConnectionError || error instanceof TimeoutError) {
    return error.stateUnknown ? 'ambiguous' : 'rejected'; // not sent, or only a read
  }
  // A success whose body broke off: the platform has done it.
  if (error instanceof InvalidResponseError) return error.status < 300 ? 'ambiguous' : 'fatal';
  if (!(error instanceof ApiError)) return 'fatal';
  if (REJECTED_STATUSES.has(error.status)) return 'rejected';
  return AMBIGUOUS_STATUSES.has(error.status) ? 'ambiguous' : 'fatal';
}

/**
 * How long to wait before the next attempt, in milliseconds: twice as long as the last time, or as long
 * as the platform asks, if that is longer. Jitter only ever lengthens a wait that was asked for.
 * @param attempt the number of the attempt that failed, from 1.
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

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

/** No real header is longer; whatever is, is not parsed. */
const MAX_RETRY_AFTER_LENGTH = 1000;
const SECONDS = /^(?:\d+(?:\.\d*)?|\.\d+)$/;
/** The three date formats of HTTP. The oldest of them, asctime, names no zone and means UTC. */
const HTTP_DATE =
  /^[a-z]{3,9},? (?:\d{1,2}[ -][a-z]{3}[ -]\d{2,4}|[a-z]{3} {1,2}\d{1,2}) \d{2}:\d{2}:\d{2}(?: \d{4})?(?: (?:gmt|utc))?$/i;
const HAS_ZONE = / (?:gmt|utc)$/i;
const WEEKDAY = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*$/i;

/** The headers of a response, by their lower-case names. */
interface Headers {
  get(name: string): string | null;
}

/**
 * `Retry-After` (RFC 9110, 10.2.3): how long the response asks to wait, in milliseconds. Of several values the longest counts. A date
 * is compared with the response's own `Date`, because the two clocks may differ; without one, with ours.
 */
export function parseRetryAfter(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get('retry-after');
  if (value === null || value.length > MAX_RETRY_AFTER_LENGTH) return undefined;
  const sentAtMs = parseDate((headers.get('date') ?? '').trim()) ?? nowMs;
  const waits = splitList(value).flatMap((text) => {
    if (SECONDS.test(text)) return [Number(text) * 1000];
    const date = parseDate(text);
    return date === undefined ? [] : [date - sentAtMs];
  });
  if (waits.length === 0) return undefined;
  return Math.ceil(Math.min(Math.max(0, ...waits), Number.MAX_SAFE_INTEGER));
}

/** The values between commas; the comma after a weekday belongs to its date. */
function splitList(value: string): string[] {
  const values: string[] = [];
  let weekday = '';
  for (const part of value.split(',').map((text) => text.trim())) {
    if (weekday === '' && WEEKDAY.test(part)) {
      weekday = `${part}, `;
      continue;
    }
    values.push(weekday + part);
    weekday = '';
  }
  return values;
}

function parseDate(text: string): number | undefined {
  if (!HTTP_DATE.test(text)) return undefined;
  const date = Date.parse(HAS_ZONE.test(text) ? text : `${text} GMT`);
  return Number.isNaN(date) ? undefined : date;
}

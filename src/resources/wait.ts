/** Polls a batch until it has ended, and waits out transient failures. */
import { setMaxListeners } from 'node:events';
import {
  AbortError,
  ApiError,
  CallError,
  ConnectionError,
  CredentialsError,
  extendMessage,
  InvalidResponseError,
  NotFoundError,
  TimeoutError,
} from '../http/errors.js';
import type { RetryEvent } from '../http/events.js';
import { CALL_OPTIONS, type CallOptions } from '../http/options.js';
import { type Clock, FIRST_DELAY_MS, JITTER, MAX_TIMER_MS } from '../http/retry.js';
import { functionOption, number } from '../shared/checks.js';
import { notify } from '../shared/notify.js';
import { type OptionTable, optional, type ValidOptions, withDefault } from '../shared/options.js';
import { Outage } from './outage.js';
import { type BatchSummary, summarizeBatch, toOutcome, type WaitOutcome } from './outcome.js';
import type { Batch } from './types.js';
import { StatusWatch, type WaitWarning } from './wait-warnings.js';

const DEFAULT_POLL_INTERVAL_MS = 2000;
const DEFAULT_WAIT_TIMEOUT_MS = 24 * 3600 * 1000;
/** The longest time between two polls, as a multiple of the shortest. */
const MAX_INTERVALS = 30;
/** The Catalog may lag: a batch may be missing this often in a row before it counts as not existing. */
const MAX_MISSES = 5;
/** A poll at the end of the wait gets this long, or one attempt's timeout if that is shorter. */
const MIN_POLL_MS = 2000;
/** Below 500, the only statuses that may change without anybody doing something. */
const TRANSIENT_STATUSES = new Set([408, 425, 429]);
/** Not TLS at all, as where a load balancer is in maintenance: that passes, a bad certificate does not. */
const NOT_TLS = /^(?:EPROTO|ERR_SSL)/;

/** The options of `batches.wait()`. */
export interface WaitOptions extends CallOptions {
  /** The shortest time between two polls, in milliseconds. Default 2000; it grows to 30 times. */
  pollIntervalMs?: number;
  /** How long to wait in all, in milliseconds. Default 24 hours. */
  waitTimeoutMs?: number;
  /** Called with a copy whenever the status changes, unknown ones too. What it throws is ignored. */
  onStatus?: (batch: Batch) => void;
  /**
   * Called once when polls have failed three times in a row or for 30 seconds, and once when they
   * succeed again; once when the batch is still `loading` at the second poll, since nobody may have
   * completed it; and once for each status that is not listed. What it throws is ignored.
   */
  onWarning?: (warning: WaitWarning) => void;
}

type Defaults = 'pollIntervalMs' | 'waitTimeoutMs';
const MILLISECONDS = { max: MAX_TIMER_MS, unit: 'milliseconds' };

/** The options of a wait, and how each is checked. */
export const WAIT_OPTIONS: OptionTable<WaitOptions, Defaults> = {
  ...CALL_OPTIONS,
  pollIntervalMs: withDefault(number({ ...MILLISECONDS, min: 1 }), DEFAULT_POLL_INTERVAL_MS),
  waitTimeoutMs: withDefault(number({ ...MILLISECONDS, min: 0 }), DEFAULT_WAIT_TIMEOUT_MS),
  onStatus: optional(functionOption()),
  onWarning: optional(functionOption()),
};

/** A batch, how it ended, and what its entry says about that. */
export interface WaitResult extends BatchSummary {
  /** How it ended; `stalled` and `timed-out` are no end, and a later wait may find one. */
  outcome: WaitOutcome;
  /** As it was when it was last seen. */
  batch: Batch;
}

const toResult = (outcome: WaitOutcome, batch: Batch): WaitResult => ({
  outcome,
  batch,
  ...summarizeBatch(batch),
});

/** What waiting needs: the status, and time. */
export interface WaitTools {
  batchId: string;
  get: (options: CallOptions) => Promise<Batch>;
  clock: Required<Clock>;
  pause: (ms: number) => Promise<void>;
  /** The client's own, for a call that names none. */
  timeoutMs: number;
}

/**
 * Polls until the batch has come to an end, or the time is up. Transient failures are waited out:
 * lost connections, timeouts, 408, 425, 429, 5xx and invalid responses, of the token service too.
 */
export async function waitForBatch(
  tools: WaitTools,
  options: ValidOptions<WaitOptions, Defaults>,
): Promise<WaitResult> {
  const { onStatus, onWarning, pollIntervalMs: least, waitTimeoutMs, ...call } = options;
  const { clock, batchId } = tools;
  if (call.signal !== undefined) setMaxListeners(0, call.signal);
  const deadlineMs = clock.monotonicNow() + waitTimeoutMs;
  const outage = new Outage(batchId, clock, deadlineMs, onWarning);
  const watch = new StatusWatch(clock, onWarning);
  let seen: Batch | undefined;
  let misses = 0;
  for (let interval = least; ; ) {
    const { batch, error, startedMs } = await poll(tools, call, deadlineMs);
    if (batch !== undefined) {
      misses = 0;
      outage.end();
      if (batch.status !== seen?.status) notify(onStatus, batch);
      seen = batch;
      const outcome = toOutcome(batch);
      if (outcome !== undefined) return toResult(outcome, batch);
      watch.see(batch);
    } else if (isMiss(error) ? ++misses > MAX_MISSES : !isTransient(error)) {
      throw toWaitError(error, batchId, seen);
    }

    const left = deadlineMs - clock.monotonicNow();
    if (left <= 0 && seen !== undefined) return toResult('timed-out', seen);
    if (left <= 0) throw toWaitError(error, batchId, seen);
    const failures = isTransient(error) ? outage.add(error, startedMs) : 0;
    if (failures === 0) interval = nextInterval(interval, least, clock);
    const delayMs = failures === 0 ? interval : backoffMs(error, { failures, least }, clock);
    outage.report(Math.min(left, delayMs));
    await tools.pause(Math.min(left, delayMs)).catch((reason: unknown) => {
      throw toWaitError(reason, batchId, seen);
    });
  }
}

type Polled = { startedMs: number } & (
  | { batch: Batch; error?: undefined }
  | { batch?: undefined; error: unknown }
);

/** One poll, with the call's own retries; at the deadline it is ended, however far it has come. */
async function poll(tools: WaitTools, call: CallOptions, deadlineMs: number): Promise<Polled> {
  const { clock, get, batchId } = tools;
  const { signal } = call;
  const startedMs = clock.monotonicNow();
  let last: CallError | undefined;
  const onRetry = (event: RetryEvent) => {
    last = event.error;
    notify(call.onRetry, event);
  };
  const limit = new AbortController();
  let isExpired = false;
  const expire = () => {
    isExpired = true;
    limit.abort(new Error('the time of the wait is up'));
  };
  const abort = () => limit.abort(signal?.reason);
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  const least = Math.min(MIN_POLL_MS, call.timeoutMs ?? tools.timeoutMs);
  const timer = setTimeout(expire, Math.max(deadlineMs - startedMs, least));
  try {
    return { startedMs, batch: await get({ ...call, onRetry, signal: limit.signal }) };
  } catch (error) {
    if (!isExpired || !(error instanceof AbortError)) return { startedMs, error };
    const message = `no status of batch ${batchId} within the time of the wait. ${error.message}`;
    return { startedMs, error: last ?? new TimeoutError(message, error, deadlineMs - startedMs) };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

const isMiss = (error: unknown): error is NotFoundError =>
  error instanceof NotFoundError && error.operation === 'getBatch';

/** Whether a failure may pass although nobody does anything about it. */
function isTransient(error: unknown): error is CallError | CredentialsError {
  if (error instanceof ConnectionError) return !error.permanent || NOT_TLS.test(error.code ?? '');
  if (error instanceof ApiError) return error.status >= 500 || TRANSIENT_STATUSES.has(error.status);
  return [TimeoutError, InvalidResponseError, CredentialsError].some(
    (Class) => error instanceof Class,
  );
}

/**
 * The time to the next poll. Decorrelated jitter: between the shortest and three times the last, so
 * that many who wait do not poll together.
 */
const nextInterval = (last: number, least: number, { random }: Required<Clock>): number =>
  Math.min(least * MAX_INTERVALS, least + random() * (last * 3 - least));

/** The delay after a failed poll: as long as the platform asks, and no less than our backoff. */
function backoffMs(
  error: unknown,
  { failures, least }: { failures: number; least: number },
  { random }: Required<Clock>,
): number {
  const chance = random();
  const base = Math.max(least, FIRST_DELAY_MS) * 2 ** (failures - 1);
  const own = Math.min(least * MAX_INTERVALS, base * (1 - JITTER + 2 * JITTER * chance));
  const retryAfterMs = error instanceof ApiError ? error.retryAfterMs : undefined;
  return retryAfterMs === undefined ? own : Math.max(own, retryAfterMs * (1 + JITTER * chance));
}

/** The error that ends the wait: it names the batch, its last status and what to run next. */
function toWaitError(error: unknown, batchId: string, seen: Batch | undefined): unknown {
  if (!(error instanceof CallError || error instanceof CredentialsError)) return error;
  error.batchId = batchId;
  const last = seen === undefined ? 'no status was seen' : `the last status was ${seen.status}`;
  extendMessage(
    error,
    `The wait for batch ${batchId} ended without its outcome (${last}): run batches.wait("${batchId}") or \`aep-batch wait ${batchId}\` to wait for it again.`,
  );
  return error;
}

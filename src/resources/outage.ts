/** Polls that fail while a batch is waited for: when to warn, and when the warning is over. */
import type { Clock } from '../http/retry.js';
import type { AepBatchError } from '../shared/errors.js';
import { notify } from '../shared/notify.js';
import type { WaitWarning } from './wait-warnings.js';

/** Polls that failed so often in a row, or for so long, are worth a warning. */
const LASTING_POLLS = 3;
const LASTING_MS = 30_000;

/** Polls that fail one after another while a batch is waited for. */
export class Outage {
  readonly #batchId: string;
  readonly #clock: Required<Clock>;
  readonly #deadlineMs: number;
  readonly #onWarning: ((warning: WaitWarning) => void) | undefined;
  #current: { error: AepBatchError; polls: number; startedMs: number } | undefined;
  #isReported = false;

  constructor(
    batchId: string,
    clock: Required<Clock>,
    deadlineMs: number,
    onWarning: ((warning: WaitWarning) => void) | undefined,
  ) {
    this.#batchId = batchId;
    this.#clock = clock;
    this.#deadlineMs = deadlineMs;
    this.#onWarning = onWarning;
  }

  /** A poll that began then has failed. Returns how many have failed in a row. */
  add(error: AepBatchError, startedMs: number): number {
    this.#current ??= { error, polls: 0, startedMs };
    this.#current.error = error;
    return ++this.#current.polls;
  }

  /** Warns once if the outage lasts. @param delayMs how long it is until the next poll. */
  report(delayMs: number): void {
    if (this.#current === undefined || this.#isReported) return;
    const { error, polls, startedMs } = this.#current;
    const now = this.#clock.monotonicNow();
    if (polls < LASTING_POLLS && now - startedMs + delayMs < LASTING_MS) return;
    this.#isReported = true;
    const left = duration(this.#deadlineMs - now);
    this.#warn(
      `The status of batch ${this.#batchId} cannot be read for now; polling goes on for up to ${left}, the next time in ${duration(delayMs)}. ${error.message}`,
      false,
    );
  }

  /** A poll has succeeded. */
  end(): void {
    const { polls = 0, startedMs = 0 } = this.#current ?? {};
    if (this.#isReported) {
      const lasted = duration(this.#clock.monotonicNow() - startedMs);
      const failed = `after ${polls} failed ${polls === 1 ? 'poll' : 'polls'} in ${lasted}`;
      this.#warn(`The status of batch ${this.#batchId} can be read again ${failed}.`, true);
    }
    this.#current = undefined;
    this.#isReported = false;
  }

  #warn(message: string, isOver: boolean): void {
    if (this.#current === undefined) return;
    const { error, polls: attempts, startedMs } = this.#current;
    const sinceMs = this.#clock.monotonicNow() - startedMs;
    notify(this.#onWarning, { kind: 'outage', message, error, attempts, sinceMs, isOver });
  }
}

function duration(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 120) return `${Math.round(seconds * 10) / 10} s`;
  const minutes = seconds / 60;
  return minutes < 120 ? `${Math.round(minutes)} min` : `${Math.round(minutes / 60)} h`;
}

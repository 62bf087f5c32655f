/** Limits of the kind "at most so much within a time", kept for any such time and not only from hour to hour. */
import { abortable } from '../http/abortable.js';
import type { Clock } from '../http/retry.js';
import { withResolvers } from '../shared/with-resolvers.js';

/** The part of a clock that limits need. */
export type PaceClock = Required<Pick<Clock, 'now' | 'monotonicNow' | 'sleep'>>;

/** Nothing is sent for now: a limit is reached. */
export interface Pause {
  /** The option whose limit is reached. */
  limit: 'maxBytesPerHour' | 'maxBatchesPerMinute';
  /** When it goes on, as an ISO 8601 time in UTC. */
  until: string;
}

/** Called when a wait begins or turns out longer, and with `undefined` when it is over. */
export type PauseListener = (pause: Pause | undefined) => void;

/** How many entries a window keeps: what was used within the same part of it counts as used at the end of that. */
const ENTRIES = 60;
/** A wait that nobody notices is not reported. */
const MIN_REPORTED_MS = 1000;

/** What was used within the last so many milliseconds. */
export class SlidingWindow {
  readonly spanMs: number;
  readonly #entries: { amount: number; firstMs: number; lastMs: number }[] = [];
  #used = 0;

  constructor(spanMs: number) {
    this.spanMs = spanMs;
  }

  add(amount: number, nowMs: number): void {
    this.#used += amount;
    const last = this.#entries.at(-1);
    if (last === undefined || nowMs - last.firstMs >= this.spanMs / ENTRIES) {
      this.#entries.push({ amount, firstMs: nowMs, lastMs: nowMs });
      return;
    }
    last.amount += amount;
    last.lastMs = nowMs;
  }

  /** How long it takes, in whole milliseconds, until no more than so much counts as used. */
  waitMs(atMost: number, nowMs: number): number {
    this.#forget(nowMs);
    let used = this.#used;
    for (const { amount, lastMs } of this.#entries) {
      if (used <= atMost) return 0;
      used -= amount;
      // Whole ones: a clock that is rounded would wait for a rest of one for ever.
      if (used <= atMost) return Math.ceil(lastMs + this.spanMs - nowMs);
    }
    return 0;
  }

  #forget(nowMs: number): void {
    for (let [first] = this.#entries; first !== undefined; [first] = this.#entries) {
      if (first.lastMs + this.spanMs > nowMs) return;
      this.#used -= first.amount;
      this.#entries.shift();
    }
  }
}

/** How long to wait; or until some of what is reserved was used or given back. */
interface Wait {
  ms: number;
  isForUse: boolean;
}

/** A limit that several users share: they wait in the order in which they came. */
export class Budget {
  readonly #limit: Pause['limit'];
  readonly #amount: number;
  readonly #window: SlidingWindow;
  readonly #clock: PaceClock;
  /** What was admitted and is not used yet. It counts, and gets its time when it is used. */
  #reserved = 0;
  #lastInQueue: Promise<void> = Promise.resolve();
  /** Ends the wait of the first in the queue, which then looks again. */
  #wake: () => void = () => undefined;

  constructor(limit: Pause['limit'], amount: number, spanMs: number, clock: PaceClock) {
    this.#limit = limit;
    this.#amount = amount;
    this.#window = new SlidingWindow(spanMs);
    this.#clock = clock;
  }

  /**
   * Resolves once so much more is within the limit, and reserves it. More than the limit itself is admitted when
   * nothing else counts.
   * @throws the signal's reason.
   */
  async reserve(amount: number, signal: AbortSignal, onPause?: PauseListener): Promise<void> {
    const before = this.#lastInQueue;
    const turn = withResolvers();
    this.#lastInQueue = turn.promise;
    let isReported = false;
    try {
      await abortable(before, signal);
      for (let wait = this.#findWait(amount); wait.ms > 0; wait = this.#findWait(amount)) {
        if (!wait.isForUse && wait.ms >= MIN_REPORTED_MS) {
          isReported = true;
          onPause?.(this.#describe(wait.ms));
        }
        await this.#sleep(wait, signal);
      }
      this.#reserved += amount;
    } finally {
      void before.then(turn.resolve); // whoever leaves early keeps the place of those before
      if (isReported) onPause?.(undefined);
    }
  }

  /** Uses some of what was reserved, now. */
  use(amount: number): void {
    this.#reserved -= amount;
    this.#window.add(amount, this.#clock.monotonicNow());
    this.#wake();
  }

  /** Gives back what was reserved and will not be used. */
  release(amount: number): void {
    if (amount === 0) return;
    this.#reserved -= amount;
    this.#wake();
  }

  #findWait(amount: number): Wait {
    const room = this.#amount - amount - this.#reserved;
    // When what is reserved will be used, and so when it stops to count, is not known.
    if (this.#reserved > 0 && room < 0) return { ms: this.#window.spanMs, isForUse: true };
    const ms = this.#window.waitMs(Math.max(0, room), this.#clock.monotonicNow());
    return { ms, isForUse: false };
  }

  #describe(waitMs: number): Pause {
    const until = new Date(this.#clock.now() + waitMs).toISOString();
    return { limit: this.#limit, until };
  }

  async #sleep({ ms, isForUse }: Wait, signal: AbortSignal): Promise<void> {
    const controller = new AbortController();
    const end = () => controller.abort();
    this.#wake = end;
    signal.addEventListener('abort', end, { once: true });
    try {
      signal.throwIfAborted();
      if (isForUse) await untilAborted(controller.signal);
      else await this.#clock.sleep(ms, controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', end);
      this.#wake = () => undefined;
    }
    signal.throwIfAborted();
  }
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });

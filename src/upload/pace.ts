/** The limits of a run: all its batches and all requests at the same time share them. */
import type { ByteSource } from '../http/body.js';
import { type Pace, PacedSource, type SendPermit } from '../http/pace.js';
import { Budget, type PaceClock, type PauseListener } from './budget.js';
import type { UploadPlan } from './options.js';

/** How much a run sends at most. Bytes are those of files as they go out, those sent again included. */
export interface PaceLimits {
  maxBytesPerSecond?: number | undefined;
  maxBytesPerHour?: number | undefined;
  maxBatchesPerMinute?: number | undefined;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** Bytes go in so many slices a second, so that the rate is even. */
const SLICES_PER_SECOND = 20;

/** An even rate: each amount takes its time, and the next one begins when that is over. */
export class Throttle {
  readonly #perSecond: number;
  #freeAtMs = Number.NEGATIVE_INFINITY;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  get sliceBytes(): number {
    return Math.max(1, Math.floor(this.#perSecond / SLICES_PER_SECOND));
  }

  /** Takes the next free time for an amount. @returns how long it is until then, in milliseconds. */
  take(amount: number, nowMs: number): number {
    const startMs = Math.max(nowMs, this.#freeAtMs);
    this.#freeAtMs = startMs + (amount * SECOND_MS) / this.#perSecond;
    return startMs - nowMs;
  }
}

/** The limits of a run, as an upload needs them. */
export interface RunPacer {
  /** The pace of requests with bytes, and who is notified of their waits; `undefined` where they have none. */
  paceBytes(onPause: PauseListener): Pace | undefined;
  /** Waits until another batch may be created. @throws the signal's reason. */
  admitBatch(signal: AbortSignal, onPause: PauseListener): Promise<void>;
  /** The plan with requests that the limits have room for. */
  fitPlan(plan: UploadPlan): UploadPlan;
}

export class Pacer implements RunPacer {
  readonly #clock: PaceClock;
  readonly #second: Throttle | undefined;
  readonly #hour: Budget | undefined;
  readonly #batches: Budget | undefined;
  readonly #maxRequestBytes: number;

  constructor(limits: PaceLimits, clock: PaceClock) {
    const { maxBytesPerSecond, maxBytesPerHour, maxBatchesPerMinute } = limits;
    this.#clock = clock;
    this.#maxRequestBytes = maxBytesPerHour ?? Number.POSITIVE_INFINITY;
    if (maxBytesPerSecond !== undefined) this.#second = new Throttle(maxBytesPerSecond);
    if (maxBytesPerHour !== undefined)
      this.#hour = new Budget('maxBytesPerHour', maxBytesPerHour, HOUR_MS, clock);
    if (maxBatchesPerMinute !== undefined)
      this.#batches = new Budget('maxBatchesPerMinute', maxBatchesPerMinute, MINUTE_MS, clock);
  }

  paceBytes(onPause: PauseListener): Pace | undefined {
    if (this.#second === undefined && this.#hour === undefined) return undefined;
    return {
      admit: async (bytes, signal) => {
        await this.#hour?.reserve(bytes, signal, onPause);
        return this.#permit(bytes);
      },
    };
  }

  async admitBatch(signal: AbortSignal, onPause: PauseListener): Promise<void> {
    if (this.#batches === undefined) return;
    await this.#batches.reserve(1, signal, onPause);
    this.#batches.use(1);
  }

  /** Files go in requests that the limit of an hour has room for: one that waits within would be cut off. */
  fitPlan(plan: UploadPlan): UploadPlan {
    const atMost = this.#maxRequestBytes;
    return {
      ...plan,
      largeFileThresholdBytes: Math.min(plan.largeFileThresholdBytes, atMost),
      partSizeBytes: Math.min(plan.partSizeBytes, atMost),
    };
  }

  #permit(bytes: number): SendPermit {
    let reserved = bytes;
    return {
      sliceBytes: this.#second?.sliceBytes ?? Number.POSITIVE_INFINITY,
      take: (count, signal) => {
        const waitMs = this.#second?.take(count, this.#clock.monotonicNow()) ?? 0;
        const use = () => {
          reserved -= count;
          this.#hour?.use(count);
        };
        if (waitMs > 0) return this.#clock.sleep(waitMs, signal).then(use);
        use();
        return undefined;
      },
      end: () => {
        this.#hour?.release(reserved);
        reserved = 0;
      },
    };
  }
}

/** The bytes of a request, held back where the run has limits. */
export const paceSource = (source: ByteSource, pace: Pace | undefined): ByteSource =>
  pace === undefined ? source : new PacedSource(source, pace);

/** The pacer of a run; `undefined` where no limit is set. */
export const createPacer = (limits: PaceLimits, clock: PaceClock): Pacer | undefined => {
  const { maxBytesPerSecond, maxBytesPerHour, maxBatchesPerMinute } = limits;
  const isLimited = [maxBytesPerSecond, maxBytesPerHour, maxBatchesPerMinute].some(
    (limit) => limit !== undefined,
  );
  return isLimited ? new Pacer(limits, clock) : undefined;
};

/**
 * Limits how many requests with bytes are in flight: as many as allowed, half as many after each 429
 * or 503, and one more again after as many successes as the limit is.
 */
export class AdaptiveLimiter {
  readonly #max: number;
  readonly #waiting: (() => void)[] = [];
  #limit: number;
  #inFlight = 0;
  #successes = 0;

  constructor(max: number) {
    this.#max = max;
    this.#limit = max;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** Does the work when there is room for it. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    while (this.#inFlight >= this.#limit) await this.#waitForRoom(signal);
    signal.throwIfAborted();
    this.#inFlight++;
    try {
      const result = await work();
      this.#succeeded();
      return result;
    } finally {
      this.#inFlight--;
      this.#waiting.shift()?.();
    }
  }

  /** Halves the limit, because the platform asks for less. */
  slowDown(): void {
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    this.#successes = 0;
  }

  #succeeded(): void {
    if (this.#limit === this.#max || ++this.#successes < this.#limit) return;
    this.#limit++;
    this.#successes = 0;
    this.#waiting.shift()?.();
  }

  /** Until a request has ended, or the limit has grown. */
  #waitForRoom(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const proceed = () => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const stop = () => {
        this.#waiting.splice(this.#waiting.indexOf(proceed), 1);
        reject(signal.reason);
      };
      signal.throwIfAborted();
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.push(proceed);
    });
  }
}

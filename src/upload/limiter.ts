import { setMaxListeners } from 'node:events';

/**
 * How many requests with bytes may be under way at a time: as many as allowed, half as many after
 * each 429 or 503, and one more again after as many successes as there may be requests.
 */
export class AdaptiveLimiter {
  readonly #most: number;
  readonly #waiting: (() => void)[] = [];
  #limit: number;
  #underWay = 0;
  #successes = 0;

  constructor(most: number) {
    this.#most = most;
    this.#limit = most;
  }

  get underWay(): number {
    return this.#underWay;
  }

  /** Does the work when there is room for it. */
  async run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    while (this.#underWay >= this.#limit) await this.#turn(signal);
    signal.throwIfAborted();
    this.#underWay++;
    try {
      const result = await work();
      this.#succeeded();
      return result;
    } finally {
      this.#underWay--;
      this.#waiting.shift()?.();
    }
  }

  /** The platform asks for less. */
  slowDown(): void {
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
    this.#successes = 0;
  }

  #succeeded(): void {
    if (this.#limit === this.#most || ++this.#successes < this.#limit) return;
    this.#limit++;
    this.#successes = 0;
    this.#waiting.shift()?.();
  }

  /** Until a request has ended, or there is room for one more. */
  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const go = () => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const stop = () => {
        this.#waiting.splice(this.#waiting.indexOf(go), 1);
        reject(signal.reason);
      };
      signal.throwIfAborted();
      setMaxListeners(0, signal); // many wait for the same one
      signal.addEventListener('abort', stop, { once: true });
      this.#waiting.push(go);
    });
  }
}

/** A clock whose time passes only when all work waits for it: sleepers wake in the order of their times. */
export class VirtualClock {
  nowMs = 0;
  readonly #sleepers = new Set<{ atMs: number; wake: () => void }>();

  readonly now = (): number => 1_700_000_000_000 + this.nowMs;
  readonly monotonicNow = (): number => this.nowMs;
  readonly random = (): number => 0.5;
  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const stop = () => {
        this.#sleepers.delete(sleeper);
        reject(signal.reason);
      };
      const wake = () => {
        signal.removeEventListener('abort', stop);
        resolve();
      };
      const sleeper = { atMs: this.nowMs + ms, wake };
      signal.addEventListener('abort', stop);
      this.#sleepers.add(sleeper);
    });

  get sleepers(): number {
    return this.#sleepers.size;
  }

  /** Lets time pass until nobody sleeps any more, or up to a moment. */
  async run(untilMs = Number.POSITIVE_INFINITY): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve)); // whatever can go on without time does
      const [next] = [...this.#sleepers].sort((a, b) => a.atMs - b.atMs);
      if (next === undefined || next.atMs > untilMs) break;
      this.#sleepers.delete(next);
      this.nowMs = next.atMs;
      next.wake();
    }
    if (untilMs !== Number.POSITIVE_INFINITY) this.nowMs = untilMs;
  }
}

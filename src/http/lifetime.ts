import { setMaxListeners } from 'node:events';

/** The end of a client, which everything that is under way may wait for. */
export class Ending {
  readonly #controller = new AbortController();
  readonly #listeners = new Set<() => void>();

  constructor() {
    setMaxListeners(0, this.#controller.signal); // any number of calls may wait for one token
  }

  /** Aborted at the end, with what it ended for. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** For those of whom there is one a call: as listeners of the signal they would be 6 % of a small one. */
  add(listener: () => void): void {
    this.#listeners.add(listener);
    if (this.signal.aborted) listener();
  }

  remove(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /**
   * Work that ends with the caller's signal or with the client. Both are let go of afterwards, which
   * `AbortSignal.any` does not do: a signal that is used for every call would grow with each.
   */
  async linked<T>(
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    const end = () => controller.abort(signal?.aborted ? signal.reason : this.signal.reason);
    this.add(end);
    if (signal !== undefined) {
      setMaxListeners(0, signal); // one signal may end a hundred calls
      signal.addEventListener('abort', end);
      if (signal.aborted) end();
    }
    try {
      return await work(controller.signal);
    } finally {
      this.remove(end);
      signal?.removeEventListener('abort', end);
    }
  }

  end(reason: Error): void {
    this.#controller.abort(reason);
    for (const listener of this.#listeners) listener();
  }
}

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

  end(reason: Error): void {
    this.#controller.abort(reason);
    for (const listener of this.#listeners) listener();
  }
}

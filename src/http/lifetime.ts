import { setMaxListeners } from 'node:events';

/** How long a client lives, and what ends with it: calls, waits, and work on a caller's signal. */
export class ClientLifetime {
  readonly #controller = new AbortController();
  readonly #listeners = new Set<() => void>();

  constructor() {
    setMaxListeners(0, this.#controller.signal); // any number of calls may wait for one token
  }

  /** Aborted when the client is closed. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** For attempts: as listeners of the signal they would be 6 % of a small call. */
  add(listener: () => void): void {
    this.#listeners.add(listener);
    if (this.signal.aborted) listener();
  }

  remove(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** The first signal that is aborted: one of the call's own, or that of the client. */
  findAborted(signals: readonly AbortSignal[]): AbortSignal | undefined {
    for (const signal of signals) if (signal.aborted) return signal;
    return this.signal.aborted ? this.signal : undefined;
  }

  /**
   * Runs work that ends with one of the call's signals or with the client. Listeners are removed
   * afterwards, which `AbortSignal.any` does not do: a signal that is used for every call would grow
   * with each.
   */
  async linked<T>(
    signals: readonly AbortSignal[],
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const controller = new AbortController();
    const end = () => controller.abort(this.findAborted(signals)?.reason);
    this.add(end);
    for (const signal of signals) listen(signal, end);
    try {
      return await work(controller.signal);
    } finally {
      this.remove(end);
      for (const signal of signals) signal.removeEventListener('abort', end);
    }
  }

  end(reason: Error): void {
    this.#controller.abort(reason);
    for (const listener of this.#listeners) listener();
  }
}

/** Calls the listener when the signal is aborted, at once if it is already. */
export function listen(signal: AbortSignal, listener: () => void): void {
  setMaxListeners(0, signal); // one signal may end a hundred calls
  signal.addEventListener('abort', listener);
  if (signal.aborted) listener();
}

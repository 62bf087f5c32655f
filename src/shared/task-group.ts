import { setMaxListeners } from 'node:events';

/**
 * Tasks that run at the same time: the first failure aborts the others, and so does the caller's
 * signal. Not `AbortSignal.any()`: it stays registered with a caller's signal that lives as long as
 * the program.
 */
export class TaskGroup {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #onOuterAbort = () => this.#controller.abort(this.#outer?.reason);
  #failure: { error: unknown } | undefined;

  constructor(outer: AbortSignal | undefined) {
    this.#outer = outer;
    setMaxListeners(0, this.signal); // each task listens to the same signal
    if (outer === undefined) return;
    setMaxListeners(0, outer);
    outer.addEventListener('abort', this.#onOuterAbort);
    if (outer.aborted) this.#onOuterAbort();
  }

  /** For the tasks: aborted by the first failure, or by the caller. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** A task has failed. Only the first failure counts. */
  abortOthers(error: unknown): void {
    this.#failure ??= { error };
    this.#controller.abort(error);
  }

  /**
   * Waits until all tasks have ended; the caller's signal is then let go of.
   * @throws the first failure, or the reason of the caller's abort.
   */
  async settle(tasks: readonly Promise<unknown>[]): Promise<void> {
    try {
      await Promise.all(tasks);
    } finally {
      this.#outer?.removeEventListener('abort', this.#onOuterAbort);
    }
    if (this.#failure !== undefined) throw this.#failure.error;
    this.signal.throwIfAborted();
  }
}

/**
 * The right of a worker to carry out a job. BullMQ gives the job to another worker once the lock has expired, and a
 * worker that was stopped meanwhile, by the system or for a debugger, does not notice: it goes on where it was.
 * Therefore everything that a job sends is preceded by a look at the clock.
 */
import { AepBatchError } from '../../shared/errors.js';

/** The share of the lock's time that is not used: clocks differ, and Redis is not asked before each step. */
const MARGIN = 0.1;

/** The worker may have lost the job to another one, so it does nothing more. */
export class LeaseLostError extends AepBatchError {
  override readonly name = 'LeaseLostError';

  constructor() {
    super('The lock of the job was not renewed in time, so another worker may carry it out.');
  }
}

export class Lease {
  readonly #abort = new AbortController();
  readonly #durationMs: number;
  #heldUntilMs: number;
  #timer: NodeJS.Timeout | undefined;

  /** @param ageMs how long ago the lock was set. */
  constructor(durationMs: number, ageMs: number) {
    this.#durationMs = durationMs * (1 - MARGIN);
    this.#heldUntilMs = performance.now() - ageMs + this.#durationMs;
    this.#watch();
  }

  /** Aborted once the lease is lost. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get isLost(): boolean {
    if (performance.now() >= this.#heldUntilMs) this.lose();
    return this.#abort.signal.aborted;
  }

  /** The lock was renewed by a command that was sent at this time. */
  renewed(sentAtMs: number): void {
    if (!this.isLost) this.#heldUntilMs = Math.max(this.#heldUntilMs, sentAtMs + this.#durationMs);
  }

  /** @throws {LeaseLostError} */
  assertHeld(): void {
    if (this.isLost) throw new LeaseLostError();
  }

  lose(): void {
    this.#abort.abort(new LeaseLostError());
    this.close();
  }

  /** The job has ended. */
  close(): void {
    clearTimeout(this.#timer);
  }

  #watch(): void {
    this.#timer = setTimeout(
      () => {
        if (!this.isLost) this.#watch();
      },
      Math.max(1, this.#heldUntilMs - performance.now()),
    );
  }
}

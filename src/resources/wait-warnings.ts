/** Warnings of a wait that goes on. */
import type { Clock } from '../http/retry.js';
import type { AepBatchError } from '../shared/errors.js';
import { notify } from '../shared/notify.js';
import { isListed } from './statuses.js';
import type { Batch, BatchStatus } from './types.js';

/** The polls after which a batch that is still loading is worth a warning. */
const LOADING_POLLS = 2;

/** What `onWarning` of a wait gets. The wait goes on. */
export interface WaitWarning {
  /**
   * `outage`: the status cannot be read, or can be read again; `not-completed`: the batch is still `loading`;
   * `unknown-status`: its status is not one of those that are listed.
   */
  kind: 'outage' | 'not-completed' | 'unknown-status';
  /** One sentence or more for a log or a terminal. */
  message: string;
  /** Why the last poll failed, of an outage. */
  error: AepBatchError | undefined;
  /** How many polls in a row showed it. */
  attempts: number;
  /** How long ago the first of them began, in milliseconds. */
  sinceMs: number;
  /** Whether it has passed: polls succeed again. */
  isOver: boolean;
}

/** Looks for statuses that a wait may never leave, and warns once of each. */
export class StatusWatch {
  readonly #clock: Required<Clock>;
  readonly #onWarning: ((warning: WaitWarning) => void) | undefined;
  readonly #reported = new Set<BatchStatus>();
  #current: { status: BatchStatus; polls: number; startedMs: number } | undefined;

  constructor(clock: Required<Clock>, onWarning: ((warning: WaitWarning) => void) | undefined) {
    this.#clock = clock;
    this.#onWarning = onWarning;
  }

  /** A poll has shown a batch that is in progress. */
  see({ id, status }: Batch): void {
    const now = this.#clock.monotonicNow();
    if (this.#current?.status !== status) this.#current = { status, polls: 0, startedMs: now };
    this.#current.polls++;
    if (this.#reported.has(status)) return;
    const isLoading = status === 'loading' && this.#current.polls >= LOADING_POLLS;
    if (isLoading) {
      this.#warn(
        'not-completed',
        `Batch ${id} is still loading: nothing is loaded until it is completed. If nobody has done that, run batches.complete("${id}") or \`aep-batch complete ${id}\`. The wait goes on.`,
      );
    } else if (!isListed(status)) {
      this.#warn(
        'unknown-status',
        `Batch ${id} has the status ${status}, which this version does not know. The wait goes on until it has one that ends it.`,
      );
    }
  }

  #warn(kind: WaitWarning['kind'], message: string): void {
    if (this.#current === undefined) return;
    const { status, polls: attempts, startedMs } = this.#current;
    this.#reported.add(status);
    const sinceMs = this.#clock.monotonicNow() - startedMs;
    const warning = { kind, message, error: undefined, attempts, sinceMs, isOver: false };
    notify(this.#onWarning, warning);
  }
}

/** What one file may send: as much as was taken from the budget of all workers. */
import type { Pace, SendPermit } from '../../http/pace.js';
import type { IngestTarget } from '../../ingest/context.js';
import type { IngestState } from '../../ingest/state.js';
import { AepBatchError } from '../../shared/errors.js';
import type { RunPacer } from '../../upload/pace.js';
import type { SharedBudget, Taken } from './budget.js';
import { assertPieceFits, toWindowBytes } from './budget-options.js';

/** The budget is spent: the job goes on when its window has ended. */
export class BudgetSpentError extends AepBatchError {
  override readonly name = 'BudgetSpentError';

  constructor(readonly delayMs: number) {
    super('The budget of bytes is spent.');
  }
}

/**
 * Takes a file's bytes from the budget before anything of it is sent, so that a file which has begun does not wait
 * half-way. Bytes that nobody can know before, of requests that are repeated and of compressed files, are taken when
 * they are to be sent, and so are those of a file that is larger than a window.
 */
export class FileAllowance implements RunPacer {
  readonly #budget: SharedBudget;
  readonly #target: IngestTarget;
  readonly #path: string;
  readonly #taken: Taken;
  /** What was taken and not sent. */
  #left: number;

  private constructor(
    budget: SharedBudget,
    { target, path }: { target: IngestTarget; path: string },
    taken: Taken,
    left: number,
  ) {
    this.#budget = budget;
    this.#target = target;
    this.#path = path;
    this.#taken = taken;
    this.#left = left;
  }

  /**
   * @returns `undefined` where nothing is limited.
   * @throws {BudgetSpentError}
   */
  static async take(
    budget: SharedBudget,
    target: IngestTarget,
    { files, initialized }: IngestState,
  ): Promise<FileAllowance | undefined> {
    const { bytesPerHour } = budget;
    const [file] = files;
    if (bytesPerHour === undefined || file === undefined) return undefined;
    const { path, sizeBytes } = file;
    const arrived = initialized.get(path) ?? [];
    const rest = arrived.reduce((left, { start, end }) => left - (end - start), sizeBytes);
    const bytes = rest > toWindowBytes(bytesPerHour) ? 0 : Math.max(0, rest);
    const taken = await budget.takeBytes(target, bytes);
    if (taken.delayMs > 0) throw new BudgetSpentError(taken.delayMs);
    return new FileAllowance(budget, { target, path }, taken, bytes);
  }

  paceBytes(): Pace {
    return { admit: (bytes) => this.#admit(bytes) };
  }

  async admitBatch(): Promise<void> {}

  /** Another plan than that of an earlier run could not use the parts that have arrived. */
  fitPlan<Plan>(plan: Plan): Plan {
    return plan;
  }

  /** What was not sent is free for other files. */
  giveBack(): Promise<void> {
    const bytes = this.#left;
    this.#left = 0;
    return this.#budget.giveBackBytes(this.#target, bytes, this.#taken);
  }

  async #admit(bytes: number): Promise<SendPermit> {
    const own = Math.min(bytes, this.#left);
    this.#left -= own;
    try {
      await this.#takeMore(bytes - own);
    } catch (error) {
      this.#left += own;
      throw error;
    }
    let reserved = bytes;
    return {
      sliceBytes: Number.POSITIVE_INFINITY,
      take: (count) => {
        reserved -= count;
        return undefined;
      },
      end: () => {
        this.#left += reserved;
        reserved = 0;
      },
    };
  }

  async #takeMore(bytes: number): Promise<void> {
    assertPieceFits(this.#budget.bytesPerHour, this.#path, bytes);
    const { delayMs } = await this.#budget.takeBytes(this.#target, bytes);
    if (delayMs > 0) throw new BudgetSpentError(delayMs);
  }
}

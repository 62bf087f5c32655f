/** Whether a file may go into its batch, decided once its size is known or estimated, and before any of it is sent. */
import type { SourceFile } from './source.js';

export interface Admission {
  /** Whether no further file is admitted. */
  readonly isClosed: boolean;
  /** Decides before it returns; the promise is fulfilled once that is recorded. */
  admit(file: SourceFile, sizeBytes: number): Promise<boolean>;
}

/** The place of one file in the order in which files are admitted. */
export interface Turn {
  /** @returns whether the file is to be sent. */
  admit(sizeBytes: number): Promise<boolean>;
  /** Lets the next file decide, also where this one failed. */
  release(): void;
}

const FREE: Turn = { admit: async () => true, release: () => undefined };

/** Lets files in one after another, although several are read at a time: so the same files fill the same batches. */
export class AdmissionQueue {
  readonly #admission: Admission | undefined;
  #last: Promise<void> = Promise.resolve();

  constructor(admission: Admission | undefined) {
    this.#admission = admission;
  }

  get isClosed(): boolean {
    return this.#admission?.isClosed ?? false;
  }

  /** The turn of the next file; call `release()` in any case. */
  next(file: SourceFile): Turn {
    const admission = this.#admission;
    if (admission === undefined) return FREE;
    const before = this.#last;
    let release: () => void = () => undefined;
    this.#last = new Promise((resolve) => {
      release = resolve;
    });
    const admit = async (sizeBytes: number): Promise<boolean> => {
      await before;
      const admitted = admission.admit(file, sizeBytes);
      release();
      return admitted;
    };
    return { admit, release };
  }
}

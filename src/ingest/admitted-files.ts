/** The files that a batch of limited size has taken, and those that are left for another batch. */
import type { FileEntry } from './journal-entries.js';

export class AdmittedFiles {
  readonly #sizes = new Map<string, number>();
  #bytes = 0;
  #left: readonly FileEntry[] = [];
  #closures = 0;

  /** How many there are. */
  get count(): number {
    return this.#sizes.size;
  }

  /** What they have, as far as it is known. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The files that the batch was closed without. */
  get left(): readonly FileEntry[] {
    return this.#left;
  }

  /** How often files were left, also by the batches whose place this one takes. */
  get closures(): number {
    return this.#closures;
  }

  has(path: string): boolean {
    return this.#sizes.has(path);
  }

  /** Takes a file, or what is now known of its size. */
  set(path: string, sizeBytes: number): void {
    this.#bytes += sizeBytes - (this.#sizes.get(path) ?? 0);
    this.#sizes.set(path, sizeBytes);
  }

  close(left: readonly FileEntry[]): void {
    this.#left = left;
    this.#closures++;
  }

  /** Another plan begins. */
  clear(): void {
    this.#sizes.clear();
    this.#bytes = 0;
    this.#left = [];
  }
}

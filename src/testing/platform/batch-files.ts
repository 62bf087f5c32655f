/** The files of a batch: what was uploaded, and the large files that are not completed yet. */
import type { Disk } from './disk.js';
import { ReceivedParts } from './received-parts.js';

/** A file that was uploaded completely. */
export interface StoredFile {
  /** Its path in the batch. */
  readonly path: string;
  /** Where its bytes are on the disk. */
  readonly file: string;
  readonly sizeBytes: number;
}

/** A large file that was initialized and not completed. */
export interface OpenUpload {
  /** Where its bytes are on the disk. */
  readonly file: string;
  readonly parts: ReceivedParts;
}

/** One path holds one file or one open upload; what is replaced is removed from the disk. */
export class BatchFiles {
  readonly #disk: Disk;
  readonly #stored = new Map<string, StoredFile>();
  readonly #uploads = new Map<string, OpenUpload>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  /** The uploaded files, in the order in which their paths were first completed. */
  list(): StoredFile[] {
    return [...this.#stored.values()];
  }

  find(path: string): StoredFile | undefined {
    return this.#stored.get(path);
  }

  findUpload(path: string): OpenUpload | undefined {
    return this.#uploads.get(path);
  }

  /** The path of a large file that is not completed, if there is one. */
  findUnfinished(): string | undefined {
    const [path] = this.#uploads.keys();
    return path;
  }

  async put(stored: StoredFile): Promise<void> {
    const { path } = stored;
    const replaced = this.#filesAt(path).filter((file) => file !== stored.file);
    this.#uploads.delete(path);
    this.#stored.set(path, stored);
    await this.#remove(replaced);
  }

  async initialize(path: string): Promise<void> {
    const file = await this.#disk.newEmptyFile();
    const replaced = this.#filesAt(path);
    this.#stored.delete(path);
    this.#uploads.set(path, { file, parts: new ReceivedParts() });
    await this.#remove(replaced);
  }

  async removeAll(): Promise<void> {
    const all = [...this.#stored.values(), ...this.#uploads.values()].map(({ file }) => file);
    this.#stored.clear();
    this.#uploads.clear();
    await this.#remove(all);
  }

  #filesAt(path: string): string[] {
    const found = [this.#stored.get(path), this.#uploads.get(path)];
    return found.flatMap((one) => (one === undefined ? [] : [one.file]));
  }

  async #remove(files: readonly string[]): Promise<void> {
    await Promise.all(files.map((file) => this.#disk.remove(file)));
  }
}

/** A file that is written beside another one, and takes its place only once all of it is there. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, realpath, rename, rm } from 'node:fs/promises';
import { createPrivateFile } from './open-file.js';

/** Until `commit()` the file that was there stays as it is. What is written is for this user alone. */
export class ReplacementFile {
  readonly handle: FileHandle;
  readonly #temporary: string;
  readonly #target: string;
  #isInPlace = false;

  private constructor(handle: FileHandle, temporary: string, target: string) {
    this.handle = handle;
    this.#temporary = temporary;
    this.#target = target;
  }

  /** A link at this path is replaced, not followed. @throws {Error} of the file system. */
  static async create(target: string): Promise<ReplacementFile> {
    const temporary = `${target}.${randomUUID().slice(0, 8)}.tmp`;
    return new ReplacementFile(await createPrivateFile(temporary), temporary, target);
  }

  /** As `create()`, for a path of the user's: a link stays a link to the file that it names. */
  static async createAt(path: string): Promise<ReplacementFile> {
    return ReplacementFile.create(await realpath(path).catch(() => path));
  }

  /** Closes the file, and puts it in place. Some file systems report a full disk only now. */
  async commit(): Promise<void> {
    await this.handle.close();
    await rename(this.#temporary, this.#target);
    this.#isInPlace = true;
  }

  /** Closes the file, and deletes it unless it is in place. */
  async discard(): Promise<void> {
    if (this.#isInPlace) return;
    await this.handle.close().catch(() => undefined);
    await rm(this.#temporary, { force: true });
  }
}

/** Replaces a file by a text: whoever reads it gets the old text or the new one, never a part. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const file = await ReplacementFile.create(path);
  try {
    await file.handle.writeFile(text);
    await file.commit();
  } finally {
    await file.discard();
  }
}

/** A file of rows that the command writes: only for the user, and in place once all of it is written. */

import { randomUUID } from 'node:crypto';
import { type FileHandle, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { createPrivateFile } from '../../shared/open-file.js';
import { isSystemFailure, UsageError } from '../exit-codes.js';
import { formatQuantity } from '../format.js';

const BUFFER_CHARACTERS = 64 * 1024;

/**
 * Lines go to a temporary file beside the target, which takes its place with `commit()`. So a target that exists
 * stays as it is until there is something to put in its place, and all of it. A device or a pipe is written to
 * directly.
 */
export class OutputFile {
  readonly path: string;
  /** Lines added so far. */
  lines = 0;
  #handle: FileHandle | undefined;
  /** The temporary file, and the file that it replaces; `undefined` for a device. */
  #temporary: string | undefined;
  #target = '';
  #exists = false;
  #buffer = '';
  #bufferedLines = 0;

  constructor(path: string) {
    this.path = path;
  }

  async addLine(text: string): Promise<void> {
    if (this.#handle === undefined) await this.#open();
    this.#buffer += `${text}\n`;
    this.lines++;
    this.#bufferedLines++;
    if (this.#buffer.length > BUFFER_CHARACTERS) await this.#flush();
  }

  /** Puts the file in place, if there is a line in it. Some file systems report a full disk only now. */
  async commit(): Promise<void> {
    if (this.#handle === undefined) return;
    await this.#flush();
    await this.#handle.close().catch((error) => this.#fail(error));
    if (this.#temporary === undefined) return;
    await rename(this.#temporary, this.#target).catch((error) => this.#fail(error));
    this.#temporary = undefined;
  }

  /** Closes the file, and deletes it unless it is in place. */
  async discard(): Promise<void> {
    await this.#handle?.close().catch(() => undefined);
    if (this.#temporary !== undefined) await rm(this.#temporary, { force: true });
  }

  async #open(): Promise<void> {
    try {
      const stats = await stat(this.path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
      this.#exists = stats !== undefined;
      if (stats !== undefined && !stats.isFile()) {
        this.#handle = await open(this.path, 'w');
        return;
      }
      // A link stays a link to the file that it names.
      this.#target = await realpath(this.path).catch(() => this.path);
      const temporary = `${this.#target}.${randomUUID().slice(0, 8)}.tmp`;
      this.#handle = await createPrivateFile(temporary);
      this.#temporary = temporary;
    } catch (error) {
      this.#fail(error as NodeJS.ErrnoException);
    }
  }

  async #flush(): Promise<void> {
    await this.#handle?.appendFile(this.#buffer).catch((error) => this.#fail(error));
    this.#buffer = '';
    this.#bufferedLines = 0;
  }

  #fail(error: NodeJS.ErrnoException): never {
    // A path that cannot be opened is a mistake of the caller; a full disk is not.
    if (this.#handle === undefined && !isSystemFailure(error.code)) {
      throw new UsageError(`Cannot write ${this.path}: ${error.code}. Choose another file.`);
    }
    const isKept = this.#temporary !== undefined && this.#exists;
    const written = this.#temporary === undefined ? this.lines - this.#bufferedLines : 0;
    const state = isKept
      ? 'It is unchanged'
      : `It contains ${formatQuantity(written, 'row')} so far`;
    const message = `Cannot write to ${this.path}: ${error.message}. ${state}.`;
    throw new Error(message, { cause: error });
  }
}

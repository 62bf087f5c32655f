/** A file that the command writes line by line: only for the user, and in place once all of it is written. */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { ReplacementFile } from '../shared/replacement-file.js';
import { isSystemFailure, UsageError } from './exit-codes.js';
import { formatQuantity } from './format.js';

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
  /** `undefined` for a device. */
  #replacement: ReplacementFile | undefined;
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

  /** Puts the file in place, if there is a line in it. */
  async commit(): Promise<void> {
    if (this.#handle === undefined) return;
    await this.#flush();
    await (this.#replacement?.commit() ?? this.#handle.close()).catch((error) => this.#fail(error));
  }

  /** Closes the file, and deletes it unless it is in place. */
  async discard(): Promise<void> {
    if (this.#replacement === undefined) await this.#handle?.close().catch(() => undefined);
    else await this.#replacement.discard();
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
      this.#replacement = await ReplacementFile.createAt(this.path);
      this.#handle = this.#replacement.handle;
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
    const isKept = this.#replacement !== undefined && this.#exists;
    const written = this.#replacement === undefined ? this.lines - this.#bufferedLines : 0;
    const state = isKept
      ? 'It is unchanged'
      : `It contains ${formatQuantity(written, 'line')} so far`;
    const message = `Cannot write to ${this.path}: ${error.message}. ${state}.`;
    throw new Error(message, { cause: error });
  }
}

/** Writes a text to a file of the user's. @throws {UsageError} for a path that cannot be written to. */
export async function writeTextFile(path: string, text: string): Promise<void> {
  const file = new OutputFile(path);
  try {
    await file.addLine(text);
    await file.commit();
  } finally {
    await file.discard();
  }
}

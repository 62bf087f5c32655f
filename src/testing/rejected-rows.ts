/** Writes rejected rows to the disk as JSON Lines, so many to a file. */

import { type FileHandle, open } from 'node:fs/promises';
import type { components } from '../../generated/openapi.js';
import type { Disk } from './disk.js';

/** A file of the diagnostics. */
export interface RowFile {
  readonly name: string;
  readonly file: string;
  readonly sizeBytes: number;
}

const MESSAGE = 'Row is corrupted and cannot be read, please fix and resend.';

export class RejectedRows {
  readonly #disk: Disk;
  readonly #perFile: number;
  readonly #files: { name: string; file: string; sizeBytes: number }[] = [];
  #open: FileHandle | undefined;
  #count = 0;
  #taken = 0;

  constructor(disk: Disk, perFile: number) {
    this.#disk = disk;
    this.#perFile = perFile;
  }

  /** How many there are so far. */
  get count(): number {
    return this.#count;
  }

  /** How many came since this was last asked. */
  take(): number {
    const fresh = this.#count - this.#taken;
    this.#taken = this.#count;
    return fresh;
  }

  async add(text: string, path: string): Promise<void> {
    const row: components['schemas']['RowError'] = {
      _corrupt_record: text,
      _errors: [{ code: '1401', message: MESSAGE }],
      _filename: path,
    };
    if (this.#count % this.#perFile === 0) await this.#next();
    const line = Buffer.from(`${JSON.stringify(row)}\n`);
    await this.#open?.appendFile(line);
    const last = this.#files.at(-1);
    if (last !== undefined) last.sizeBytes += line.length;
    this.#count += 1;
  }

  async #next(): Promise<void> {
    await this.#open?.close();
    const file = this.#disk.newFile();
    this.#open = await open(file, 'w');
    this.#files.push({ name: `parsing_errors_${this.#files.length}.json`, file, sizeBytes: 0 });
  }

  /** The files, all written. */
  async close(): Promise<readonly RowFile[]> {
    await this.#open?.close();
    return this.#files;
  }
}

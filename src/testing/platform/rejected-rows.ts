/** Writes rejected rows to the disk as JSON Lines, so many to a file. */

import { type FileHandle, open } from 'node:fs/promises';
import type { components } from '../../../generated/openapi.js';
import type { Disk } from './disk.js';

/** A file of the diagnostics. */
export interface RowFile {
  readonly name: string;
  readonly file: string;
  readonly sizeBytes: number;
}

const MESSAGE = 'Row is corrupted and cannot be read, please fix and resend.';

/** So much is written at a time. */
const HELD_CHARACTERS = 64 * 1024;

export class RejectedRows {
  readonly #disk: Disk;
  readonly #perFile: number;
  readonly #files: { name: string; file: string; sizeBytes: number }[] = [];
  #open: FileHandle | undefined;
  /** Lines that are not written yet. */
  #held = '';
  #count = 0;
  #taken = 0;

  constructor(disk: Disk, perFile: number) {
    this.#disk = disk;
    this.#perFile = perFile;
  }

  /** All written once this is closed. */
  get files(): readonly RowFile[] {
    return this.#files;
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
    this.#held += `${JSON.stringify(row)}\n`;
    this.#count += 1;
    if (this.#held.length > HELD_CHARACTERS) await this.#write();
  }

  async #write(): Promise<void> {
    const bytes = Buffer.from(this.#held);
    this.#held = '';
    await this.#open?.appendFile(bytes);
    const last = this.#files.at(-1);
    if (last !== undefined) last.sizeBytes += bytes.length;
  }

  async #next(): Promise<void> {
    await this.#write();
    await this.#open?.close();
    const file = this.#disk.newFile();
    this.#open = await open(file, 'w');
    this.#files.push({ name: `parsing_errors_${this.#files.length}.json`, file, sizeBytes: 0 });
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    await this.#write();
    await this.#open?.close();
    this.#open = undefined;
  }
}

/** Writes rejected rows to the disk as JSON Lines, a number of rows to a file. */
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

/** Lines are collected up to this length before they are written. */
const BUFFER_CHARACTERS = 64 * 1024;

export class RejectedRows {
  readonly #disk: Disk;
  readonly #rowsPerFile: number;
  readonly #files: { name: string; file: string; sizeBytes: number }[] = [];
  #handle: FileHandle | undefined;
  /** Lines that are not written yet. */
  #buffer = '';
  #count = 0;
  #takenCount = 0;

  constructor(disk: Disk, rowsPerFile: number) {
    this.#disk = disk;
    this.#rowsPerFile = rowsPerFile;
  }

  /** Complete once this is closed. */
  get files(): readonly RowFile[] {
    return this.#files;
  }

  /** How many rows were added so far. */
  get count(): number {
    return this.#count;
  }

  /** How many rows were added since the last call. */
  takeCount(): number {
    const added = this.#count - this.#takenCount;
    this.#takenCount = this.#count;
    return added;
  }

  async add(text: string, path: string): Promise<void> {
    const row: components['schemas']['RowError'] = {
      _corrupt_record: text,
      _errors: [{ code: '1401', message: MESSAGE }],
      _filename: path,
    };
    if (this.#count % this.#rowsPerFile === 0) await this.#startFile();
    this.#buffer += `${JSON.stringify(row)}\n`;
    this.#count += 1;
    if (this.#buffer.length > BUFFER_CHARACTERS) await this.#flush();
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#buffer);
    this.#buffer = '';
    await this.#handle?.appendFile(bytes);
    const last = this.#files.at(-1);
    if (last !== undefined) last.sizeBytes += bytes.length;
  }

  async #startFile(): Promise<void> {
    await this.close();
    const file = this.#disk.newFile();
    this.#handle = await open(file, 'w');
    this.#files.push({ name: `parsing_errors_${this.#files.length}.json`, file, sizeBytes: 0 });
  }

  /** Writes the lines that are left. */
  async close(): Promise<void> {
    await this.#flush();
    await this.#handle?.close();
    this.#handle = undefined;
  }
}

/**
 * Writes rejected rows to the disk as JSON Lines, a number of rows to a file: rows that cannot be parsed to files
 * of one name, rows that do not fit the schema to files of another.
 */
import { type FileHandle, open } from 'node:fs/promises';
import type { components } from '../../../generated/openapi.js';
import type { Outcome } from '../options.js';
import type { Disk } from './disk.js';

type RowError = components['schemas']['RowError'];

/** A file of the diagnostics. */
export interface RowFile {
  readonly name: string;
  readonly file: string;
  readonly sizeBytes: number;
}

/** Why a row that cannot be parsed is rejected. */
export const UNREADABLE: RowError['_errors'][number] = {
  code: '1401',
  message: 'Row is corrupted and cannot be read, please fix and resend.',
};

/** Lines are collected up to this length before they are written. */
const BUFFER_CHARACTERS = 64 * 1024;

export class RejectedRows {
  readonly #unreadable: RowReport;
  readonly #invalid: RowReport;
  /** How many rows have a reason with this code. */
  readonly codes = new Map<string, number>();
  #count = 0;
  #takenCount = 0;

  constructor(disk: Disk, rowsPerFile: number, form: Outcome['report']) {
    this.#unreadable = new RowReport('parsing_errors', disk, rowsPerFile, form);
    this.#invalid = new RowReport('conversion_errors', disk, rowsPerFile, form);
  }

  /** Complete once this is closed. */
  get files(): readonly RowFile[] {
    return [...this.#invalid.files, ...this.#unreadable.files];
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

  async add(row: RowError): Promise<void> {
    for (const code of new Set(row._errors.map((reason) => reason.code))) {
      this.codes.set(code, (this.codes.get(code) ?? 0) + 1);
    }
    this.#count += 1;
    await (row._corrupt_record === undefined ? this.#invalid : this.#unreadable).add(row);
  }

  /** Writes the lines that are left. */
  async close(): Promise<void> {
    await Promise.all([this.#invalid.close(), this.#unreadable.close()]);
  }
}

const spread = (text: string): string => JSON.stringify(JSON.parse(text), undefined, 2);

/** Files of one name with a number. */
class RowReport {
  readonly files: { name: string; file: string; sizeBytes: number }[] = [];
  readonly #name: string;
  readonly #disk: Disk;
  readonly #rowsPerFile: number;
  readonly #form: Outcome['report'];
  #handle: FileHandle | undefined;
  /** Lines that are not written yet. */
  #buffer = '';
  #count = 0;

  constructor(name: string, disk: Disk, rowsPerFile: number, form: Outcome['report']) {
    this.#form = form;
    this.#name = name;
    this.#disk = disk;
    this.#rowsPerFile = rowsPerFile;
  }

  async add(row: RowError): Promise<void> {
    if (this.#count % this.#rowsPerFile === 0) await this.#startFile();
    const text = serialize(row);
    const isFirst = this.#buffer === '' && this.files.at(-1)?.sizeBytes === 0;
    if (this.#form === 'cut' && isFirst) this.#buffer += `${text.slice(0, text.length / 2)}\n`;
    this.#buffer += `${this.#form === 'spread' ? spread(text) : text}\n`;
    this.#count += 1;
    if (this.#buffer.length > BUFFER_CHARACTERS) await this.#flush();
  }

  async close(): Promise<void> {
    await this.#flush();
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#buffer);
    this.#buffer = '';
    await this.#handle?.appendFile(bytes);
    const last = this.files.at(-1);
    if (last !== undefined) last.sizeBytes += bytes.length;
  }

  async #startFile(): Promise<void> {
    await this.close();
    const file = this.#disk.newFile();
    this.#handle = await open(file, 'w');
    this.files.push({ name: `${this.#name}_${this.files.length}.json`, file, sizeBytes: 0 });
  }
}

/** `JSON.stringify` recurses, and fails for what is nested too deeply: then only the reasons are left. */
function serialize(row: RowError): string {
  try {
    return JSON.stringify(row);
  } catch {
    const { _errors, _filename } = row;
    return JSON.stringify({ _errors, _filename });
  }
}

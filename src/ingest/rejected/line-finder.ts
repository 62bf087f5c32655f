/** Finds the lines of rejected rows: one pass over the rows, then one over each source that has some. */
import { isUtf8 } from 'node:buffer';
import { toColumns } from '../../resources/row-error.js';
import type { RowError } from '../../resources/types.js';
import { CsvRowScanner } from './csv-row-scanner.js';
import {
  findLocalSource,
  type LocalSource,
  readChunks,
  type SourceFormat,
  type SourceKind,
  SourceNames,
  type UploadedSource,
} from './local-sources.js';
import { canonicalJson, type Hash, type HashKind, hashBytes } from './row-hash.js';
import { NO_SOURCE, RowIndex } from './row-index.js';
import { ArrayScanner, LineScanner, type OnRow, type RowScanner } from './row-scanners.js';

/** Where a row stands. */
export interface RowLocation {
  readonly source: UploadedSource;
  readonly line: number;
}

type Wanted = { readonly [Kind in HashKind]: boolean };

export class LineFinder {
  readonly #sources: readonly UploadedSource[];
  readonly #local: readonly LocalSource[];
  readonly #format: SourceFormat;
  readonly #names: SourceNames;
  readonly #index = new RowIndex();
  readonly #hash: Hash = { low: 0, high: 0 };
  /** By which kinds of hashes the rows of which source are looked for. */
  readonly #wanted = { text: new Set<number>(), value: new Set<number>() };
  /** Sources that could not be read to the end: what was found in them may be the wrong line. */
  readonly #unread = new Set<number>();

  private constructor(
    sources: readonly UploadedSource[],
    local: readonly LocalSource[],
    format: SourceFormat,
  ) {
    this.#format = format;
    this.#sources = sources;
    this.#local = local;
    this.#names = new SourceNames(sources);
  }

  /** Looks at the sources. @returns `undefined` if there are none on this machine. */
  static async open(
    sources: readonly UploadedSource[],
    format: SourceFormat,
  ): Promise<LineFinder | undefined> {
    const local: LocalSource[] = [];
    for (const [number, source] of sources.entries()) {
      const found = await findLocalSource(source, number, format);
      if (found !== undefined && hasLines(found, format)) local.push(found);
    }
    return local.length === 0 ? undefined : new LineFinder(sources, local, format);
  }

  /** Adds the next row; rows count from 0. */
  add(row: RowError): void {
    const source = this.#names.find(row);
    const kind = this.#hashRow(row, source);
    this.#index.add(this.#hash, kind === undefined ? NO_SOURCE : source);
    if (kind !== undefined) this.#wanted[kind].add(source);
  }

  /** Reads the sources, once all rows were added. */
  async readSources(signal?: AbortSignal): Promise<void> {
    this.#index.build((source) => this.#names.resolve(source));
    for (const source of this.#local) {
      const wanted: Wanted = {
        text: this.#isWanted(source, 'text'),
        value: this.#isWanted(source, 'value'),
      };
      if (!wanted.text && !wanted.value) continue;
      try {
        await this.#readSource(source, wanted, signal);
      } catch {
        signal?.throwIfAborted();
        this.#unread.add(source.number);
      }
    }
  }

  /** Where the nth row stands; `undefined` if that is not certain. */
  locate(row: number): RowLocation | undefined {
    const found = this.#index.locate(row);
    if (found === undefined || this.#unread.has(found.source)) return undefined;
    if (found.isAny && this.#unread.size > 0) return undefined;
    const source = this.#sources[found.source];
    return source === undefined ? undefined : { source, line: found.line };
  }

  #isWanted({ number }: LocalSource, kind: HashKind): boolean {
    for (const wanted of this.#wanted[kind]) {
      if (this.#names.mayBe(wanted, number)) return true;
    }
    return false;
  }

  /** Hashes what is known of a row. @returns by what it is looked for. */
  #hashRow(row: RowError, source: number): HashKind | undefined {
    const record = row._corrupt_record;
    const kinds = this.#local.filter(({ number }) => this.#names.mayBe(source, number));
    if (kinds.length === 0) return undefined;
    if (record === undefined) {
      const isCsv = kinds.every(({ kind }) => kind === 'csv'); // its values have no types
      return !isCsv && hashValue(this.#hash, toColumns(row)) ? 'value' : undefined;
    }
    // In an array the report has the element, which may be written in another way.
    const value = kinds.some(({ kind }) => kind === 'array') ? parseOrNothing(record) : undefined;
    if (value !== undefined) return hashValue(this.#hash, value) ? 'value' : undefined;
    const bytes = Buffer.from(record);
    return hashText(this.#hash, bytes, 0, bytes.length) ? 'text' : undefined;
  }

  /** Reads one source and compares its rows. */
  async #readSource(source: LocalSource, wanted: Wanted, signal?: AbortSignal): Promise<void> {
    const hash: Hash = { low: 0, high: 0 };
    const add = (line: number) => this.#index.addLine(hash, source.number, line);
    // Where an element is not JSON, the rest of the array may be cut in the wrong places.
    const stop = () => source.kind === 'array' && scanner.stop();
    let [wasUtf8, isUtf8Chunk] = [true, true];
    const scanner = createScanner(source.kind, this.#format, (bytes, from, to, line) => {
      let [row, start, end] = [bytes, ...trim(bytes, from, to)];
      if (start === end) return;
      if (!(wasUtf8 && isUtf8Chunk) && !isUtf8(row.subarray(start, end))) {
        row = Buffer.from(row.toString('utf8', start, end)); // as the report has it
        [start, end] = [0, row.length];
      }
      if (wanted.text && hashText(hash, row, start, end)) add(line);
      if (!wanted.value && source.kind !== 'array') return;
      const value = parseOrNothing(row.toString('utf8', start, end));
      if (value === undefined) stop();
      else if (hashValue(hash, value)) add(line);
    });
    const push = (chunk: Buffer): boolean => {
      [wasUtf8, isUtf8Chunk] = [isUtf8Chunk, isUtf8(chunk)];
      scanner.push(chunk);
      return !scanner.isDone;
    };
    await readChunks(source, push, signal);
    scanner.end();
  }
}

/** How rows of CSV are cut depends on its options: without them a line may be part of a value. */
const hasLines = ({ kind }: LocalSource, format: SourceFormat): boolean =>
  kind === 'csv' ? format.format === 'csv' : kind !== 'parquet';

function createScanner(kind: SourceKind, format: SourceFormat, onRow: OnRow): RowScanner {
  if (kind === 'csv') return new CsvRowScanner(format, onRow);
  return kind === 'array' ? new ArrayScanner(onRow) : new LineScanner(onRow);
}

function hashText(hash: Hash, bytes: Buffer, from: number, to: number): boolean {
  const [start, end] = trim(bytes, from, to);
  if (start === end) return false;
  hashBytes(hash, 'text', bytes, start, end);
  return true;
}

/** An empty object is no row that could be recognised. */
function hashValue(hash: Hash, value: unknown): boolean {
  const text = canonicalJson(value);
  if (text === undefined || text === '{}') return false;
  const bytes = Buffer.from(text);
  hashBytes(hash, 'value', bytes, 0, bytes.length);
  return true;
}

/** Bytes that are no part of a row at its ends: ASCII white space, and a byte order mark before it. */
function trim(bytes: Buffer, from: number, to: number): [start: number, end: number] {
  let [start, end] = [from, to];
  if (bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf) start += 3;
  while (start < end && isSpace(bytes[start])) start++;
  while (start < end && isSpace(bytes[end - 1])) end--;
  return [Math.min(start, end), end];
}

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);

function parseOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Finds the lines of rejected rows: one pass over the rows, then one over each source that has some. */
import { isUtf8 } from 'node:buffer';
import { toColumns } from '../../resources/row-error.js';
import type { RowError } from '../../resources/types.js';
import { ArrayRowScanner } from './array-row-scanner.js';
import { CsvRowScanner } from './csv-row-scanner.js';
import {
  findLocalSource,
  type LocalSource,
  readChunks,
  type SourceFormat,
  type SourceKind,
  SourceNames,
  toBatchFiles,
  type UploadedSource,
} from './local-sources.js';
import { canonicalJson, type Hash, type HashKind, hashBytes, RowSamples } from './row-hash.js';
import { NO_SOURCE, RowIndex } from './row-index.js';
import { LineScanner, type OnRow, type RowScanner } from './row-scanners.js';

/** Where a row stands. */
export interface RowLocation {
  readonly source: UploadedSource;
  readonly line: number;
}

/** The most bytes that a character (a UTF-16 unit) takes in UTF-8. */
const MAX_CHARACTER_BYTES = 3;
/** Longer texts are rare, and get buffers of their own. */
const MAX_ENCODED_BYTES = 64 * 1024;

type Wanted = { readonly [Kind in HashKind]: boolean };

/** A source within its file of the batch: the lines of those before it come first. */
interface Placed {
  readonly source: UploadedSource;
  readonly linesBefore: number;
}

export class LineFinder {
  /** The sources that were read, by the number of their file. */
  readonly #placed = new Map<number, Placed[]>();
  readonly #local: readonly LocalSource[];
  readonly #format: SourceFormat;
  readonly #names: SourceNames;
  readonly #index = new RowIndex();
  readonly #samples = new RowSamples();
  readonly #kinds = new Map<number, Set<SourceKind>>();
  /** How many lines of a file were read. */
  readonly #lines = new Map<number, number>();
  #encoded: Buffer = Buffer.alloc(0);
  readonly #hash: Hash = { low: 0, high: 0 };
  /** By which kinds of hashes the rows of which source are looked for. */
  readonly #wanted = { text: new Set<number>(), value: new Set<number>() };
  /** Files that could not be read to the end: what was found in them may be the wrong line. */
  readonly #unread: Set<number>;

  private constructor(
    names: SourceNames,
    local: readonly LocalSource[],
    unread: Set<number>,
    format: SourceFormat,
  ) {
    this.#format = format;
    this.#local = local;
    this.#unread = unread;
    this.#names = names;
  }

  /** Looks at the sources. @returns `undefined` if there are none on this machine. */
  static async open(
    sources: readonly UploadedSource[],
    format: SourceFormat,
  ): Promise<LineFinder | undefined> {
    const local: LocalSource[] = [];
    /** Packed files of which a source is missing: the same row may be in that. */
    const unread = new Set<number>();
    const files = toBatchFiles(sources);
    for (const [number, file] of files.entries()) {
      for (const source of file.sources) {
        const found = await findLocalSource(source, number, format);
        if (found !== undefined && hasLines(found, format)) local.push(found);
        else if (file.sources.length > 1) unread.add(number);
      }
    }
    return local.length === 0
      ? undefined
      : new LineFinder(new SourceNames(files), local, unread, format);
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
    const placed = this.#placed.get(found.source)?.findLast((one) => one.linesBefore < found.line);
    return placed && { source: placed.source, line: found.line - placed.linesBefore };
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
    const kinds = this.#findKinds(source);
    if (kinds.size === 0) return undefined;
    if (record === undefined) {
      const isCsv = kinds.size === 1 && kinds.has('csv'); // its values have no types
      return !isCsv && hashValue(this.#hash, toColumns(row)) ? 'value' : undefined;
    }
    // In an array the report has the element, which may be written in another way.
    const value = kinds.has('array') ? parseOrNothing(record) : undefined;
    if (value !== undefined) return hashValue(this.#hash, value) ? 'value' : undefined;
    const bytes = this.#encode(record);
    const start = trimStart(bytes, 0, bytes.length);
    const end = trimEnd(bytes, start, bytes.length);
    if (start >= end) return undefined;
    this.#samples.add(bytes, start, end);
    hashBytes(this.#hash, 'text', bytes, start, end);
    return 'text';
  }

  /** Of what kinds the sources are that a row may be in. */
  #findKinds(source: number): Set<SourceKind> {
    let kinds = this.#kinds.get(source);
    if (kinds === undefined) {
      const local = this.#local.filter(({ number }) => this.#names.mayBe(source, number));
      kinds = new Set(local.map(({ kind }) => kind));
      this.#kinds.set(source, kinds);
    }
    return kinds;
  }

  /** The bytes of a text, valid until the next: buffers of their own would pile up. */
  #encode(text: string): Buffer {
    const maxBytes = text.length * MAX_CHARACTER_BYTES;
    if (maxBytes > MAX_ENCODED_BYTES) return Buffer.from(text);
    if (maxBytes > this.#encoded.length) this.#encoded = Buffer.allocUnsafeSlow(MAX_ENCODED_BYTES);
    return this.#encoded.subarray(0, this.#encoded.write(text));
  }

  /** Reads one source and compares its rows. */
  async #readSource(source: LocalSource, wanted: Wanted, signal?: AbortSignal): Promise<void> {
    const hash: Hash = { low: 0, high: 0 };
    const linesBefore = this.#lines.get(source.number) ?? 0;
    let lines = linesBefore;
    const placed = this.#placed.get(source.number) ?? [];
    placed.push({ source: source.source, linesBefore });
    this.#placed.set(source.number, placed);
    const add = (line: number) => this.#index.addLine(hash, source.number, linesBefore + line);
    // Where an element is not JSON, the rest of the array may be cut in the wrong places.
    const stop = () => source.kind === 'array' && scanner.stop();
    let [wasUtf8, isUtf8Chunk] = [true, true];
    const scanner = createScanner(source.kind, this.#format, (bytes, from, to, line) => {
      lines = linesBefore + line;
      let row = bytes;
      let start = trimStart(bytes, from, to);
      let end = trimEnd(bytes, start, to);
      if (start >= end) return;
      if (!(wasUtf8 && isUtf8Chunk) && !isUtf8(row.subarray(start, end))) {
        row = Buffer.from(row.toString('utf8', start, end)); // as the report has it
        start = 0;
        end = row.length;
      }
      if (wanted.text && this.#samples.mayHave(row, start, end)) {
        hashBytes(hash, 'text', row, start, end);
        add(line);
      }
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
    this.#lines.set(source.number, lines);
  }
}

/** How rows of CSV are cut depends on its options: without them a line may be part of a value. */
const hasLines = ({ kind }: LocalSource, format: SourceFormat): boolean =>
  kind === 'csv' ? format.format === 'csv' : kind !== 'parquet';

function createScanner(kind: SourceKind, format: SourceFormat, onRow: OnRow): RowScanner {
  if (kind === 'csv') return new CsvRowScanner(format, onRow);
  return kind === 'array' ? new ArrayRowScanner(onRow) : new LineScanner(onRow);
}

/** An empty object is no row that could be recognised. */
function hashValue(hash: Hash, value: unknown): boolean {
  const text = canonicalJson(value);
  if (text === undefined || text === '{}') return false;
  const bytes = Buffer.from(text);
  hashBytes(hash, 'value', bytes, 0, bytes.length);
  return true;
}

/** Where a row starts: after ASCII white space, and a byte order mark before it. */
function trimStart(bytes: Buffer, from: number, to: number): number {
  let start = from;
  if (bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf) start += 3;
  while (start < to && isSpace(bytes[start])) start++;
  return start;
}

function trimEnd(bytes: Buffer, start: number, to: number): number {
  let end = to;
  while (end > start && isSpace(bytes[end - 1])) end--;
  return end;
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

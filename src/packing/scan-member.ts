/** Reads a file that may be packed, from its start to its end: where its lines and its header are, and its sha256. */
import { createHash } from 'node:crypto';
import { findDialect } from '../preflight/csv.js';
import { toByteDialect } from '../preflight/csv-dialect.js';
import { CsvScanner } from '../preflight/csv-scanner.js';
import { detectFormat } from '../preflight/detect-format.js';
import { detectByName, isJsonArray } from '../preflight/sniff.js';
import type { CsvOptions } from '../preflight/types.js';
import type { FileFormat } from '../resources/types.js';
import type { Named } from '../shared/divide.js';
import { SourceError } from '../shared/errors.js';
import type { SourceFile } from '../upload/source.js';
import { LineCount } from './line-count.js';
import { notPackable } from './options.js';
import { readChunks } from './read-chunks.js';

/** How much of a file shows what it is; a header ends within it. */
const HEAD_BYTES = 128 * 1024;
const MARK = Buffer.from('\ufeff');

/** One for all files, of which there may be many. */
const NO_HEADER = { bytes: 0, lines: 0 };

/** How the files are read. */
export interface ScanOptions {
  readonly format?: FileFormat | undefined;
  readonly csv?: CsvOptions | undefined;
  /** A file of this size, or larger, is not packed. */
  readonly packBytes: number;
}

/** What was read of a file that may be packed, with the path of the file as its name. */
export interface Scanned extends Named {
  readonly file: SourceFile;
  /** Whether it is a part of a packed file. */
  isPacked: boolean;
  /** Only files with the same kind are packed together: the format and, of CSV, its header and its delimiter. */
  readonly kind: string;
  readonly hashed: { readonly sha256: string; readonly sizeBytes: number };
  /** Bytes and lines of its header, which only the first file of a packed one keeps. */
  readonly header: { readonly bytes: number; readonly lines: number };
  /** Bytes of the byte order mark, which no packed file has. */
  readonly markBytes: number;
  /** All its lines. */
  readonly lines: number;
  readonly addsNewline: boolean;
}

/**
 * @returns `undefined` for a file that goes as it is: it is too large, or what the checks of files report.
 * @throws {InvalidInputError} for formats that cannot be packed, {SourceError} for a file that cannot be read.
 */
export async function scanMember(
  file: SourceFile,
  options: ScanOptions,
  signal: AbortSignal,
): Promise<Scanned | undefined> {
  const { packBytes, format = detectByName(file.path) } = options;
  if (format === 'parquet') throw notPackable(file.path, 'Parquet');
  if (file.stream === undefined && (file.sizeBytes >= packBytes || file.sizeBytes === 0))
    return undefined;
  let held: Buffer[] = [];
  let heldBytes = 0;
  let scan: MemberScan | undefined;
  const begin = (isWhole: boolean) => {
    const head = held.length === 1 ? (held[0] ?? Buffer.alloc(0)) : Buffer.concat(held);
    held = [];
    scan = MemberScan.begin(file, head, isWhole, options);
    return scan;
  };
  for await (const chunk of readChunks(file, 0, signal)) {
    signal.throwIfAborted();
    if (scan !== undefined) {
      scan.push(chunk);
      if (scan.sizeBytes >= packBytes) return undefined;
      continue;
    }
    held.push(Buffer.from(chunk)); // a copy: its buffer is used again
    heldBytes += chunk.length;
    if (heldBytes >= packBytes) return undefined;
    if (heldBytes > HEAD_BYTES && begin(false) === undefined) return undefined;
  }
  const ended = scan ?? begin(true);
  if (ended === undefined) return undefined;
  if (file.stream === undefined && ended.sizeBytes !== file.sizeBytes) {
    const name = file.localPath ?? file.path;
    throw new SourceError(name, `${name} changed while it was read. Wait until it is written.`);
  }
  return ended.end();
}

class MemberScan {
  sizeBytes = 0;
  readonly #file: SourceFile;
  readonly #markBytes: number;
  readonly #hash = createHash('sha256');
  readonly #count = new LineCount();
  #csv: CsvScan | undefined;

  private constructor(file: SourceFile, markBytes: number) {
    this.#file = file;
    this.#markBytes = markBytes;
  }

  /** Looks at the beginning. @returns `undefined` for a file that goes as it is. */
  static begin(
    file: SourceFile,
    head: Buffer,
    isWhole: boolean,
    { format: requested, csv = {} }: ScanOptions,
  ): MemberScan | undefined {
    const markBytes = head.subarray(0, MARK.length).equals(MARK) ? MARK.length : 0;
    const text = head.subarray(markBytes);
    if (text.length === 0) return undefined;
    const format = detectFormat(text, file.path, { requested, csv });
    if (format === undefined) return undefined;
    if (format === 'parquet') throw notPackable(file.path, 'Parquet');
    if (format === 'json' && isJsonArray(text) === true)
      throw notPackable(file.path, 'a JSON array');
    const scan = new MemberScan(file, markBytes);
    if (format === 'csv') {
      scan.#csv = CsvScan.begin(text, isWhole, csv);
      if (scan.#csv === undefined) return undefined;
    }
    scan.#hash.update(head.subarray(0, markBytes));
    scan.sizeBytes = markBytes;
    scan.push(text);
    return scan;
  }

  push(chunk: Buffer): void {
    this.sizeBytes += chunk.length;
    this.#hash.update(chunk);
    this.#count.push(chunk);
    this.#csv?.push(chunk);
  }

  end(): Scanned | undefined {
    // What follows would be a part of its last value.
    if (this.#csv?.isOpen === true) return undefined;
    const { header = NO_HEADER, kind = 'json' } = this.#csv?.description ?? {};
    const { isEnded, lines } = this.#count;
    return {
      name: this.#file.path,
      hash: undefined,
      isPacked: false,
      file: this.#file,
      kind,
      header,
      markBytes: this.#markBytes,
      hashed: { sha256: this.#hash.digest('hex'), sizeBytes: this.sizeBytes },
      lines,
      addsNewline: !isEnded,
    };
  }
}

/** The header of a CSV file, and whether a quote is open at its end. */
class CsvScan {
  readonly description: Pick<Scanned, 'header' | 'kind'>;
  readonly #scanner: CsvScanner;

  private constructor(description: Pick<Scanned, 'header' | 'kind'>, scanner: CsvScanner) {
    this.description = description;
    this.#scanner = scanner;
  }

  /** @returns `undefined` if the header does not end in the beginning of the file. */
  static begin(head: Buffer, isWhole: boolean, csv: CsvOptions): CsvScan | undefined {
    const dialect = findDialect(head, isWhole, csv);
    const bytes = toByteDialect(dialect);
    const scanner = new CsvScanner(bytes, () => undefined);
    const toScan = (header: Scanned['header'], kind: readonly string[]) =>
      new CsvScan({ header, kind: JSON.stringify(['csv', dialect.delimiter, ...kind]) }, scanner);
    if (csv.header === false) return toScan(NO_HEADER, []);
    const row = findFirstRow(head, isWhole, bytes);
    if (row === undefined) return undefined;
    const end = row.end + lineEndLength(head, row.end);
    if (end === head.length && !isWhole) return undefined;
    const lines = new LineCount();
    lines.push(head.subarray(0, end));
    const names = head.toString('latin1', row.start, row.end);
    return toScan({ bytes: end, lines: lines.lines }, [names]);
  }

  push(chunk: Buffer): void {
    this.#scanner.push(chunk);
  }

  get isOpen(): boolean {
    return this.#scanner.openQuoteLine !== undefined;
  }
}

function findFirstRow(head: Buffer, isWhole: boolean, bytes: ReturnType<typeof toByteDialect>) {
  let found: { start: number; end: number } | undefined;
  const finder = new CsvScanner(bytes, ({ start, end }) => {
    found ??= { start, end };
  });
  finder.push(head);
  if (isWhole) finder.end();
  return found;
}

function lineEndLength(bytes: Buffer, at: number): number {
  if (at >= bytes.length) return 0;
  return bytes[at] === 0x0d && bytes[at + 1] === 0x0a ? 2 : 1;
}

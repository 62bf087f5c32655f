/** Reads the values of CSV rows by a dialect that is known. */
import type { ByteSource } from '../http/body.js';
import { splitRow } from './csv-cells.js';
import { type ByteDialect, type CsvDialect, toByteDialect } from './csv-dialect.js';
import { CsvScanner } from './csv-scanner.js';
import { createDecoder } from './csv-text.js';
import type { CsvOptions } from './types.js';
import { MAX_ROW_BYTES, readAll, type Window } from './window.js';

const NO_BYTES = Buffer.alloc(0);

/** Gets the values of a row, and the line that it begins in. */
type VisitRow = (cells: readonly string[], line: number) => void;

interface CsvSource {
  readonly source: ByteSource;
  readonly window: Window;
  /** Whether all of the file is read, not only its beginning. */
  readonly isDeep: boolean;
  readonly dialect: CsvDialect;
  readonly csv: CsvOptions;
  readonly signal: AbortSignal | undefined;
}

/** Reads the rows, the header among them. It ends at a row that is too long. */
export async function readCsvRows(file: CsvSource, visit: VisitRow): Promise<void> {
  const { source, window, isDeep, signal } = file;
  const reader = new CsvRowReader(file, visit);
  if (isDeep && !window.isWhole) {
    await readAll(source, (chunk) => reader.push(chunk), signal);
    reader.end();
    return;
  }
  reader.push(window.head);
  if (window.isWhole) reader.end();
}

class CsvRowReader {
  readonly #dialect: ByteDialect;
  readonly #decode: (chunk: Buffer) => Buffer;
  readonly #scanner: CsvScanner;
  readonly #nullMarker: string | undefined;
  /** The bytes from the beginning of the row that is read, and their position. */
  #held: Buffer = NO_BYTES;
  #base = 0;

  constructor({ dialect, csv }: CsvSource, visit: VisitRow) {
    this.#dialect = toByteDialect(dialect);
    this.#decode = createDecoder(csv);
    this.#nullMarker = csv.nullMarker;
    this.#scanner = new CsvScanner(this.#dialect, ({ line, start, end }) => {
      const row = this.#held.subarray(start - this.#base, end - this.#base);
      visit(this.#toCells(row), line);
    });
  }

  /** @returns whether the row that is read may go on. */
  push(chunk: Buffer): boolean {
    const bytes = this.#decode(chunk);
    this.#scan(this.#dialect.replace?.(bytes) ?? bytes);
    return this.#scanner.pendingBytes <= MAX_ROW_BYTES;
  }

  end(): void {
    const rest = this.#decode(NO_BYTES);
    if (rest.length > 0) this.#scan(this.#dialect.replace?.(rest) ?? rest);
    if (this.#dialect.replace !== undefined) this.#scan(this.#dialect.replace(NO_BYTES));
    // A row with an open quote is an error without its values.
    if (this.#scanner.openQuoteLine === undefined) this.#scanner.end();
  }

  #scan(bytes: Buffer): void {
    const all = this.#held.length === 0 ? bytes : Buffer.concat([this.#held, bytes]);
    this.#held = all;
    this.#scanner.push(bytes);
    const keep = Math.min(this.#scanner.pendingBytes, all.length);
    this.#base += all.length - keep;
    this.#held = Buffer.from(all.subarray(all.length - keep)); // a copy: chunks are used again
  }

  /** The values, a missing one as `''`. */
  #toCells(row: Buffer): string[] {
    const cells = splitRow(row, this.#dialect);
    const marker = this.#nullMarker;
    return marker === undefined ? cells : cells.map((cell) => (cell === marker ? '' : cell));
  }
}

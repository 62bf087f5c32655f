/** Cuts CSV into its rows, by the same rules as the checks of files. */
import { toByteDialect, withCsvDefaults } from '../../preflight/csv-dialect.js';
import { type CsvRow, CsvScanner } from '../../preflight/csv-scanner.js';
import { createDecoder } from '../../preflight/csv-text.js';
import { omitUndefined } from '../../shared/options.js';
import type { SourceFormat } from './local-sources.js';
import { HeldRow, type OnRow, type RowScanner } from './row-scanners.js';

export class CsvRowScanner implements RowScanner {
  isDone = false;
  readonly #onRow: OnRow;
  readonly #decode: (chunk: Buffer) => Buffer;
  readonly #scanner: CsvScanner;
  readonly #held = new HeldRow();
  #chunk: Buffer = Buffer.alloc(0);
  /** The position of the chunk. */
  #base = 0;
  #isHeader: boolean;

  constructor(format: SourceFormat, onRow: OnRow) {
    const { delimiter, quote, charset } = format;
    const options = omitUndefined({ delimiter, quote, escape: format.escape, charset });
    const dialect = toByteDialect(withCsvDefaults(options));
    this.#onRow = onRow;
    this.#isHeader = format.header !== false;
    this.#decode = createDecoder(options);
    this.#scanner = new CsvScanner(dialect, (row) => this.#endRow(row));
    // Positions would not be those in the file: no line is certain.
    this.isDone = dialect.replace !== undefined;
  }

  push(chunk: Buffer): void {
    if (!this.isDone) this.#push(this.#decode(chunk));
  }

  end(): void {
    if (this.isDone) return;
    this.#push(this.#decode(Buffer.alloc(0)));
    this.#chunk = Buffer.alloc(0);
    // A row whose quote is open goes to the end of the file: the report has it as it is, too.
    this.#scanner.end();
  }

  stop(): void {
    this.isDone = true;
  }

  #push(chunk: Buffer): void {
    this.#chunk = chunk;
    this.#scanner.push(chunk);
    this.#base += chunk.length;
    const pending = this.#scanner.pendingBytes;
    if (pending > chunk.length) {
      this.#held.add(chunk);
    } else {
      this.#held.take(Buffer.alloc(0));
      if (pending > 0) this.#held.add(chunk.subarray(chunk.length - pending));
    }
  }

  #endRow({ start, end, line }: CsvRow): void {
    const isHeader = this.#isHeader;
    this.#isHeader = false;
    const [from, to] = [start - this.#base, end - this.#base];
    if (from >= 0) {
      if (!isHeader) this.#onRow(this.#chunk, from, to, line);
      return;
    }
    // What is held begins with the row, and may have bytes of its line end, too.
    const row = this.#held.take(this.#chunk.subarray(0, Math.max(0, to)));
    if (row !== undefined && !isHeader)
      this.#onRow(row, 0, Math.min(row.length, end - start), line);
  }
}

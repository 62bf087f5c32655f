/** The rows at the end of a CSV file, where the rows before them were not read. */
import { Trial } from './csv-detect.js';
import { toByteDialect } from './csv-dialect.js';
import { addNulError, type CsvPass, OPEN_QUOTE } from './csv-pass.js';
import type { CsvRow } from './csv-scanner.js';
import { isUtf8Charset } from './csv-text.js';
import type { CsvOptions } from './types.js';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** The share of rows that must look like those before for the end to be understood. */
const MIN_SHARE = 0.9;

/** Checks the complete rows at the end of a file. */
export function sampleTail(pass: CsvPass, tail: Buffer, csv: CsvOptions): void {
  if (!isUtf8Charset(csv) || pass.trial.columns === 0) return;
  if (tail.includes(0)) addNulError(pass.findings);
  const start = tail.findIndex((byte) => byte === NEWLINE || byte === RETURN) + 1;
  if (start === 0) return;
  const bytes = tail.subarray(
    tail[start - 1] === RETURN && tail[start] === NEWLINE ? start + 1 : start,
  );
  const outside = new Tail(pass, bytes);
  if (pass.trial.dialect.quote !== '' && bytes.includes(pass.trial.dialect.quote)) {
    // The line end may be inside quotes. Only one of both readings fits the columns.
    const inside = new Tail(pass, Buffer.concat([Buffer.from(pass.trial.dialect.quote), bytes]));
    if (outside.share < MIN_SHARE || outside.share <= inside.share) return;
  }
  outside.report();
}

/** A reading of the end. */
class Tail {
  readonly #pass: CsvPass;
  readonly #bytes: Buffer;
  readonly #trial: Trial;
  readonly #rows: Pick<CsvRow, 'line' | 'columns' | 'hasSpacedQuote'>[] = [];
  readonly #openLine: number | undefined;
  #fitting = 0;

  constructor(pass: CsvPass, bytes: Buffer) {
    this.#pass = pass;
    this.#bytes = bytes;
    const { columns: expected, dialect } = pass.trial;
    this.#trial = new Trial(dialect, ({ line, columns, hasSpacedQuote }) => {
      if (columns === expected) this.#fitting++;
      else if (this.#trial.scanner.openQuoteLine === undefined) {
        this.#rows.push({ line, columns, hasSpacedQuote });
      }
    });
    const { replace } = toByteDialect(dialect);
    this.#trial.scanner.push(replace?.(bytes) ?? bytes);
    this.#openLine = this.#trial.scanner.openQuoteLine;
    this.#trial.scanner.end();
  }

  /** The share of rows with the columns of the header. */
  get share(): number {
    return this.#fitting / Math.max(1, this.#trial.scanner.rows);
  }

  report(): void {
    const last = this.#bytes.at(-1);
    const isEnded = last === NEWLINE || last === RETURN;
    const lines = this.#trial.scanner.line - (isEnded ? 1 : 0);
    for (const row of this.#rows) {
      this.#pass.checkColumns(row, { fromEnd: lines - row.line + 1 });
    }
    if (this.#openLine === undefined) return;
    this.#pass.findings.addRejectedRow(OPEN_QUOTE, { fromEnd: lines - this.#openLine + 1 });
  }
}

/** One reading of a CSV file by one dialect, with what it finds. */
import { formatCount, formatSize } from '../shared/format.js';
import { ADVISED_EVENT_BYTES } from '../shared/limits.js';
import { Trial } from './csv-detect.js';
import { type CsvDialect, toByteDialect } from './csv-dialect.js';
import { CsvJoins } from './csv-joins.js';
import type { CsvRow } from './csv-scanner.js';
import { createDecoder, isUtf8Charset, UTF8_FIX } from './csv-text.js';
import { type FileFindings, type Location, MAX_PLACES } from './findings.js';
import { Occurrences } from './occurrences.js';
import { RowSizes } from './row-sizes.js';
import { createUtf8Check, type Utf8Check } from './text.js';
import type { CsvOptions } from './types.js';
import { MAX_ROW_BYTES } from './window.js';

const NUL_FIX = 'Write the file again without them.';
/** Adds the error of NUL bytes. */
export const addNulError = (findings: FileFindings, location?: Location): void =>
  findings.addError(`not valid CSV: it contains NUL bytes. ${NUL_FIX}`, location, {
    rule: 'encoding',
    kind: 'NUL',
    fix: NUL_FIX,
  });
const NO_BYTES = Buffer.alloc(0);
export const OPEN_QUOTE =
  'the row opens a quote that is never closed, so the rows after it are lost. Close it.';
const EMPTY = { rule: 'empty', code: '106', fix: 'Leave the file out.' } as const;
const NO_ROWS = [`there are no rows (platform error 106). ${EMPTY.fix}`, EMPTY] as const;
const ONLY_HEADER = [
  `there are no rows after the header (platform error 106). ${EMPTY.fix}`,
  undefined,
  EMPTY,
] as const;
const NO_HEADER = [
  'there is no header (platform error 118). Add one.',
  { rule: 'header', code: '118', fix: 'Add one.' },
] as const;
const TOO_LONG = `the row is longer than ${formatSize(MAX_ROW_BYTES)}. Is a quote not closed?`;
const COLUMNS_FIX = 'Quote a value that contains the delimiter.';
const WRONG_COLUMNS = { rule: 'columns', kind: 'number of columns', fix: COLUMNS_FIX } as const;
const SPACED_QUOTE_FIX =
  'Remove the space before the quote: after a space, a quote is text and encloses nothing.';
const SPACED_QUOTE = {
  ...WRONG_COLUMNS,
  kind: 'space before a quote',
  fix: SPACED_QUOTE_FIX,
} as const;
const ONE_COLUMN = { ...WRONG_COLUMNS, kind: 'one column' } as const;

/** What the number of columns of a row is checked by. */
type RowShape = Pick<CsvRow, 'columns' | 'hasSpacedQuote'>;

export class CsvPass {
  readonly findings: FileFindings;
  readonly trial: Trial;
  /** Where another file may begin. */
  readonly joins: CsvJoins;
  /** Rows that have all columns, but a space before a quote. */
  readonly spacedQuotes = new Occurrences();
  /** Whether every row was read. */
  isComplete = false;
  readonly #csv: CsvOptions;
  readonly #decode: (chunk: Buffer) => Buffer;
  readonly #replace: ((chunk: Buffer) => Buffer) | undefined;
  readonly #utf8: Utf8Check | undefined;
  readonly #sizes = new RowSizes();
  /** How many rows have a wrong number of columns, by the kind of finding. */
  readonly #wrongRows = new Map<string, number>();

  /** @param isDeep whether every chunk is yet to be checked for UTF-8. */
  constructor(
    findings: FileFindings,
    dialect: CsvDialect,
    { csv, isDeep, head }: { csv: CsvOptions; isDeep: boolean; head: Buffer },
  ) {
    this.findings = findings;
    this.#csv = csv;
    this.trial = new Trial(dialect, (row) => this.#checkRow(row));
    this.#decode = createDecoder(csv);
    this.#replace = toByteDialect(dialect).replace;
    this.joins = new CsvJoins(csv.header === false ? undefined : findHeaderLine(head, dialect));
    const isUtf8 = isUtf8Charset(csv);
    this.#utf8 = isDeep && isUtf8 ? createUtf8Check(findings, 0, UTF8_FIX) : undefined;
  }

  /** The rows without the header. */
  get rows(): number {
    return Math.max(0, this.trial.scanner.rows - (this.#csv.header === false ? 0 : 1));
  }

  /** Whether the bytes are UTF-8, if they are to be. */
  get isUtf8(): boolean {
    return this.#utf8?.hasFailed !== true;
  }

  /** Whether the last row that was read has a quote that is open. */
  get isInQuotes(): boolean {
    return this.trial.scanner.openQuoteLine !== undefined;
  }

  /** @returns `true`: the next chunk is expected. */
  push(chunk: Buffer): true {
    this.#utf8?.push(chunk);
    const bytes = this.#decode(chunk);
    this.joins.push(bytes, this.trial.scanner.line);
    this.trial.scanner.push(this.#replace?.(bytes) ?? bytes);
    return true;
  }

  /** Ends the file, and with it the last row. */
  end(): void {
    const { scanner } = this.trial;
    this.#utf8?.end();
    const rest = this.#decode(NO_BYTES);
    scanner.push(this.#replace === undefined || rest.length === 0 ? rest : this.#replace(rest));
    if (this.#replace !== undefined) scanner.push(this.#replace(NO_BYTES));
    const line = scanner.openQuoteLine;
    this.trial.isOpen = line !== undefined;
    this.joins.end(scanner.line);
    scanner.end();
    this.isComplete = true;
    if (line !== undefined) this.findings.addRejectedRow(OPEN_QUOTE, { line });
  }

  /** Gives up a row that is too long. @returns whether it is. */
  isTooLong(): boolean {
    const { pendingBytes, openQuoteLine } = this.trial.scanner;
    if (pendingBytes <= MAX_ROW_BYTES) return false;
    const location = openQuoteLine === undefined ? undefined : { line: openQuoteLine };
    this.findings.addRejectedRow(TOO_LONG, location, { rule: 'size' });
    return true;
  }

  /** Checks the number of columns of a row. */
  checkColumns({ columns, hasSpacedQuote }: RowShape, location: Location): void {
    if (columns === this.trial.columns) return;
    const other = columns === 1 ? ONE_COLUMN : WRONG_COLUMNS;
    const details = hasSpacedQuote ? SPACED_QUOTE : other;
    const count = (this.#wrongRows.get(details.kind) ?? 0) + 1;
    this.#wrongRows.set(details.kind, count);
    if (count > MAX_PLACES) return; // only counted, as there may be one in every row
    this.findings.addRejectedRow(
      () => this.#describeColumns(columns, details.fix),
      location,
      details,
    );
  }

  #describeColumns(columns: number, fix: string): string {
    const has = `${formatCount(columns)} ${columns === 1 ? 'column' : 'columns'}`;
    const other = this.#csv.header === false ? 'first row' : 'header';
    return `the row has ${has}, but the ${other} has ${formatCount(this.trial.columns)}. ${fix}`;
  }

  /** Adds what is known only after the last row. */
  report(): void {
    const { columns, scanner } = this.trial;
    this.#sizes.report(this.findings);
    for (const [kind, count] of this.#wrongRows) {
      if (count > MAX_PLACES) this.findings.countRejectedRows(kind, count - MAX_PLACES);
    }
    if (scanner.nulBytes.count > 0) {
      addNulError(this.findings, { line: scanner.nulBytes.lines[0] ?? 1 });
    }
    if (!this.isComplete && columns === 0) {
      const problem = 'no row ends in the first MiB. Is a quote not closed?';
      this.findings.addWarning(problem, undefined, { rule: 'syntax' });
    }
    if (!this.isComplete) return;
    const hasNoHeader = this.#csv.header === false;
    if (columns === 0) {
      const [message, details] = hasNoHeader ? NO_ROWS : NO_HEADER;
      this.findings.addError(message, undefined, details);
    } else if (this.rows === 0 && scanner.rows > 0) {
      this.findings.addError(...ONLY_HEADER);
    }
  }

  #checkRow(row: CsvRow): void {
    const { line, columns, start, end } = row;
    const bytes = end - start;
    const isHeader = this.trial.scanner.rows === 1 && this.#csv.header !== false;
    if (isHeader || this.isInQuotes) return; // end() adds a finding for an open quote
    if (bytes > MAX_ROW_BYTES)
      this.findings.addRejectedRow(TOO_LONG, { line }, { rule: 'size', kind: TOO_LONG });
    else if (columns !== this.trial.columns) this.checkColumns(row, { line });
    else if (row.hasSpacedQuote) this.spacedQuotes.add(line);
    if (bytes > ADVISED_EVENT_BYTES) this.#sizes.observe(bytes, { line });
  }
}

/** The first line, if it separates columns: in a file of one column a value may be equal to its name. */
function findHeaderLine(head: Buffer, { delimiter }: CsvDialect): Buffer | undefined {
  const end = head.findIndex((byte) => byte === 0x0a || byte === 0x0d);
  const line = head.subarray(0, Math.max(0, end));
  return line.includes(delimiter) ? line : undefined;
}

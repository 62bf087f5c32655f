/** The rules of CSV: its header, and rows with as many columns. */
import type { ByteSource } from '../http/body.js';
import { formatCount, formatSize } from '../shared/format.js';
import { MAX_FIELDS } from '../shared/limits.js';
import { countNewlines } from '../shared/lines.js';
import {
  type CreateParser,
  createDecoder,
  finishParsing,
  isUtf8Charset,
  loadCsvParser,
  type Parser,
  parseChunk,
  RowLines,
  withCsvDefaults,
} from './csv-reader.js';
import type { FileFindings, Location } from './findings.js';
import { RowSizes } from './row-sizes.js';
import { checkWindowUtf8, createUtf8Check } from './text.js';
import type { CsvOptions } from './types.js';
import { MAX_ROW_BYTES, readAll, type Window } from './window.js';

const NEWLINE = 0x0a;
const HEADER = { line: 1 };
/** Other delimiters that are in use. */
const COMMON_DELIMITERS = [',', ';', '\t', '|'];
const COLUMNS_FIX =
  'Quote a value that contains the delimiter; if quotes in values are doubled, set escape to ".';

/** Checks both ends of a file. @returns the number of rows, if all were read. */
export async function sampleCsv(
  findings: FileFindings,
  window: Window,
  options: CsvOptions,
): Promise<number | undefined> {
  const { head, tail, isWhole } = window;
  const isUtf8 = isUtf8Charset(options);
  if (isUtf8) checkWindowUtf8(findings, window);
  const rules = await CsvRules.create(findings, options);
  await rules.push(head);
  const rows = await rules.end(isWhole);
  const { quote } = withCsvDefaults(options);
  // After a quote a line end may be part of a value, so the rows of the tail are not known.
  const hasQuotes = quote !== '' && tail.includes(quote);
  if (!isWhole && isUtf8 && !hasQuotes) {
    await sampleTail(findings, tail, rules.columns, options);
  }
  return rows;
}

/** Checks every row of a file. @returns the number of rows. */
export async function readCsvFile(
  findings: FileFindings,
  source: ByteSource,
  options: CsvOptions,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const utf8 = isUtf8Charset(options) ? createUtf8Check(findings) : undefined;
  const rules = await CsvRules.create(findings, options);
  await readAll(
    source,
    async (chunk) => {
      utf8?.push(chunk);
      await rules.push(chunk);
      return !rules.hasFailed;
    },
    signal,
  );
  utf8?.end();
  return rules.end(true);
}

/** Checks the complete rows at the end of a file; there is no quote in them. */
async function sampleTail(
  findings: FileFindings,
  tail: Buffer,
  columns: number,
  options: CsvOptions,
): Promise<void> {
  const start = tail.indexOf(NEWLINE) + 1;
  if (start === 0 || columns === 0) return;
  const bytes = tail.subarray(start);
  const total = countNewlines(bytes) + (tail.at(-1) === NEWLINE ? 0 : 1);
  const lines = new RowLines();
  lines.push(bytes);
  const parser = (await loadCsvParser(options))((row, endByte) => {
    const location = { fromEnd: total - lines.advance(endByte) + 1 };
    checkColumns(findings, row.length, columns, location);
  });
  await parseChunk(parser, bytes);
  await finishParsing(parser);
}

function checkColumns(
  findings: FileFindings,
  columns: number,
  expected: number,
  location: Location,
): void {
  if (columns === expected) return;
  const has = `${formatCount(columns)} ${columns === 1 ? 'column' : 'columns'}`;
  const problem = `the row has ${has}, but the header has ${formatCount(expected)}`;
  findings.addRejectedRow(`${problem}. ${COLUMNS_FIX}`, location);
}

/** Checks the line with the names of the columns. */
function checkHeader(findings: FileFindings, names: readonly string[], delimiter: string): void {
  checkNames(findings, names);
  if (names.length > MAX_FIELDS) {
    const problem = `the file has ${formatCount(names.length)} columns; the maximum is ${formatCount(MAX_FIELDS)}`;
    findings.addError(`${problem}. Split the dataset.`, HEADER);
  }
  const other = COMMON_DELIMITERS.find((each) => each !== delimiter && names[0]?.includes(each));
  if (names.length !== 1 || other === undefined) return;
  const [used, found] = [JSON.stringify(delimiter), JSON.stringify(other)];
  findings.addWarning(
    `there is only one column with the delimiter ${used}. Is the delimiter ${found}?`,
    HEADER,
  );
}

function checkNames(findings: FileFindings, names: readonly string[]): void {
  const columns = new Map<string, number>();
  for (const [at, raw] of names.entries()) {
    const name = raw.trim();
    const column = at + 1;
    if (name === '') {
      findings.addError(`column ${column} has no name (platform error 118). Name it.`, HEADER);
      continue;
    }
    const first = columns.get(name);
    if (first === undefined) columns.set(name, column);
    else {
      const problem = `columns ${first} and ${column} have the same name ${JSON.stringify(name)}`;
      findings.addError(`${problem}. Rename one.`, HEADER);
    }
    if (/\s/.test(raw)) {
      const problem = `the column name ${JSON.stringify(raw)} contains whitespace`;
      findings.addWarning(`${problem}. Use underscores instead.`, HEADER);
    }
  }
}

/** Applies the rules chunk by chunk, and holds no more than a row. */
class CsvRules {
  /** The number of columns in the header; 0 until it was read. */
  columns = 0;
  hasFailed = false;
  #rows = 0;
  #rowEnd = 0;
  readonly #lines = new RowLines();
  readonly #sizes = new RowSizes();
  readonly #findings: FileFindings;
  readonly #delimiter: string;
  readonly #parser: Parser;
  readonly #decode: ((chunk: Buffer) => Buffer) | undefined;

  private constructor(findings: FileFindings, options: CsvOptions, createParser: CreateParser) {
    this.#findings = findings;
    this.#delimiter = withCsvDefaults(options).delimiter;
    this.#decode = isUtf8Charset(options) ? undefined : createDecoder(options.charset ?? '');
    this.#parser = createParser((row, endByte) => this.#checkRow(row, endByte));
    this.#parser.on('error', (error) => this.#fail(error));
  }

  static async create(findings: FileFindings, options: CsvOptions): Promise<CsvRules> {
    return new CsvRules(findings, options, await loadCsvParser(options));
  }

  async push(chunk: Buffer): Promise<void> {
    if (this.hasFailed) return;
    // A copy: the parser keeps the beginning of a row, and the reader uses its buffers again.
    const bytes = this.#decode?.(chunk) ?? Buffer.from(chunk);
    this.#lines.push(bytes);
    await parseChunk(this.#parser, bytes);
  }

  /** @param isAtEnd whether the file ends here, and with it the last row. */
  async end(isAtEnd: boolean): Promise<number | undefined> {
    if (isAtEnd && !this.hasFailed) await finishParsing(this.#parser);
    else this.#parser.destroy();
    this.#sizes.report(this.#findings);
    if (!isAtEnd && this.columns === 0 && !this.hasFailed) {
      this.#findings.addWarning('no row ends in the first MiB. Is a quote not closed?');
    }
    if (this.hasFailed || !isAtEnd) return undefined;
    if (this.columns === 0) {
      this.#findings.addError('there is no header (platform error 118). Add one.');
    } else if (this.#rows === 0) {
      const problem = 'there are no rows after the header (platform error 106)';
      this.#findings.addError(`${problem}. Leave the file out.`);
    }
    return this.#rows;
  }

  #checkRow(row: readonly string[], endByte: number): void {
    const location = { line: this.#lines.advance(endByte) };
    const bytes = endByte - this.#rowEnd;
    this.#rowEnd = endByte;
    if (this.columns === 0) {
      this.columns = row.length;
      checkHeader(this.#findings, row, this.#delimiter);
      return;
    }
    this.#rows++;
    this.#sizes.observe(bytes, location);
    checkColumns(this.#findings, row.length, this.columns, location);
  }

  #fail(error: Error): void {
    this.hasFailed = true;
    const code = 'code' in error ? error.code : undefined;
    const message =
      code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'the row opens a quote that is never closed. Close it.'
        : code === 'CSV_MAX_RECORD_SIZE'
          ? `the row is longer than ${formatSize(MAX_ROW_BYTES)}. Is a quote not closed?`
          : `not valid CSV: ${error.message}. Check the quotes.`;
    this.#findings.addError(message, { line: this.#lines.nextLine() });
  }
}

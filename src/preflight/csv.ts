import type { ByteSource } from '../http/body.js';
import { checkHeader } from './csv-header.js';
import { LineCounter } from './csv-lines.js';
import {
  close,
  csvDefaults,
  decoderFor,
  isUtf8Charset,
  type MakeParser,
  type Parser,
  parserMaker,
  write,
} from './csv-parser.js';
import type { FileFindings, Place } from './findings.js';
import { countText, MAX_ROW_BYTES, sizeText } from './limits.js';
import { readAll, type Window } from './read.js';
import { RowSizes } from './sizes.js';
import { checkWindowUtf8, newlines, utf8Check } from './text.js';
import type { CsvOptions } from './types.js';

const LINE_END = 0x0a;
const HINTS =
  'Quote a value that holds the delimiter; if quotes in values are doubled, set escape to ".';

/** Both ends of a file. @returns how many rows there are, if all were seen. */
export async function sampleCsv(
  findings: FileFindings,
  window: Window,
  options: CsvOptions,
): Promise<number | undefined> {
  const { head, tail, whole } = window;
  if (isUtf8Charset(options)) checkWindowUtf8(findings, window);
  const rules = await CsvRules.create(findings, options);
  await rules.push(head);
  const rows = await rules.end(whole);
  const quote = csvDefaults(options).quote;
  // Behind a quote a line end may be part of a value, and then no line can be told.
  if (!whole && isUtf8Charset(options) && (quote === '' || !tail.includes(quote))) {
    await sampleTail(findings, tail, rules.columns, options);
  }
  return rows;
}

/** Every row of a file. @returns how many there are. */
export async function readCsvFile(
  findings: FileFindings,
  source: ByteSource,
  options: CsvOptions,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const utf8 = isUtf8Charset(options) ? utf8Check(findings) : undefined;
  const rules = await CsvRules.create(findings, options);
  await readAll(
    source,
    async (chunk) => {
      utf8?.push(chunk);
      await rules.push(chunk);
      return !rules.failed;
    },
    signal,
  );
  utf8?.end();
  return rules.end(true);
}

/** The complete rows of a file's end, in which there is no quote. */
async function sampleTail(
  findings: FileFindings,
  tail: Buffer,
  columns: number,
  options: CsvOptions,
): Promise<void> {
  const start = tail.indexOf(LINE_END) + 1;
  if (start === 0 || columns === 0) return;
  const bytes = tail.subarray(start);
  const total = newlines(bytes) + (tail.at(-1) === LINE_END ? 0 : 1);
  const lines = new LineCounter();
  lines.push(bytes);
  const parser = (await parserMaker(options))((row, endByte) => {
    checkColumns(findings, row.length, columns, { fromEnd: total - lines.row(endByte) + 1 });
  });
  await write(parser, bytes);
  await close(parser);
}

function checkColumns(findings: FileFindings, got: number, wanted: number, place: Place): void {
  if (got === wanted) return;
  const what = `has ${countText(got)} ${got === 1 ? 'column' : 'columns'}, and the header ${countText(wanted)}.`;
  findings.badRow(`${what} ${HINTS}`, place);
}

/** The rules of CSV, a chunk at a time; no more than a row is held. */
class CsvRules {
  /** How many columns the header names. */
  columns = 0;
  failed = false;
  #rows = 0;
  #rowEnd = 0;
  readonly #lines = new LineCounter();
  readonly #sizes = new RowSizes();
  readonly #findings: FileFindings;
  readonly #delimiter: string;
  readonly #parser: Parser;
  readonly #decode: ((chunk: Buffer) => Buffer) | undefined;

  private constructor(findings: FileFindings, options: CsvOptions, makeParser: MakeParser) {
    this.#findings = findings;
    this.#delimiter = csvDefaults(options).delimiter;
    this.#decode = isUtf8Charset(options) ? undefined : decoderFor(options.charset ?? '');
    this.#parser = makeParser((row, endByte) => this.#row(row, endByte));
    this.#parser.on('error', (error) => this.#fail(error));
  }

  static async create(findings: FileFindings, options: CsvOptions): Promise<CsvRules> {
    return new CsvRules(findings, options, await parserMaker(options));
  }

  async push(chunk: Buffer): Promise<void> {
    if (this.failed) return;
    // A copy: the parser keeps the beginning of a row, and the reader uses its buffers again.
    const bytes = this.#decode?.(chunk) ?? Buffer.from(chunk);
    this.#lines.push(bytes);
    await write(this.#parser, bytes);
  }

  /** @param atEnd whether the file ends here, and with it the last row. */
  async end(atEnd: boolean): Promise<number | undefined> {
    if (atEnd && !this.failed) await close(this.#parser);
    else this.#parser.destroy();
    this.#sizes.report(this.#findings);
    if (!atEnd && this.columns === 0 && !this.failed) {
      this.#findings.warn('has no whole row in its first MiB. Is a quote not closed?');
    }
    if (this.failed || !atEnd) return undefined;
    if (this.columns === 0) this.#findings.error("has no header (the platform's 118). Write one.");
    else if (this.#rows === 0) {
      this.#findings.error("has a header and no rows (the platform's 106). Leave the file out.");
    }
    return this.#rows;
  }

  #row(row: readonly string[], endByte: number): void {
    const place = { line: this.#lines.row(endByte) };
    const bytes = endByte - this.#rowEnd;
    this.#rowEnd = endByte;
    if (this.columns === 0) {
      this.columns = row.length;
      checkHeader(this.#findings, row, this.#delimiter);
      return;
    }
    this.#rows++;
    this.#sizes.see(bytes, place);
    checkColumns(this.#findings, row.length, this.columns, place);
  }

  #fail(error: Error): void {
    this.failed = true;
    const code = 'code' in error ? error.code : undefined;
    const what =
      code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'begins a row with a quote that is never closed. Close it.'
        : code === 'CSV_MAX_RECORD_SIZE'
          ? `begins a row of over ${sizeText(MAX_ROW_BYTES)}. Is a quote not closed?`
          : `cannot be read as CSV. Look at its quotes (${error.message}).`;
    this.#findings.error(what, { line: this.#lines.next() });
  }
}

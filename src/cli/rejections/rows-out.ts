/** `--rows-out`: the rejected rows as they can be corrected and loaded again, and the reasons beside them. */
import type { RejectedRow, UploadedSource } from '../../ingest/rejected-rows.js';
import { toColumns } from '../../resources/row-error.js';
import type { BatchInputFormat } from '../../resources/types.js';
import { omitUndefined } from '../../shared/options.js';
import type { Output } from '../output.js';
import { OutputFile } from '../output-file.js';
import { findCsvHeader } from './csv-header.js';
import { toRejections } from './rejection.js';

/** What the file of the reasons is named after that of the rows. */
export const REASONS_SUFFIX = '.reasons.jsonl';

export class RowsOut {
  readonly rows: OutputFile;
  readonly reasons: OutputFile;
  /** Rows that the platform did not return. */
  missing = 0;
  /** Rows that were written. */
  count = 0;
  readonly #out: Output;
  readonly #format: string | undefined;
  readonly #header: string | undefined;
  readonly #delimiter: string;
  readonly #quote: string;
  #line = 1;

  private constructor(
    out: Output,
    path: string,
    { format, delimiter = ',', quote = '"' }: BatchInputFormat,
    header: string | undefined,
  ) {
    this.#out = out;
    this.#format = format;
    this.#header = header;
    this.#delimiter = delimiter;
    this.#quote = quote;
    this.rows = new OutputFile(path);
    this.reasons = new OutputFile(`${path}${REASONS_SUFFIX}`);
  }

  /** @throws {UsageError} for CSV whose header is not known. */
  static async create(
    out: Output,
    path: string,
    inputFormat: BatchInputFormat,
    sources: readonly UploadedSource[],
  ): Promise<RowsOut> {
    const hasHeader = inputFormat.format === 'csv' && inputFormat.header !== false;
    return new RowsOut(
      out,
      path,
      inputFormat,
      hasHeader ? await findCsvHeader(sources, inputFormat) : undefined,
    );
  }

  async add(rejected: RejectedRow): Promise<void> {
    const text = this.#toText(rejected);
    if (text === undefined) {
      this.missing++;
      return;
    }
    if (this.count++ === 0 && this.#header !== undefined) {
      await this.rows.addLine(this.#header);
      this.#line += this.#header.split('\n').length;
    }
    await this.rows.addLine(text);
    const all = toRejections(rejected, this.#format === 'csv' || this.#format === 'parquet');
    const reasons = all.map(({ record: _, file: _file, line: _line, ...reason }) => reason);
    const { file, line } = rejected;
    const first = omitUndefined({ outLine: this.#line, file, line, ...reasons[0] });
    const more = reasons.length > 1 ? { reasons } : {};
    await this.reasons.addLine(this.#out.toJson({ ...first, ...more }));
    this.#line += text.split('\n').length;
  }

  async commit(): Promise<void> {
    await this.rows.commit();
    await this.reasons.commit();
  }

  async discard(): Promise<void> {
    await this.rows.discard();
    await this.reasons.discard();
  }

  /** The row as it goes into the file; `undefined` if nothing of it is known. */
  #toText({ record, row }: RejectedRow): string | undefined {
    const columns = toColumns(row);
    const hasColumns = Object.keys(columns).length > 0;
    if (this.#format === 'csv') {
      if (record !== undefined) return record.replace(/[\r\n]+$/, '');
      return hasColumns && this.#header !== undefined
        ? this.#toCsv(columns, this.#header)
        : undefined;
    }
    if (record === undefined) return hasColumns ? JSON.stringify(columns) : undefined;
    const text = record.trim();
    return /[\r\n]/.test(text) ? toOneLine(text) : text;
  }

  #toCsv(columns: Record<string, unknown>, header: string): string {
    const names = header.split(this.#delimiter).map((name) => this.#unquote(name.trim()));
    return names.map((name) => this.#toCell(columns[name])).join(this.#delimiter);
  }

  #unquote(name: string): string {
    const isQuoted = this.#quote !== '' && name.length > 1 && name.startsWith(this.#quote);
    return isQuoted && name.endsWith(this.#quote) ? name.slice(1, -1) : name;
  }

  #toCell(value: unknown): string {
    const text =
      typeof value === 'string' ? value : value === undefined ? '' : JSON.stringify(value);
    const isPlain = ![this.#delimiter, this.#quote, '\n', '\r'].some((one) => text.includes(one));
    return isPlain
      ? text
      : `${this.#quote}${text.replaceAll(this.#quote, this.#quote.repeat(2))}${this.#quote}`;
  }
}

/** JSON on one line. What is not JSON has no line breaks that mean anything. */
function toOneLine(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text.replace(/\s*[\r\n]+\s*/g, ' ');
  }
}

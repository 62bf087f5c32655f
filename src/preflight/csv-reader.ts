/** Parses CSV: the options with their defaults, the parser, other charsets, and the lines of rows. */
import { createChunkDecoder, resolveCharset } from '../shared/charset.js';
import { InvalidInputError } from '../shared/errors.js';
import { countNewlines } from '../shared/lines.js';
import { invalid } from '../shared/options.js';
import type { CsvOptions } from './types.js';
import { MAX_ROW_BYTES } from './window.js';

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Imported when it is first needed, so that the library starts without it; the types follow. */
const load = () => import('csv-parse');
export type Parser = InstanceType<Awaited<ReturnType<typeof load>>['Parser']>;

/** Adds what the platform assumes for options that the batch leaves out. */
export const withCsvDefaults = (options: CsvOptions) => ({
  delimiter: options.delimiter ?? ',',
  quote: options.quote ?? '"',
  escape: options.escape ?? '\\',
});

export const isUtf8Charset = ({ charset }: CsvOptions): boolean =>
  charset === undefined || resolveCharset(charset)?.isUtf8 === true;

export type OnRow = (row: readonly string[], endByte: number) => void;
export type CreateParser = (onRow: OnRow) => Parser;

/**
 * Loads the parser.
 * @returns a function that creates one. @throws {InvalidInputError} from that function.
 */
export async function loadCsvParser(options: CsvOptions): Promise<CreateParser> {
  const { Parser } = await load();
  const csv = withCsvDefaults(options);
  return (onRow) => {
    try {
      return new Parser({
        delimiter: csv.delimiter,
        quote: csv.quote === '' ? false : csv.quote,
        escape: csv.escape === '' ? false : csv.escape,
        record_delimiter: ['\r\n', '\n', '\r'],
        relax_column_count: true,
        relax_quotes: true, // a quote in the middle of a value is part of it
        skip_empty_lines: true,
        max_record_size: MAX_ROW_BYTES,
        on_record: (row: string[], { bytes }) => {
          onRow(row, bytes);
          return null; // or rows would queue up behind the parser
        },
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new InvalidInputError('csv', `Invalid csv: ${reason}`);
    }
  };
}

/** Returns a function that converts chunks of another charset to UTF-8. @throws {InvalidInputError} */
export function createDecoder(charset: string): (chunk: Buffer) => Buffer {
  const known = resolveCharset(charset);
  if (known === undefined) {
    const expected = 'a known charset, such as ISO-8859-1 or windows-1252';
    throw invalid('csv.charset', expected, charset, 'Leave it out for UTF-8.');
  }
  const decoder = createChunkDecoder(known);
  return (chunk) => Buffer.from(decoder.decode(chunk));
}

/** Resolves when the chunk is parsed, or the parser has failed. */
export const parseChunk = (parser: Parser, bytes: Buffer): Promise<void> =>
  new Promise((resolve) => {
    parser.write(bytes, () => resolve());
  });

/** Parses the last row, which needs no line end, and resolves after its errors were emitted. */
export const finishParsing = (parser: Parser): Promise<void> =>
  new Promise((resolve) => {
    parser.once('error', () => resolve());
    parser.end(resolve);
  });

/**
 * The line that each row begins in. The parser's own count has some line ends inside quotes twice,
 * and it may emit a row only with a later chunk.
 */
export class RowLines {
  /** What was read and is in no row yet. */
  #bytes: Buffer = Buffer.alloc(0);
  #startByte = 0;
  #line = 1;

  /** @param chunk bytes that do not change later: they are kept. */
  push(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
  }

  /**
   * Moves past a row.
   * @param endByte the position after the row and its line end.
   * @returns the line that the row begins in.
   */
  advance(endByte: number): number {
    const line = this.nextLine();
    this.#skip(endByte - this.#startByte);
    return line;
  }

  /** Returns the line that the next row begins in; empty lines are skipped. */
  nextLine(): number {
    let at = 0;
    while (this.#bytes[at] === NEWLINE || this.#bytes[at] === RETURN) at++;
    this.#skip(at);
    return this.#line;
  }

  #skip(count: number): void {
    this.#line += countNewlines(this.#bytes.subarray(0, count));
    this.#bytes = this.#bytes.subarray(count);
    this.#startByte += count;
  }
}

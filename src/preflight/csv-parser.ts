import { InvalidInputError } from '../shared/errors.js';
import { MAX_ROW_BYTES } from './limits.js';
import type { CsvOptions } from './types.js';

/** The reader is imported when it is first needed; its types come from there, too. */
const load = () => import('csv-parse');
export type Parser = InstanceType<Awaited<ReturnType<typeof load>>['Parser']>;

/** With what the platform takes where the batch does not say. */
export const csvDefaults = (options: CsvOptions) => ({
  delimiter: options.delimiter ?? ',',
  quote: options.quote ?? '"',
  escape: options.escape ?? '\\',
});

export const isUtf8Charset = ({ charset }: CsvOptions): boolean =>
  charset === undefined || /^utf-?8$/i.test(charset);

export type OnRow = (row: readonly string[], endByte: number) => void;
export type MakeParser = (onRow: OnRow) => Parser;

export async function parserMaker(options: CsvOptions): Promise<MakeParser> {
  const { Parser } = await load();
  const csv = csvDefaults(options);
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
          return null; // rows are not to queue up behind the parser
        },
      });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new InvalidInputError('csv', `the CSV options cannot be used: ${why}`);
    }
  };
}

/** What turns another charset into UTF-8. */
export function decoderFor(charset: string): (chunk: Buffer) => Buffer {
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(charset);
  } catch {
    const message = `csv.charset ${JSON.stringify(charset)} is not known here: leave it out for UTF-8.`;
    throw new InvalidInputError('csv.charset', message);
  }
  return (chunk) => Buffer.from(decoder.decode(chunk, { stream: true }));
}

/** What is written is parsed when this ends, or the parser has failed. */
export const write = (parser: Parser, bytes: Buffer): Promise<void> =>
  new Promise((done) => {
    parser.write(bytes, () => done());
  });

/** The last row needs no end; what is wrong with it is told before this ends. */
export const close = (parser: Parser): Promise<void> =>
  new Promise((done) => {
    parser.once('error', () => done());
    parser.end(done);
  });

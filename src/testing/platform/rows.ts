/** Reads the rows of uploaded files as streams: some rows at a time, never a whole file. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import type { Parser } from 'csv-parse';
import type { components } from '../../../generated/openapi.js';

/** How a file is to be read; what is missing has the OpenAPI document's default. */
export type RowFormat = Partial<components['schemas']['InputFormat']>;

/** A row, or the text of one that cannot be read. */
export type Row = { value: unknown } | { corrupt: string };

/** Thrown for a CSV file without a header, or with a column that has no name. */
export class InvalidCsvHeaderError extends Error {}

/** The platform takes rows up to 100 KB. One that is longer than this cannot be read, and is cut. */
const MAX_ROW_BYTES = 1024 * 1024;
/** The text of a row that cannot be read is kept up to this length. */
const MAX_CORRUPT_CHARACTERS = 10_000;
const NEWLINE = 0x0a;

/** The rows of a JSON or CSV file, some at a time. */
export function readRows(
  file: string,
  format: RowFormat,
  signal: AbortSignal,
): AsyncGenerator<Row[]> {
  if (format.format === 'csv') return readCsv(file, format, signal);
  return format.isMultiLineJson === true ? readJsonArray(file, signal) : readLines(file, signal);
}

/**
 * A row that cannot be read. The copy releases the text that the row is a part of, which may be a hundred times
 * as long.
 */
const toCorruptRow = (text: string): Row => ({
  corrupt: Buffer.from(text.slice(0, MAX_CORRUPT_CHARACTERS)).toString(),
});

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON Lines: one object a line. Empty lines are skipped. */
async function* readLines(file: string, signal: AbortSignal): AsyncGenerator<Row[]> {
  let held: Buffer = Buffer.alloc(0);
  let isTooLong = false;
  for await (const chunk of createReadStream(file, { signal }) as AsyncIterable<Buffer>) {
    const rows: Row[] = [];
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      const line = chunk.subarray(from, at);
      if (!isTooLong) rows.push(...parseLine(held.length > 0 ? Buffer.concat([held, line]) : line));
      isTooLong = false;
      held = Buffer.alloc(0);
      from = at + 1;
    }
    if (!isTooLong) held = Buffer.concat([held, chunk.subarray(from)]);
    if (held.length > MAX_ROW_BYTES) {
      rows.push(toCorruptRow(held.toString('utf8')));
      held = Buffer.alloc(0);
      isTooLong = true;
    }
    yield rows;
  }
  yield parseLine(held);
}

function parseLine(line: Buffer): Row[] {
  const text = line.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') return [];
  try {
    const value: unknown = JSON.parse(text);
    return [isObject(value) ? { value } : toCorruptRow(text)];
  } catch {
    return [toCorruptRow(text)];
  }
}

/** One JSON array of objects. Where it cannot be parsed any further, the rest is one corrupt row. */
async function* readJsonArray(file: string, signal: AbortSignal): AsyncGenerator<Row[]> {
  const { JSONParser } = await import('@streamparser/json');
  const parser = new JSONParser({ paths: ['$.*'], keepStack: false });
  let rows: Row[] = [];
  let isFirst = true;
  parser.onValue = ({ value }) => {
    rows.push(isObject(value) ? { value } : toCorruptRow(JSON.stringify(value)));
  };
  for await (const chunk of createReadStream(file, { signal }) as AsyncIterable<Buffer>) {
    if (isFirst) {
      const text = chunk
        .toString('utf8')
        .replace(/^\uFEFF/, '')
        .trimStart();
      if (!text.startsWith('[')) {
        yield [toCorruptRow(text)];
        return;
      }
      isFirst = false;
    }
    try {
      parser.write(chunk);
    } catch {
      yield [...rows, toCorruptRow(chunk.toString('utf8'))];
      return;
    }
    yield rows;
    rows = [];
  }
  if (!parser.isEnded) yield [toCorruptRow('the array does not end')];
}

/** CSV. A row with more or fewer fields than the header is corrupt. */
async function* readCsv(
  file: string,
  format: RowFormat,
  signal: AbortSignal,
): AsyncGenerator<Row[]> {
  const rejected: Row[] = [];
  const parser = await createCsvParser(format, (text) => rejected.push(toCorruptRow(text)));
  let failure: unknown;
  parser.on('error', (error) => {
    failure = error;
  });
  const toRows = createRowBuilder(format);
  const hasHeader = format.header !== false;
  let hasText = false;
  let hasRecord = false;
  // Reads the parser by hand: rows come in batches, and rejected ones do not pile up.
  const takeRows = (): Row[] => {
    const rows = rejected.splice(0);
    for (let one = parser.read(); one !== null; one = parser.read()) {
      hasRecord = true;
      rows.push(...toRows(one));
    }
    if (failure !== undefined) throw failure;
    return rows;
  };
  for await (const text of decode(createReadStream(file, { signal }), format.charset)) {
    // The parser skips empty lines; an empty first line is an empty header even so.
    const isEmptyHeader = hasHeader && !hasText && /^\ufeff?[^\S\n]*\n/.test(text);
    if (isEmptyHeader) throw new InvalidCsvHeaderError();
    hasText ||= text !== '';
    parser.write(text);
    yield takeRows();
  }
  parser.end();
  await finished(parser, { readable: false });
  yield takeRows();
  if (!hasRecord && hasHeader) throw new InvalidCsvHeaderError();
}

async function createCsvParser(
  format: RowFormat,
  onRejected: (text: string) => void,
): Promise<Parser> {
  const { parse } = await import('csv-parse');
  return parse({
    delimiter: format.delimiter ?? ',',
    quote: format.quote ?? '"',
    escape: format.escape ?? '\\',
    bom: true,
    raw: true,
    // The platform keeps a quote inside a field; it does not reject the row.
    relax_quotes: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    max_record_size: MAX_ROW_BYTES,
    on_skip: (_, raw): undefined => {
      onRejected((raw ?? '').trimEnd());
    },
  });
}

/** Turns records into rows; the first record names the columns, unless there is no header. */
function createRowBuilder(format: RowFormat): (parsed: { record: string[] }) => Row[] {
  let columns: string[] | undefined;
  return ({ record }) => {
    columns ??= format.header === false ? record.map((_, at) => `${at}`) : undefined;
    if (columns === undefined) {
      columns = record;
      if (columns.some((name) => name.trim() === '')) throw new InvalidCsvHeaderError();
      return [];
    }
    return [{ value: Object.fromEntries(columns.map((name, at) => [name, record[at]])) }];
  };
}

/** Text in any character set that Node knows. */
async function* decode(bytes: AsyncIterable<Uint8Array>, charset = 'utf-8') {
  const decoder = new TextDecoder(charset);
  for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
  yield decoder.decode();
}

/** How many rows the metadata of a Parquet file names. Its pages are not read. */
export async function countParquetRows(file: string): Promise<number> {
  const metadata = await readParquetMetadata(file);
  return Number(metadata.num_rows);
}

/** The names of the columns of a Parquet file. */
export async function readParquetColumns(file: string): Promise<string[]> {
  const { parquetSchema } = await import('hyparquet');
  const schema = parquetSchema(await readParquetMetadata(file));
  return schema.children.map(({ element }) => element.name);
}

async function readParquetMetadata(file: string) {
  const { parquetMetadataAsync } = await import('hyparquet');
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const slice = async (start: number, end = size) => {
      const bytes = new Uint8Array(end - start);
      await handle.read(bytes, 0, bytes.length, start);
      return bytes.buffer;
    };
    return await parquetMetadataAsync({ byteLength: size, slice });
  } finally {
    await handle.close();
  }
}

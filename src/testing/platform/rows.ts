/** Reads the rows of uploaded files as streams: some rows at a time, never a whole file. */
import { isUtf8 } from 'node:buffer';
import type { components } from '../../../generated/openapi.js';
import { createChunkDecoder, resolveCharset } from '../../shared/charset.js';
import { LineSplitter } from '../../shared/lines.js';
import { ArrayReader } from './array-rows.js';
import { CsvReader } from './csv-rows.js';
import { readChunks } from './disk.js';
import { isObject, type Row, toCorruptRow } from './row.js';

/** How a file is to be read; what is missing has the OpenAPI document's default. */
export type RowFormat = Partial<components['schemas']['InputFormat']>;

/** The platform's pages advise rows of at most 100 kB. A longer one than this is rejected. */
const MAX_ROW_BYTES = 16 * 1024 * 1024;
const BYTE_ORDER_MARK = /^\uFEFF/;
/** JSON has four white space characters; JavaScript trims more. */
const BLANK = /^[ \t\r\n]*$/;

/** The rows of a JSON or CSV file, some at a time. */
export function readRows(
  file: string,
  format: RowFormat,
  signal: AbortSignal,
): AsyncGenerator<Row[]> {
  if (format.format === 'csv') return readCsv(file, format, signal);
  return format.isMultiLineJson === true ? readJsonArray(file, signal) : readLines(file, signal);
}

/** JSON Lines: one object a line. Empty lines are skipped. A carriage return ends a line, too. */
async function* readLines(file: string, signal: AbortSignal): AsyncGenerator<Row[]> {
  const lines = new LineSplitter(MAX_ROW_BYTES, { splitsAtReturns: true });
  for await (const chunk of readChunks(file, signal)) {
    const rows: Row[] = [];
    for (const { bytes, number } of lines.push(chunk)) rows.push(...parseLine(bytes, number));
    yield rows;
  }
  for (const { bytes, number } of lines.end()) yield parseLine(bytes, number);
}

function parseLine(bytes: Buffer | undefined, number: number): Row[] {
  if (bytes === undefined) return [toCorruptRow('the row is longer than 16 MiB')];
  const line = bytes.toString('utf8');
  const text = number === 1 ? line.replace(BYTE_ORDER_MARK, '') : line;
  if (BLANK.test(text)) return [];
  try {
    const value: unknown = JSON.parse(text);
    return [isObject(value) && isUtf8(bytes) ? { value } : toCorruptRow(text)];
  } catch {
    return [toCorruptRow(text)];
  }
}

/** One JSON array of objects. Where it cannot be parsed any further, the rest is one corrupt row. */
async function* readJsonArray(file: string, signal: AbortSignal): AsyncGenerator<Row[]> {
  const reader = new ArrayReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for await (const chunk of readChunks(file, signal)) {
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch {
      yield [toCorruptRow(chunk.toString('utf8'))];
      return;
    }
    yield reader.push(text);
    if (reader.isBroken) return;
  }
  yield reader.end();
}

/** CSV. A row with more or fewer fields than the header is corrupt. */
async function* readCsv(
  file: string,
  format: RowFormat,
  signal: AbortSignal,
): AsyncGenerator<Row[]> {
  const charset = resolveCharset(format.charset ?? 'utf-8');
  if (charset === undefined) throw new Error(`the charset ${format.charset} is not known`);
  const decoder = createChunkDecoder(charset, charset.isUtf8);
  const reader = new CsvReader(format);
  for await (const chunk of readChunks(file, signal)) {
    yield reader.push(decoder.decode(chunk));
  }
  yield reader.push(decoder.end());
  yield reader.end();
}

/** Reads rows from what was uploaded, as streams: some at a time, never a whole file. */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { csvRows } from './csv-rows.js';
import { corrupt, MAX_ROW_BYTES, type Row, type RowFormat } from './row.js';

const NEWLINE = 0x0a;

const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The rows of a JSON or CSV file, some at a time. */
export function readRows(
  file: string,
  format: RowFormat,
  signal: AbortSignal,
): AsyncGenerator<Row[]> {
  if (format.format === 'csv') return csvRows(file, format, signal);
  return format.isMultiLineJson === true ? arrayRows(file, signal) : lineRows(file, signal);
}

/** How many rows a Parquet file says that it has. Its pages are not read. */
export async function countParquet(file: string): Promise<number> {
  const metadata = await parquetMetadata(file);
  return Number(metadata.num_rows);
}

/** The names of the columns of a Parquet file. */
export async function parquetColumns(file: string): Promise<string[]> {
  const { parquetSchema } = await import('hyparquet');
  return parquetSchema(await parquetMetadata(file)).children.map(({ element }) => element.name);
}

async function parquetMetadata(file: string) {
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

/** JSON Lines: one object a line. Empty lines are none. */
async function* lineRows(file: string, signal: AbortSignal): AsyncGenerator<Row[]> {
  let held: Buffer = Buffer.alloc(0);
  let tooLong = false;
  for await (const chunk of createReadStream(file, { signal }) as AsyncIterable<Buffer>) {
    const rows: Row[] = [];
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      const line = chunk.subarray(from, at);
      if (!tooLong) rows.push(...lineRow(held.length > 0 ? Buffer.concat([held, line]) : line));
      tooLong = false;
      held = Buffer.alloc(0);
      from = at + 1;
    }
    if (!tooLong) held = Buffer.concat([held, chunk.subarray(from)]);
    if (held.length > MAX_ROW_BYTES) {
      rows.push(corrupt(held.toString('utf8')));
      held = Buffer.alloc(0);
      tooLong = true;
    }
    yield rows;
  }
  yield lineRow(held);
}

function lineRow(line: Buffer): Row[] {
  const text = line.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') return [];
  try {
    const value: unknown = JSON.parse(text);
    return [isObject(value) ? { value } : corrupt(text)];
  } catch {
    return [corrupt(text)];
  }
}

/** One JSON array of objects. Where it breaks off, what follows is one row that cannot be read. */
async function* arrayRows(file: string, signal: AbortSignal): AsyncGenerator<Row[]> {
  const { JSONParser } = await import('@streamparser/json');
  const parser = new JSONParser({ paths: ['$.*'], keepStack: false });
  let rows: Row[] = [];
  let begun = false;
  parser.onValue = ({ value }) => {
    rows.push(isObject(value) ? { value } : corrupt(JSON.stringify(value)));
  };
  for await (const chunk of createReadStream(file, { signal }) as AsyncIterable<Buffer>) {
    const text = begun
      ? undefined
      : chunk
          .toString('utf8')
          .replace(/^\uFEFF/, '')
          .trimStart();
    const wrong = text === undefined || text.startsWith('[') ? undefined : text;
    begun = true;
    if (wrong !== undefined || !attempt(() => parser.write(chunk))) {
      yield [...rows, corrupt(wrong ?? chunk.toString('utf8'))];
      return;
    }
    yield rows;
    rows = [];
  }
  if (!parser.isEnded) yield [corrupt('the array does not end')];
}

function attempt(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}

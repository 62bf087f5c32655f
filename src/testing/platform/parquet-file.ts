/** Reads Parquet files: their footers, and the rows where a schema needs them. */
import { type FileHandle, open } from 'node:fs/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { AsyncBuffer, Compressors, FileMetaData } from 'hyparquet';
import { assertColumns } from './schema/columns.js';
import { findField } from './schema/conversion.js';
import { isNode, type XdmField } from './schema/xdm-field.js';

/** How many rows the metadata of a Parquet file names. Its pages are not read. */
export async function countParquetRows(file: string): Promise<number> {
  return countRows(await readParquetMetadata(file));
}

/** The names of the columns of a Parquet file. */
export async function readParquetColumns(file: string): Promise<string[]> {
  const { parquetSchema } = await import('hyparquet');
  const schema = parquetSchema(await readParquetMetadata(file));
  return schema.children.map(({ element }) => element.name);
}

/** What Node decompresses, besides the codecs of hyparquet itself. */
const COMPRESSORS: Compressors = {
  GZIP: (input) => new Uint8Array(gunzipSync(input)),
  BROTLI: (input) => new Uint8Array(brotliDecompressSync(input)),
};
const READABLE_CODECS: readonly string[] = ['UNCOMPRESSED', 'SNAPPY', ...Object.keys(COMPRESSORS)];

/**
 * The rows of a Parquet file as JSON has them, a row group at a time, after a check of its columns.
 * `undefined` stands for a row group of a codec that is not read: only its rows are counted.
 * @throws {TypeCompatibilityError} @throws {UnknownColumnError} for a column that does not fit the schema.
 */
export async function* readParquetRows(
  file: string,
  root: XdmField,
): AsyncGenerator<{ count: number; rows: unknown[] | undefined }> {
  const { parquetReadObjects, parquetSchema } = await import('hyparquet');
  const handle = await open(file);
  try {
    const buffer = await toAsyncBuffer(handle);
    const metadata = await readMetadata(handle, buffer);
    countRows(metadata);
    assertColumns(parquetSchema(metadata), root);
    let rowStart = 0;
    for (const { num_rows, columns } of metadata.row_groups) {
      const rowEnd = rowStart + Number(num_rows);
      const codecs = columns.map(({ meta_data }) => meta_data?.codec ?? '');
      const isReadable = codecs.every((codec) => READABLE_CODECS.includes(codec));
      const options = { file: buffer, metadata, rowStart, rowEnd, compressors: COMPRESSORS };
      const rows = isReadable && rowEnd > rowStart ? await parquetReadObjects(options) : undefined;
      yield { count: rowEnd - rowStart, rows: rows?.map((row) => toJson(row, root)) };
      rowStart = rowEnd;
    }
  } finally {
    await handle.close();
  }
}

/** A value as JSON has it. A missing value of Parquet is null: its field is left out. */
function toJson(value: unknown, field: XdmField | undefined): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) return String(value);
    const text = value.toISOString();
    return field?.type === 'date' ? text.replace(/T.*/, '') : text;
  }
  if (Array.isArray(value)) return value.map((one) => toJson(one, field?.values));
  if (!isNode(value) || ArrayBuffer.isView(value)) return value;
  const row: Record<string, unknown> = Object.create(null);
  for (const [name, one] of Object.entries(value)) {
    if (one === null || one === undefined) continue;
    row[name] = toJson(one, field === undefined ? undefined : findField(field, name));
  }
  return row;
}

function countRows({ row_groups: groups, num_rows: total }: FileMetaData): number {
  const sum = groups.reduce((rows, { num_rows: more }) => rows + more, 0n);
  if (sum !== total) throw new Error('the footer contradicts its row groups');
  return Number(total);
}

async function readParquetMetadata(file: string): Promise<FileMetaData> {
  const handle = await open(file);
  try {
    return await readMetadata(handle, await toAsyncBuffer(handle));
  } finally {
    await handle.close();
  }
}

async function readMetadata(handle: FileHandle, buffer: AsyncBuffer): Promise<FileMetaData> {
  const { parquetMetadataAsync } = await import('hyparquet');
  const start = Buffer.alloc(4);
  await handle.read(start, 0, start.length, 0);
  if (start.toString('latin1') !== 'PAR1') throw new Error('it does not begin with PAR1');
  return await parquetMetadataAsync(buffer);
}

async function toAsyncBuffer(handle: FileHandle): Promise<AsyncBuffer> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    slice: async (start, end = size) => {
      const bytes = new Uint8Array(end - start);
      await handle.read(bytes, 0, bytes.length, start);
      return bytes.buffer;
    },
  };
}

/** Reads the rows of Parquet, one row group at a time. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { Compressors, FileMetaData } from 'hyparquet';
import type { ByteSource } from '../http/body.js';
import { normalizeNesting } from './parquet-nesting.js';
import { readRange } from './window.js';

const load = () => import('hyparquet');

/** A larger row group would take too much memory. */
const MAX_GROUP_BYTES = 64 * 1024 * 1024;
/** Snappy is in the reader. */
const COMPRESSORS: Compressors = {
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
};
/** Text in JSON stays text. */
const PARSERS = { jsonFromBytes: (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8') };

/**
 * Reads all rows. The reader decodes the footer in its own way.
 * @param footer to the end of the file. Times are `Date`s, 64-bit integers bigints, and missing values null.
 * @returns why it ended early, without a full stop; `undefined` if it did not.
 */
export async function readParquetRows(
  source: ByteSource,
  footer: Buffer,
  visit: (row: Readonly<Record<string, unknown>>) => void,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const { parquetMetadata, parquetReadObjects } = await load();
  const file = {
    byteLength: source.size,
    slice: async (start: number, end = source.size): Promise<ArrayBuffer> =>
      new Uint8Array(await readRange(source, start, end, signal)).buffer,
  };
  let metadata: FileMetaData;
  try {
    metadata = normalizeNesting(parquetMetadata(footer, { geoparquet: false }));
  } catch {
    return 'the footer cannot be read';
  }
  const options = { file, metadata, compressors: COMPRESSORS, parsers: PARSERS, geoparquet: false };
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const bytes = group.columns.reduce(
      (sum, { meta_data }) => sum + Number(meta_data?.total_uncompressed_size ?? 0),
      0,
    );
    if (bytes > MAX_GROUP_BYTES) return 'a row group is too large to be read';
    const rowEnd = rowStart + Number(group.num_rows);
    let rows: Record<string, unknown>[];
    try {
      rows = await parquetReadObjects({ ...options, rowStart, rowEnd });
    } catch (error) {
      signal?.throwIfAborted();
      return error instanceof Error ? error.message : 'a page cannot be read';
    }
    for (const row of rows) visit(row);
    rowStart = rowEnd;
  }
  return undefined;
}

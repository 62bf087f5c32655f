/** Reads the footers of Parquet files. Their pages are not read. */
import { open } from 'node:fs/promises';

/** How many rows the metadata of a Parquet file names. Its pages are not read. */
export async function countParquetRows(file: string): Promise<number> {
  const metadata = await readParquetMetadata(file);
  const sum = metadata.row_groups.reduce((total, { num_rows: rows }) => total + rows, 0n);
  if (sum !== metadata.num_rows) throw new Error('the footer contradicts its row groups');
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
    const start = Buffer.alloc(4);
    await handle.read(start, 0, start.length, 0);
    if (start.toString('latin1') !== 'PAR1') throw new Error('it does not begin with PAR1');
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

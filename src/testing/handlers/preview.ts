/** The first rows of what was uploaded so far. */
import type { components } from '../../../generated/openapi.js';
import type { Platform } from '../platform/platform.js';
import type { RowFormat } from '../platform/row.js';
import { parquetColumns, readRows } from '../platform/rows.js';
import { problem } from '../server/error-bodies.js';
import type { Answer, Call } from '../server/handler.js';

type Table = components['schemas']['PreviewTable'];
type Columns = Table['columns'];

/** Of Parquet only the columns are shown: its rows are counted, never read. */
export async function preview(
  platform: Platform,
  { path, query, sandbox }: Call<'previewBatch'>,
): Promise<Answer> {
  const batch = platform.batchIn(sandbox, path.batchId);
  if (batch.request.datasetId !== path.datasetId) {
    throw problem(404, `The batch ${batch.id} is not of the dataset ${path.datasetId}`);
  }
  const { nrow = 0, isMultiLineJson, ...formatParams } = query;
  const format =
    isMultiLineJson === undefined ? formatParams : { ...formatParams, isMultiLineJson };
  const files = [...batch.files.values()].map(({ file }) => file);
  const table =
    query.format === 'parquet' ? await columnsOnly(files) : await firstRows(files, format, nrow);
  return { status: 200, json: { formatParams, preview: table } };
}

async function columnsOnly([file]: readonly string[]): Promise<Table> {
  if (file === undefined) return { columns: [], rows: [] };
  try {
    return { columns: columnsOf(await parquetColumns(file)), rows: [] };
  } catch (error) {
    throw problem(400, `The file is no Parquet: ${(error as Error).message}`);
  }
}

async function firstRows(files: readonly string[], format: RowFormat, nrow: number) {
  const rows: Record<string, unknown>[] = [];
  const ids = new Map<string, string>();
  for (const file of files) {
    if (rows.length >= nrow) break;
    for await (const some of readRows(file, format, new AbortController().signal)) {
      for (const row of some) {
        if ('value' in row) rows.push(numbered(row.value as Record<string, unknown>, ids));
      }
      if (rows.length >= nrow) break;
    }
  }
  return { columns: columnsOf([...ids.keys()]), rows: rows.slice(0, nrow) };
}

const columnsOf = (names: readonly string[]): Columns =>
  names.map((name, at) => ({ cid: `${at}`, name }));

/** A row with the ids of its columns in place of their names. */
function numbered(row: Record<string, unknown>, ids: Map<string, string>) {
  const fields = Object.entries(row).map(([name, value]) => {
    const id = ids.get(name) ?? `${ids.size}`;
    ids.set(name, id);
    return [id, value];
  });
  return Object.fromEntries(fields);
}

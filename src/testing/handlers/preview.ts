/** The preview: the first rows of the files that were uploaded so far. */
import type { components } from '../../../generated/openapi.js';
import { omitUndefined } from '../../shared/options.js';
import { problem } from '../platform/http-error.js';
import { readParquetColumns } from '../platform/parquet-file.js';
import type { Platform } from '../platform/platform.js';
import { type RowFormat, readRows } from '../platform/rows.js';
import type { HandlerRequest, HandlerResponse } from '../server/handler.js';

type Table = components['schemas']['PreviewTable'];

/** Of Parquet only the columns are shown: the simulator does not decode its rows. */
export async function preview(
  platform: Platform,
  { path, query, sandbox }: HandlerRequest<'previewBatch'>,
): Promise<HandlerResponse> {
  const batch = platform.getBatch(sandbox, path.batchId);
  if (batch.request.datasetId !== path.datasetId) {
    throw problem(404, `The batch ${batch.id} does not belong to the dataset ${path.datasetId}`);
  }
  const { nrow = 0, isMultiLineJson, ...formatParams } = query;
  const format = { ...formatParams, ...omitUndefined({ isMultiLineJson }) };
  const files = batch.files.list().map(({ file }) => file);
  const table =
    query.format === 'parquet'
      ? await previewParquet(files)
      : await previewRows(files, format, nrow);
  return { status: 200, json: { formatParams, preview: table } };
}

async function previewParquet([file]: readonly string[]): Promise<Table> {
  if (file === undefined) return { columns: [], rows: [] };
  try {
    return { columns: toColumns(await readParquetColumns(file)), rows: [] };
  } catch (error) {
    throw problem(400, `The file is not Parquet: ${(error as Error).message}`);
  }
}

async function previewRows(files: readonly string[], format: RowFormat, limit: number) {
  const rows: Record<string, unknown>[] = [];
  const columnIds = new Map<string, string>();
  for (const file of files) {
    if (rows.length >= limit) break;
    for await (const some of readRows(file, format, new AbortController().signal)) {
      for (const row of some) {
        if ('value' in row) {
          rows.push(replaceNames(row.value as Record<string, unknown>, columnIds));
        }
      }
      if (rows.length >= limit) break;
    }
  }
  return { columns: toColumns([...columnIds.keys()]), rows: rows.slice(0, limit) };
}

const toColumns = (names: readonly string[]): Table['columns'] =>
  names.map((name, at) => ({ cid: `${at}`, name }));

/** The row with the ids of its columns in place of their names. New columns get the next id. */
function replaceNames(row: Record<string, unknown>, columnIds: Map<string, string>) {
  const fields = Object.entries(row).map(([name, value]) => {
    const id = columnIds.get(name) ?? `${columnIds.size}`;
    columnIds.set(name, id);
    return [id, value];
  });
  return Object.fromEntries(fields);
}

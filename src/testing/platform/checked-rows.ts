/** The rows of one file of a batch: those that can be loaded are counted, the others are rejected. */
import type { components } from '../../../generated/openapi.js';
import type { Batch } from './batch.js';
import type { StoredFile } from './batch-files.js';
import { countParquetRows, readParquetRows } from './parquet-file.js';
import { type RejectedRows, UNREADABLE } from './rejected-rows.js';
import { readRows } from './rows.js';
import { findFlatFields, parseCells } from './schema/csv-cells.js';
import type { DatasetSchema } from './schema/dataset-schema.js';
import type { Reason } from './schema/reasons.js';

type RowFormat = Partial<components['schemas']['InputFormat']>;

/** What the rows of a batch are held against. */
export interface RowChecks {
  /** The schema of the dataset; without one, rows only have to be readable. */
  readonly schema: DatasetSchema | undefined;
  readonly rejected: RejectedRows;
  readonly signal: AbortSignal;
}

/**
 * The numbers of good rows, some at a time; the others are added to the rejected ones.
 * @throws {TypeCompatibilityError} @throws {UnknownColumnError} for what fails the whole batch.
 */
export async function* countGoodRows(
  batch: Batch,
  stored: StoredFile,
  checks: RowChecks,
): AsyncGenerator<number> {
  if (batch.format === 'parquet') {
    yield* countGoodParquetRows(stored, checks);
    return;
  }
  const { rejected, signal } = checks;
  const format = batch.request.inputFormat ?? {};
  const check = createCheck(format, checks.schema);
  for await (const rows of readRows(stored.file, format, signal)) {
    let good = 0;
    for (const row of rows) {
      if ('corrupt' in row) {
        const _corrupt_record = row.corrupt;
        await rejected.add({ _corrupt_record, _errors: [UNREADABLE], _filename: stored.path });
      } else {
        const reasons = check(row.value);
        if (reasons.length === 0) good += 1;
        else await reject(row.value, reasons, stored, rejected);
      }
    }
    yield good;
  }
}

function createCheck(
  { format, nullMarker, header }: RowFormat,
  schema: DatasetSchema | undefined,
): (row: unknown) => Reason[] {
  if (schema === undefined) return () => [];
  if (format !== 'csv') return (row) => schema.check(row);
  const fields = findFlatFields(schema.root);
  // Columns without names belong to no field.
  if (fields === undefined || header === false) return () => [];
  return (cells) => schema.check(parseCells(fields, cells, nullMarker), fields);
}

async function* countGoodParquetRows(
  stored: StoredFile,
  { schema, rejected, signal }: RowChecks,
): AsyncGenerator<number> {
  if (schema === undefined) {
    yield await countParquetRows(stored.file);
    return;
  }
  for await (const { count, rows = [] } of readParquetRows(stored.file, schema.root)) {
    signal.throwIfAborted();
    let bad = 0;
    for (const row of rows) {
      const reasons = schema.check(row);
      if (reasons.length === 0) continue;
      bad += 1;
      await reject(row, reasons, stored, rejected);
    }
    yield count - bad;
  }
}

const reject = (
  row: unknown,
  _errors: Reason[],
  { path }: StoredFile,
  rejected: RejectedRows,
): Promise<void> => rejected.add(Object.assign({}, row, { _errors, _filename: path }));

/** Ingests a completed batch: reads all of its files, counts the rows, and finds what makes it fail. */
import type { components } from '../../../generated/openapi.js';
import type { Outcome } from '../options.js';
import type { Batch, IngestionResult } from './batch.js';
import type { StoredFile } from './batch-files.js';
import { countGoodRows, type RowChecks } from './checked-rows.js';
import { InvalidCsvHeaderError } from './csv-rows.js';
import type { Disk } from './disk.js';
import { RejectedRows, UNREADABLE } from './rejected-rows.js';
import { UnknownColumnError } from './schema/columns.js';
import { TypeCompatibilityError } from './schema/conversion.js';
import { findFlatFields } from './schema/csv-cells.js';
import type { DatasetSchema } from './schema/dataset-schema.js';
import { CODES } from './schema/reasons.js';

type Schemas = components['schemas'];
type BatchError = Schemas['CatalogBatchError'];

interface IngestionContext {
  readonly disk: Disk;
  readonly signal: AbortSignal;
  readonly rowErrorsPerFile: number;
  /** The form of the report of rejected rows. */
  readonly report: Outcome['report'];
  /** Which formats the dataset takes; `undefined` for all. */
  readonly formats: readonly Schemas['FileFormat'][] | undefined;
  /** The schema of the dataset's rows, if it has one. */
  readonly schema: Promise<DatasetSchema> | undefined;
}

/** What the files have shown so far. */
interface Tally {
  inputRows: number;
  failedRows: number;
  /** Errors that make the batch fail, however many rows are good. */
  readonly fatal: BatchError[];
  readonly goodRows: Map<string, number>;
}

/** Reads all files of a batch, one after another. */
export async function ingest(batch: Batch, context: IngestionContext): Promise<IngestionResult> {
  const { disk, rowErrorsPerFile, formats, signal } = context;
  const schema = await context.schema;
  const files = batch.files.list();
  const rejected = new RejectedRows(disk, rowErrorsPerFile, context.report);
  const tally: Tally = { inputRows: 0, failedRows: 0, fatal: [], goodRows: new Map() };
  if (formats?.includes(batch.format) === false) {
    const description = `The dataset's storage does not take ${batch.format}`;
    tally.fatal.push({ code: 'ERR-BI-106', description });
  } else if (batch.format === 'csv' && schema && findFlatFields(schema.root) === undefined) {
    const description = 'The schema of the dataset is not flat, so it does not take csv';
    tally.fatal.push({ code: 'ERR-BI-106', description });
  } else {
    try {
      for (const file of files) await readFile(batch, file, tally, { schema, rejected, signal });
    } finally {
      await rejected.close();
    }
  }
  const { inputRows, failedRows, goodRows } = tally;
  const inputByteSize = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const percent = inputRows === 0 ? 0 : (failedRows / inputRows) * 100;
  const passes = tally.fatal.length === 0 && percent <= batch.maxRejectedPercent;
  return {
    passes,
    inputRows,
    failedRows,
    inputByteSize,
    metrics: toMetrics(passes, tally, inputByteSize, files.length),
    errors: [...tally.fatal, ...describeRejectedRows(batch, passes, tally, rejected)],
    goodRows,
    rejected: rejected.files,
  };
}

async function readFile(
  batch: Batch,
  stored: StoredFile,
  tally: Tally,
  checks: RowChecks,
): Promise<void> {
  const { rejected, signal } = checks;
  const { path, sizeBytes } = stored;
  const fail = (code: string, description: string) => void tally.fatal.push({ code, description });
  if (sizeBytes === 0) return fail('106', `The file ${path} is empty`);
  let good = 0;
  let isReadable = true;
  try {
    for await (const count of countGoodRows(batch, stored, checks)) good += count;
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof InvalidCsvHeaderError) {
      const problem = 'is missing, lacks a column name or has a blank in one';
      return fail('118', `The header of the CSV file ${path} ${problem}`);
    }
    isReadable = false;
    fail(...describeFatal(error, path));
  }
  const failed = rejected.takeCount();
  tally.goodRows.set(path, good);
  tally.failedRows = rejected.count;
  tally.inputRows += good + failed;
  // A Parquet file without rows publishes nothing and is no error; Spark writes such files.
  const isEmpty = isReadable && batch.format !== 'parquet' && good + failed === 0;
  if (isEmpty) fail('106', `The file ${path} has no rows`);
}

/** The error of the batch for what makes a whole file impossible to load. */
function describeFatal(error: unknown, path: string): [code: string, description: string] {
  const { name, message } = error as Error;
  if (error instanceof TypeCompatibilityError) return [name, `The file ${path}: ${message}`];
  // The platform's code for any failure of Spark.
  if (error instanceof UnknownColumnError) return ['200', `The file ${path}: ${message}`];
  return ['INGEST-1401-400', `The file ${path} cannot be read: ${message}`];
}

function toMetrics(
  passes: boolean,
  { inputRows, failedRows }: Tally,
  bytes: number,
  files: number,
): Schemas['CatalogMetrics'] {
  return {
    inputByteSize: bytes,
    inputFileCount: files,
    inputRecordCount: inputRows,
    failedRecordCount: failedRows,
    outputRecordCount: passes ? inputRows - failedRows : 0,
    outputByteSize: passes ? bytes : 0,
    outputFileCount: passes ? files : 0,
    partitionCount: passes && files > 0 ? 1 : 0,
  };
}

const formatRows = (count: number): string => (count === 1 ? '1 row was' : `${count} rows were`);

/** What the Catalog says about rejected rows; how many of which kind only with diagnostics. */
function describeRejectedRows(
  { request }: Batch,
  passes: boolean,
  { inputRows, failedRows }: Tally,
  { codes }: RejectedRows,
): BatchError[] {
  if (failedRows === 0) return [];
  const ingested = passes ? inputRows - failedRows : 0;
  const sum = `${formatRows(failedRows)} rejected, ${formatRows(ingested)} ingested`;
  const off = 'Error diagnostics were off when the batch was created';
  const total = { code: 'INGEST-1212-400', description: sum };
  if (request.enableErrorDiagnostics !== true) {
    return [total, { code: 'INGEST-1211-400', description: off }];
  }
  const byCode = [...codes].map(([code, recordCount]) => describeCode(code, recordCount));
  return [total, ...byCode];
}

/** A reason of rows as an error of the batch; the report of rows has the short form of its code. */
function describeCode(code: string, recordCount: number): BatchError {
  const descriptions: Readonly<Record<string, string>> = CODES;
  if (code !== UNREADABLE.code) {
    return { code, description: descriptions[code] ?? code, recordCount };
  }
  return { code: 'INGEST-1401-400', description: 'The row cannot be read', recordCount };
}

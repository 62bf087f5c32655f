/** What the platform does with a batch that was completed: reads all files, counts, refuses. */
import type { components } from '../../../generated/openapi.js';
import type { Batch, StoredFile } from './batch.js';
import { EmptyHeader } from './csv-rows.js';
import type { Disk } from './disk.js';
import type { Ingested } from './ingested.js';
import { RejectedRows } from './rejected-rows.js';
import { countParquet, readRows } from './rows.js';

type Schemas = components['schemas'];
type BatchError = Schemas['CatalogBatchError'];

interface CallContext {
  readonly disk: Disk;
  readonly signal: AbortSignal;
  readonly rowErrorsPerFile: number;
  /** Which formats the dataset takes; `undefined` for all. */
  readonly formats: readonly Schemas['FileFormat'][] | undefined;
}

/** What was found while the files were read. */
interface Count {
  input: number;
  failed: number;
  /** What makes the batch fail, however many rows are good. */
  readonly fatal: BatchError[];
  readonly records: Map<string, number>;
}

/** Reads all files of a batch, one after another. */
export async function ingest(batch: Batch, surroundings: CallContext): Promise<Ingested> {
  const { disk, rowErrorsPerFile, formats } = surroundings;
  const files = [...batch.files.values()];
  const rejected = new RejectedRows(disk, rowErrorsPerFile);
  const count: Count = { input: 0, failed: 0, fatal: [], records: new Map() };
  if (formats?.includes(batch.format) === false) {
    const description = `The dataset's storage does not take ${batch.format}`;
    count.fatal.push({ code: 'ERR-BI-106', description });
  } else {
    try {
      for (const file of files) await read(batch, file, count, rejected, surroundings);
    } finally {
      await rejected.close();
    }
  }
  const inputByteSize = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const share = count.input === 0 ? 0 : (count.failed / count.input) * 100;
  const fits = count.fatal.length === 0 && share <= batch.percent;
  const { input, failed, records } = count;
  return {
    fits,
    input,
    failed,
    inputByteSize,
    metrics: metricsOf(fits, count, inputByteSize, files.length),
    errors: [...count.fatal, ...rowErrors(batch, fits, count)],
    records,
    rejected: rejected.files,
  };
}

async function read(
  batch: Batch,
  { path, file, sizeBytes }: StoredFile,
  count: Count,
  rejected: RejectedRows,
  { signal }: CallContext,
): Promise<void> {
  const refuse = (code: string, description: string) => count.fatal.push({ code, description });
  if (sizeBytes === 0) return void refuse('106', `The file ${path} is empty`);
  const before = count.fatal.length;
  let good = 0;
  try {
    if (batch.format === 'parquet') {
      good = await countParquet(file);
    } else {
      const format = batch.request.inputFormat ?? {};
      for await (const rows of readRows(file, format, signal)) {
        for (const row of rows) {
          if ('value' in row) good += 1;
          else await rejected.add(row.corrupt, path);
        }
      }
    }
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof EmptyHeader) {
      return void refuse(
        '118',
        `The header of the CSV file ${path} is missing, or names not every column`,
      );
    }
    refuse('INGEST-1401-400', `The file ${path} cannot be read: ${(error as Error).message}`);
  }
  const refused = rejected.take();
  count.records.set(path, good);
  count.failed = rejected.count;
  count.input += good + refused;
  // Of Parquet files of no rows nothing is published; Spark writes them.
  const isEmpty =
    batch.format !== 'parquet' && good + refused === 0 && count.fatal.length === before;
  if (isEmpty) refuse('106', `The file ${path} has no rows`);
}

function metricsOf(
  fits: boolean,
  { input, failed }: Count,
  bytes: number,
  files: number,
): Schemas['CatalogMetrics'] {
  return {
    inputByteSize: bytes,
    inputFileCount: files,
    inputRecordCount: input,
    failedRecordCount: failed,
    outputRecordCount: fits ? input - failed : 0,
    outputByteSize: fits ? bytes : 0,
    outputFileCount: fits ? files : 0,
    partitionCount: fits && files > 0 ? 1 : 0,
  };
}

/** What the Catalog says about rejected rows; how many of which kind only with diagnostics. */
function rowErrors({ request }: Batch, fits: boolean, { input, failed }: Count): BatchError[] {
  if (failed === 0) return [];
  const ingested = fits ? input - failed : 0;
  const sum = `${failed} rows were refused, ${ingested} were ingested`;
  const off = 'Error diagnostics were off when the batch was created';
  return [
    { code: 'INGEST-1212-400', description: sum },
    request.enableErrorDiagnostics === true
      ? { code: 'INGEST-1401-400', description: 'The row cannot be read', recordCount: failed }
      : { code: 'INGEST-1211-400', description: off },
  ];
}

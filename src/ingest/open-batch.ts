/** Compares files with the batch that they are to be uploaded to. */
import { NotFoundError } from '../http/errors.js';
import type { CallOptions } from '../http/options.js';
import { withCsvDefaults } from '../preflight/csv-dialect.js';
import { formatFinding } from '../preflight/format-finding.js';
import { preflight } from '../preflight/preflight.js';
import {
  detectByContent,
  detectByFirstLine,
  detectByName,
  FORMATS,
  isJsonArray,
} from '../preflight/sniff.js';
import type { Batches } from '../resources/batches.js';
import type { Batch, BatchInputFormat, FileFormat } from '../resources/types.js';
import { resolveCharset } from '../shared/charset.js';
import { InvalidInputError, SourceError } from '../shared/errors.js';
import { formatPath } from '../shared/format.js';
import { omitUndefined } from '../shared/options.js';
import { readStart, type SourceFile } from '../upload/source.js';

/** What is read of each file; its beginning shows the format. */
const HEAD_BYTES = 64 * 1024;

/**
 * Looks up the batch before anything is uploaded: files of another format than its own fail it when it is
 * completed.
 * @returns warnings: the comparison is not possible, or the files are CSV that the batch reads otherwise.
 * @throws {InvalidInputError} if the batch takes no files, is of another dataset, or has another format.
 */
export async function assertFits(
  batches: Pick<Batches, 'get'>,
  { batchId, datasetId }: { batchId: string; datasetId: string },
  files: readonly SourceFile[],
  options: CallOptions,
): Promise<string[]> {
  const batch = await batches.get(batchId, options).catch((error: unknown) => {
    if (error instanceof NotFoundError) return undefined; // the Catalog may lag
    throw error;
  });
  if (batch === undefined) {
    return [
      `The Catalog does not list batch ${batchId} (yet), so its format was not compared with the files.`,
    ];
  }
  assertOpen(batch, datasetId);
  for (const file of files) await assertSameFormat(batch, file, options.signal);
  return batch.inputFormat?.format?.toLowerCase() === 'csv'
    ? checkCsv(batch.inputFormat, files, options.signal)
    : [];
}

/** The batch is there, so its options stay as they are, whatever the files show. */
async function checkCsv(
  { charset, header, nullMarker, ...dialect }: BatchInputFormat,
  files: readonly SourceFile[],
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const isUnknown = charset !== undefined && resolveCharset(charset) === undefined;
  const csv = { ...withCsvDefaults(omitUndefined(dialect)), header, nullMarker };
  const { findings } = await preflight(files, {
    format: 'csv',
    csv: omitUndefined({ ...csv, charset: isUnknown ? undefined : charset }),
    ...omitUndefined({ signal }),
  });
  return findings
    .filter(({ level, rule }) => level !== 'note' && !(isUnknown && rule === 'encoding'))
    .map(formatFinding);
}

function assertOpen({ id, status, relatedObjects = [] }: Batch, datasetId: string): void {
  const nothing = 'Nothing was uploaded.';
  if (status !== 'loading') {
    const message = `Batch ${id} is ${status}: only a batch that is loading takes files. Create a new one. ${nothing}`;
    throw new InvalidInputError('batchId', message);
  }
  const datasets = relatedObjects.filter(({ type }) => type === 'dataSet');
  if (datasets.length === 0 || datasets.some((dataset) => dataset.id === datasetId)) return;
  const message = `Batch ${id} belongs to dataset ${datasets[0]?.id}, not ${datasetId}. ${nothing}`;
  throw new InvalidInputError('datasetId', message);
}

async function assertSameFormat(
  { id, inputFormat }: Batch,
  file: SourceFile,
  signal: AbortSignal | undefined,
): Promise<void> {
  const format = inputFormat?.format?.toLowerCase();
  if (format === undefined) return;
  const head = await readHead(file, signal);
  const expected = describeExpected(format, inputFormat?.isMultiLineJson);
  const found = describeFound(file.path, head, inputFormat?.delimiter ?? ',');
  const isOther =
    found.format === undefined ? format === 'parquet' && head.length > 0 : found.format !== format;
  const isOtherJson =
    format === 'json' &&
    found.isArray !== undefined &&
    found.isArray !== (inputFormat?.isMultiLineJson ?? false);
  if (!isOther && !isOtherJson) return;
  const name =
    found.format === undefined ? 'not Parquet' : describeExpected(found.format, found.isArray);
  throw new InvalidInputError(
    'format',
    `Batch ${id} was created for ${expected}, but ${formatPath(file.path)} is ${name}. Create a batch of that format. Nothing was uploaded.`,
  );
}

const describeExpected = (format: string, isArray: boolean | undefined): string =>
  format === 'json'
    ? isArray === true
      ? 'JSON with one array in each file'
      : 'JSON Lines'
    : (FORMATS[format as FileFormat]?.name ?? format);

function describeFound(path: string, head: Buffer, delimiter: string) {
  const format = detectByContent(head) ?? detectByName(path) ?? detectByFirstLine(head, delimiter);
  return { format, isArray: format === 'json' ? isJsonArray(head) : undefined };
}

async function readHead(file: SourceFile, signal: AbortSignal | undefined): Promise<Buffer> {
  try {
    return await readStart(file, HEAD_BYTES, signal);
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw new SourceError(file.path, `${formatPath(file.path)} cannot be read.`, error);
  }
}

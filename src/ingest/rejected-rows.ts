/** Rejected rows, joined to what was uploaded. */
import { NotFoundError } from '../http/errors.js';
import { CALL_OPTIONS } from '../http/options.js';
import { explainCode } from '../resources/codes.js';
import type { Diagnostics, ReportOptions } from '../resources/diagnostics.js';
import { toPointer, toRowError } from '../resources/row-error.js';
import type { RowError } from '../resources/types.js';
import {
  checkFilledText,
  checkLocalPath,
  checkObject,
  listenerOption,
  number,
} from '../shared/checks.js';
import { ParseError } from '../shared/errors.js';
import {
  invalid,
  type OptionTable,
  omitUndefined,
  optional,
  required,
  validateOptions,
} from '../shared/options.js';
import { read } from '../shared/thrown.js';
import { LineFinder, type RowLocation } from './rejected/line-finder.js';
import type { SourceFormat, UploadedSource } from './rejected/local-sources.js';
import { RowSpool } from './rejected/row-spool.js';

export type { UploadedSource } from './rejected/local-sources.js';

/** A rejected row, and where it came from. */
export interface RejectedRow {
  /** The file in the batch, as far as it is known. */
  file: string | undefined;
  /** The file on this machine, where it is known. */
  localPath: string | undefined;
  /** The line of it that the row begins in, from 1; `undefined` unless that is certain. */
  line: number | undefined;
  /** Why: the first reason; `row` has all. */
  code: string;
  /** The platform's words for that reason. */
  message: string;
  /** The affected column as a JSON pointer into the row, such as `/person/name`. */
  path: string | undefined;
  /** What to do about it, for the codes that are known. */
  fix: string | undefined;
  /** The row as it came, where it could not be read. */
  record: string | undefined;
  /** All that the report says. */
  row: RowError;
}

/** Options of `rejectedRows()`. */
export interface RejectedRowsOptions extends Pick<ReportOptions, 'onUnproven' | 'onUnreadable'> {
  /** Ends the search. */
  signal?: AbortSignal;
  /**
   * How the sources are read, as the batch has it (`batch.inputFormat`). Default: found by looking at each.
   */
  inputFormat?: SourceFormat;
}

const checkFormat = (field: string, value: unknown): SourceFormat =>
  checkObject(field, value as SourceFormat, 'the format of the files');

const ROW_OPTIONS: OptionTable<RejectedRowsOptions> = {
  signal: CALL_OPTIONS.signal,
  onUnproven: optional(listenerOption()),
  onUnreadable: optional(listenerOption()),
  inputFormat: optional(checkFormat),
};
const checkPacked = (field: string, value: unknown): { into: string } => ({
  into: checkFilledText(`${field}.into`, read(value, 'into')),
});

const SOURCE: OptionTable<UploadedSource> = {
  path: required(checkFilledText),
  localPath: optional(checkLocalPath),
  sizeBytes: optional(number({ min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'bytes', whole: true })),
  packed: optional(checkPacked),
};

/** The files of a receipt or a journal, which have more fields than are needed here. */
function checkSources(sources: unknown): UploadedSource[] {
  if (!Array.isArray(sources)) throw invalid('sources', 'an array of uploaded files', sources);
  return Array.from(sources, (source: unknown, at) => {
    const what = `sources[${at}]`;
    return validateOptions(SOURCE, source, { what, prefix: `${what}.`, mayHaveMore: true });
  });
}

/** The reports that rows are read from. */
type Reports = Pick<Diagnostics, 'rowErrors' | 'failedFiles' | 'failedRows'>;

/**
 * Every rejected row of a batch with its source file and line. Where the platform has no report of rows, those of
 * the failed files are read. Lines are found in the sources of this machine: the rows of JSON Lines and JSON
 * arrays, as they stand there or by their values, and those of CSV as they stand there, if `inputFormat` says how
 * it is read. A line is only stated if it is certain: equal rows get the lines of as many equal lines, or none.
 *
 * With sources, the report is read to its end before the first row is yielded, and each source is read once. Per
 * row 28 bytes are held; the rows themselves wait in a private temporary file.
 *
 * Corrected rows go in with a new, ordinary batch. `replay` (`replace`) is not for them: it deletes the
 * old batch with its good rows, and is only for the complete corrected data.
 * @throws {NotFoundError} where there is neither a batch, nor a report, nor a failed file.
 * @throws {ParseError} after the last row, for the first line of a report that cannot be read, if there is no
 *   `onUnreadable`.
 */
export async function* rejectedRows(
  reports: Reports,
  batchId: string,
  uploadedSources: readonly UploadedSource[] = [],
  rowOptions?: RejectedRowsOptions,
): AsyncGenerator<RejectedRow, void> {
  const { inputFormat = {}, ...options } = validateOptions(ROW_OPTIONS, rowOptions);
  const sources = checkSources(uploadedSources);
  const toRow = (row: RowError, location?: RowLocation) =>
    toRejectedRow(row, sources, inputFormat, location);
  const finder = await LineFinder.open(sources, inputFormat);
  if (finder === undefined) {
    for await (const row of listRows(reports, batchId, options)) yield toRow(row);
    return;
  }
  const spool = new RowSpool<RowError>();
  try {
    let failure: unknown;
    try {
      for await (const row of listRows(reports, batchId, options)) {
        finder.add(row);
        const added = spool.add(row);
        if (added !== undefined) await added;
      }
    } catch (error) {
      // It is thrown after the rows that were read.
      if (!(error instanceof ParseError)) throw error;
      failure = error;
    }
    await finder.readSources(options.signal);
    let count = 0;
    for await (const rows of spool.read()) {
      for (const row of rows) yield toRow(row, finder.locate(count++));
    }
    if (failure !== undefined) throw failure;
  } finally {
    await spool.close();
  }
}

/** The rows of the report, or of the failed files where there is none. */
async function* listRows(
  reports: Reports,
  batchId: string,
  options: Omit<RejectedRowsOptions, 'inputFormat'>,
): AsyncGenerator<RowError> {
  let missing: NotFoundError | undefined;
  let hasRows = false;
  try {
    for await (const row of reports.rowErrors(batchId, options)) {
      hasRows = true;
      yield row;
    }
  } catch (error) {
    if (hasRows || !(error instanceof NotFoundError)) throw error;
    missing = error;
  }
  if (hasRows) return;
  const call = omitUndefined({ signal: options.signal });
  try {
    for await (const { name, sizeBytes } of reports.failedFiles(batchId, call)) {
      if (sizeBytes === 0 || isOtherFile(name)) continue;
      for await (const row of reports.failedRows(batchId, name, options)) {
        hasRows = true;
        yield toRowError(row, name);
      }
    }
  } catch (error) {
    if (hasRows || !(error instanceof NotFoundError)) throw error;
    missing ??= error;
  }
  if (!hasRows && missing !== undefined) throw missing;
}

/** Marks and files of data: only JSON Lines have rows with reasons. */
const isOtherFile = (name: string): boolean =>
  /(?:^|\/)[_.][^/]*$|\.(?:parquet|csv|avro|orc|gz|crc)$/i.test(name);

function toRejectedRow(
  row: RowError,
  sources: readonly UploadedSource[],
  { format }: SourceFormat,
  location: RowLocation | undefined,
): RejectedRow {
  const [reason] = row._errors;
  const name = row._filename === row.diagnosticFile ? undefined : row._filename;
  const source =
    location?.source ?? sources.find(({ path }) => path === name) ?? findByBaseName(name, sources);
  const code = reason?.code || 'unknown';
  const isFlat = format === 'csv' || format === 'parquet';
  return {
    file: source?.path ?? name,
    localPath: source?.localPath,
    line: location?.line,
    code,
    message: reason?.message || 'no reason was given',
    path: reason?.column === undefined ? undefined : toPointer(reason.column, row, isFlat),
    fix: explainCode(code, reason?.message)?.fix,
    record: row._corrupt_record,
    row,
  };
}

/** The report may leave out the folders of a path. */
function findByBaseName(name: string | undefined, sources: readonly UploadedSource[]) {
  const same = sources.filter(({ path }) => name !== undefined && path.endsWith(`/${name}`));
  return same.length === 1 ? same[0] : undefined;
}

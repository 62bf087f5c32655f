/** Checks one file: what it is, and then by the rules of its format. */
import { type ByteSource, memorySource } from '../http/body.js';
import type { FileFormat } from '../resources/types.js';
import { SourceError } from '../shared/errors.js';
import { formatSize } from '../shared/format.js';
import { MAX_PUT_BYTES } from '../shared/limits.js';
import { readSmallFile } from '../upload/small-file.js';
import { openMemory, type SizedFile, type SourceFile, type StreamFile } from '../upload/source.js';
import { type CsvReport, checkCsv } from './csv.js';
import { readCsvRows } from './csv-rows.js';
import { isUtf8Charset } from './csv-text.js';
import { detectFormat } from './detect-format.js';
import type { FileFindings } from './findings.js';
import type { IdSet } from './id-set.js';
import { readJsonArrayFile, sampleJsonArray } from './json-array.js';
import { readJsonLinesFile, sampleJsonLines } from './json-lines.js';
import { RowAdvice } from './json-rows.js';
import { checkParquet, type ParquetReport } from './parquet.js';
import type { ParquetColumn } from './parquet-columns.js';
import { readParquetRows } from './parquet-rows.js';
import type { FileRowChecker } from './row-check.js';
import { detectByContent, detectByName, FORMATS, isJsonArray, rejectKnownFormat } from './sniff.js';
import { readStreamWindow, streamSource } from './stream-window.js';
import type { PreflightOptions } from './types.js';
import { readAll, readWindow, WINDOW_BYTES, type Window } from './window.js';

/** The result of checking one file. */
export interface FileReport {
  readonly path: string;
  readonly findings: FileFindings;
  /** Missing if it cannot be determined. */
  format?: FileFormat;
  /** Whether a JSON file is one array. */
  isArray?: boolean;
  /** Missing if not every row was counted. */
  rows?: number;
  /** What was found in a CSV file. */
  csv?: CsvReport;
  /** The columns of a Parquet file. */
  columns?: readonly ParquetColumn[];
}

/** What the checks of all files of a batch share. */
export interface BatchContext {
  readonly options: PreflightOptions;
  /** The `_id`s of the rows so far. */
  readonly ids: IdSet;
}

/** Checks both ends of a file or, with `deep`, all of it. */
export async function checkFile(
  file: SourceFile,
  findings: FileFindings,
  context: BatchContext,
): Promise<FileReport> {
  const report: FileReport = { path: file.path, findings };
  if (file.sizeBytes === 0 && file.stream === undefined) {
    addEmptyError(findings);
    return report;
  }
  context.options.signal?.throwIfAborted();
  try {
    if (file.stream === undefined) await checkSized(file, report, context);
    else await checkStream(file, report, context);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    findings.addError(`the file cannot be read: ${error.message}`);
  }
  return report;
}

function addEmptyError(findings: FileFindings): void {
  const problem = 'the file is empty, which fails the batch (platform error 106)';
  findings.addError(`${problem}. Leave it out.`, undefined, { rule: 'empty', code: '106' });
}

async function checkSized(
  file: SizedFile,
  report: FileReport,
  context: BatchContext,
): Promise<void> {
  const { windowBytes = WINDOW_BYTES, signal } = context.options;
  const { localPath, sizeBytes } = file;
  const bytes = localPath === undefined ? undefined : readSmallFile(localPath, sizeBytes);
  const source = bytes === undefined ? await file.open() : openMemory(memorySource(bytes));
  try {
    if (source.size === sizeBytes) {
      const isShort = bytes !== undefined && sizeBytes <= 2 * windowBytes;
      const window = isShort
        ? { head: bytes, tail: bytes, isWhole: true, size: sizeBytes }
        : await readWindow(source, windowBytes, signal);
      await checkContent(report, { source, window, coding: undefined }, context);
    } else {
      const problem = 'the size changed since the file was listed';
      report.findings.addError(`${problem}. Wait until it is written.`);
    }
  } finally {
    await source.close();
  }
}

async function checkStream(
  file: StreamFile,
  report: FileReport,
  context: BatchContext,
): Promise<void> {
  const { windowBytes, signal = new AbortController().signal } = context.options;
  const window = await readStreamWindow(file, signal, windowBytes);
  if (window.size === 0) {
    addEmptyError(report.findings);
    return;
  }
  const content = { source: streamSource(file, signal), window, coding: file.coding ?? '' };
  await checkContent(report, content, context);
}

/** What is checked of a file. */
interface Content {
  readonly source: ByteSource;
  readonly window: Window;
  /** How a stream is compressed, '' for one that is not; `undefined` for a file of a known size. */
  readonly coding: string | undefined;
}

async function checkContent(
  report: FileReport,
  { source, window, coding }: Content,
  context: BatchContext,
): Promise<void> {
  const { findings } = report;
  const { options } = context;
  const isUtf8 = isUtf8Charset(options.csv ?? {});
  if (rejectKnownFormat(findings, window, isUtf8)) return;
  const format = resolveFormat(report, window, options);
  if (format === undefined) return;
  report.format = format;
  if (format === 'parquet' && coding !== undefined) {
    checkParquetStream(findings, coding);
    return;
  }
  const rows =
    format === 'parquet'
      ? await checkParquetFile(report, source, window, options)
      : format === 'csv'
        ? await checkCsvFile(report, source, window, options)
        : await checkJson(report, source, window, context);
  if (rows !== undefined) report.rows = rows;
}

/** The columns of Parquet are at its end, which is read last; its own compression is inside of it. */
function checkParquetStream(findings: FileFindings, coding: string): void {
  if (coding === '') {
    const message =
      'the columns were not checked: Parquet of an unknown size is only read to be sent.';
    const details = { rule: 'file-format', effect: 'not-checked', kind: 'Parquet stream' } as const;
    findings.addWarning(message, undefined, details);
    return;
  }
  const fix = 'Decompress the file, and write Parquet with compressed columns.';
  const message = `this is Parquet within ${coding}, which is not supported. ${fix}`;
  findings.addError(message, undefined, { kind: 'compressed Parquet', fix });
}

/** The format to check a file by; `undefined` if there is none, which is an error already. */
function resolveFormat(
  { path, findings }: FileReport,
  { head }: Window,
  { format: requested, csv = {} }: PreflightOptions,
): FileFormat | undefined {
  const [content, named] = [detectByContent(head), detectByName(path)];
  const expected = requested ?? named;
  if (content !== undefined && expected !== undefined && content !== expected) {
    const [is, wanted] = [FORMATS[content].name, FORMATS[expected].name];
    const conflict =
      requested === undefined
        ? `its name says ${wanted}. Rename the file, or pass its format.`
        : `the requested format is ${wanted}. Leave the file out.`;
    findings.addError(`the file is ${is}, but ${conflict}`);
    return undefined;
  }
  if (requested !== undefined && named !== undefined && named !== requested) {
    const [is, wanted] = [FORMATS[named].name, FORMATS[requested].name];
    findings.addWarning(`the file is read as ${wanted}, but its name says ${is}.`);
  }
  const format = detectFormat(head, path, { requested, csv });
  if (format === undefined) {
    const problem = 'the format is not recognized: expected Parquet, JSON or CSV';
    findings.addError(`${problem}. Leave the file out, or pass its format.`);
  }
  return format;
}

async function checkParquetFile(
  report: FileReport,
  source: ByteSource,
  window: Window,
  { deep = false, rowChecker, signal }: PreflightOptions,
): Promise<number | undefined> {
  const found = await checkParquet(report.findings, source, window, deep, signal);
  if (found === undefined) return undefined;
  report.columns = found.columns;
  const checker = rowChecker?.openFile(report.findings, 'parquet');
  if (checker !== undefined)
    await checkParquetRows(report, source, found, checker, { deep, signal });
  return found.rows;
}

/** Checks the columns and, with `deep`, the rows of a file that is sound. */
async function checkParquetRows(
  { findings }: FileReport,
  source: ByteSource,
  parquet: ParquetReport,
  checker: FileRowChecker,
  { deep, signal }: { deep: boolean; signal: AbortSignal | undefined },
): Promise<void> {
  const isRead = deep && findings.count('error') === 0;
  checker.checkColumns(parquet, isRead);
  if (!isRead) return;
  const visit = (row: Readonly<Record<string, unknown>>) => checker.checkRecord(row);
  const problem = await readParquetRows(source, parquet.footer, visit, signal);
  if (problem === undefined) return;
  const details = { rule: 'file-format', effect: 'not-checked', kind: 'rows not read' } as const;
  findings.addWarning(`not all rows were checked: ${problem}.`, undefined, details);
}

async function checkCsvFile(
  report: FileReport,
  source: ByteSource,
  window: Window,
  { deep: isDeep = false, csv = {}, rowChecker, signal }: PreflightOptions,
): Promise<number | undefined> {
  const { path, findings } = report;
  const hasNestedColumns = rowChecker?.hasNestedColumns === true;
  const file = { path, findings, source, window, isDeep, csv, hasNestedColumns, signal };
  const found = await checkCsv(file);
  if (found === undefined) return undefined;
  report.csv = found;
  const shown = { ...found.evidence, ...csv, header: csv.header ?? found.names !== undefined };
  const checkCells = rowChecker?.openFile(findings, 'csv').checkHeader(found.names, shown);
  if (checkCells !== undefined) {
    let isHeader = csv.header !== false;
    await readCsvRows(
      { source, window, isDeep, dialect: found.dialect, csv, signal },
      (row, line) => {
        if (!isHeader) checkCells(row, { line });
        isHeader = false;
      },
    );
  }
  return found.rows;
}

async function checkJson(
  report: FileReport,
  source: ByteSource,
  window: Window,
  { options: { deep = false, isMultiLineJson, rowChecker, signal }, ids }: BatchContext,
): Promise<number | undefined> {
  const { findings } = report;
  const isArray = await detectArray(source, window, signal);
  const advice = new RowAdvice(findings, ids, rowChecker?.openFile(findings, 'json'));
  if (isArray !== undefined) report.isArray = isArray;
  if (isArray !== undefined && isMultiLineJson !== undefined && isArray !== isMultiLineJson) {
    const [is, expected] = isArray
      ? ['one array', 'JSON Lines']
      : ['not an array', 'one array per file'];
    const problem = `the file is ${is}, but isMultiLineJson ${isMultiLineJson} means ${expected}`;
    const fix = 'Leave the option out.';
    findings.addError(`${problem}. ${fix}`, undefined, { fix });
    return undefined;
  }
  const mustRead = deep && !window.isWhole;
  if (isArray === true && window.size > MAX_PUT_BYTES) adviseSplitting(findings, window.size);
  if (isArray === true) {
    return mustRead
      ? readJsonArrayFile(findings, source, advice, signal)
      : sampleJsonArray(findings, window, advice);
  }
  return mustRead
    ? readJsonLinesFile(findings, source, advice, signal)
    : sampleJsonLines(findings, window, advice);
}

/** An array is read by one worker of the platform; lines are shared out. */
function adviseSplitting(findings: FileFindings, sizeBytes: number): void {
  const fix = 'Write large files as JSON Lines.';
  const message = `the file is one JSON array of ${formatSize(sizeBytes)}, which the platform cannot split. ${fix}`;
  findings.addNote(message, undefined, { rule: 'size', kind: 'large array', fix });
}

/** Whether JSON is an array, however much white space comes first; `undefined` if there is nothing else. */
async function detectArray(
  source: ByteSource,
  { head, isWhole }: Window,
  signal: AbortSignal | undefined,
): Promise<boolean | undefined> {
  let isArray = isJsonArray(head);
  if (isArray !== undefined || isWhole) return isArray;
  await readAll(
    source,
    (chunk) => {
      isArray = isJsonArray(chunk);
      return isArray === undefined;
    },
    signal,
  );
  return isArray;
}

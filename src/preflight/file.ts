import type { ByteSource } from '../http/body.js';
import type { FileFormat } from '../resources/types.js';
import { SourceError } from '../shared/errors.js';
import type { OpenSource, SourceFile } from '../upload/source.js';
import { readCsvFile, sampleCsv } from './csv.js';
import { isUtf8Charset } from './csv-parser.js';
import type { FileFindings } from './findings.js';
import { readJsonArrayFile, sampleJsonArray } from './json-array.js';
import { readJsonLineFile, sampleJsonLines } from './json-lines.js';
import { checkParquet } from './parquet.js';
import { readWindow, type Window } from './read.js';
import { byBytes, byName, isArray, LOOKS, refusedByName } from './sniff.js';
import type { PreflightOptions } from './types.js';

/** What there is to say of one file. */
export interface FileReport {
  readonly path: string;
  readonly findings: FileFindings;
  /** Missing where it cannot be told. */
  format?: FileFormat;
  /** Whether a JSON file is one array. */
  isArray?: boolean;
  /** Missing where not every row was counted. */
  rows?: number;
}

/** Looks at one file, through both of its ends or, when it is to be `deep`, all of it. */
export async function checkFile(
  file: SourceFile,
  findings: FileFindings,
  options: PreflightOptions,
): Promise<FileReport> {
  const report: FileReport = { path: file.path, findings };
  if (file.sizeBytes === 0) {
    findings.error("is empty, which fails the batch (the platform's 106). Leave it out.");
    return report;
  }
  options.signal?.throwIfAborted();
  let source: OpenSource | undefined;
  try {
    source = await file.open();
    if (source.size === file.sizeBytes) await checkBytes(report, source, options);
    else findings.error('changed its size since it was listed. Start again when it is done.');
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    findings.error(`cannot be read: ${error.message}`);
  } finally {
    await source?.close();
  }
  return report;
}

async function checkBytes(report: FileReport, source: ByteSource, options: PreflightOptions) {
  const { findings } = report;
  const window = await readWindow(source, options.windowBytes, options.signal);
  const anyCoding = !isUtf8Charset(options.csv ?? {});
  if (refusedByName(findings, window, anyCoding)) return;
  const format = formatOf(report, window.head, options);
  if (format === undefined) return;
  report.format = format;
  const rows =
    format === 'parquet'
      ? await checkParquet(findings, source, window, options.signal)
      : format === 'csv'
        ? await checkCsv(findings, source, window, options)
        : await checkJson(report, source, window, options);
  if (rows !== undefined) report.rows = rows;
}

/** The format that a file has, or is to be checked as; `undefined` when that has failed already. */
function formatOf(
  { path, findings }: FileReport,
  head: Buffer,
  { format: wanted, csv = {} }: PreflightOptions,
): FileFormat | undefined {
  const [bytes, name] = [byBytes(head), byName(path)];
  const expected = wanted ?? name;
  if (bytes !== undefined && expected !== undefined && bytes !== expected) {
    const who = wanted === undefined ? 'by its name' : 'by the format that was asked for';
    const what = `is ${LOOKS[bytes].name}, and is to be ${LOOKS[expected].name} ${who}`;
    const toDo = wanted === undefined ? 'Rename it, or say its format.' : 'Leave it out.';
    findings.error(`${what}. ${toDo}`);
    return undefined;
  }
  if (wanted !== undefined && name !== undefined && name !== wanted) {
    findings.warn(`is taken as ${LOOKS[wanted].name}, though its name says ${LOOKS[name].name}.`);
  }
  const format = expected ?? bytes ?? byFirstLine(head, csv.delimiter ?? ',');
  if (format === undefined) {
    findings.error('looks like neither Parquet, JSON nor CSV. Leave it out, or say its format.');
  } else if (format === 'csv' && head.includes(0) && isUtf8Charset(csv)) {
    findings.error('holds NUL bytes, and so is no CSV. Leave it out, or write it again.');
    return undefined;
  }
  return format;
}

/** A guess at text whose name says nothing. */
function byFirstLine(head: Buffer, delimiter: string): FileFormat | undefined {
  const text = head.toString('utf8');
  if (/^\s*[[{]/.test(text)) return 'json';
  const firstLine = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  const isText = !/[^\P{Cc}\t]|\uFFFD/u.test(firstLine);
  return isText && firstLine.includes(delimiter) ? 'csv' : undefined;
}

function checkCsv(
  findings: FileFindings,
  source: ByteSource,
  window: Window,
  { deep = false, csv = {}, signal }: PreflightOptions,
): Promise<number | undefined> {
  return deep && !window.whole
    ? readCsvFile(findings, source, csv, signal)
    : sampleCsv(findings, window, csv);
}

async function checkJson(
  report: FileReport,
  source: ByteSource,
  window: Window,
  { deep = false, isMultiLineJson, signal }: PreflightOptions,
): Promise<number | undefined> {
  const { findings } = report;
  const array = isArray(window.head);
  if (array !== undefined) report.isArray = array;
  if (array !== undefined && isMultiLineJson !== undefined && array !== isMultiLineJson) {
    const [is, wanted] = array
      ? ['is one array', 'JSON Lines']
      : ['is no array', 'one array a file'];
    findings.error(
      `${is}, and isMultiLineJson ${isMultiLineJson} means ${wanted}. Leave the option out.`,
    );
    return undefined;
  }
  const all = deep && !window.whole;
  if (array) {
    return all ? readJsonArrayFile(findings, source, signal) : sampleJsonArray(findings, window);
  }
  return all ? readJsonLineFile(findings, source, signal) : sampleJsonLines(findings, window);
}

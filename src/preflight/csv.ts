/** Checks CSV files: finds the dialect, then reads the rows by it. */
import type { ByteSource } from '../http/body.js';
import { countNewlines } from '../shared/lines.js';
import { invalid, omitUndefined } from '../shared/options.js';
import { readCells } from './csv-cells.js';
import { checkContradictions } from './csv-contradictions.js';
import {
  areQuotesDoubled,
  detectDialect,
  type Evidence,
  otherEscape,
  type Trial,
  tryDialect,
} from './csv-detect.js';
import { type CsvDialect, DEFAULT_DIALECT, toByteDialect, withCsvDefaults } from './csv-dialect.js';
import { checkColumnCount, checkHeader, looksLikeData } from './csv-header.js';
import { addNulError, CsvPass } from './csv-pass.js';
import { sampleTail } from './csv-tail.js';
import { createDecoder, isUtf8Charset, UTF8_FIX } from './csv-text.js';
import type { FileFindings } from './findings.js';
import { checkWindowUtf8 } from './text.js';
import type { CsvOptions } from './types.js';
import { readAll, type Window } from './window.js';

/** How many rows are looked at to find out whether there is a header. */
const SAMPLE_ROWS = 50;

/** What was found in a CSV file. */
export interface CsvReport {
  /** Missing if not every row was counted. */
  readonly rows: number | undefined;
  /** The dialect that the rows were read by. */
  readonly dialect: CsvDialect;
  /** The parts of the dialect that the bytes show. */
  readonly evidence: Evidence;
  /** The names of the columns; `undefined` if there is no header. */
  readonly names: readonly string[] | undefined;
  readonly lineEnds: { readonly crlf: number; readonly lf: number; readonly cr: number };
  /** Whether the file is in the charset that was passed, or in UTF-8. */
  readonly isInCharset: boolean;
}

/** A CSV file that is checked. */
interface CsvFile {
  readonly path: string;
  readonly findings: FileFindings;
  readonly source: ByteSource;
  readonly window: Window;
  /** Whether all of the file is read. */
  readonly isDeep: boolean;
  readonly csv: CsvOptions;
  /** Whether columns are fields of objects where their names have dots. */
  readonly hasNestedColumns?: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Checks both ends of a file or, if it is deep, all of it.
 * @returns `undefined` if it is not text.
 */
export async function checkCsv(file: CsvFile): Promise<CsvReport | undefined> {
  const { findings, window, csv } = file;
  if (csv.delimiter === '') throw invalid('csv.delimiter', 'text that is not empty', '');
  if (hasNulBytes(file)) return undefined;
  const isText = checkEncoding(file);
  const head = createDecoder(csv)(window.head);
  const shown = detectDialect(head, window.isWhole, csv);
  const dialect = withCsvDefaults({ ...shown, ...omitUndefined(csv) });
  const chosen = csv.escape ?? chooseEscape(head, window.isWhole, dialect);
  const pass = await choosePass(file, { ...dialect, escape: chosen });
  const { trial } = pass;
  const sample = { maxRows: SAMPLE_ROWS, isWhole: window.isWhole };
  const cells = readCells(head, toByteDialect(trial.dialect), sample);
  const [first = []] = cells;
  const needsHeader = csv.header !== false && trial.columns > 0;
  if (!needsHeader || checkHeader(findings, cells, head, file.hasNestedColumns)) {
    checkColumnCount(findings, trial.columns);
    pass.report();
    findings.merge(pass.findings);
  }
  const hasHeader = csv.header !== false && !looksLikeData(cells);
  const evidence = { ...shown, ...toEscapeEvidence(trial, csv) };
  const { joins, spacedQuotes } = pass;
  checkContradictions({
    ...file,
    evidence,
    trial,
    joins,
    spacedQuotes,
    hasHeader,
    head: window.head,
    first,
  });
  const { crlf, lf, cr } = trial.scanner.lineEnds;
  return {
    rows: pass.isComplete ? pass.rows : undefined,
    dialect: trial.dialect,
    evidence,
    names: hasHeader ? first : undefined,
    lineEnds: { crlf, lf, cr: cr.count },
    isInCharset: isText && pass.isUtf8,
  };
}

function hasNulBytes({ findings, window, csv }: CsvFile): boolean {
  const nul = isUtf8Charset(csv) ? window.head.indexOf(0) : -1;
  if (nul === -1) return false;
  addNulError(findings, { line: countNewlines(window.head.subarray(0, nul)) + 1 });
  return true;
}

/** Checks both ends, unless all of the file will be read. */
function checkEncoding({ findings, window, csv, isDeep }: CsvFile): boolean {
  if (!isUtf8Charset(csv) || (isDeep && !window.isWhole)) return true;
  return checkWindowUtf8(findings, window, UTF8_FIX);
}

/** The dialect that the beginning of a file shows, complete. */
export function findDialect(head: Buffer, isWhole: boolean, csv: CsvOptions): CsvDialect {
  const text = createDecoder(csv)(head);
  const shown = detectDialect(text, isWhole, csv);
  const dialect = withCsvDefaults({ ...shown, ...omitUndefined(csv) });
  return { ...dialect, escape: csv.escape ?? chooseEscape(text, isWhole, dialect) };
}

/** The escape by the beginning of the file, so that most files are read only once. */
function chooseEscape(head: Buffer, isWhole: boolean, dialect: CsvDialect): string {
  const attempt = (each: string) => tryDialect(head, { ...dialect, escape: each }, isWhole);
  const backslash = attempt(DEFAULT_DIALECT.escape);
  const other = otherEscape(backslash);
  if (other === undefined) return DEFAULT_DIALECT.escape;
  return areQuotesDoubled(backslash, attempt(other)) ? other : DEFAULT_DIALECT.escape;
}

/** The escape that the rows show; the one that was chosen counts if its choice was not the default. */
function toEscapeEvidence({ dialect, scanner }: Trial, csv: CsvOptions): Evidence {
  const { doubledQuotes, backslashQuotes } = scanner;
  const isChosen = csv.escape === undefined && dialect.escape !== DEFAULT_DIALECT.escape;
  if (isChosen) return { escape: dialect.escape };
  if (backslashQuotes.count > 0) return { escape: DEFAULT_DIALECT.escape };
  return doubledQuotes.count > 0 ? { escape: dialect.quote } : {};
}

/** Reads the rows and, if they show that the other escape may be meant, once more by that. */
async function choosePass(file: CsvFile, dialect: CsvDialect): Promise<CsvPass> {
  const first = await readRows(file, dialect);
  const other = file.csv.escape === undefined ? otherEscape(first.trial) : undefined;
  if (other === undefined) return first;
  const second = await readRows(file, { ...dialect, escape: other });
  const [backslash, doubled] = other === dialect.quote ? [first, second] : [second, first];
  return areQuotesDoubled(backslash.trial, doubled.trial) ? doubled : backslash;
}

async function readRows(file: CsvFile, dialect: CsvDialect): Promise<CsvPass> {
  const { source, window, isDeep, csv, signal } = file;
  const { head, tail, isWhole } = window;
  const pass = new CsvPass(file.findings.fork(), dialect, {
    csv,
    head,
    isDeep: isDeep && !isWhole,
  });
  if (isDeep && !isWhole) {
    await readAll(source, (chunk) => pass.push(chunk), signal);
    pass.end();
    return pass;
  }
  pass.push(head);
  if (isWhole) {
    pass.end();
    return pass;
  }
  if (pass.isInQuotes) await finishRow(pass, source.slice(head.length, source.size), signal);
  if (!pass.isComplete) sampleTail(pass, tail, csv);
  return pass;
}

/** Reads on until the quote closes that is open where the beginning of the file ends. */
async function finishRow(pass: CsvPass, rest: ByteSource, signal?: AbortSignal): Promise<void> {
  let isTooLong = false;
  const readOn = (chunk: Buffer): boolean => {
    pass.push(chunk);
    isTooLong = pass.isTooLong();
    return pass.isInQuotes && !isTooLong;
  };
  await readAll(rest, readOn, signal);
  if (pass.isInQuotes && !isTooLong) pass.end();
}

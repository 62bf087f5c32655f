/** The rules of Parquet: a footer that agrees with the file and with itself, and pages where it says. */
import type { ByteSource } from '../http/body.js';
import { formatCount, formatSize } from '../shared/format.js';
import { MAX_FIELDS } from '../shared/limits.js';
import type { FileFindings } from './findings.js';
import { checkColumns, listColumns, type ParquetColumn, toSteps } from './parquet-columns.js';
import {
  type ColumnChunk,
  type ParquetFooter,
  type RowGroup,
  readParquetFooter,
} from './parquet-footer.js';
import { findColumnRange, findPageProblem } from './parquet-pages.js';
import { isText } from './sniff.js';
import { readRange, type Window } from './window.js';

/** `PAR1`, at both ends; before the one at the end are the four bytes of the footer's length. */
const MAGIC = 'PAR1';
const MAGIC_BYTES = 4;
const TRAILER_BYTES = 8;
/** No real footer is as large, and one that is would fill the memory. */
const MAX_FOOTER_BYTES = 64 * 1024 * 1024;
const REWRITE = 'Write the file again.';
/** How far before its probable end the first of two joined files is looked for. */
const SEARCHED_BYTES = 64 * 1024;

/** What was found in a Parquet file. */
export interface ParquetReport {
  readonly rows: number;
  readonly columns: readonly ParquetColumn[];
  readonly metadata: ParquetFooter;
  /** The footer as it is in the file, to its end. */
  readonly footer: Buffer;
}

/**
 * Checks the footer of a file.
 * @param isDeep whether the headers of all pages are read, too.
 * @returns `undefined` if the footer cannot be read.
 */
export async function checkParquet(
  findings: FileFindings,
  source: ByteSource,
  window: Window,
  isDeep: boolean,
  signal?: AbortSignal,
): Promise<ParquetReport | undefined> {
  const footerStart = findFooter(findings, window);
  if (footerStart === undefined) return undefined;
  const length = window.size - footerStart;
  if (length > MAX_FOOTER_BYTES) {
    const details = { rule: 'size', effect: 'not-checked' } as const;
    findings.addWarning(
      `the footer has ${formatSize(length)} and was not checked.`,
      undefined,
      details,
    );
    return undefined;
  }
  const isInTail = length <= window.tail.length;
  const footer = isInTail
    ? window.tail.subarray(window.tail.length - length)
    : await readRange(source, footerStart, window.size, signal);
  let metadata: ParquetFooter;
  try {
    metadata = readParquetFooter(footer);
  } catch {
    addInvalid(findings, 'the footer cannot be read');
    return undefined;
  }
  const found = checkMetadata(findings, metadata, footerStart);
  if (found === undefined) return undefined;
  const report = { ...found, footer };
  if (findings.count('error') > 0) return report;
  await checkJoin(findings, source, metadata, footerStart, signal);
  if (isDeep && findings.count('error') === 0) await checkPages(findings, source, report, signal);
  return report;
}

function addInvalid(findings: FileFindings, problem: string): void {
  findings.addError(`not valid Parquet: ${problem}. ${REWRITE}`, undefined, { fix: REWRITE });
}

/** Joined files have another file before the one that the footer describes. */
async function checkJoin(
  findings: FileFindings,
  source: ByteSource,
  { row_groups: groups }: ParquetFooter,
  footerStart: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  let end = MAGIC_BYTES;
  for (const { columns } of groups) {
    for (const column of columns) end = Math.max(end, findEnd(column));
  }
  const gap = footerStart - end;
  if (gap < 2 * MAGIC_BYTES) return;
  // What follows the columns, such as Bloom filters, may make the gap longer than the first file.
  const from = Math.max(0, gap - SEARCHED_BYTES);
  const bytes = await readRange(source, from, Math.min(gap + MAGIC_BYTES, footerStart), signal);
  if (!bytes.includes(MAGIC + MAGIC)) return;
  const problem = 'two Parquet files were joined, and the footer describes only the last of them';
  const fix = 'Pass them as separate files.';
  findings.addError(`not valid Parquet: ${problem}. ${fix}`, undefined, { fix });
}

/** The end of what a column has in the file: its pages and indexes. */
function findEnd(column: ColumnChunk): number {
  const { meta_data: data, column_index_offset, offset_index_offset } = column;
  if (data === undefined) return 0;
  return Math.max(
    data.num_values === 0 ? 0 : findColumnRange(data).end,
    (column_index_offset ?? 0) + (column.column_index_length ?? 0),
    (offset_index_offset ?? 0) + (column.offset_index_length ?? 0),
    (data.bloom_filter_offset ?? 0) + (data.bloom_filter_length ?? 0),
  );
}

async function checkPages(
  findings: FileFindings,
  source: ByteSource,
  { columns: leaves, metadata: { row_groups: groups } }: ParquetReport,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const [at, { columns }] of groups.entries()) {
    for (const [column, { meta_data: data }] of columns.entries()) {
      const leaf = leaves[column];
      if (leaf === undefined || data === undefined || data.num_values === 0) continue;
      const problem = await findPageProblem(source, data, signal);
      if (problem === undefined) continue;
      const { path } = leaf;
      const where = `row group ${at + 1}: column ${JSON.stringify(toSteps(leaf).join('.'))}`;
      const message = `not valid Parquet: ${where}: ${problem}. ${REWRITE}`;
      findings.addError(message, undefined, { kind: `damaged pages ${path}`, path, fix: REWRITE });
    }
  }
}

/** The position of the footer; `undefined` if there is none, which is an error already. */
function findFooter(findings: FileFindings, { head, tail, size }: Window): number | undefined {
  const end = tail.subarray(-MAGIC_BYTES).toString('latin1');
  if (head.subarray(0, MAGIC_BYTES).toString('latin1') !== MAGIC) {
    if (isText(head)) {
      const fix = 'Rename the file, or pass its format.';
      const problem = `expected ${MAGIC} at the start; this is text, such as CSV`;
      findings.addError(`not valid Parquet: ${problem}. ${fix}`, undefined, { fix });
    } else addInvalid(findings, `expected ${MAGIC} at the start`);
  } else if (end !== MAGIC) {
    findings.addError(`the file is cut off: expected ${MAGIC} at the end. ${REWRITE}`);
  } else if (size < MAGIC_BYTES + TRAILER_BYTES) {
    addInvalid(findings, 'the file is too short');
  } else {
    const length = tail.readUInt32LE(tail.length - TRAILER_BYTES);
    const most = size - MAGIC_BYTES - TRAILER_BYTES;
    if (length > 0 && length <= most) return size - TRAILER_BYTES - length;
    const problem = `a footer of ${formatCount(length)} bytes does not fit into the ${formatCount(most)} bytes before it`;
    addInvalid(findings, problem);
  }
  return undefined;
}

function checkMetadata(
  findings: FileFindings,
  metadata: ParquetFooter,
  footerStart: number,
): Omit<ParquetReport, 'footer'> | undefined {
  const { num_rows: rows, row_groups: groups, schema } = metadata;
  const leaves = listColumns(schema);
  if (leaves.length === 0) {
    addInvalid(findings, 'the footer has no columns');
    return undefined;
  }
  if (leaves.length > MAX_FIELDS) {
    const problem = `the file has ${formatCount(leaves.length)} columns; the maximum is ${formatCount(MAX_FIELDS)}`;
    findings.addError(`${problem}. Split the dataset.`, undefined, { rule: 'columns' });
  }
  const sum = groups.reduce((total, group) => total + group.num_rows, 0);
  if (rows < 0 || rows !== sum) {
    const problem = `the footer says ${rows} rows, but its row groups have ${sum}`;
    addInvalid(findings, problem);
    return undefined;
  }
  if (rows === 0) {
    // Spark writes such files, and the platform publishes nothing of them.
    const fix = 'Leave the file out if you expected rows.';
    findings.addWarning(`there are no rows. ${fix}`, undefined, { rule: 'empty', fix });
  }
  checkColumns(findings, leaves);
  for (const [at, group] of groups.entries()) {
    const problem = findGroupProblem(group, leaves, footerStart);
    if (problem === undefined) continue;
    addInvalid(findings, `row group ${at + 1}: ${problem}`);
  }
  return { rows, columns: leaves, metadata };
}

/** The first thing that is wrong with a row group. */
function findGroupProblem(
  { columns, num_rows: rows }: RowGroup,
  leaves: readonly ParquetColumn[],
  footerStart: number,
): string | undefined {
  if (columns.length !== leaves.length) {
    return `expected ${formatCount(leaves.length)} columns, received ${formatCount(columns.length)}`;
  }
  for (const [at, column] of columns.entries()) {
    const leaf = leaves[at];
    const problem = leaf && findColumnProblem(column, leaf, rows, footerStart);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function findColumnProblem(
  column: ColumnChunk,
  { name, isRepeated }: ParquetColumn,
  rows: number,
  footerStart: number,
): string | undefined {
  const subject = `column ${JSON.stringify(name)}`;
  if (column.isEncrypted) return `${subject} is encrypted`;
  if (column.hasFilePath) return `${subject} is in another file`;
  const data = column.meta_data;
  if (data === undefined) return `${subject} has no metadata`;
  const values = data.num_values;
  if (isRepeated ? values < 0 : values !== rows) {
    return `${subject} has ${values} values for ${rows} rows`;
  }
  if (values === 0) return undefined; // its offsets mean nothing
  const { start, end } = findColumnRange(data);
  if (start >= MAGIC_BYTES && end > start && end <= footerStart) return undefined;
  return `${subject} is at bytes ${start} to ${end}, but the data ends at ${footerStart}`;
}

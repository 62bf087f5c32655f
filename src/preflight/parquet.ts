/** The rules of Parquet: a footer that agrees with the file and with itself. No page is read. */
import type { ByteSource } from '../http/body.js';
import { formatCount, formatSize } from '../shared/format.js';
import { MAX_FIELDS } from '../shared/limits.js';
import type { FileFindings } from './findings.js';
import { readRange, type Window } from './window.js';

/** Imported when it is first needed, so that the library starts without it; the types follow. */
const load = () => import('hyparquet');
type FileMetaData = ReturnType<Awaited<ReturnType<typeof load>>['parquetMetadata']>;
type RowGroup = FileMetaData['row_groups'][number];
type ColumnChunk = RowGroup['columns'][number];
type SchemaElement = FileMetaData['schema'][number];

/** `PAR1`, at both ends; before the one at the end are the four bytes of the footer's length. */
const MAGIC = 'PAR1';
const MAGIC_BYTES = 4;
const TRAILER_BYTES = 8;
/** No real footer is as large, and one that is would fill the memory. */
const MAX_FOOTER_BYTES = 64 * 1024 * 1024;
const REWRITE = 'Write the file again.';

/** Checks the footer of a file. @returns the number of rows. */
export async function checkParquet(
  findings: FileFindings,
  source: ByteSource,
  window: Window,
  signal?: AbortSignal,
): Promise<number | undefined> {
  const footerStart = findFooter(findings, window);
  if (footerStart === undefined) return undefined;
  const length = window.size - footerStart;
  if (length > MAX_FOOTER_BYTES) {
    findings.addWarning(`the footer has ${formatSize(length)} and was not checked.`);
    return undefined;
  }
  const isInTail = length <= window.tail.length;
  const footer = isInTail
    ? window.tail.subarray(window.tail.length - length)
    : await readRange(source, footerStart, window.size, signal);
  const { parquetMetadata } = await load();
  try {
    return checkMetadata(findings, parquetMetadata(footer, { geoparquet: false }), footerStart);
  } catch {
    // The reader does not validate a footer: in a damaged one a field is missing or of another type,
    // and the first use of it throws, there or here.
    findings.addError(`not valid Parquet: the footer cannot be read. ${REWRITE}`);
    return undefined;
  }
}

/** The position of the footer; `undefined` if there is none, which is an error already. */
function findFooter(findings: FileFindings, { head, tail, size }: Window): number | undefined {
  const end = tail.subarray(-MAGIC_BYTES).toString('latin1');
  if (head.subarray(0, MAGIC_BYTES).toString('latin1') !== MAGIC) {
    findings.addError(`not valid Parquet: expected ${MAGIC} at the start. ${REWRITE}`);
  } else if (end !== MAGIC) {
    findings.addError(`the file is cut off: expected ${MAGIC} at the end. ${REWRITE}`);
  } else if (size < MAGIC_BYTES + TRAILER_BYTES) {
    findings.addError(`not valid Parquet: the file is too short. ${REWRITE}`);
  } else {
    const length = tail.readUInt32LE(tail.length - TRAILER_BYTES);
    const most = size - MAGIC_BYTES - TRAILER_BYTES;
    if (length > 0 && length <= most) return size - TRAILER_BYTES - length;
    const problem = `a footer of ${formatCount(length)} bytes does not fit into the ${formatCount(most)} bytes before it`;
    findings.addError(`not valid Parquet: ${problem}. ${REWRITE}`);
  }
  return undefined;
}

function checkMetadata(
  findings: FileFindings,
  metadata: FileMetaData,
  footerStart: number,
): number | undefined {
  const { num_rows: rows, row_groups: groups, schema } = metadata;
  const leaves = listColumns(schema);
  if (typeof rows !== 'bigint' || leaves.length === 0) {
    const missing = leaves.length === 0 ? 'columns' : 'a number of rows';
    findings.addError(`not valid Parquet: the footer has no ${missing}. ${REWRITE}`);
    return undefined;
  }
  if (leaves.length > MAX_FIELDS) {
    const problem = `the file has ${formatCount(leaves.length)} columns; the maximum is ${formatCount(MAX_FIELDS)}`;
    findings.addError(`${problem}. Split the dataset.`);
  }
  const sum = groups.reduce((total, group) => total + group.num_rows, 0n);
  if (rows < 0n || rows !== sum) {
    const problem = `the footer says ${rows} rows, but its row groups have ${sum}`;
    findings.addError(`not valid Parquet: ${problem}. ${REWRITE}`);
    return undefined;
  }
  if (rows === 0n) findings.addError('there are no rows. Leave the file out.');
  for (const [at, group] of groups.entries()) {
    const problem = findGroupProblem(group, leaves, footerStart);
    if (problem === undefined) continue;
    findings.addError(`not valid Parquet: row group ${at + 1}: ${problem}. ${REWRITE}`);
  }
  return Number(rows);
}

interface Leaf {
  readonly name: string;
  /** Whether a row may have several values of it. */
  readonly isRepeated: boolean;
}

/** The columns of a schema: the leaves of a tree, which it lists depth first. */
function listColumns(schema: readonly SchemaElement[]): Leaf[] {
  const leaves: Leaf[] = [];
  /** The elements around the current one, and how many of their children are still to come. */
  const open: { left: number; isRepeated: boolean }[] = [];
  for (const [at, { name, num_children: children, repetition_type }] of schema.entries()) {
    while (open.at(-1)?.left === 0) open.pop();
    const parent = open.at(-1);
    if (parent !== undefined) parent.left--;
    const isRepeated = (parent?.isRepeated ?? false) || repetition_type === 'REPEATED';
    if (children) open.push({ left: children, isRepeated: at > 0 && isRepeated });
    else if (at > 0) leaves.push({ name, isRepeated });
  }
  return leaves;
}

/** The first thing that is wrong with a row group. */
function findGroupProblem(
  { columns, num_rows: rows }: RowGroup,
  leaves: readonly Leaf[],
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
  { name, isRepeated }: Leaf,
  rows: bigint,
  footerStart: number,
): string | undefined {
  const subject = `column ${JSON.stringify(name)}`;
  if (column.crypto_metadata || column.encrypted_column_metadata) return `${subject} is encrypted`;
  if (column.file_path) return `${subject} is in another file`;
  const data = column.meta_data;
  if (data === undefined) return `${subject} has no metadata`;
  const values = data.num_values;
  if (isRepeated ? values < 0n : values !== rows) {
    return `${subject} has ${values} values for ${rows} rows`;
  }
  if (values === 0n) return undefined; // its offsets mean nothing
  // Some writers put 0 where there is no dictionary.
  const dictionary = data.dictionary_page_offset || data.data_page_offset;
  const start = dictionary < data.data_page_offset ? dictionary : data.data_page_offset;
  const end = start + data.total_compressed_size;
  if (start >= BigInt(MAGIC_BYTES) && end > start && end <= BigInt(footerStart)) return undefined;
  return `${subject} is at bytes ${start} to ${end}, but the data ends at ${footerStart}`;
}

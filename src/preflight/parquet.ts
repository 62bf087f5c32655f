import type { ByteSource } from '../http/body.js';
import type { FileFindings } from './findings.js';
import { countText, MAX_FIELDS, MAX_FOOTER_BYTES, sizeText } from './limits.js';
import { readRange, type Window } from './read.js';

/** The reader is imported when it is first needed; its types come from there, too. */
const load = () => import('hyparquet');
type FileMetaData = ReturnType<Awaited<ReturnType<typeof load>>['parquetMetadata']>;
type RowGroup = FileMetaData['row_groups'][number];
type ColumnChunk = RowGroup['columns'][number];
type SchemaElement = FileMetaData['schema'][number];

/** `PAR1`, at both ends; before the one at the end stands the footer's length, in four bytes. */
const MAGIC = 'PAR1';
const MAGIC_BYTES = 4;
const TRAILER_BYTES = 8;
const WRITE_AGAIN = 'Write the file again.';

/**
 * What a footer says, against the file and against itself. No page is read.
 * @returns how many rows there are.
 */
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
    findings.warn(`has a footer of ${sizeText(length)}, which was not checked.`);
    return undefined;
  }
  const inTail = length <= window.tail.length;
  const footer = inTail
    ? window.tail.subarray(window.tail.length - length)
    : await readRange(source, footerStart, window.size, signal);
  const { parquetMetadata } = await load();
  try {
    return checkMetadata(findings, parquetMetadata(footer, { geoparquet: false }), footerStart);
  } catch {
    // The reader takes a footer on trust: in a damaged one a field is missing or of another kind,
    // and the first use of it throws, there or here.
    findings.error(`has a footer that cannot be read. ${WRITE_AGAIN}`);
    return undefined;
  }
}

/** Where the footer begins. */
function findFooter(findings: FileFindings, { head, tail, size }: Window): number | undefined {
  const end = tail.subarray(-MAGIC_BYTES).toString('latin1');
  if (head.subarray(0, MAGIC_BYTES).toString('latin1') !== MAGIC) {
    findings.error(`does not begin with ${MAGIC}, and so is no Parquet. ${WRITE_AGAIN}`);
  } else if (end !== MAGIC) {
    findings.error(`does not end with ${MAGIC}: it was cut off. ${WRITE_AGAIN}`);
  } else if (size < MAGIC_BYTES + TRAILER_BYTES) {
    findings.error(`is too short for Parquet. ${WRITE_AGAIN}`);
  } else {
    const length = tail.readUInt32LE(tail.length - TRAILER_BYTES);
    const most = size - MAGIC_BYTES - TRAILER_BYTES;
    if (length > 0 && length <= most) return size - TRAILER_BYTES - length;
    const what = `says that its footer has ${countText(length)} bytes, and there are ${countText(most)}`;
    findings.error(`${what}. ${WRITE_AGAIN}`);
  }
  return undefined;
}

function checkMetadata(
  findings: FileFindings,
  metadata: FileMetaData,
  footerStart: number,
): number | undefined {
  const { num_rows: rows, row_groups: groups, schema } = metadata;
  const leaves = leavesOf(schema);
  if (typeof rows !== 'bigint' || leaves.length === 0) {
    findings.error(
      `has a footer without ${leaves.length === 0 ? 'columns' : 'rows'}. ${WRITE_AGAIN}`,
    );
    return undefined;
  }
  if (leaves.length > MAX_FIELDS) {
    const what = `has ${countText(leaves.length)} columns, and ${countText(MAX_FIELDS)} is the most. Split the dataset.`;
    findings.error(what);
  }
  const sum = groups.reduce((total, group) => total + group.num_rows, 0n);
  if (rows < 0n || rows !== sum) {
    const what = `has a footer that says ${rows} rows, while its row groups have ${sum}. ${WRITE_AGAIN}`;
    findings.error(what);
    return undefined;
  }
  if (rows === 0n) findings.error('holds no rows. Leave the file out.');
  for (const [at, group] of groups.entries()) {
    const problem = groupProblem(group, leaves, footerStart);
    if (problem !== undefined) findings.error(`${problem} in row group ${at + 1}. ${WRITE_AGAIN}`);
  }
  return Number(rows);
}

interface Leaf {
  readonly name: string;
  /** Whether a row may have several values of it. */
  readonly repeated: boolean;
}

/** The columns of a schema, which lists a tree from its root on. */
function leavesOf(schema: readonly SchemaElement[]): Leaf[] {
  const leaves: Leaf[] = [];
  /** How many children are still to come, and whether they are repeated, from the root inwards. */
  const open: { left: number; repeated: boolean }[] = [];
  for (const [at, { name, num_children: children, repetition_type }] of schema.entries()) {
    while (open.at(-1)?.left === 0) open.pop();
    const parent = open.at(-1);
    if (parent !== undefined) parent.left--;
    const repeated = (parent?.repeated ?? false) || repetition_type === 'REPEATED';
    if (children) open.push({ left: children, repeated: at > 0 && repeated });
    else if (at > 0) leaves.push({ name, repeated });
  }
  return leaves;
}

/** What is wrong with a row group; the first thing will do. */
function groupProblem(
  { columns, num_rows: rows }: RowGroup,
  leaves: readonly Leaf[],
  footerStart: number,
): string | undefined {
  if (columns.length !== leaves.length) {
    return `has ${countText(columns.length)} instead of ${countText(leaves.length)} columns`;
  }
  for (const [at, column] of columns.entries()) {
    const leaf = leaves[at];
    const problem = leaf && columnProblem(column, leaf, rows, footerStart);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function columnProblem(
  column: ColumnChunk,
  { name, repeated }: Leaf,
  rows: bigint,
  footerStart: number,
): string | undefined {
  const shown = `column ${JSON.stringify(name)}`;
  if (column.crypto_metadata || column.encrypted_column_metadata) return `has encrypted ${shown}`;
  if (column.file_path) return `keeps ${shown} in another file`;
  const data = column.meta_data;
  if (data === undefined) return `says nothing of ${shown}`;
  const values = data.num_values;
  if (repeated ? values < 0n : values !== rows) {
    return `says ${values} values of ${shown} and ${rows} rows`;
  }
  if (values === 0n) return undefined; // then its offsets point at nothing
  // Some writers put 0 where there is no dictionary.
  const dictionary = data.dictionary_page_offset || data.data_page_offset;
  const start = dictionary < data.data_page_offset ? dictionary : data.data_page_offset;
  const end = start + data.total_compressed_size;
  if (start >= BigInt(MAGIC_BYTES) && end > start && end <= BigInt(footerStart)) return undefined;
  return `has ${shown} at bytes ${start} to ${end}, and the data ends at ${footerStart},`;
}

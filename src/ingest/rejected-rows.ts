/** Rejected rows, joined to what was uploaded. */
import { createReadStream } from 'node:fs';
import { CALL_OPTIONS } from '../http/options.js';
import { explainCode } from '../resources/codes.js';
import type { Diagnostics } from '../resources/diagnostics.js';
import type { RowError } from '../resources/types.js';
import { checkFilledText, checkLocalPath } from '../shared/checks.js';
import {
  invalid,
  type OptionTable,
  optional,
  required,
  validateOptions,
} from '../shared/options.js';

/** A rejected row, and where it came from. */
export interface RejectedRow {
  /** The file in the batch, as far as the report names one. */
  file: string | undefined;
  /** The file on this machine, where it is known. */
  localPath: string | undefined;
  /** The line of it, from 1, where the row stands there as it was rejected. */
  line: number | undefined;
  /** Why: the first reason; `row` has all. */
  code: string;
  message: string;
  /** What to do about it, for the codes that are known. */
  fix: string | undefined;
  /** The row as it came, where it could not be read. */
  record: string | undefined;
  /** All that the report says. */
  row: RowError;
}

/** A file that was uploaded, as a receipt or a journal has it. */
export interface UploadedSource {
  path: string;
  localPath?: string | undefined;
}

const ROW_OPTIONS: OptionTable<{ signal?: AbortSignal }> = { signal: CALL_OPTIONS.signal };
const SOURCE: OptionTable<UploadedSource> = {
  path: required(checkFilledText),
  localPath: optional(checkLocalPath),
};

/** The files of a receipt or a journal, which have more fields than are needed here. */
function checkSources(sources: unknown): UploadedSource[] {
  if (!Array.isArray(sources)) throw invalid('sources', 'an array of uploaded files', sources);
  return Array.from(sources, (source: unknown, at) => {
    const what = `sources[${at}]`;
    return validateOptions(SOURCE, source, { what, prefix: `${what}.`, mayHaveMore: true });
  });
}

/** How many rows are looked for in a source at a time: it is read once for each chunk. */
const CHUNK = 1000;

/**
 * Every rejected row of a batch with its source file and line. Lines are found in JSON Lines sources
 * of this machine, where the rejected row stands verbatim.
 *
 * Corrected rows go in with a new, ordinary batch. `replay` (`replace`) is not for them: it deletes the
 * old batch with its good rows, and is only for the complete corrected data.
 */
export async function* rejectedRows(
  diagnostics: Pick<Diagnostics, 'rowErrors'>,
  batchId: string,
  uploadedSources: readonly UploadedSource[] = [],
  rowOptions?: { signal?: AbortSignal },
): AsyncGenerator<RejectedRow, void> {
  const options = validateOptions(ROW_OPTIONS, rowOptions);
  const sources = checkSources(uploadedSources);
  let chunk: RejectedRow[] = [];
  for await (const row of diagnostics.rowErrors(batchId, options)) {
    chunk.push(toRejectedRow(row, sources));
    if (chunk.length < CHUNK) continue;
    yield* await withLineNumbers(chunk);
    chunk = [];
  }
  yield* await withLineNumbers(chunk);
}

function toRejectedRow(row: RowError, sources: readonly UploadedSource[]): RejectedRow {
  const [reason] = row._errors;
  const name = row._filename;
  const source = sources.find(({ path }) => path === name) ?? findByBaseName(name, sources);
  const code = reason?.code || 'unknown';
  return {
    file: source?.path ?? name,
    // One file alone can be the only source, whatever the report calls it.
    localPath: source?.localPath ?? (sources.length === 1 ? sources[0]?.localPath : undefined),
    line: undefined,
    code,
    message: reason?.message || 'no reason was given',
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

/** The rows with their lines; each source is read once. */
async function withLineNumbers(chunk: RejectedRow[]): Promise<RejectedRow[]> {
  const byFile = new Map<string, Map<string, RejectedRow[]>>();
  for (const row of chunk) {
    if (row.localPath === undefined || row.record === undefined) continue;
    const records = byFile.get(row.localPath) ?? new Map<string, RejectedRow[]>();
    byFile.set(row.localPath, records);
    const key = row.record.trim();
    records.set(key, [...(records.get(key) ?? []), row]);
  }
  for (const [path, records] of byFile) {
    // A source that is gone or unreadable gives no lines; the rows are returned all the same.
    await findLines(path, records).catch(() => undefined);
  }
  return chunk;
}

/** The nth row with the same text is the nth line with it. */
async function findLines(path: string, records: Map<string, RejectedRow[]>): Promise<void> {
  let number = 0;
  let rest = '';
  const compare = (line: string) => {
    number++;
    const rows = records.get(line.trim());
    const next = rows?.find((row) => row.line === undefined);
    if (next !== undefined) next.line = number;
  };
  for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) compare(line);
  }
  if (rest !== '') compare(rest);
}

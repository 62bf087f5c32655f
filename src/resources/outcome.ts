/** What the Catalog's entry of a batch says about it: its outcome, its rows and its errors. */
import { omitUndefined } from '../shared/options.js';
import { type CodeCount, type CodeInfo, countCodes, explainCode } from './codes.js';
import { ENDS, type End } from './statuses.js';
import type { Batch } from './types.js';

/**
 * How a batch ended, or that the time was up before it did (`timed-out`).
 * - `success`, `success-with-rejects`: it was loaded.
 * - `failed`: no row was loaded. `stalled`: the platform has stopped retrying.
 * - `aborted`, `abandoned`: it was never completed, so no row was loaded; the platform abandons a batch
 *   that nobody completes in time.
 * - `inactive`: it was loaded, then taken back, expired or taken over by another batch. Look before you load
 *   its files again. `deleted`: its rows were deleted.
 */
export type WaitOutcome = 'success' | 'success-with-rejects' | 'timed-out' | Exclude<End, 'loaded'>;

/** What the platform counted. Where the batch was loaded, input = output + failed. */
export interface RecordCounts {
  /** Rows that were read. */
  input: number;
  /** Rows that were loaded. */
  output: number;
  /** Rows that were rejected. */
  failed: number;
}

/** A code among a batch's errors: how often it occurs, and what is known about it. */
export interface CodeSummary extends CodeCount, Partial<CodeInfo> {}

/** What a batch's entry says beside its status. Each field is missing if the platform does not say. */
export interface BatchSummary {
  /** How many rows were read, loaded and rejected. */
  records?: RecordCounts;
  /** What went wrong, as the platform says. */
  errors?: {
    /** The code, such as `1211`; empty if the platform states none. */
    code: string;
    /** The platform's words. */
    description?: string;
    /** How many rows it is about. */
    recordCount?: number;
  }[];
  /** The codes of `errors` with their counts, what each means and what to do. */
  summary?: CodeSummary[];
  /** The batch that took over the rows of this one. */
  successor?: string;
}

/** The codes that say that rows were rejected; a batch may have them without any count. */
const REJECTED_ROWS: ReadonlySet<CodeInfo | undefined> = new Set([
  explainCode('INGEST-1211-400'),
  explainCode('INGEST-1212-400'),
]);

/** The outcome of a batch by its status, or `undefined` while it is in progress. */
export function toOutcome(batch: Batch): WaitOutcome | undefined {
  const end = ENDS.get(batch.status);
  if (end !== 'loaded') return end;
  return hasRejectedRows(batch) ? 'success-with-rejects' : 'success';
}

function hasRejectedRows({ failedRecordCount, metrics, errors = [] }: Batch): boolean {
  const failed = failedRecordCount ?? Number(metrics?.['failedRecordCount'] ?? 0);
  return failed > 0 || errors.some(({ code }) => REJECTED_ROWS.has(explainCode(code)));
}

/** The ends at which nothing was loaded. */
const NOT_LOADED: ReadonlySet<End | undefined> = new Set(['failed', 'aborted', 'abandoned']);

/** The platform's counts. Of a loaded batch input = output + failed, so two of them give the third. */
export function countRecords(batch: Batch): RecordCounts | undefined {
  const { metrics, recordCount, failedRecordCount } = batch;
  const count = (name: string, other?: number) => {
    const value = Number(metrics?.[name] ?? other ?? Number.NaN);
    return value >= 0 ? value : undefined; // -1 stands for "not known"
  };
  const failed = count('failedRecordCount', failedRecordCount) ?? 0;
  const input = count('inputRecordCount', recordCount);
  const output = count('outputRecordCount');
  if (input === undefined && output === undefined) return undefined;
  const isLoaded = !NOT_LOADED.has(ENDS.get(batch.status));
  const rest = isLoaded && input !== undefined ? Math.max(0, input - failed) : 0;
  return { input: input ?? (output ?? 0) + failed, output: output ?? rest, failed };
}

/** What is worth knowing of a batch beside its status and outcome. */
export function summarizeBatch(batch: Batch): BatchSummary {
  const { errors = [] } = batch;
  const [successor] = [batch.tags?.['acp_successor']].flat();
  return omitUndefined({
    records: countRecords(batch),
    errors: errors.length === 0 ? undefined : errors.map(toError),
    summary: errors.length === 0 ? undefined : summarizeCodes(errors),
    successor: typeof successor === 'string' && successor !== '' ? successor : undefined,
  });
}

type BatchError = NonNullable<Batch['errors']>[number];

const toError = ({ code, description, recordCount }: BatchError) =>
  omitUndefined({ code, description, recordCount });

function summarizeCodes(errors: readonly BatchError[]): CodeSummary[] {
  return countCodes(errors).map((count) => {
    const own = errors.filter(({ code }) => code === count.code);
    const text = own.map(({ description = '' }) => description).join('\n');
    return { ...count, ...explainCode(count.code, text) };
  });
}

/** Batches, times and tables as text for people. */
import type { IngestOutcome, Receipt } from '../ingest/types.js';
import { countCodes, explainCode } from '../resources/codes.js';
import type { Batch } from '../resources/types.js';
import { formatSize } from '../shared/format.js';

/** `1 row`, `2 rows`. */
export const formatQuantity = (count: number, unit: string): string =>
  `${count} ${unit}${count === 1 ? '' : 's'}`;

/** `0:07`, `12:40`, `3:05:00`. */
export function formatDuration(seconds: number): string {
  const rounded = Math.max(0, Math.round(seconds));
  const pad = (value: number) => String(value).padStart(2, '0');
  const minutes = Math.floor(rounded / 60);
  return minutes < 60
    ? `${minutes}:${pad(rounded % 60)}`
    : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(rounded % 60)}`;
}

/** A time of the Catalog in ISO 8601; empty if there is none. */
export const formatTime = (ms: number | undefined): string =>
  ms === undefined || ms <= 0 ? '' : new Date(ms).toISOString();

/** Rows of cells as a table, each column as wide as its widest cell. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, cell.length);
    });
  }
  const formatRow = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return rows.map(formatRow).join('\n');
}

/** The dataset that a batch belongs to. */
export const findDatasetId = ({ relatedObjects }: Batch): string | undefined =>
  relatedObjects?.find(({ type }) => type === 'dataSet')?.id;

/** A batch in a few lines. */
export function formatBatch(batch: Batch): string {
  const { id, status, created, completed, errors } = batch;
  const rows: (readonly [string, string | undefined])[] = [
    ['batch', id],
    ['status', status],
    ['dataset', findDatasetId(batch)],
    ['external id', batch.externalId],
    ['created', formatTime(created)],
    ['completed', formatTime(completed)],
  ];
  const known = rows.flatMap(([name, value]) => (value ? [[name, value]] : []));
  return [formatTable(known), ...formatBatchErrors(errors)].join('\n');
}

type BatchErrors = readonly { code: string; description?: string; recordCount?: number }[];

/** The most descriptions that are shown of one code. */
const MAX_DESCRIPTIONS = 5;

/** The errors of a batch by code: how often each occurs, what it means, what to do, and the platform's words. */
function formatBatchErrors(errors: BatchErrors = []): string[] {
  return countCodes(errors).flatMap(({ code, count, recordCount }) => {
    const own = errors.filter((error) => error.code === code);
    const texts = [...new Set(own.flatMap(({ description }) => description?.trim() || []))];
    const info = explainCode(code, texts.join('\n'));
    const counts = [
      ...(count > 1 ? [formatQuantity(count, 'error')] : []),
      ...(recordCount === undefined ? [] : [formatQuantity(recordCount, 'row')]),
    ];
    const name = [code || 'Error', ...(counts.length > 0 ? [`(${counts.join(', ')})`] : [])];
    const shown = texts.slice(0, MAX_DESCRIPTIONS);
    const more = texts.length - shown.length;
    return [
      `  ${name.join(' ')}${info === undefined ? '' : `: ${info.meaning} ${info.fix}`}`,
      ...shown.map((text) => `    ${text}`),
      ...(more > 0 ? [`    and ${more} more`] : []),
    ];
  });
}

/** How a batch ended, as `wait`, `ingest` and `resume` print it. */
export type BatchResult = Pick<Receipt, 'batchId' | 'status' | 'outcome' | 'records' | 'errors'>;

/** Gives a command to run next; `Session.suggest` adds the sandbox. */
type Suggest = (...args: string[]) => string;

/** What happened, and what to do next. */
export function formatOutcome(result: BatchResult, suggest: Suggest): string {
  const { batchId, status, outcome, records, errors } = result;
  const counts =
    records === undefined
      ? []
      : [`  rows: ${records.input} read, ${records.output} loaded, ${records.failed} rejected`];
  return [
    `Batch ${batchId}: ${outcome}${outcome === status ? '' : ` (${status})`}`,
    ...counts,
    ...formatBatchErrors(errors),
    ...listNextSteps(result, suggest).map((line) => `  ${line}`),
  ].join('\n');
}

function listNextSteps({ batchId, outcome }: BatchResult, suggest: Suggest): string[] {
  const step = NEXT_STEPS[outcome];
  return step === undefined ? [] : [`${step.text}: ${suggest(step.command, batchId)}`];
}

const NEXT_STEPS: Readonly<Record<IngestOutcome, { text: string; command: string } | undefined>> = {
  success: undefined,
  accepted: { text: 'To wait for the outcome', command: 'wait' },
  'success-with-rejects': { text: 'To see the rejected rows', command: 'errors' },
  failed: { text: 'No row was loaded. To see the rejected rows', command: 'errors' },
  stalled: { text: 'The platform has stopped retrying. To see its status', command: 'status' },
  'timed-out': { text: 'It is still being processed. To wait again', command: 'wait' },
};

/** What an ingest did. */
export function formatReceipt(receipt: Receipt, suggest: Suggest): string {
  const total = receipt.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const skipped = receipt.skipped === 0 ? '' : `, ${receipt.skipped} skipped`;
  const files = formatQuantity(receipt.files.length, 'file');
  return `${formatOutcome(receipt, suggest)}\n  uploaded: ${files}, ${formatSize(total)}${skipped}`;
}

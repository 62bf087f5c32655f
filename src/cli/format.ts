/** Batches, times and tables as text for people. */
import { NO_DIAGNOSTICS } from '../http/error-response.js';
import type { IngestOutcome, Receipt } from '../ingest/types.js';
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

/** A batch in a few lines. */
export function formatBatch(batch: Batch): string {
  const { id, status, created, completed, errors } = batch;
  const dataset = batch.relatedObjects?.find(({ type }) => type === 'dataSet')?.id;
  const rows: (readonly [string, string | undefined])[] = [
    ['batch', id],
    ['status', status],
    ['dataset', dataset],
    ['external id', batch.externalId],
    ['created', formatTime(created)],
    ['completed', formatTime(completed)],
  ];
  const known = rows.flatMap(([name, value]) => (value ? [[name, value]] : []));
  return [formatTable(known), ...formatBatchErrors(errors)].join('\n');
}

/** What to do about an error that a batch ended with. */
const FIXES: Readonly<Record<string, string>> = {
  'ERR-BI-106':
    "The dataset's storage does not accept this format: pass another --format, or another dataset.",
};

/** The errors of a batch, one per line. */
const formatBatchErrors = (errors: readonly { code?: string; description?: string }[] = []) =>
  errors.map(({ code = '', description = '' }) => {
    const fix = FIXES[code] === undefined ? '' : ` ${FIXES[code]}`;
    return `  ${[code, description].filter(Boolean).join(': ')}${fix}`;
  });

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

function listNextSteps({ batchId, outcome, errors }: BatchResult, suggest: Suggest): string[] {
  if (errors?.some(({ code }) => code === NO_DIAGNOSTICS)) {
    return ['The rejected rows are not known: ingest with --error-diagnostics to see them.'];
  }
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

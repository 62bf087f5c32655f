/** A batch, its errors and its end as text for people, and what to run next. */
import type { IngestOutcome, Receipt } from '../ingest/types.js';
import { countCodes, explainCode } from '../resources/codes.js';
import {
  type BatchSummary,
  type RecordCounts,
  summarizeBatch,
  toOutcome,
} from '../resources/outcome.js';
import type { Batch } from '../resources/types.js';
import { formatSize } from '../shared/format.js';
import { findDatasetId, formatQuantity, formatTable, formatTime } from './format.js';
import { type BatchState, describeBatch, type End } from './outcome-text.js';

/** Gives a command to run next; `Session.suggest` adds the sandbox. */
type Suggest = (...args: string[]) => string;

/** A batch in a few lines: what is known about it, what its status means, and what to run next. */
export function formatBatch(batch: Batch, suggest: Suggest): string {
  const { id, status, created, completed } = batch;
  const rows: (readonly [string, string | undefined])[] = [
    ['batch', id],
    ['status', status],
    ['dataset', findDatasetId(batch)],
    ['external id', batch.externalId],
    ['created', formatTime(created)],
    ['completed', formatTime(completed)],
  ];
  const known = rows.flatMap(([name, value]) => (value ? [[name, value]] : []));
  const state = { batchId: id, status, ...summarizeBatch(batch) };
  return [formatTable(known), ...formatState(state, toOutcome(batch), suggest)].join('\n');
}

/** What happened, and what to do next. */
export function formatOutcome(end: End, suggest: Suggest): string {
  const { batchId, status, outcome } = end;
  // After `accepted` the status is not known: nobody has looked.
  const detail = outcome === status || outcome === 'accepted' ? '' : ` (${status})`;
  const title = `Batch ${batchId}: ${outcome}${detail}`;
  return [title, ...formatState(end, outcome, suggest)].join('\n');
}

function formatState(
  state: BatchState,
  outcome: IngestOutcome | undefined,
  suggest: Suggest,
): string[] {
  const { text, next } = describeBatch(state, outcome);
  return [
    ...formatCounts(state.records),
    ...formatBatchErrors(state.errors),
    ...text.map((line) => `  ${line}`),
    ...(next === undefined ? [] : [`  ${next.text}: ${suggest(...next.command)}`]),
  ];
}

/** What an ingest did. */
export function formatReceipt(receipt: Receipt, suggest: Suggest): string {
  const total = receipt.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const skipped = receipt.skipped === 0 ? '' : `, ${receipt.skipped} skipped`;
  const { packedFiles = [] } = receipt;
  const packed = packedFiles.length === 0 ? '' : `, packed into ${packedFiles.length}`;
  const files = `${formatQuantity(receipt.files.length, 'file')}${packed}`;
  const isOther = receipt.outcome === 'skipped';
  const what = isOther ? 'not sent' : 'uploaded';
  return `${formatOutcome(receipt, suggest)}\n  ${what}: ${files}, ${formatSize(total)}${skipped}`;
}

/** The command to run next, for `--json`. */
export function nextCommand(
  state: BatchState,
  outcome: IngestOutcome | undefined,
  suggest: Suggest,
): string | undefined {
  const { next } = describeBatch(state, outcome);
  return next === undefined ? undefined : suggest(...next.command);
}

const formatCounts = (records: RecordCounts | undefined): string[] =>
  records === undefined
    ? []
    : [
        `  ${formatQuantity(records.input, 'row')}: ${records.output} loaded, ${records.failed} rejected`,
      ];

type BatchErrors = NonNullable<BatchSummary['errors']>;

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

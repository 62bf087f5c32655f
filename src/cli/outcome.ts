/** How a batch ended: as an exit code, and in words. */
import { NO_DIAGNOSTICS } from '../http/hints.js';
import type { Receipt } from '../ingest/types.js';
import { EXIT } from './exit-codes.js';
import { batchErrors, bytes, files, recordsText } from './format.js';

const CODES: Readonly<Record<Receipt['outcome'], number>> = {
  success: EXIT.done,
  accepted: EXIT.done,
  'success-with-rejects': EXIT.rejects,
  failed: EXIT.failed,
  stalled: EXIT.stalled,
  'timed-out': EXIT.timedOut,
};

export const exitCodeOf = (outcome: Receipt['outcome']): number => CODES[outcome];

type Ended = Pick<Receipt, 'batchId' | 'status' | 'outcome' | 'records' | 'errors'>;

/** What happened, and what to do next. */
export function outcomeText({ batchId, status, outcome, records, errors }: Ended): string {
  const counted = records === undefined ? [] : [`  rows: ${recordsText(records)}`];
  return [
    `Batch ${batchId}: ${outcome}${outcome === status ? '' : ` (${status})`}`,
    ...counted,
    ...batchErrors(errors),
    ...next(outcome, errors).map((line) => `  ${line.replaceAll('<batchId>', batchId)}`),
  ].join('\n');
}

function next(outcome: Receipt['outcome'], errors: Ended['errors']): readonly string[] {
  if (!errors?.some(({ code }) => code === NO_DIAGNOSTICS)) return NEXT[outcome];
  return ['Which rows were rejected is not known: ingest with --error-diagnostics to be told.'];
}

const NEXT: Readonly<Record<Receipt['outcome'], readonly string[]>> = {
  success: [],
  accepted: ['It was handed over; `aep-batch wait <batchId>` waits for its outcome.'],
  'success-with-rejects': ['`aep-batch errors <batchId>` shows the rejected rows.'],
  failed: ['No row was loaded; `aep-batch errors <batchId>` shows the rejected rows.'],
  stalled: [
    "The platform's own retries are used up: `aep-batch status <batchId>` shows how it stands.",
  ],
  'timed-out': ['It is still on its way: `aep-batch wait <batchId>` goes on waiting.'],
};

export function receiptText(receipt: Receipt): string {
  const total = receipt.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const skipped = receipt.skipped === 0 ? '' : `, ${receipt.skipped} passed over`;
  return `${outcomeText(receipt)}\n  sent: ${files(receipt.files.length)}, ${bytes(total)}${skipped}`;
}

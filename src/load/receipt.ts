/** What a load returns: its batches, and their files, which are read from the journals one batch at a time. */
import { INGEST_JOURNAL } from '../ingest/journal-entries.js';
import { inspectJournal } from '../ingest/read-journal.js';
import { listLoadedFiles } from '../ingest/receipt.js';
import { IngestState } from '../ingest/state.js';
import type { IngestOutcome, Receipt } from '../ingest/types.js';
import { checkLocalPath } from '../shared/checks.js';
import { omit } from '../shared/options.js';
import { toBatchJournal } from './batch-journals.js';
import type { BatchEntry } from './load-entries.js';
import { LOAD_JOURNAL } from './load-entries.js';
import { LoadState } from './state.js';
import type { BatchReceipt, LoadedFile, LoadReceipt } from './types.js';

/** The outcomes from the best to the worst: that of a load is the worst of its batches. */
export const FROM_BEST: readonly IngestOutcome[] = [
  'skipped',
  'success',
  'accepted',
  'success-with-rejects',
  'timed-out',
  'stalled',
  'inactive',
  'deleted',
  'abandoned',
  'aborted',
  'failed',
];

export function toBatchReceipt(
  { number, fileCount, sizeBytes }: BatchEntry,
  receipt: Receipt,
): BatchReceipt {
  const own = omit(receipt, ['files', 'packedFiles', 'datasetId', 'sandbox', 'skipped']);
  return { number, ...own, fileCount, sizeBytes };
}

/** Builds the receipt, as plain JSON. */
export function buildLoadReceipt(state: LoadState, startedMs: number): LoadReceipt {
  const { externalId, datasetId, sandbox, skipped } = state.plan;
  const batches = state.batches.flatMap(({ receipt }) => receipt ?? []);
  const worst = Math.max(0, ...batches.map(({ outcome }) => FROM_BEST.indexOf(outcome)));
  return {
    externalId,
    datasetId,
    sandbox,
    outcome: FROM_BEST[worst] ?? 'failed',
    batches,
    notBegun: state.batches.filter(({ isBegun }) => !isBegun).length,
    fileCount: state.fileCount,
    sizeBytes: state.sizeBytes,
    skipped,
    startedAt: new Date(startedMs).toISOString(),
    endedAt: new Date().toISOString(),
  };
}

/**
 * The files that a load has put into its batches, in the order of the batches. Of the journals one is in memory
 * at a time.
 * @param journal the journal of the load.
 * @throws {JournalError} if a journal cannot be read.
 */
export async function* readLoadedFiles(journal: string): AsyncGenerator<LoadedFile, void> {
  checkLocalPath('journal', journal);
  const load = new LoadState();
  await inspectJournal(journal, LOAD_JOURNAL, (entry) => load.apply(entry));
  load.assertPlanned(journal);
  for (const { entry, isBegun } of load.batches) {
    if (isBegun) yield* readBatchFiles(journal, entry.number);
  }
}

/** The files that are in one batch. */
export async function* readBatchFiles(
  journal: string,
  number: number,
): AsyncGenerator<LoadedFile, void> {
  const state = new IngestState();
  const path = toBatchJournal(journal, number);
  await inspectJournal(path, INGEST_JOURNAL, (entry) => state.apply(entry));
  const { batchId } = state;
  if (batchId === undefined) return;
  for (const file of listLoadedFiles(state)) yield { batchNumber: number, batchId, ...file };
}

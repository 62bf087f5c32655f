/** What a load returns: its batches, and their files, which are read from the journals one batch at a time. */
import { JournalError } from '../ingest/errors.js';
import { INGEST_JOURNAL } from '../ingest/journal-entries.js';
import { inspectJournal } from '../ingest/read-journal.js';
import { listLoadedFiles } from '../ingest/receipt.js';
import { IngestState } from '../ingest/state.js';
import type { IngestOutcome, Receipt } from '../ingest/types.js';
import { checkLocalPath } from '../shared/checks.js';
import { omit, omitUndefined } from '../shared/options.js';
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

export function toBatchReceipt(entry: BatchEntry, receipt: Receipt): BatchReceipt {
  const { number, fileCount, originalCount, isEstimate } = entry;
  const sizeBytes = isEstimate === true ? sumUp(receipt) : entry.sizeBytes;
  const own = omit(receipt, ['files', 'packedFiles', 'datasetId', 'sandbox', 'skipped']);
  return omitUndefined({ number, ...own, fileCount, originalCount, sizeBytes });
}

/** What was sent: packed files in place of those that they are put together from. */
function sumUp({ files, packedFiles = [] }: Receipt): number {
  const sent = [...files.filter(({ packed }) => packed === undefined), ...packedFiles];
  return sent.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Builds the receipt, as plain JSON. */
export function buildLoadReceipt(state: LoadState, startedMs: number): LoadReceipt {
  const { externalId, datasetId, sandbox, skipped } = state.plan;
  const batches = state.batches.flatMap(({ receipt }) => receipt ?? []);
  const worst = Math.max(0, ...batches.map(({ outcome }) => FROM_BEST.indexOf(outcome)));
  return omitUndefined({
    externalId,
    datasetId,
    sandbox,
    outcome: FROM_BEST[worst] ?? 'failed',
    batches,
    notBegun: state.batches.filter(({ isBegun }) => !isBegun).length,
    fileCount: state.fileCount,
    originalCount: state.originalCount,
    sizeBytes: state.sizeBytes,
    skipped,
    startedAt: new Date(startedMs).toISOString(),
    endedAt: new Date().toISOString(),
  });
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
  for (const { entry, isBegun, receipt } of load.batches) {
    if (isBegun) yield* readBatchFiles(journal, entry.number, receipt !== undefined);
  }
}

/**
 * The files that are in one batch.
 * @throws {JournalError} if the batch has ended, and its journal does not have all of its files.
 */
async function* readBatchFiles(
  journal: string,
  number: number,
  hasEnded: boolean,
): AsyncGenerator<LoadedFile, void> {
  const state = new IngestState();
  const path = toBatchJournal(journal, number);
  await inspectJournal(path, INGEST_JOURNAL, (entry) => state.apply(entry));
  if (hasEnded) assertComplete(state, path);
  const { batchId } = state;
  if (batchId === undefined) return;
  for (const file of listLoadedFiles(state)) yield { batchNumber: number, batchId, ...file };
}

/** The files of a batch that has ended are all in it, or in another ingest's. */
function assertComplete(state: IngestState, path: string): void {
  const isOther = state.hasPlan && state.plan.content !== undefined && state.batchId === undefined;
  if (isOther || (state.hasPlan && state.uploaded.size === state.plan.files)) return;
  const message = `The journal ${path} lacks files of its batch, which has ended: it is damaged. Restore the file; the batch itself is not touched.`;
  throw new JournalError(path, message);
}

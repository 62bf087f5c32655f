/** How far a load has come, from its journals, which are neither locked nor changed. */
import { INGEST_JOURNAL } from '../ingest/journal-entries.js';
import { inspectJournal, readJournalHead } from '../ingest/read-journal.js';
import { IngestState } from '../ingest/state.js';
import { toBatchJournal } from './batch-journals.js';
import { LOAD_JOURNAL } from './load-entries.js';
import { type BatchState, isSettled, LoadState } from './state.js';

export interface InspectedLoad {
  readonly state: LoadState;
  /** Whether a process may be using it. */
  readonly isRunning: boolean;
  /** How many files are in batches. */
  readonly uploadedFiles: number;
  /** The batch that is to be resumed first, where there is one. */
  readonly batchId: string | undefined;
}

/** Whether a file is the journal of a load. */
export const isLoadJournal = async (path: string): Promise<boolean> =>
  (await readJournalHead(path)) === LOAD_JOURNAL.head;

/** @throws {JournalError} if it is damaged, or not the journal of a load. */
export async function inspectLoad(path: string): Promise<InspectedLoad> {
  const state = new LoadState();
  const isRunning = await inspectJournal(path, LOAD_JOURNAL, (entry) => state.apply(entry));
  let uploadedFiles = 0;
  let batchId: string | undefined;
  for (const batch of state.batches) {
    const found = await inspectBatch(path, batch);
    uploadedFiles += found.uploadedFiles;
    if (!isSettled(batch)) batchId ??= found.batchId;
  }
  return { state, isRunning, uploadedFiles, batchId };
}

async function inspectBatch(path: string, batch: BatchState) {
  const { entry, isBegun, receipt } = batch;
  if (receipt !== undefined) return { uploadedFiles: entry.fileCount, batchId: receipt.batchId };
  if (!isBegun) return { uploadedFiles: 0, batchId: undefined };
  const state = new IngestState();
  const journal = toBatchJournal(path, entry.number);
  await inspectJournal(journal, INGEST_JOURNAL, (step) => state.apply(step));
  return { uploadedFiles: state.uploaded.size, batchId: state.batchId };
}

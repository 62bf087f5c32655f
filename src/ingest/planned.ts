/** Ingests whose plan was written into a journal before: a load of many batches begins with all of them. */
import { groupItems } from '../shared/group-items.js';
import type { IngestContext } from './context.js';
import { Journal } from './journal.js';
import { type Entry, INGEST_JOURNAL } from './journal-entries.js';
import { recordNextPlan } from './restart.js';
import { assertUnchanged, continueIngest } from './resume.js';
import { runPipeline } from './run.js';
import { openFile } from './sources.js';
import type { Receipt } from './types.js';

/** Writes a plan into a new journal. @throws {JournalError} if it cannot be created or written. */
export async function writePlan(path: string, entries: Iterable<Entry>): Promise<void> {
  const journal = await Journal.create(path, INGEST_JOURNAL);
  try {
    for (const group of groupItems(entries)) await journal.append(...group);
  } finally {
    await journal.close();
  }
}

/** Begins an ingest of which nothing was sent. */
export function beginPlanned(context: IngestContext): Promise<Receipt> {
  const { state, progress } = context;
  progress.resume(state);
  return runPipeline(context, openAll(context));
}

/** Opens each file when its turn comes. */
function* openAll({ state, given }: IngestContext) {
  for (const file of state.files) yield openFile(state, file, given);
}

/** How a batch ends that was not loaded: its files may go into another one. */
const NOT_LOADED: ReadonlySet<string> = new Set(['failed', 'aborted', 'abandoned']);

/** Whether a batch that ended so is started again by `resumePlanned()`. */
export const isStartedAgain = (outcome: string): boolean => NOT_LOADED.has(outcome);

/** Goes on with an ingest that broke off; one whose batch was not loaded is started again, with a new batch. */
export async function resumePlanned(context: IngestContext): Promise<Receipt> {
  const { state } = context;
  if (state.outcome === undefined || !isStartedAgain(state.outcome)) return continueIngest(context);
  await assertUnchanged(context);
  await recordNextPlan(context, `batch ${state.batchId} ended as ${state.outcome}`);
  return beginPlanned(context);
}

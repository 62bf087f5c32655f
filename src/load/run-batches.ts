/** Runs the batches of a planned load, each as an ingest of its own journal. */
import type { IngestClient, RunOptions } from '../ingest/context.js';
import { AlreadyLoadingError, IngestError, JournalError } from '../ingest/errors.js';
import type { Journal } from '../ingest/journal.js';
import { beginPlanned, resumePlanned } from '../ingest/planned.js';
import { runJournal, toMoves } from '../ingest/resume.js';
import type { IngestOutcome, IngestWarning } from '../ingest/types.js';
import { notify } from '../shared/notify.js';
import { omitUndefined } from '../shared/options.js';
import type { SourceFile } from '../upload/source.js';
import { toBatchJournal } from './batch-journals.js';
import { BatchDivider } from './divide-batch.js';
import { type FailedBatch, LoadError } from './errors.js';
import type { LoadEntry } from './load-entries.js';
import type { LoadProgressReporter } from './progress.js';
import { toBatchReceipt } from './receipt.js';
import { type BatchState, isSettled, type LoadState } from './state.js';

/** What all steps of a load share. */
export interface LoadContext {
  readonly client: IngestClient;
  readonly state: LoadState;
  readonly journal: Journal<LoadEntry>;
  readonly progress: LoadProgressReporter;
  readonly options: RunOptions & { readonly takeOver?: boolean };
  readonly batchConcurrency: number;
  /** The files that are not on this machine, as this call was given them. */
  readonly given: readonly SourceFile[];
  /** URLs that were signed anew. */
  readonly urls: readonly string[];
}

/** A batch that ended otherwise is a reason not to begin any more. */
const GOOD: ReadonlySet<IngestOutcome> = new Set([
  'success',
  'success-with-rejects',
  'accepted',
  'skipped',
]);

/**
 * Runs all batches that are not loaded yet. Once one is not loaded, no other is begun, and those that run end.
 * @throws {LoadError} for batches of which it is not known how they end.
 */
export async function runBatches(context: LoadContext): Promise<void> {
  const { state, batchConcurrency, options } = context;
  const failed: FailedBatch[] = [];
  let isStopped = false;
  /** The first batch that an abort has left out. */
  let left: BatchState | undefined;
  const queue = state.batches.filter((batch) => !isSettled(batch));
  let running = 0;
  const workers: Promise<void>[] = [];
  const start = () => {
    running++;
    workers.push(worker().finally(() => void running--));
  };
  const divider = new BatchDivider(context, (batch) => {
    context.progress.divided();
    queue.push(batch);
    if (running < batchConcurrency) start();
  });
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      if (isStopped) return;
      if (options.signal?.aborted === true) {
        left ??= next;
        return;
      }
      try {
        if (!(await runBatch(context, next, divider))) isStopped = true;
      } catch (error) {
        isStopped = true;
        failed.push({ number: next.entry.number, error });
      }
    }
  };
  while (running < batchConcurrency) start();
  for (const ended of workers) await ended; // while they run, others may be added
  if (failed.length === 0 && left !== undefined)
    failed.push({ number: left.entry.number, error: options.signal?.reason });
  if (failed.length > 0) throw toLoadError(context, failed);
}

function toLoadError({ state, journal }: LoadContext, failed: readonly FailedBatch[]): LoadError {
  const { batches } = state;
  const notBegun = batches.filter(({ isBegun }) => !isBegun).length;
  const ended = batches.filter(({ receipt }) => receipt !== undefined).length;
  const isNothingSent =
    failed.length + notBegun === batches.length &&
    failed.every(({ error }) => isWithoutBatch(error));
  const counts = { total: batches.length, ended, notBegun };
  return new LoadError(failed, counts, isNothingSent ? undefined : journal.path);
}

const isWithoutBatch = (error: unknown): boolean =>
  error instanceof AlreadyLoadingError ||
  (error instanceof IngestError && error.batch === 'none' && error.journal === undefined);

/** @returns whether it was loaded. */
async function runBatch(
  context: LoadContext,
  batch: BatchState,
  divider: BatchDivider,
): Promise<boolean> {
  const { client, journal, progress, options } = context;
  const { isBegun, receipt: earlier } = batch;
  const { number } = batch.entry;
  await journal.assertHeld();
  if (!isBegun || earlier !== undefined) await recordStep(context, { type: 'begun', number });
  if (earlier !== undefined) progress.begun(earlier);
  // The notice is the load's.
  const { notify: _, ...ownOptions } = options;
  const receipt = await runJournal(
    client,
    toBatchJournal(journal.path, number),
    {
      ...ownOptions,
      ...omitUndefined({ onProgress: progress.listener(number) }),
      onWarning: (warning) => warn(context, number, warning),
      isPlannedBefore: true,
      given: context.given,
      onLeft: (state) => divider.divide(batch, state),
    },
    async (own) => {
      await divider.divide(batch, own.state);
      await own.record(...toMoves(own.state, context.urls, true));
      return isBegun ? resumePlanned(own) : beginPlanned(own);
    },
  );
  const ended = toBatchReceipt(batch.entry, receipt);
  await recordEnd(context, { type: 'ended', number, receipt: ended });
  progress.ended(number, ended);
  return GOOD.has(receipt.outcome);
}

function warn({ options, state }: LoadContext, number: number, warning: IngestWarning): void {
  const message = `Batch ${number} of ${state.batches.length}: ${warning.message}`;
  notify(options.onWarning, { ...warning, message });
}

/** A step that was done is applied even if it cannot be written. */
export async function recordStep({ journal, state }: LoadContext, entry: LoadEntry): Promise<void> {
  try {
    await journal.append(entry);
  } finally {
    state.apply(entry);
  }
}

/** The batch's own journal knows its end as well, so a full disk is no reason to fail. */
async function recordEnd(context: LoadContext, entry: LoadEntry): Promise<void> {
  try {
    await recordStep(context, entry);
  } catch (error) {
    if (!(error instanceof JournalError)) throw error;
    notify(context.options.onWarning, { level: 'warning', message: error.message });
  }
}

import type { IngestProgress } from '../ingest/types.js';
import { notifyOfCopy } from '../shared/notify.js';
import type { LoadState } from './state.js';
import type { BatchReceipt, LoadProgress } from './types.js';

type Counts = Pick<
  IngestProgress,
  'transferredBytes' | 'sentBytes' | 'resumedBytes' | 'filesDone' | 'partsInFlight'
>;
const NONE: Counts = {
  transferredBytes: 0,
  sentBytes: 0,
  resumedBytes: 0,
  filesDone: 0,
  partsInFlight: 0,
};

/** What is in a batch that has ended. */
type BatchSize = Pick<BatchReceipt, 'fileCount' | 'sizeBytes'>;

/** The progress of several ingests as one. */
export class LoadProgressReporter {
  readonly #listener: ((progress: LoadProgress) => void) | undefined;
  readonly #running = new Map<number, IngestProgress>();
  /** What the batches that have ended add to the totals. */
  #ended = NONE;
  #totals: Pick<LoadProgress, 'totalBytes' | 'filesTotal' | 'batchesTotal' | 'batchesDone'> = {
    totalBytes: undefined,
    filesTotal: undefined,
    batchesTotal: undefined,
    batchesDone: 0,
  };

  constructor(listener: ((progress: LoadProgress) => void) | undefined) {
    this.#listener = listener;
  }

  /** The files are looked for and checked. */
  checking(): void {
    this.#report('preflight');
  }

  /** The batches are known; those that an earlier run has ended are done. */
  planned(state: LoadState): void {
    this.#totals = {
      totalBytes: state.isEstimate ? undefined : state.sizeBytes,
      filesTotal: state.fileCount,
      batchesTotal: state.batches.length,
      batchesDone: 0,
    };
    for (const { receipt } of state.batches) {
      if (receipt !== undefined) this.#count(1, receipt, { resumedBytes: receipt.sizeBytes });
    }
    this.#report();
  }

  /** A batch was closed, and the files that it left are in a further one. */
  divided(): void {
    this.#totals.batchesTotal = (this.#totals.batchesTotal ?? 0) + 1;
    this.#report();
  }

  /** A batch that an earlier run has ended begins again, or is waited for again. */
  begun(batch: BatchSize): void {
    this.#count(-1, batch, { resumedBytes: batch.sizeBytes });
  }

  /** The listener of one batch; `undefined` where nobody listens. */
  listener(number: number): ((progress: IngestProgress) => void) | undefined {
    if (this.#listener === undefined) return undefined;
    return (progress) => {
      // The files were checked before; an ingest reports this phase before it goes on.
      const phase = progress.phase === 'preflight' ? 'create' : progress.phase;
      this.#running.set(number, { ...progress, phase });
      this.#report();
    };
  }

  /** A batch has ended: from now on all of it counts. */
  ended(number: number, batch: BatchSize): void {
    const { resumedBytes = 0, sentBytes = 0 } = this.#running.get(number) ?? {};
    this.#running.delete(number);
    this.#count(1, batch, { resumedBytes, sentBytes });
    this.#report();
  }

  /** @param change 1 for a batch that has ended, -1 for one that begins again. */
  #count(
    change: 1 | -1,
    { fileCount, sizeBytes }: BatchSize,
    { resumedBytes = 0, sentBytes = 0 }: Partial<Counts>,
  ): void {
    const before = this.#ended;
    this.#ended = {
      transferredBytes: before.transferredBytes + change * sizeBytes,
      resumedBytes: before.resumedBytes + change * resumedBytes,
      sentBytes: before.sentBytes + change * sentBytes,
      filesDone: before.filesDone + change * fileCount,
      partsInFlight: 0,
    };
    this.#totals.batchesDone += change;
  }

  #report(phase?: IngestProgress['phase']): void {
    if (this.#listener === undefined) return;
    const running = [...this.#running].sort(([one], [two]) => one - two).map(([, one]) => one);
    const counts = { ...this.#ended };
    for (const one of running) {
      for (const name of Object.keys(NONE) as (keyof Counts)[]) counts[name] += one[name];
    }
    const shown = running.find(({ phase }) => phase === 'upload') ?? running[0];
    const isDone = running.length === 0 && this.#totals.batchesDone === this.#totals.batchesTotal;
    // The end of one batch is not that of the load.
    const shownPhase = shown?.phase === 'done' ? 'wait' : shown?.phase;
    const pause = running.find((one) => one.pause !== undefined)?.pause;
    notifyOfCopy(this.#listener, {
      ...counts,
      ...this.#totals,
      phase: phase ?? shownPhase ?? (isDone ? 'done' : 'create'),
      current: running.flatMap(({ current }) => current.map((file) => ({ ...file }))),
      pause: pause && { ...pause },
      batchId: shown?.batchId,
      status: shown?.status,
    });
  }
}

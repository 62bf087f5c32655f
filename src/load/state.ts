/** How far a load has come. As that of an ingest, it is changed by journal entries alone. */

import { JournalError } from '../ingest/errors.js';
import { isStartedAgain } from '../ingest/planned.js';
import type { IngestOutcome } from '../ingest/types.js';
import type { BatchEntry, LoadEntry, LoadPlanEntry } from './load-entries.js';
import type { BatchReceipt } from './types.js';

/** A batch of a load. */
export interface BatchState {
  /** What it holds, without what it has left for other batches. */
  entry: BatchEntry;
  /** How often it has left files. */
  divisions: number;
  /** Whether there may be a batch on the platform. */
  isBegun: boolean;
  /** How it ended; `undefined` before that, and while a resume goes on with it. */
  receipt: BatchReceipt | undefined;
}

/** Batches that ended so may be waited for again. */
const MAY_GO_ON: ReadonlySet<IngestOutcome> = new Set(['stalled', 'timed-out', 'accepted']);

/** Whether a resume waits for a batch with this outcome, or starts it again. */
export const mayGoOn = (outcome: IngestOutcome): boolean =>
  isStartedAgain(outcome) || MAY_GO_ON.has(outcome);

/** Whether a resume has nothing to do with a batch. */
export const isSettled = ({ receipt }: BatchState): boolean =>
  receipt !== undefined && !mayGoOn(receipt.outcome);

export class LoadState {
  #plan: LoadPlanEntry | undefined;
  #batches: BatchState[] = [];
  #isPlanned = false;
  #isNotified = false;

  /** Whether the plan is complete. Before that nothing was sent, and the journal is as good as a new one. */
  get isPlanned(): boolean {
    return this.#isPlanned;
  }

  get plan(): LoadPlanEntry {
    assert(this.#plan !== undefined, 'a step before the plan');
    return this.#plan;
  }

  get batches(): readonly BatchState[] {
    return this.#batches;
  }

  get fileCount(): number {
    return this.#batches.reduce((sum, { entry }) => sum + entry.fileCount, 0);
  }

  /** How many files there were before some of them were packed; `undefined` where none was. */
  get originalCount(): number | undefined {
    if (!this.#batches.some(({ entry }) => entry.originalCount !== undefined)) return undefined;
    return this.#batches.reduce(
      (sum, { entry }) => sum + (entry.originalCount ?? entry.fileCount),
      0,
    );
  }

  /** What was planned or, of a batch that has ended, what is in it. */
  get sizeBytes(): number {
    return this.#batches.reduce((sum, { entry, receipt }) => sum + (receipt ?? entry).sizeBytes, 0);
  }

  /** Whether sizes are known only once files were sent. */
  get isEstimate(): boolean {
    return this.#batches.some(({ entry }) => entry.isEstimate === true);
  }

  /** Whether every batch has ended: then another load may use the journal. */
  get hasEnded(): boolean {
    return this.#isPlanned && this.#batches.every(({ receipt }) => receipt !== undefined);
  }

  /** Whether the notice of this load was sent, or was about to be. */
  get isNotified(): boolean {
    return this.#isNotified;
  }

  /** Whether a resume has nothing to do. */
  get isSettled(): boolean {
    return this.#isPlanned && this.#batches.every(isSettled);
  }

  /** @throws {Error} if no load writes the entry here, so that one before it must be missing. */
  apply(entry: LoadEntry): void {
    if (entry.type === 'load') this.#applyPlan(entry);
    else if (entry.type === 'batch') this.#applyBatch(entry);
    else if (entry.type === 'planned') {
      const { length } = this.#batches;
      assert(length === this.plan.batches, `${length} of ${this.plan.batches} batches`);
      this.#isPlanned = true;
    } else if (entry.type === 'notified') this.#isNotified = true;
    else if (entry.type === 'divided') this.#applyDivision(entry);
    else this.#applyStep(entry);
  }

  #applyPlan(entry: LoadPlanEntry): void {
    // Nothing was sent by a load whose plan was not finished.
    assert(!this.#isPlanned || this.hasEnded, 'a plan within another one');
    this.#plan = entry;
    this.#batches = [];
    this.#isPlanned = false;
    this.#isNotified = false;
  }

  #applyBatch(entry: BatchEntry): void {
    assert(!this.#isPlanned, 'a batch after the end of the plan');
    assert(entry.number === this.#batches.length + 1, `batch ${entry.number} out of its order`);
    assert(entry.number <= this.plan.batches, 'more batches than were planned');
    this.#batches.push({ entry, divisions: 0, isBegun: false, receipt: undefined });
  }

  #applyDivision({ number, rest }: Extract<LoadEntry, { type: 'divided' }>): void {
    const batch = this.#batches[number - 1];
    assert(batch?.isBegun === true, `files that were left by batch ${number}, which was not begun`);
    assert(rest.number === this.#batches.length + 1, `batch ${rest.number} out of its order`);
    batch.entry = subtract(batch.entry, rest);
    batch.divisions++;
    this.#batches.push({ entry: rest, divisions: 0, isBegun: false, receipt: undefined });
  }

  #applyStep(entry: Extract<LoadEntry, { type: 'begun' | 'ended' }>): void {
    assert(this.#isPlanned, 'a step before the end of the plan');
    const batch = this.#batches[entry.number - 1];
    assert(batch !== undefined, `batch ${entry.number}, which is not in the plan`);
    if (entry.type === 'begun') {
      batch.isBegun = true;
      batch.receipt = undefined;
      return;
    }
    assert(batch.isBegun, `an end of batch ${entry.number}, which was not begun`);
    batch.receipt = entry.receipt;
  }

  /** @throws {JournalError} if the journal ends within its plan: then nothing was sent. */
  assertPlanned(journalPath: string): void {
    if (this.#isPlanned) return;
    const message = `The journal ${journalPath} ends within its plan, so nothing was sent. Delete it and run the ingest again.`;
    throw new JournalError(journalPath, message);
  }
}

function subtract(all: BatchEntry, rest: BatchEntry): BatchEntry {
  const left = {
    ...all,
    fileCount: all.fileCount - rest.fileCount,
    sizeBytes: all.sizeBytes - rest.sizeBytes,
  };
  assert(left.fileCount >= 1 && left.sizeBytes >= 0, `more files than batch ${all.number} has`);
  if (all.originalCount !== undefined)
    left.originalCount = all.originalCount - (rest.originalCount ?? rest.fileCount);
  return left;
}

function assert(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(`it records ${otherwise}`);
}

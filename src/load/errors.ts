/** The error of a load that did not come to its end. */
import { AlreadyLoadingError, IngestError, type IngestFailure } from '../ingest/errors.js';
import { AepBatchError } from '../shared/errors.js';
import { formatCount } from '../shared/format.js';
import { describeThrown } from '../shared/thrown.js';

/** A batch that could not be run to its end, and why. */
export interface FailedBatch {
  /** Which batch of the load it is, from 1. */
  readonly number: number;
  readonly error: unknown;
}

/** How many batches of a load ended, and how many did not. */
export interface LoadCounts {
  readonly total: number;
  readonly ended: number;
  readonly notBegun: number;
}

/**
 * A load in which a batch failed before it was known how the batch ended. `cause` says why; `batchId` and `batch`
 * are those of the first such batch. Where another ingest is loading the same files, `batchId` is its batch.
 * `journal` is the load's, by which all of it is resumed; it is missing where nothing was sent.
 */
export class LoadError extends AepBatchError implements IngestFailure {
  override readonly name = 'LoadError';
  readonly batchId: string | undefined;
  readonly journal: string | undefined;
  readonly batch: IngestFailure['batch'];
  /** Whether a batch may exist, or be complete, without that being known; a resume finds out. */
  readonly stateUnknown: boolean;
  /** The batches that failed, in the order in which they did. */
  readonly failed: readonly FailedBatch[];

  constructor(failed: readonly FailedBatch[], counts: LoadCounts, journal?: string) {
    const [first] = failed;
    const cause = first?.error;
    super(describeLoad(failed, counts, journal), { cause });
    const isRefused = cause instanceof AlreadyLoadingError;
    const known = cause instanceof IngestError ? cause : undefined;
    this.batchId = isRefused ? cause.batchId : known?.batchId;
    this.batch = isRefused ? 'none' : (known?.batch ?? 'unknown');
    this.stateUnknown = failed.some(({ error }) => isUnknown(error));
    this.journal = journal;
    this.failed = failed;
  }
}

const isUnknown = (error: unknown): boolean =>
  !(error instanceof AlreadyLoadingError) &&
  (!(error instanceof IngestError) || error.stateUnknown);

function describeLoad(
  failed: readonly FailedBatch[],
  { total, ended, notBegun }: LoadCounts,
  journal: string | undefined,
): string {
  const sentences = failed.map(
    ({ number, error }) => `Batch ${number} of ${formatCount(total)}: ${describeFailure(error)}`,
  );
  const rest = notBegun === 0 ? '' : `, and ${formatCount(notBegun)} were not begun`;
  sentences.push(`${formatCount(ended)} of ${formatCount(total)} batches have ended${rest}.`);
  if (journal !== undefined) sentences.push(`Resume the load with the journal ${journal}.`);
  return sentences.join(' ');
}

/** Without the journal of the batch, which is the load's. */
function describeFailure(error: unknown): string {
  if (!(error instanceof IngestError)) {
    return error instanceof AepBatchError ? error.message : describeThrown(error);
  }
  const { cause, batchId, batch } = error;
  return new IngestError(cause, { batchId, batch, journal: undefined }).message;
}

import { formatFinding } from '../preflight/findings.js';
import type { Finding } from '../preflight/types.js';
import { AepBatchError } from '../shared/errors.js';
import { describeThrown } from '../shared/thrown.js';

/** Preflight found what the platform would refuse. Of files nothing was sent; of a stream, perhaps. */
export class PreflightError extends AepBatchError {
  override readonly name = 'PreflightError';
  /** All that was found, warnings too. */
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    const errors = findings.filter(({ level }) => level === 'error');
    const lines = errors.slice(0, 10).map(formatFinding);
    const more = errors.length > 10 ? [`and ${errors.length - 10} more`] : [];
    super([...lines, ...more].join('\n'));
    this.findings = findings;
  }
}

/** What is known of an ingest that failed. */
export interface IngestFailure {
  /** The batch, if there is one. */
  batchId: string | undefined;
  /** The journal to resume it with, if there is one. */
  journal: string | undefined;
  /** What became of the batch. */
  batch: 'none' | 'left' | 'aborted' | 'completed' | 'unknown';
}

/** An ingest that failed after something may have been sent; `cause` says why. */
export class IngestError extends AepBatchError implements IngestFailure {
  override readonly name = 'IngestError';
  readonly batchId: string | undefined;
  readonly journal: string | undefined;
  readonly batch: IngestFailure['batch'];
  /** Whether it cannot be known if the batch exists, or is complete; a resume finds out. */
  readonly stateUnknown: boolean;

  constructor(cause: unknown, failure: IngestFailure) {
    const why = cause instanceof AepBatchError ? cause.message : describeThrown(cause);
    super(`${why}${/[.!?]$/.test(why) ? '' : '.'} ${fate(failure)}`, { cause });
    this.batchId = failure.batchId;
    this.journal = failure.journal;
    this.batch = failure.batch;
    this.stateUnknown = failure.batch === 'unknown';
  }
}

function fate({ batchId, journal, batch }: IngestFailure): string {
  const resume = journal === undefined ? '' : ` Resume it with the journal ${journal}.`;
  switch (batch) {
    case 'none':
      return `No batch was created.${resume}`;
    case 'left':
      return `Batch ${batchId} is left as it is.${resume}`;
    case 'aborted':
      return `Batch ${batchId} was aborted.`;
    case 'completed':
      return `Batch ${batchId} was completed; only its outcome is not known.${resume}`;
    case 'unknown':
      return `What became of batch ${batchId ?? '(none known)'} cannot be known.${resume}`;
  }
}

/** The errors of an ingest as a whole, and of its journal. */
import { formatFinding } from '../preflight/findings.js';
import type { Finding } from '../preflight/types.js';
import { AepBatchError } from '../shared/errors.js';
import { describeThrown } from '../shared/thrown.js';

/** Preflight found what the platform would reject. Nothing was sent of files; of a stream, perhaps. */
export class PreflightError extends AepBatchError {
  override readonly name = 'PreflightError';
  /** Everything that was found, warnings included. */
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[]) {
    const errors = findings.filter(({ level }) => level === 'error');
    const lines = errors.slice(0, 10).map(formatFinding);
    const more = errors.length > 10 ? [`and ${errors.length - 10} more`] : [];
    super([...lines, ...more].join('\n'));
    this.findings = findings;
  }
}

/** What is known about an ingest that failed. */
export interface IngestFailure {
  /** The batch, if there is one. */
  batchId: string | undefined;
  /** The journal to resume it with, if there is one. */
  journal: string | undefined;
  /**
   * What happened to the batch. `none`: there is none; `kept`: it is as it was when the ingest failed;
   * `completed`: its outcome is not known; `unknown`: it may exist, or be complete.
   */
  batch: 'none' | 'kept' | 'aborted' | 'completed' | 'unknown';
}

/** An ingest that failed after something may have been sent; `cause` says why. */
export class IngestError extends AepBatchError implements IngestFailure {
  override readonly name = 'IngestError';
  readonly batchId: string | undefined;
  readonly journal: string | undefined;
  readonly batch: IngestFailure['batch'];
  /** Whether the batch may exist, or be complete, without that being known; a resume finds out. */
  readonly stateUnknown: boolean;

  constructor(cause: unknown, failure: IngestFailure) {
    const why = cause instanceof AepBatchError ? cause.message : describeThrown(cause);
    super(`${why}${/[.!?]$/.test(why) ? '' : '.'} ${describeBatch(failure)}`, { cause });
    this.batchId = failure.batchId;
    this.journal = failure.journal;
    this.batch = failure.batch;
    this.stateUnknown = failure.batch === 'unknown';
  }
}

function describeBatch({ batchId, journal, batch }: IngestFailure): string {
  const resume = journal === undefined ? '' : ` Resume it with the journal ${journal}.`;
  switch (batch) {
    case 'none':
      return `No batch was created.${resume}`;
    case 'kept':
      return `Batch ${batchId} is kept.${resume}`;
    case 'aborted':
      return `Batch ${batchId} was aborted.`;
    case 'completed':
      return `Batch ${batchId} was completed; its outcome is not known.${resume}`;
    case 'unknown':
      return batchId === undefined
        ? `Whether a batch was created is not known.${resume}`
        : `Whether batch ${batchId} was completed is not known.${resume}`;
  }
}

/** A journal that cannot be used: another process has it, or it is not what it should be. */
export class JournalError extends AepBatchError {
  override readonly name = 'JournalError';
  /** The file. */
  readonly path: string;

  constructor(path: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.path = path;
  }
}

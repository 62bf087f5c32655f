/** The errors of an ingest as a whole, and of its journal. */
import { formatFinding } from '../preflight/format-finding.js';
import type { Finding } from '../preflight/types.js';
import type { Batch } from '../resources/types.js';
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

/**
 * Another ingest is uploading the same files, or broke off while it did. Nothing of this one is loaded, and it has
 * no batch any more.
 */
export class AlreadyLoadingError extends AepBatchError {
  override readonly name = 'AlreadyLoadingError';
  /** The other ingest's batch. */
  readonly batchId: string;
  /** The externalId of that batch. */
  readonly externalId: string | undefined;

  constructor({ id, externalId, created = 0 }: Pick<Batch, 'id' | 'externalId' | 'created'>) {
    const since = created === 0 ? '' : ` since ${new Date(created).toISOString()}`;
    super(
      `Batch ${id} with the same files is loading${since}, and not completed: another ingest is sending them, or broke off. Nothing was loaded. If it is running, let it end. If it broke off, resume it where it ran (\`aep-batch resume\` lists what can be resumed), or abort its batch (\`aep-batch abort ${id}\`) and run this ingest again.`,
    );
    this.batchId = id;
    this.externalId = externalId;
  }
}

/** The Catalog does not list a batch in time, so that it is not known whether another one has the same files. */
export class CatalogDelayError extends AepBatchError {
  override readonly name = 'CatalogDelayError';
  /** The batch. */
  readonly batchId: string;

  constructor(batchId: string) {
    super(
      `The Catalog does not list batch ${batchId} yet, so it is not known whether another ingest loads the same files. The batch was not completed.`,
    );
    this.batchId = batchId;
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

import { AepBatchError } from '../shared/errors.js';

/**
 * The platform did not complete a file, not even after the file was started again; `cause` says
 * why. An ingest then starts a new batch, once.
 */
export class FileRejectedError extends AepBatchError {
  override readonly name = 'FileRejectedError';
  /** Its path in the batch. */
  readonly path: string;

  constructor(path: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`${path} was started again, and could still not be completed: ${why}`, { cause });
    this.path = path;
  }
}

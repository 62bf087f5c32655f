/** What anyone can implement to be ingested: `Source`. */
import { read } from '../shared/thrown.js';

/**
 * Contents that can be read again, from wherever they are: an object store, an archive, a database. One source is one
 * file of the batch.
 *
 * With `sizeBytes` it is read in ranges, several at the same time, which go straight into the parts of the upload.
 * Without it, it is a stream: read from the start to its end, each part kept in a temporary file until it is sent
 * (`partSizeBytes` for each of the `concurrency` requests), and read again from the start where an ingest is resumed.
 */
export interface Source {
  /** Its path in the batch, such as `day=1/rows.jsonl`. */
  readonly path: string;
  /** How many bytes it has; missing where that is not known. */
  readonly sizeBytes?: number;
  /**
   * What changes with the contents and with nothing else: an ETag, a checksum, a revision; 1 to 1000 characters. Asked for
   * when the ingest is planned, once the file was sent, before the batch is completed, and on resume. A fingerprint
   * that changed fails the ingest. It is in the journal, so it must not be a secret.
   */
  fingerprint(): string | Promise<string>;
  /**
   * The bytes from `start` to before `end`; all of them without arguments. Called anew for each attempt, and for several
   * ranges at the same time; a source without `sizeBytes` is always read whole. A reading that is not needed any more
   * is ended by the `return()` of its iterator. A chunk may be used again once the next one is asked for.
   */
  read(start?: number, end?: number): AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Whether a value is meant to be a source; it may still be wrong. */
export const isSource = (value: unknown): value is Source =>
  typeof read(value, 'read') === 'function' || typeof read(value, 'fingerprint') === 'function';

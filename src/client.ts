import { Connection } from './http/connection.js';
import type { Raw } from './http/raw.js';
import type { ClientOptions } from './http/settings.js';
import { Batches } from './resources/batches.js';
import { Diagnostics } from './resources/diagnostics.js';
import { Files } from './resources/files.js';

/** A client for one organisation and one sandbox. */
export interface BatchClient extends AsyncDisposable {
  /** Create batches, complete them, see how they fare. */
  readonly batches: Batches;
  /** Put files into batches; download what became of them. */
  readonly files: Files;
  /** Rejected rows, and the files of failed batches. */
  readonly diagnostics: Diagnostics;
  /** The typed openapi-fetch client below; answers with `{data, error, response}`. */
  readonly raw: Raw;
  /**
   * Ends what is under way, with an `AbortError`, and lets go of all sockets. The client cannot be
   * used after that. Idle sockets do not keep a process alive, so a program that ends need not.
   */
  close(): Promise<void>;
}

/**
 * Makes a client. Sends nothing.
 * @throws {InvalidInputError} when an option is missing or cannot be used; it names the option.
 */
export function createBatchClient(options: ClientOptions): BatchClient {
  const connection = new Connection(options);
  const close = async () => connection.close();
  return {
    batches: new Batches(connection),
    files: new Files(connection),
    diagnostics: new Diagnostics(connection),
    raw: connection.raw,
    close,
    [Symbol.asyncDispose]: close,
  };
}

import { Connection } from './http/client.js';
import type { ClientOptions } from './http/options.js';
import { iterateWithOwnErrors, withOwnErrors } from './http/own-error.js';
import { Secrets } from './http/redact.js';
import { ingest } from './ingest/ingest.js';
import { type RejectedRow, rejectedRows, type UploadedSource } from './ingest/rejected-rows.js';
import { type ResumeOptions, resume } from './ingest/resume.js';
import type { IngestOptions, IngestSource, Receipt } from './ingest/types.js';
import { Batches } from './resources/batches.js';
import { Diagnostics } from './resources/diagnostics.js';
import type { Raw } from './typed-client/raw.js';
import { UploadingFiles } from './upload/upload-files.js';

/** A client for one organisation and one sandbox. */
export interface BatchClient extends AsyncDisposable {
  /** Create batches, complete them, see how they fare. */
  readonly batches: Batches;
  /** Put files into batches; download what became of them. */
  readonly files: UploadingFiles;
  /** Rejected rows, and the files of failed batches. */
  readonly diagnostics: Diagnostics;
  /** Files and streams in, a loaded batch out. */
  ingest(source: IngestSource, options: IngestOptions): Promise<Receipt>;
  /** Goes on with an ingest that broke off. */
  resume(journal: string, options?: ResumeOptions): Promise<Receipt>;
  /**
   * Every rejected row of a batch, with the file and line it came from where they can be told.
   * Mended rows go in with a new, ordinary batch: `replace` would delete the good rows, too.
   */
  rejectedRows(
    batchId: string,
    sources?: readonly UploadedSource[],
    options?: { signal?: AbortSignal },
  ): AsyncGenerator<RejectedRow, void>;
  /** Where the calls go. */
  readonly origin: string;
  readonly orgId: string;
  readonly sandbox: string;
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
  return createClient(options, new Secrets());
}

/**
 * The same, for a program that shows what the client does.
 * @param secrets gets every secret that the client knows, tokens that it fetched included.
 */
export function createClient(options: ClientOptions, secrets: Secrets): BatchClient {
  const connection = new Connection(options, secrets);
  const close = async () => connection.close();
  const { origin, orgId, sandbox } = connection.settings;
  const resources = { batches: new Batches(connection), files: new UploadingFiles(connection) };
  const diagnostics = new Diagnostics(connection);
  const place = { ...resources, origin, orgId, sandbox };
  const pause = connection.pause.bind(connection);
  const ingesting = { ...place, pause };
  const clean = (thrown: unknown) => secrets.clean(thrown);
  return {
    ...place,
    diagnostics,
    raw: connection.raw,
    rejectedRows: (batchId, sources, rowOptions) =>
      iterateWithOwnErrors(
        'the look for rejected rows',
        rejectedRows(diagnostics, batchId, sources, rowOptions),
        { signal: readSignal(rowOptions), clean },
      ),
    ingest: (source, ingestOptions) =>
      withOwnErrors('the ingest', () => ingest(ingesting, source, ingestOptions), {
        signal: readSignal(ingestOptions),
        clean,
      }),
    resume: (journal, resumeOptions) =>
      withOwnErrors('the resume', () => resume(ingesting, journal, resumeOptions), {
        signal: readSignal(resumeOptions),
        clean,
      }),
    close,
    [Symbol.asyncDispose]: close,
  };
}

/** The signal of options that are not validated yet: their getters may fail. */
function readSignal(options: { signal?: AbortSignal } | undefined): AbortSignal | undefined {
  try {
    const signal: unknown = options?.signal;
    return signal instanceof AbortSignal ? signal : undefined;
  } catch {
    return undefined;
  }
}

/** Puts the layers together: options → http → typed client → resources → ingest, which is imported when it is needed. */
import { HttpClient } from './http/client.js';
import type { TokenService } from './http/oauth-tokens.js';
import { type ClientOptions, resolveOptions } from './http/options.js';
import { Secrets } from './http/redact.js';
import { INGEST_CLIENT, type StepwiseClient } from './ingest/ingest-client.js';
import type { Input } from './ingest/input.js';
import type { FoundFiles } from './ingest/plan.js';
import type { RejectedRow, RejectedRowsOptions, UploadedSource } from './ingest/rejected-rows.js';
import type { ResumeOptions } from './ingest/resume.js';
import type { IngestOptions, IngestSource, Receipt } from './ingest/types.js';
import { lateMethods } from './late-methods.js';
import type { PlannedSources } from './load/load.js';
import type { LoadResumeOptions } from './load/options.js';
import type { LoadedFile, LoadOptions, LoadReceipt } from './load/types.js';
import { Batches } from './resources/batches.js';
import { Datasets } from './resources/datasets.js';
import { Diagnostics } from './resources/diagnostics.js';
import type { FindableRequest, LookupOptions } from './resources/find-batch.js';
import { createUploadCalls } from './resources/late-upload-calls.js';
import { Schemas } from './resources/schemas.js';
import type { UploadOperations } from './resources/upload-calls.js';
import type {
  DatasetReadOptions,
  DatasetRowOptions,
  DatasetSchema,
} from './schema/dataset-schema.js';
import type { RowSchema } from './schema/row-schema.js';
import { importLate } from './shared/import-late.js';
import { omitUndefined } from './shared/options.js';
import { TypedClient } from './typed-client/client.js';
import type { Raw } from './typed-client/types.js';
import { Files } from './upload/files.js';

/** A client for one organisation and one sandbox. */
export interface BatchClient extends AsyncDisposable {
  /** Create batches, complete or abort them, read their status. */
  readonly batches: Batches;
  /** Find the datasets that batches are loaded into. */
  readonly datasets: Datasets;
  /** Read the schemas of datasets, and the descriptors of their fields. */
  readonly schemas: Schemas;
  /** Upload files to batches; download the files of a dataset. */
  readonly files: Files;
  /** Rejected rows, and the files of failed batches. */
  readonly diagnostics: Diagnostics;
  /**
   * Loads files or streams as one batch, from creation to the result. `Row` is the type of records: with
   * `ingest<Row>({ records }, …)` a wrong field does not compile. Default: anything.
   */
  ingest<Row = unknown>(source: IngestSource<Row>, options: IngestOptions): Promise<Receipt>;
  /** Continues an ingest that was interrupted. */
  resume(journal: string, options?: ResumeOptions): Promise<Receipt>;
  /**
   * Loads more files than one batch may hold: `planLoad()` divides them into batches, which run one after another
   * or `batchConcurrency` at a time, with one journal for all.
   * @param sources paths of files and folders, and sources; names are as for `ingest()`.
   */
  load(sources: Input | readonly Input[], options: LoadOptions): Promise<LoadReceipt>;
  /**
   * Continues a load that was interrupted, or of which batches were not loaded. Batches that are loaded are not
   * touched.
   */
  resumeLoad(journal: string, options?: LoadResumeOptions): Promise<LoadReceipt>;
  /** The files that a load has put into its batches, from its journals. */
  loadedFiles(journal: string): AsyncGenerator<LoadedFile, void>;
  /**
   * Every rejected row of a batch, with the file and line it came from where those are certain; of a batch
   * without a report, the rows of its failed files. With `sources` that have a `localPath` the report is read to
   * its end before the first row is yielded.
   * Corrected rows go in with a new, ordinary batch: `replace` would delete the good rows, too.
   * @throws {NotFoundError} where there is neither a batch, nor a report, nor a failed file.
   * @throws {ParseError} after the last row, for the first line of a report that cannot be read, unless there is
   *   `onUnreadable`.
   */
  rejectedRows(
    batchId: string,
    sources?: readonly UploadedSource[],
    options?: RejectedRowsOptions,
  ): AsyncGenerator<RejectedRow, void>;
  /**
   * The schema of a dataset's rows, to check them before they are sent. Read from the registry at most once in
   * five minutes.
   * @param options the rules for rows; `identities` reads the descriptors of the sandbox as well, and
   *   `offline` takes what this client read before.
   * @throws {NotFoundError} where there is no such dataset, or the registry lacks its schema.
   * @throws {InvalidInputError} for a dataset without a schema, and for a schema that contradicts itself.
   */
  rowSchema(datasetId: string, options?: DatasetRowOptions): Promise<RowSchema>;
  /** The platform's origin. */
  readonly origin: string;
  /** The id of the organisation. */
  readonly orgId: string;
  /** The sandbox that every call works in. */
  readonly sandbox: string;
  /** The typed openapi-fetch client below; its calls return `{data, error, response}`. */
  readonly raw: Raw;
  /**
   * Aborts all calls, with an `AbortError`, and closes all sockets. The client cannot be
   * used after that. Idle sockets do not keep a process alive, so a program that ends need not.
   */
  close(): Promise<void>;
}

/**
 * Makes a client. Sends nothing.
 * @throws {InvalidInputError} when an option is missing or cannot be used; it names the option.
 */
export function createBatchClient(options: ClientOptions): BatchClient {
  const { uploadCalls: _, datasetSchema: __, ...client } = createClient(options, new Secrets());
  const { loadPlanned: ___, ingestFound: ____, ...publicClient } = client;
  return publicClient;
}

async function importTokenService(): Promise<TokenService> {
  const { tokenService } = await importLate(() => import('./typed-client/token.js'));
  return tokenService;
}

/** What the command uses beside the public client. */
export interface CommandClient extends BatchClient, StepwiseClient {
  readonly uploadCalls: UploadOperations;
  /** As `load()`, with sources that were planned before. */
  loadPlanned(sources: PlannedSources, options: LoadOptions): Promise<LoadReceipt>;
  /** As `ingest()`, with files that were found before. */
  ingestFound(files: FoundFiles, options: IngestOptions): Promise<Receipt>;
  /** A dataset with its schema, as they were read or, offline, kept. */
  datasetSchema(datasetId: string, options?: DatasetReadOptions): Promise<DatasetSchema>;
}

/**
 * The same, for a program that shows what the client does.
 * @param secrets gets every secret that the client knows, tokens that it fetched included.
 * @param schemaFolder where schemas are kept for the next run. Default: in memory.
 */
export function createClient(
  options: ClientOptions,
  secrets: Secrets,
  schemaFolder?: string,
): CommandClient {
  const http = new HttpClient(resolveOptions(options, secrets), importTokenService);
  const client = new TypedClient(http);
  const { origin, orgId, sandbox } = http.options;
  const batches = new Batches(client);
  const uploadCalls = createUploadCalls(client);
  const { clock, tracer } = http.options;
  const files = new Files(client, { calls: uploadCalls, clock, tracer });
  const datasets = new Datasets(client);
  const schemas = new Schemas(client);
  const diagnostics = new Diagnostics(client);
  const target = { batches, origin, orgId, sandbox };
  const methods = lateMethods(() => ({
    client: ingestClient,
    diagnostics,
    secrets,
    schemas: { datasets, schemas, target: { origin, orgId, sandbox } },
    cache: { ...omitUndefined({ folder: schemaFolder }), now: () => clock.now() },
  }));
  const { rowSchemaIfAny: readRowSchema, ...ownMethods } = methods;
  const ingestClient = {
    ...target,
    datasets,
    readRowSchema,
    files: uploadCalls,
    findOwnBatch: async (request: FindableRequest, options: LookupOptions) => {
      const { findOwnBatch } = await importLate(() => import('./resources/find-batch.js'));
      return findOwnBatch(client, request, options);
    },
    pause: http.pause.bind(http),
    clock,
    tracer,
    postNotice: http.postNotice.bind(http),
  };
  const close = async () => http.close();
  return {
    ...target,
    [INGEST_CLIENT]: ingestClient,
    datasets,
    schemas,
    files,
    uploadCalls,
    diagnostics,
    raw: client.raw,
    ...ownMethods,
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * Ingests, loads and the schemas of datasets as methods of a client. This module is imported with the first call of any of
 * them, and what each of them does with the first call of its own.
 */

import type { CommandClient } from './client.js';
import { iterateWithOwnErrors, type OwnErrorOptions, withOwnErrors } from './http/errors.js';
import type { CallOptions } from './http/options.js';
import type { Secrets } from './http/redact.js';
import type { IngestClient } from './ingest/context.js';
import type { Input } from './ingest/input.js';
import type { FoundFiles } from './ingest/plan.js';
import type { RejectedRow, RejectedRowsOptions, UploadedSource } from './ingest/rejected-rows.js';
import { traceIngest } from './ingest/traced.js';
import type { IngestOptions, IngestSource, Receipt, RowRules } from './ingest/types.js';
import type { LateImports } from './late-imports.js';
import type { PlannedSources } from './load/load.js';
import type { LoadedFile, LoadOptions } from './load/types.js';
import type { Diagnostics } from './resources/diagnostics.js';
import { MemorySchemaStore, SchemaCache } from './schema/cache.js';
import type { SchemaSource } from './schema/dataset-schema.js';
import type { RowSchema } from './schema/row-schema.js';
import { copyOptions, copySource } from './shared/copy-arguments.js';
import { importLate } from './shared/import-late.js';

/** What the methods work with. */
export interface MethodContext {
  readonly client: IngestClient;
  readonly diagnostics: Diagnostics;
  readonly secrets: Secrets;
  readonly schemas: Omit<SchemaSource, 'cache'>;
  readonly cache: SchemaCacheOptions;
  readonly late: LateImports;
}

export type ClientMethods = IngestMethods &
  LoadMethods &
  SchemaMethods & {
    /** The schema of a dataset's rows; `undefined` for a dataset without one. */
    rowSchemaIfAny: (
      datasetId: string,
      options: CallOptions & RowRules,
    ) => Promise<RowSchema | undefined>;
  };

export function createMethods(context: MethodContext): ClientMethods {
  const schemaMethods = createSchemaMethods(context);
  const rowSchemaIfAny: ClientMethods['rowSchemaIfAny'] = (datasetId, options) =>
    readRowSchemaIfAny(context.late, schemaMethods, datasetId, options);
  return {
    ...createIngestMethods(context),
    ...createLoadMethods(context),
    ...schemaMethods,
    rowSchemaIfAny,
  };
}

type IngestMethods = Pick<CommandClient, 'ingest' | 'ingestFound' | 'resume' | 'rejectedRows'>;

function createIngestMethods({ client, diagnostics, secrets, late }: MethodContext): IngestMethods {
  const run = (what: string, given: Abortable | undefined, work: () => Promise<Receipt>) =>
    withOwnErrors(what, () => traceIngest(client, work), toErrorOptions(given, secrets));
  const runIngest = (source: IngestSource | FoundFiles, given: IngestOptions) => {
    const [ownSource, options] = [copySource(source), copyOptions(given)];
    return run('the ingest', given, async () => {
      const { ingest } = await importLate(late.ingest);
      return ingest(client, ownSource, options);
    });
  };
  return {
    ingest: runIngest,
    ingestFound: runIngest,
    resume: (journal, given) => {
      const options = copyOptions(given);
      return run('the resume', given, async () => {
        const { resume } = await importLate(late.resume);
        return resume(client, journal, options);
      });
    },
    rejectedRows: (batchId, sources, given) =>
      iterateWithOwnErrors(
        'the search for rejected rows',
        findRejectedRows(late, diagnostics, batchId, sources, given),
        toErrorOptions(given, secrets),
      ),
  };
}

async function* findRejectedRows(
  late: LateImports,
  diagnostics: Diagnostics,
  batchId: string,
  sources: readonly UploadedSource[] | undefined,
  options: RejectedRowsOptions | undefined,
): AsyncGenerator<RejectedRow, void> {
  const { rejectedRows } = await importLate(late.rejectedRows);
  yield* rejectedRows(diagnostics, batchId, sources, options);
}

type LoadMethods = Pick<CommandClient, 'load' | 'loadPlanned' | 'resumeLoad' | 'loadedFiles'>;

function createLoadMethods({ client, secrets, late }: MethodContext): LoadMethods {
  const run = <T>(what: string, given: Abortable | undefined, work: () => Promise<T>): Promise<T> =>
    withOwnErrors(what, work, toErrorOptions(given, secrets));
  const runLoad = (sources: Input | readonly Input[] | PlannedSources, given: LoadOptions) => {
    const [ownSources, options] = [copySource(sources), copyOptions(given)];
    return run('the load', given, async () => {
      const { load } = await importLate(late.load);
      return load(client, ownSources, options);
    });
  };
  return {
    load: runLoad,
    loadPlanned: runLoad,
    resumeLoad: (journal, given) => {
      const options = copyOptions(given);
      return run('the resume', given, async () => {
        const { resumeLoad } = await importLate(late.load);
        return resumeLoad(client, journal, options);
      });
    },
    loadedFiles: (journal) =>
      iterateWithOwnErrors('the look at the journal', readLoadedFiles(late, journal)),
  };
}

async function* readLoadedFiles(
  late: LateImports,
  journal: string,
): AsyncGenerator<LoadedFile, void> {
  const loads = await importLate(late.load);
  yield* loads.readLoadedFiles(journal);
}

export interface SchemaCacheOptions {
  /** Where schemas are kept; in memory without one. */
  folder?: string;
  now: () => number;
}

type SchemaMethods = Pick<CommandClient, 'rowSchema' | 'datasetSchema'>;

/** The methods for schemas of datasets; what checks rows is loaded with the first call. */
function createSchemaMethods({ schemas, secrets, cache, late }: MethodContext): SchemaMethods {
  let opened: Promise<SchemaCache> | undefined;
  const open = async (): Promise<SchemaSource> => {
    opened ??= openSchemaCache(cache);
    return { ...schemas, cache: await opened };
  };
  const run = <T>(given: Abortable | undefined, read: () => Promise<T>): Promise<T> =>
    withOwnErrors('the look at the schema', read, toErrorOptions(given, secrets));
  return {
    rowSchema: (datasetId, given) =>
      run(given, async () => {
        const { readRowSchema } = await importLate(late.datasetSchema);
        return readRowSchema(await open(), datasetId, given);
      }),
    datasetSchema: (datasetId, given) =>
      run(given, async () => {
        const { readDatasetSchema } = await importLate(late.datasetSchema);
        return readDatasetSchema(await open(), datasetId, given);
      }),
  };
}

/** The schema of a dataset's rows; `undefined` for a dataset without one. */
async function readRowSchemaIfAny(
  late: LateImports,
  { datasetSchema }: Pick<CommandClient, 'datasetSchema'>,
  datasetId: string,
  { empty, unknown, strict, ...options }: CallOptions & RowRules,
): Promise<RowSchema | undefined> {
  const found = await datasetSchema(datasetId, options);
  if (found.schema === undefined) return undefined;
  const { toRowSchema } = await importLate(late.datasetSchema);
  return toRowSchema(found, { empty, unknown, strict });
}

async function openSchemaCache({ folder, now }: SchemaCacheOptions): Promise<SchemaCache> {
  if (folder === undefined) return new SchemaCache(new MemorySchemaStore(), now);
  const { FileSchemaStore } = await importLate(() => import('./schema/file-store.js'));
  return new SchemaCache(new FileSchemaStore(folder), now);
}

interface Abortable {
  signal?: AbortSignal;
}

/** How errors that are not the library's own are reported. */
function toErrorOptions(given: Abortable | undefined, secrets: Secrets): OwnErrorOptions {
  return { signal: readSignal(given), clean: (thrown) => secrets.clean(thrown) };
}

/** The signal of options that are not validated yet: their getters may fail. */
function readSignal(options: Abortable | undefined): AbortSignal | undefined {
  try {
    const signal: unknown = options?.signal;
    return signal instanceof AbortSignal ? signal : undefined;
  } catch {
    return undefined;
  }
}

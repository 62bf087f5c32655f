/**
 * The methods of a client whose code is imported with their first call: ingests, loads and the schemas of datasets. A
 * program that makes single calls starts without them.
 */
import type { ClientMethods, MethodContext } from './client-methods.js';
import { LATE } from './late-imports.js';
import { copySource } from './shared/copy-arguments.js';
import { importLate } from './shared/import-late.js';
import { LateObject } from './shared/late-object.js';

export function lateMethods(context: () => Omit<MethodContext, 'late'>): ClientMethods {
  const late = new LateObject(async () => {
    const { createMethods } = await importLate(() => import('./client-methods.js'));
    return createMethods({ ...context(), late: LATE });
  });
  // A source is copied here: one with methods stays the same object.
  const withSource =
    <Source, Options, Result>(
      call: (methods: ClientMethods, source: Source, options: Options) => Promise<Result>,
    ) =>
    (source: Source, given: Options) => {
      const own = copySource(source);
      return late.run((methods, options) => call(methods, own, options), given);
    };
  return {
    ingest: withSource((methods, source, options) => methods.ingest(source, options)),
    ingestFound: withSource((methods, source, options) => methods.ingestFound(source, options)),
    load: withSource((methods, source, options) => methods.load(source, options)),
    loadPlanned: withSource((methods, source, options) => methods.loadPlanned(source, options)),
    resume: (...given) => late.run((methods, ...args) => methods.resume(...args), ...given),
    resumeLoad: (...given) => late.run((methods, ...args) => methods.resumeLoad(...args), ...given),
    rowSchema: (...given) => late.run((methods, ...args) => methods.rowSchema(...args), ...given),
    datasetSchema: (...given) =>
      late.run((methods, ...args) => methods.datasetSchema(...args), ...given),
    rowSchemaIfAny: (...given) =>
      late.run((methods, ...args) => methods.rowSchemaIfAny(...args), ...given),
    loadedFiles: (journal) => late.iterate((methods) => methods.loadedFiles(journal)),
    rejectedRows: (...given) => late.iterate((methods) => methods.rejectedRows(...given)),
  };
}

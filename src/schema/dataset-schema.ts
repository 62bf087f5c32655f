/** The schema that the rows of a dataset must have, with what else of the dataset a check needs. */
import { extendMessage } from '../http/errors.js';
import { CALL_OPTIONS, type CallOptions } from '../http/options.js';
import type { Datasets } from '../resources/datasets.js';
import { parseSchemaAddress } from '../resources/schema-address.js';
import type { Schemas } from '../resources/schemas.js';
import type { Dataset, Descriptor } from '../resources/types.js';
import { checkBoolean, checkId, choice } from '../shared/checks.js';
import { InvalidInputError } from '../shared/errors.js';
import {
  type OptionTable,
  omitUndefined,
  optional,
  validateOptions,
  withDefault,
} from '../shared/options.js';
import type { CachedSchema, SchemaCache, SchemaKey } from './cache.js';
import type { RowSchemaOptions } from './options.js';
import { RowSchema } from './row-schema.js';

/** The schema of the rows seen so far is left out: it can be megabytes. */
const PROPERTIES = [
  ...['name', 'description', 'schemaRef', 'fileDescription', 'tags', 'enableErrorDiagnostics'],
  ...['lastBatchId', 'lastBatchStatus', 'classification', 'state', 'version'],
].join(',');

/** How the schema of a dataset is read. */
export interface DatasetSchemaOptions extends CallOptions {
  /** Whether the descriptors of the sandbox are read as well, for the identities. Default `false`. */
  identities?: boolean;
  /** Takes what was kept of an earlier read, of any age, and sends nothing. Default `false`. */
  offline?: boolean;
}

/** How `rowSchema()` reads a schema, and how it checks rows. */
export interface DatasetRowOptions
  extends DatasetSchemaOptions,
    Pick<RowSchemaOptions, 'empty' | 'unknown' | 'strict'> {}

/** A dataset and its schema. Without a reference to a schema it has the dataset alone. */
export interface DatasetSchema extends Partial<CachedSchema> {
  readonly dataset: Dataset;
}

/** Where datasets and schemas come from. */
export interface SchemaSource {
  readonly datasets: Pick<Datasets, 'get'>;
  readonly schemas: Pick<Schemas, 'get' | 'descriptors'>;
  readonly cache: SchemaCache;
  readonly target: Pick<SchemaKey, 'origin' | 'orgId' | 'sandbox'>;
}

type Defaults = 'identities' | 'offline';
const OPTIONS: OptionTable<DatasetSchemaOptions, Defaults> = {
  ...CALL_OPTIONS,
  identities: withDefault(checkBoolean, false),
  offline: withDefault(checkBoolean, false),
};
const SEVERITY = optional(choice('error', 'warn', 'ignore'));
const ROW_OPTIONS: OptionTable<DatasetRowOptions, Defaults> = {
  ...OPTIONS,
  ...{ empty: SEVERITY, unknown: SEVERITY, strict: optional(checkBoolean) },
};

/**
 * Reads a dataset, and its schema from the registry or, for five minutes, from the cache.
 * @throws {NotFoundError} where there is no such dataset, or the registry lacks its schema.
 */
export async function readDatasetSchema(
  source: SchemaSource,
  datasetId: string,
  given?: DatasetSchemaOptions,
): Promise<DatasetSchema> {
  const { offline, identities, ...options } = validateOptions(OPTIONS, given);
  const { cache, target, datasets, schemas } = source;
  const key = { ...target, id: `dataset:${checkId('datasetId', datasetId)}`, major: 0 };
  if (offline) return recall(cache, key, datasetId, identities);
  const dataset = await datasets.get(datasetId, { properties: PROPERTIES }, options);
  const { schemaRef } = dataset;
  if (schemaRef?.id === undefined) return { dataset };
  try {
    const { id, version: major } = parseSchemaAddress(schemaRef);
    const fetch = () => schemas.get(schemaRef, undefined, options);
    const cached = await cache.get({ ...target, id, major }, { fetch });
    const descriptors = identities ? await collect(schemas.descriptors(undefined, options)) : [];
    const found = { ...cached, dataset, ...(identities ? { descriptors } : {}) };
    await cache.keep(key, found);
    return found;
  } catch (error) {
    if (error instanceof Error) {
      extendMessage(error, `Dataset ${datasetId} has the schema ${schemaRef.id}.`);
    }
    throw error;
  }
}

/** What was kept when the dataset was read last. */
async function recall(
  cache: SchemaCache,
  key: SchemaKey,
  datasetId: string,
  identities: boolean,
): Promise<DatasetSchema> {
  const kept = await cache.recall(key);
  const dataset = kept?.dataset;
  if (dataset !== undefined && (!identities || kept?.descriptors !== undefined)) {
    return { ...kept, dataset };
  }
  const what = dataset === undefined ? 'which was not' : 'whose descriptors were not';
  const message = `Invalid offline: expected a dataset that was read before, received ${datasetId}, ${what}. Run the same once without offline.`;
  throw new InvalidInputError('offline', message);
}

async function collect(descriptors: AsyncIterable<Descriptor>): Promise<Descriptor[]> {
  const found: Descriptor[] = [];
  for await (const descriptor of descriptors) found.push(descriptor);
  return found;
}

/**
 * Reads the schema of a dataset, to check rows by it.
 * @throws {InvalidInputError} for a dataset without a schema, and for a schema that contradicts itself.
 */
export async function readRowSchema(
  source: SchemaSource,
  datasetId: string,
  given?: DatasetRowOptions,
): Promise<RowSchema> {
  const { empty, unknown, strict, ...options } = validateOptions(ROW_OPTIONS, given);
  const found = await readDatasetSchema(source, datasetId, options);
  return toRowSchema(found, { empty, unknown, strict });
}

/** The schema of a dataset with its own rules: those of Profile where its rows go there. */
export function toRowSchema(
  { dataset, schema, descriptors }: DatasetSchema,
  rules: { [Name in keyof RowSchemaOptions]: RowSchemaOptions[Name] | undefined },
): RowSchema {
  if (schema === undefined) {
    const message = `Invalid datasetId: expected a dataset with a schema, received ${dataset.id}, which names none.`;
    throw new InvalidInputError('datasetId', message);
  }
  const isProfileEnabled =
    hasLabel(dataset, 'unifiedProfile', 'enabled:true') ||
    hasLabel(dataset, 'unifiedIdentity', 'enabled:true');
  return RowSchema.from(schema, {
    ...omitUndefined({ identities: descriptors, ...rules }),
    isProfileEnabled,
    source: `the schema ${schema.$id}`,
  });
}

/** Whether a label of a dataset has a value; published with and without a blank: `enabled: true`. */
export function hasLabel({ tags }: Dataset, name: string, value: string): boolean {
  const values: readonly unknown[] = tags?.[name] ?? [];
  const plain = (text: unknown) =>
    String(text)
      .replace(/\s*:\s*/g, ':')
      .trim()
      .toLowerCase();
  return values.some((one) => plain(one) === plain(value));
}

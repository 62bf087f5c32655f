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
import { takesUpserts } from './dataset-info.js';
import type { RowSchemaOptions } from './options.js';
import { RowSchema } from './row-schema.js';

const PROPERTIES = [
  ...['name', 'description', 'schemaRef', 'fileDescription', 'tags', 'enableErrorDiagnostics'],
  ...['lastBatchId', 'lastBatchStatus', 'classification', 'state', 'version'],
].join(',');
/** The schema of the rows seen so far can be megabytes, so it is read on request alone. */
const WITH_SEEN_FIELDS = `${PROPERTIES},observableSchema`;

/** How the schema of a dataset is read. */
export interface DatasetSchemaOptions extends CallOptions {
  /** Whether the descriptors of the sandbox are read as well, for the identities. Default `false`. */
  identities?: boolean;
  /** Takes what was kept of an earlier read, of any age, and sends nothing. Default `false`. */
  offline?: boolean;
}

/** How a command reads the schema of a dataset. */
export interface DatasetReadOptions extends DatasetSchemaOptions {
  /** Whether the fields that the dataset has had are read as well. Default `false`. */
  seenFields?: boolean;
}

/** How `rowSchema()` reads a schema, and how it checks rows. */
export interface DatasetRowOptions
  extends DatasetSchemaOptions,
    Pick<RowSchemaOptions, 'empty' | 'unknown' | 'strict'> {}

/** A dataset and its schema. Without a reference to a schema it has the dataset alone. */
export interface DatasetSchema extends Partial<CachedSchema> {
  readonly dataset: Dataset;
  /** The descriptors of the sandbox, read only because rows of the dataset are upserts. */
  readonly upsertDescriptors?: readonly Descriptor[];
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
const READ_OPTIONS: OptionTable<DatasetReadOptions, Defaults | 'seenFields'> = {
  ...OPTIONS,
  seenFields: withDefault(checkBoolean, false),
};
const SEVERITY = optional(choice('error', 'warn', 'ignore'));
const ROW_OPTIONS: OptionTable<DatasetRowOptions, Defaults> = {
  ...OPTIONS,
  empty: SEVERITY,
  unknown: SEVERITY,
  strict: optional(checkBoolean),
};

/**
 * Reads a dataset, and its schema from the registry or, for five minutes, from the cache.
 * @throws {NotFoundError} where there is no such dataset, or the registry lacks its schema.
 */
export async function readDatasetSchema(
  source: SchemaSource,
  datasetId: string,
  given?: DatasetReadOptions,
): Promise<DatasetSchema> {
  const { offline, identities, seenFields, ...options } = validateOptions(READ_OPTIONS, given);
  const { cache, target, datasets, schemas } = source;
  const key = { ...target, id: `dataset:${checkId('datasetId', datasetId)}`, major: 0 };
  if (offline) return recall(cache, key, datasetId, identities);
  /** Those that were read before stay, for a check offline. */
  const findDescriptors = async (): Promise<readonly Descriptor[] | undefined> => {
    if (identities) return readDescriptors(schemas, options);
    if (!takesUpserts(dataset)) return (await cache.recall(key))?.descriptors;
    // Without them the check of upserts only warns.
    const found = await readDescriptors(schemas, options).catch(() => undefined);
    options.signal?.throwIfAborted();
    return found;
  };
  const properties = seenFields ? WITH_SEEN_FIELDS : PROPERTIES;
  const dataset = await datasets.get(datasetId, { properties }, options);
  const { schemaRef } = dataset;
  if (schemaRef?.id === undefined) return { dataset };
  try {
    const { id, version: major } = parseSchemaAddress(schemaRef);
    const fetch = () => schemas.get(schemaRef, undefined, options);
    const cached = await cache.get({ ...target, id, major }, { fetch });
    const descriptors = await findDescriptors();
    const kept = { ...cached, dataset, ...omitUndefined({ descriptors }) };
    await cache.keep(key, kept);
    return withDescriptors(kept, identities);
  } catch (error) {
    if (error instanceof Error) {
      extendMessage(error, `Dataset ${datasetId} has the schema ${schemaRef.id}.`);
    }
    throw error;
  }
}

/** Descriptors have two uses: identities are checked if that was asked for, and those of upserts always. */
export function withDescriptors(
  { descriptors, ...found }: DatasetSchema,
  identities: boolean,
): DatasetSchema {
  if (descriptors === undefined) return found;
  if (identities) return { ...found, descriptors };
  return takesUpserts(found.dataset) ? { ...found, upsertDescriptors: descriptors } : found;
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
    return withDescriptors({ ...kept, dataset }, identities);
  }
  const what = dataset === undefined ? 'which was not' : 'whose descriptors were not';
  const message = `Invalid offline: expected a dataset that was read before, received ${datasetId}, ${what}. Run the same once without offline.`;
  throw new InvalidInputError('offline', message);
}

async function readDescriptors(
  schemas: SchemaSource['schemas'],
  options: CallOptions,
): Promise<Descriptor[]> {
  const found: Descriptor[] = [];
  for await (const descriptor of schemas.descriptors(undefined, options)) found.push(descriptor);
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
  { dataset, schema, descriptors, upsertDescriptors }: DatasetSchema,
  rules: { [Name in keyof RowSchemaOptions]: RowSchemaOptions[Name] | undefined },
): RowSchema {
  if (schema === undefined) {
    const message = `Invalid datasetId: expected a dataset with a schema, received ${dataset.id}, which names none.`;
    throw new InvalidInputError('datasetId', message);
  }
  const { tags, fileDescription, observableSchema } = dataset;
  const info = { tags, fileDescription, observableSchema, descriptors: upsertDescriptors };
  return RowSchema.from(schema, {
    ...omitUndefined({ identities: descriptors, ...rules }),
    dataset: omitUndefined(info),
    source: `the schema ${schema.$id}`,
  });
}

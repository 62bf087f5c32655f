/** What the methods of resources take beside ids and a call's own options. */
import { type ByteSource, byteSource } from '../http/body.js';
import { checkFilledText, checkId, checkNumber, number } from '../shared/checks.js';
import {
  invalid,
  namedObject,
  type OptionTable,
  optional,
  required,
  type ValidOptions,
  validateOptions,
  withDefault,
} from '../shared/options.js';
import type {
  BatchAddress,
  BatchFilter,
  DatasetFilter,
  DatasetQuery,
  DescriptorFilter,
  FileAddress,
  SchemaQuery,
} from './types.js';

const OFFSET = { min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'bytes', whole: true };

/** The path is checked further where it is encoded. */
const ADDRESS: OptionTable<FileAddress> = {
  batchId: required(checkId),
  datasetId: required(checkId),
  path: required(checkFilledText),
};

/** Its fields have no prefix in messages: `batchId` says enough. */
const ADDRESS_NAMES = { what: 'address', prefix: '', mayHaveMore: true };
export const checkAddress = (address: unknown): FileAddress =>
  validateOptions(ADDRESS, address, ADDRESS_NAMES);

/** A batch in its dataset. */
const BATCH_ADDRESS: OptionTable<BatchAddress> = {
  batchId: required(checkId),
  datasetId: required(checkId),
};
export const checkBatchAddress = (address: unknown): BatchAddress =>
  validateOptions(BATCH_ADDRESS, address, ADDRESS_NAMES);

/** Where a part begins, and how long its file is. */
export interface PartPlace {
  start: number;
  totalBytes?: number;
}
const PART_NAMES = namedObject('part');
const PART: OptionTable<PartPlace> = {
  start: required(number(OFFSET)),
  totalBytes: optional(number({ ...OFFSET, min: 1 })),
};
export const checkPart = (part: unknown): PartPlace => validateOptions(PART, part, PART_NAMES);

/** Bytes from `start` to before `end`, or to the last. */
export interface OpenRange {
  start: number;
  end?: number;
}
const RANGE_NAMES = namedObject('range');
const RANGE: OptionTable<OpenRange> = {
  start: required(number(OFFSET)),
  end: optional(number(OFFSET)),
};
export function checkRange(value: unknown): OpenRange {
  const range = validateOptions(RANGE, value, RANGE_NAMES);
  if (range.end !== undefined) {
    checkNumber('range.end', range.end, { ...OFFSET, min: range.start + 1 });
  }
  return range;
}

const BYTES = 'a Uint8Array, a Blob or an OpenFile';

/** Bytes that can be sent again. @throws {InvalidInputError} for a stream, or what is no bytes. */
export function checkBytes(field: string, bytes: unknown, expected = BYTES): ByteSource {
  const source = byteSource(bytes);
  if (source === undefined) {
    throw invalid(field, expected, bytes, 'A stream cannot be sent again after a failure.');
  }
  checkNumber(`${field}.size`, source.size, OFFSET);
  if (typeof source.slice === 'function') return source;
  throw invalid(`${field}.slice`, 'a function', source.slice);
}

/** The most that the Catalog gives at a time. */
const MAX_PAGE_SIZE = 100;
/** The document has the types of what goes into the query, so they are checked against it. */
const byDocument = <T>() => optional((_: string, value: unknown) => value as T);

type FilterDefaults = 'pageSize' | 'orderBy';
const BATCH_FILTER: OptionTable<BatchFilter, FilterDefaults> = {
  dataSet: byDocument(),
  status: byDocument(),
  externalId: byDocument(),
  batch: byDocument(),
  createdClient: byDocument(),
  createdUser: byDocument(),
  updatedUser: byDocument(),
  createdAfter: byDocument(),
  createdBefore: byDocument(),
  tags: byDocument(),
  version: byDocument(),
  property: byDocument(),
  properties: byDocument(),
  orderBy: withDefault((_, value) => value as string, 'desc:created'),
  pageSize: withDefault(
    number({ min: 1, max: MAX_PAGE_SIZE, unit: 'batches', whole: true }),
    MAX_PAGE_SIZE,
  ),
};

/** Which batches are listed. */
export const checkFilter = (filter: unknown): ValidOptions<BatchFilter, FilterDefaults> =>
  validateOptions(BATCH_FILTER, filter, { what: 'filter', prefix: '' });

const DATASET_FILTER: OptionTable<DatasetFilter, 'pageSize'> = {
  name: byDocument(),
  tags: byDocument(),
  property: byDocument(),
  properties: byDocument(),
  orderBy: byDocument(),
  pageSize: withDefault(
    number({ min: 1, max: MAX_PAGE_SIZE, unit: 'datasets', whole: true }),
    MAX_PAGE_SIZE,
  ),
};

/** Which datasets are listed. */
export const checkDatasetFilter = (filter: unknown): ValidOptions<DatasetFilter, 'pageSize'> =>
  validateOptions(DATASET_FILTER, filter, { what: 'filter', prefix: '' });

const DATASET_QUERY: OptionTable<DatasetQuery> = { properties: byDocument() };

/** Which fields of a dataset are returned. */
export const checkDatasetQuery = (query: unknown): DatasetQuery =>
  validateOptions(DATASET_QUERY, query, { what: 'query', prefix: '' });

/** Ten requests: whoever needs more lists the datasets. */
const MAX_DATASET_IDS = 1000;

/** A copy of the ids. The Catalog takes a comma for the end of one. */
export function checkDatasetIds(field: string, ids: unknown): string[] {
  if (!Array.isArray(ids) || ids.length === 0 || ids.length > MAX_DATASET_IDS) {
    throw invalid(field, `an array of 1 to ${MAX_DATASET_IDS} ids`, ids);
  }
  return Array.from(ids, (id: unknown, at) => {
    const checked = checkId(`${field}[${at}]`, id);
    if (!checked.includes(',')) return checked;
    throw invalid(`${field}[${at}]`, 'an id without commas', id);
  });
}

const SCHEMA_QUERY: OptionTable<SchemaQuery> = {
  version: optional(number({ min: 1, max: 999_999, unit: 'a major version', whole: true })),
};

/** Which version of a schema is returned. */
export const checkSchemaQuery = (query: unknown): SchemaQuery =>
  validateOptions(SCHEMA_QUERY, query, { what: 'query', prefix: '' });

const DESCRIPTOR_FILTER: OptionTable<DescriptorFilter> = { property: byDocument() };

/** Which descriptors are listed. */
export const checkDescriptorFilter = (filter: unknown): DescriptorFilter =>
  validateOptions(DESCRIPTOR_FILTER, filter, { what: 'filter', prefix: '' });

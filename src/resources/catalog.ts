/** Batches as responses have them. Odd values are normalised here, once, and nowhere else. */
import type { components } from '../../generated/openapi.js';
import type { TypedClient } from '../typed-client/client.js';
import type { AnyResult } from '../typed-client/types.js';
import { invalidResponse } from './invalid-response.js';
import { toStatus } from './statuses.js';
import type { Batch, CreatedBatch } from './types.js';

type CatalogBatch = components['schemas']['CatalogBatch'];
/** Entries under their ids; with `properties`, the Catalog may leave out anything. */
export type CatalogMap<Entry = CatalogBatch> = Readonly<Record<string, Entry | null>>;

/** A parsed object: whatever its type says, nobody has checked it yet. */
export type Fields = Record<string, unknown>;

/** The status of an entry that has none that can be read. */
const UNKNOWN_STATUS = 'unknown';
/** The last moment that a Date can hold, in milliseconds. */
const MAX_DATE_MS = 8.64e15;

const METRIC_COUNTS: ReadonlySet<string> = new Set([
  'inputByteSize',
  'inputFileCount',
  'inputRecordCount',
  'outputByteSize',
  'outputFileCount',
  'outputRecordCount',
  'partitionCount',
  'failedRecordCount',
]);
const FORMAT_TEXTS = ['format', 'delimiter', 'quote', 'escape', 'charset', 'nullMarker'] as const;

/**
 * An entry of the Catalog's map as a batch: the key is its id, and a value that is not what its type
 * says is read if it can only mean one thing, and else left out.
 * The entry itself becomes the batch, since it was just parsed and nobody else holds it: a copy of
 * all its fields was the most expensive step of reading one. For the same reason only fields that
 * are there are looked at, and only odd values are written.
 */
function toBatch(id: string, entry: Fields): Batch {
  const { status: given } = entry;
  const status = typeof given === 'string' ? toStatus(given) : UNKNOWN_STATUS;
  const batch = Object.assign(entry, { id, status });
  for (const name of Object.keys(entry)) NORMALIZERS.get(name)?.(entry, name);
  // Every field that a batch has is now what its type says.
  return batch as Batch;
}

/** The response to a creation, normalised like every other batch. */
export const toCreatedBatch = (batch: CreatedBatch): CreatedBatch => {
  toBatch(batch.id, batch);
  return batch;
};

/** A map of the Catalog. @throws {InvalidResponseError} for a list. */
export function unwrapCatalogMap<Entry>(
  client: TypedClient,
  result: AnyResult<CatalogMap<Entry>>,
  what = 'batches',
): CatalogMap<Entry> {
  const map = client.unwrap(result);
  if (!Array.isArray(map)) return map;
  throw invalidResponse(result, `the response is a list, not a map of ${what}`);
}

/** The entries of a map that are batches. */
export const toBatches = (map: CatalogMap): Batch[] =>
  Object.entries(map).flatMap(([id, entry]) => (isFields(entry) ? [toBatch(id, entry)] : []));

/** What the document's examples, and so a mock of them, have for the id of a batch. */
const PLACEHOLDER = /^\{\w+\}$/;

/** The entry under its id, or alone under a placeholder, with its key. Another one is never taken for it. */
export function findEntry(
  map: CatalogMap<unknown>,
  id: string,
): { key: string; entry: Fields } | undefined {
  const own: unknown = Object.hasOwn(map, id) ? map[id] : undefined;
  if (isFields(own)) return { key: id, entry: own };
  const [[key, only] = ['', null], ...more] = Object.entries(map);
  const isPlaceholder = more.length === 0 && PLACEHOLDER.test(key);
  return isPlaceholder && isFields(only) ? { key, entry: only } : undefined;
}

/** The batch under its id, or alone under a placeholder. */
export function findBatch(map: CatalogMap, id: string): Batch | undefined {
  const found = findEntry(map, id);
  return found && toBatch(found.key, found.entry);
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export function put(fields: Fields, name: string, value: unknown): void {
  if (value === undefined) delete fields[name];
  else fields[name] = value;
}

export const isTime = (value: unknown): boolean =>
  typeof value === 'number' && value >= 0 && value <= MAX_DATE_MS;
const isCount = (value: unknown): value is number =>
  typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;
const isString = (value: unknown): value is string => typeof value === 'string';

export const toText = (value: unknown): string | undefined =>
  typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))
    ? String(value)
    : undefined;

/** Numbers are also published as digits in a string. */
const toNumber = (value: unknown): unknown =>
  typeof value === 'string' && /^\d{1,20}$/.test(value) ? Number(value) : value;

function toCount(value: unknown): number | undefined {
  const count = toNumber(value);
  return isCount(count) ? count : undefined;
}

export function toTime(value: unknown): number | undefined {
  const time = toCount(value);
  return time !== undefined && time <= MAX_DATE_MS ? time : undefined;
}

/** Published as booleans and as words. */
export function toBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

/** A field that holds an object, or nothing. */
export function normalizeObject(
  entry: Fields,
  name: string,
  normalize: (fields: Fields) => void,
): void {
  const value = entry[name];
  if (value === undefined) return;
  if (isFields(value)) normalize(value);
  else delete entry[name];
}

function normalizeText(entry: Fields, name: string): void {
  const value = entry[name];
  if (typeof value !== 'string') put(entry, name, toText(value));
}

function normalizeTime(entry: Fields, name: string): void {
  const value = entry[name];
  if (!isTime(value)) put(entry, name, toTime(value));
}

function normalizeCount(entry: Fields, name: string): void {
  const value = entry[name];
  if (!isCount(value)) put(entry, name, toCount(value));
}

function normalizeFormat(format: Fields): void {
  for (const name of FORMAT_TEXTS) {
    const value = format[name];
    if (value !== undefined && typeof value !== 'string') delete format[name];
  }
  for (const name of ['isMultiLineJson', 'header']) {
    if (format[name] !== undefined) put(format, name, toBoolean(format[name]));
  }
}

function normalizeReplay(replay: Fields): void {
  for (const name of ['predecessors', 'predecessorsByExternalId']) {
    const value = replay[name];
    if (value !== undefined) put(replay, name, toTexts(value));
  }
  for (const name of ['predecessorListingType', 'reason']) {
    if (replay[name] !== undefined && typeof replay[name] !== 'string') delete replay[name];
  }
}

/** A list of strings; a single one counts as a list. */
export function toTexts(value: unknown): string[] | undefined {
  if (Array.isArray(value)) return value.map(toText).filter(isString);
  return typeof value === 'string' ? [value] : undefined;
}

export function normalizeTags(tags: Fields): void {
  for (const name of Object.keys(tags)) {
    const value = tags[name];
    if (typeof value === 'boolean' || Number.isFinite(value)) continue;
    if (Array.isArray(value) && value.every(isString)) continue;
    put(tags, name, toTexts(value));
  }
}

/** -1 stands for a count that is not known. Of metrics that are not listed any number and word is kept. */
function normalizeMetrics(metrics: Fields): void {
  for (const name of Object.keys(metrics)) {
    const value = metrics[name];
    const isOther = !METRIC_COUNTS.has(name) && (isString(value) || Number.isFinite(value));
    if (!isOther && !isCount(value) && value !== -1) put(metrics, name, toCount(value));
  }
}

function normalizeDates(dates: Fields): void {
  for (const name of Object.keys(dates)) {
    const value = dates[name];
    const isSeconds = typeof value === 'number' && Math.abs(value) <= MAX_DATE_MS / 1000;
    if (!isSeconds) delete dates[name];
  }
}

function normalizeErrors(holder: Fields): void {
  const value = holder['errors'];
  if (value === undefined) return;
  const list = Array.isArray(value) ? value : isFields(value) ? [value] : undefined;
  put(holder, 'errors', list?.flatMap(toBatchError));
}

/** An error of a batch; words alone have no code. */
function toBatchError(error: unknown): Fields[] {
  if (typeof error === 'string' && error !== '') return [{ code: '', description: error }];
  if (!isFields(error) || Object.keys(error).length === 0) return [];
  if (typeof error['code'] !== 'string') error['code'] = toText(error['code']) ?? '';
  if (error['description'] !== undefined && typeof error['description'] !== 'string') {
    put(error, 'description', toText(error['description']));
  }
  if (error['rows'] !== undefined) put(error, 'rows', toTexts(error['rows']));
  if (error['recordCount'] !== undefined) put(error, 'recordCount', toCount(error['recordCount']));
  return [error];
}

/** An object without a type or an id says nothing. */
function normalizeRelated(entry: Fields): void {
  const value = entry['relatedObjects'];
  if (value === undefined) return;
  if (!Array.isArray(value)) {
    delete entry['relatedObjects'];
    return;
  }
  if (!value.every(isRelated)) entry['relatedObjects'] = value.filter(isRelated);
  for (const related of value.filter(isRelated)) {
    normalizeErrors(related);
    normalizeObject(related, 'metrics', normalizeMetrics);
    for (const name of ['status', 'tag']) {
      if (related[name] !== undefined && typeof related[name] !== 'string') delete related[name];
    }
  }
}

const isRelated = (value: unknown): value is Fields =>
  isFields(value) && typeof value['type'] === 'string' && typeof value['id'] === 'string';

const normalizeWith = (normalize: (fields: Fields) => void) => (entry: Fields, name: string) =>
  normalizeObject(entry, name, normalize);

type Normalize = (entry: Fields, name: string) => void;

const normalizeAll = (normalize: Normalize, ...names: string[]): [string, Normalize][] =>
  names.map((name) => [name, normalize]);

/** The fields of a batch, and what makes each what its type says. */
const NORMALIZERS: ReadonlyMap<string, Normalize> = new Map([
  ...normalizeAll(normalizeText, 'imsOrg', 'sandboxId', 'createdUser', 'updatedUser'),
  ...normalizeAll(normalizeText, 'createdClient', 'version', 'externalId', 'failedBatchLocation'),
  ...normalizeAll(normalizeTime, 'created', 'updated', 'started', 'completed'),
  ...normalizeAll(normalizeCount, 'recordCount', 'failedRecordCount', 'size'),
  ['inputFormat', normalizeWith(normalizeFormat)],
  ['replay', normalizeWith(normalizeReplay)],
  ['tags', normalizeWith(normalizeTags)],
  ['metrics', normalizeWith(normalizeMetrics)],
  ['availableDates', normalizeWith(normalizeDates)],
  ['errors', normalizeErrors],
  ['relatedObjects', normalizeRelated],
]);

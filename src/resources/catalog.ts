import type { components } from '../../generated/openapi.js';
import type { Batch } from './types.js';

type CatalogBatch = components['schemas']['CatalogBatch'];
/** Batches under their ids; with `properties`, the Catalog may leave out anything. */
export type CatalogMap = Readonly<Record<string, CatalogBatch | null>>;

/**
 * An entry of the Catalog's map as a batch: the key is its id, and looser values are made good.
 * The entry itself becomes the batch, since it was just parsed and nobody else holds it: a copy of
 * all its fields was the dearest step of reading one.
 */
function batchOf(id: string, entry: CatalogBatch): Batch {
  const { inputFormat, availableDates } = entry;
  if (inputFormat?.header !== undefined) inputFormat.header = isTrue(inputFormat.header);
  if (availableDates === null) delete entry.availableDates;
  // The two fields that a batch types more closely are as it has them now.
  return Object.assign(entry, { id }) as Batch;
}

/** Published as a boolean and as a word. */
const isTrue = (value: boolean | string): boolean => value === true || value === 'true';

/** The entries of a map that are batches. */
export const batchesOf = (map: CatalogMap): Batch[] =>
  Object.entries(map).flatMap(([id, entry]) => (isObject(entry) ? [batchOf(id, entry)] : []));

/**
 * The batch under its id. An answer with one batch can mean no other, so long as it is a batch: a
 * refusal that came with 200 is a map of one, too.
 */
export function batchIn(map: CatalogMap, id: string): Batch | undefined {
  const own = Object.hasOwn(map, id) ? map[id] : undefined;
  if (isObject(own)) return batchOf(id, own);
  const [[key, only] = ['', null], ...more] = Object.entries(map);
  const isBatch = isObject(only) && typeof only.status === 'string' && !/^errors?$/.test(key);
  return isBatch && more.length === 0 ? batchOf(key, only) : undefined;
}

const isObject = <T>(entry: T | null | undefined): entry is T & object =>
  typeof entry === 'object' && entry !== null && !Array.isArray(entry);

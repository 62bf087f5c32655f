import type { components } from '../../generated/openapi.js';
import type { Batch } from './types.js';

type CatalogBatch = components['schemas']['CatalogBatch'];

/** An entry of the Catalog's map as a batch: the key is its id, and looser values are made good. */
export function batchOf(id: string, entry: CatalogBatch): Batch {
  const { inputFormat, availableDates, ...rest } = entry;
  const batch: Batch = { ...rest, id };
  if (inputFormat !== undefined) {
    const { header, ...format } = inputFormat;
    batch.inputFormat = header === undefined ? format : { ...format, header: isTrue(header) };
  }
  if (availableDates !== undefined && availableDates !== null)
    batch.availableDates = availableDates;
  return batch;
}

/** Published as a boolean and as a word. */
const isTrue = (value: boolean | string): boolean => value === true || value === 'true';

/** The entries of a map that are batches; with `properties`, the Catalog may leave out anything. */
export function batchesOf(map: Readonly<Record<string, CatalogBatch | null>>): Batch[] {
  return Object.entries(map).flatMap(([id, entry]) =>
    typeof entry === 'object' && entry !== null ? [batchOf(id, entry)] : [],
  );
}

/** Datasets as responses have them. Odd values are normalised here, once, and nowhere else. */
import {
  type Fields,
  isTime,
  normalizeObject,
  normalizeTags,
  put,
  toBoolean,
  toText,
  toTexts,
  toTime,
} from './catalog.js';
import { toStatus } from './statuses.js';
import type { Dataset, LastBatch } from './types.js';

const TEXTS = [
  'name',
  'description',
  'imsOrg',
  'sandboxId',
  'version',
  'state',
  'files',
  'viewId',
  'createdUser',
  'updatedUser',
  'createdClient',
  'schema',
  'basePath',
  'lastBatchId',
  'lastBatchStatus',
  'lastSuccessfulBatch',
  'lastFailedBatch',
] as const satisfies readonly (keyof Dataset)[];
const TIMES = ['created', 'updated'] as const;
const OBJECTS = ['observableSchema', 'extensions', 'persistence'] as const;
const FORMAT_TEXTS = ['containerFormat', 'format', 'charset'] as const;
const FORMAT_LISTS = ['delimiters', 'quotes', 'escapes', 'nullMarkers'] as const;
const LAST_BATCH_TEXTS = [
  'lastBatchId',
  'lastBatchStatus',
  'lastSuccessfulBatchId',
  'lastFailedBatchId',
  'imsOrg',
  'sandboxId',
] as const satisfies readonly (keyof LastBatch)[];

/** An entry of the Catalog's map as a dataset: a value that is not what its type says is left out. */
export function toDataset(id: string, entry: Fields): Dataset {
  normalizeTexts(entry, TEXTS);
  normalizeTimes(entry);
  normalizeStatus(entry);
  for (const name of OBJECTS) normalizeObject(entry, name, () => undefined);
  normalizeObject(entry, 'tags', normalizeTags);
  normalizeObject(entry, 'schemaRef', (ref) => keepTexts(ref, ['id', 'contentType']));
  normalizeObject(entry, 'classification', (one) => keepTexts(one, ['dataBehavior', 'managedBy']));
  normalizeObject(entry, 'fileDescription', normalizeFileDescription);
  normalizeFlag(entry, 'enableErrorDiagnostics');
  const { dataSourceId } = entry;
  if (dataSourceId !== undefined && !Number.isInteger(dataSourceId)) delete entry['dataSourceId'];
  return Object.assign(entry, { id });
}

/** An entry of the map of last batches. */
export function toLastBatch(datasetId: string, entry: Fields): LastBatch {
  normalizeTexts(entry, LAST_BATCH_TEXTS);
  normalizeTimes(entry);
  normalizeStatus(entry);
  return Object.assign(entry, { datasetId });
}

/** A field without a value is also published as an empty object. */
function normalizeTexts(entry: Fields, names: readonly string[]): void {
  for (const name of names) {
    const value = entry[name];
    if (value !== undefined && typeof value !== 'string') put(entry, name, toText(value));
  }
}

function normalizeTimes(entry: Fields): void {
  for (const name of TIMES) {
    const value = entry[name];
    if (value !== undefined && !isTime(value)) put(entry, name, toTime(value));
  }
}

function normalizeStatus(entry: Fields): void {
  const { lastBatchStatus } = entry;
  if (typeof lastBatchStatus === 'string') put(entry, 'lastBatchStatus', toStatus(lastBatchStatus));
}

function normalizeFileDescription(format: Fields): void {
  keepTexts(format, FORMAT_TEXTS);
  for (const name of FORMAT_LISTS) {
    if (format[name] !== undefined) put(format, name, toTexts(format[name]));
  }
  normalizeFlag(format, 'persisted');
  normalizeFlag(format, 'header');
}

function normalizeFlag(fields: Fields, name: string): void {
  const value = fields[name];
  if (value !== undefined && typeof value !== 'boolean') put(fields, name, toBoolean(value));
}

function keepTexts(fields: Fields, names: readonly string[]): void {
  for (const name of names) {
    if (fields[name] !== undefined && typeof fields[name] !== 'string') delete fields[name];
  }
}

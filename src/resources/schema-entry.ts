/** Schemas as responses have them. What is around the fields of a row is normalised here, once. */
import {
  type Fields,
  isFields,
  normalizeObject,
  put,
  toBoolean,
  toText,
  toTexts,
  toTime,
} from './catalog.js';
import { type SchemaAddress, toAltId } from './schema-address.js';
import type { XdmSchema } from './types.js';

const TEXTS = [
  'version',
  'title',
  'description',
  'imsOrg',
  'type',
  'meta:altId',
  'meta:resourceType',
  'meta:class',
  'meta:xdmType',
  'meta:containerId',
  'meta:sandboxId',
  'meta:sandboxType',
  'meta:tenantNamespace',
] as const satisfies readonly (keyof XdmSchema)[];
const LISTS = ['meta:extends', 'meta:immutableTags'] as const;
const METADATA_TIMES = ['repo:createdDate', 'repo:createDate', 'repo:lastModifiedDate'] as const;
const METADATA_TEXTS = ['eTag', 'etag', 'meta:globalLibVersion'] as const;

/** Why an object is not the schema that was asked for, if it is not. */
export function findSchemaFault(found: Fields, { id, version }: SchemaAddress): string | undefined {
  const { $id, properties, required, allOf } = found;
  if ($id !== undefined && (typeof $id !== 'string' || toAltId($id) !== toAltId(id))) {
    const other = typeof $id === 'string' ? $id.slice(0, 200) : 'with an id that is not a string';
    return `the response is the schema ${other}`;
  }
  const major = Number(/^\d+(?=\.|$)/.exec(String(found['version'] ?? version))?.[0] ?? version);
  if (major !== version) return `the response is version ${major} of the schema, not ${version}`;
  if (properties === undefined && allOf === undefined) return 'the response has no properties';
  if (properties !== undefined && !isFields(properties)) {
    return 'the response has properties that are not an object';
  }
  const isList = Array.isArray(required) && required.every((name) => typeof name === 'string');
  return required === undefined || isList
    ? undefined
    : 'the response has a list of required fields that is not one of names';
}

/** The schema; the fields of its rows stay exactly as they are. */
export function toSchema(entry: Fields, { id, version }: SchemaAddress): XdmSchema {
  for (const name of TEXTS) {
    const value = entry[name];
    if (value !== undefined && typeof value !== 'string') put(entry, name, toText(value));
  }
  for (const name of LISTS) {
    const value = entry[name];
    if (value !== undefined) put(entry, name, toTexts(value));
  }
  for (const name of ['meta:extensible', 'meta:abstract']) {
    if (entry[name] !== undefined) put(entry, name, toBoolean(entry[name]));
  }
  normalizeObject(entry, 'meta:registryMetadata', normalizeMetadata);
  const own = typeof entry['version'] === 'string' ? entry['version'] : `${version}`;
  return Object.assign(entry, {
    $id: typeof entry['$id'] === 'string' ? entry['$id'] : id,
    version: own,
  });
}

function normalizeMetadata(metadata: Fields): void {
  for (const name of METADATA_TIMES) {
    if (metadata[name] !== undefined) put(metadata, name, toTime(metadata[name]));
  }
  for (const name of METADATA_TEXTS) {
    if (metadata[name] !== undefined) put(metadata, name, toText(metadata[name]));
  }
}

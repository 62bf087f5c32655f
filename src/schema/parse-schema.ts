/** Reads a schema of the Schema Registry in the form `xed-full`. */
import { describeValue, omitUndefined } from '../shared/options.js';
import { type Field, isObject } from './field.js';
import { type IdentityField, requireField, toIdentityFields } from './identities.js';
import type { IdentityDescriptor } from './options.js';
import { parseField } from './parse-field.js';
import { invalidSchema } from './schema-place.js';

/** What rows of a schema are: records of someone or something, events with a time, or neither. */
export type SchemaKind = 'record' | 'time-series' | 'adhoc';

/** What is known of a schema. */
export interface ParsedSchema {
  readonly kind: SchemaKind;
  /** The row. */
  readonly root: Field;
  readonly identities: readonly IdentityField[];
  /** The same, if rows need not have them, too; `undefined` where no descriptors are known. */
  readonly knownIdentities?: readonly IdentityField[];
  /** Whether it is tagged for the union of Profile. */
  readonly isInUnion: boolean;
  readonly id?: string;
  readonly title?: string;
  readonly version?: string;
  readonly eTag?: string;
}

const FULL_FORM = 'Get the schema as application/vnd.adobe.xed-full+json.';
const EVENT_CLASS = 'https://ns.adobe.com/xdm/context/experienceevent';
/** What every event has, whether the schema says it or not. */
const EVENT_FIELDS = {
  _id: { type: 'string', 'meta:xdmType': 'string' },
  timestamp: { type: 'string', format: 'date-time', 'meta:xdmType': 'date-time' },
};

/**
 * @param descriptors the identity descriptors, if they are to be checked; those in the schema are added.
 * @param otherDescriptors those that are only known.
 * @throws {InvalidInputError} for what is not a schema or contradicts itself; it names the place.
 */
export function parseSchema(
  json: unknown,
  source: string,
  descriptors: readonly IdentityDescriptor[] | undefined,
  otherDescriptors?: readonly IdentityDescriptor[],
): ParsedSchema {
  const place = { source, pointer: '', path: '', depth: 0 };
  const expected = 'a schema of the Schema Registry';
  if (!isObject(json)) throw invalidSchema(place, expected, describeValue(json));
  const names = [json['properties'], json['allOf']].find((one) => one !== undefined);
  if (names === undefined)
    throw invalidSchema(place, expected, 'an object without properties', FULL_FORM);
  const field = parseField(json, place);
  if (field.properties.size === 0 || field.type !== 'object') {
    throw invalidSchema(place, 'a schema with fields', 'one without', FULL_FORM);
  }
  for (const name of field.properties.keys()) {
    if (!name.startsWith('@') && !name.includes(':')) continue;
    const pointer = `/properties/${name}`;
    throw invalidSchema({ source, pointer }, 'names as in rows', describeValue(name), FULL_FORM);
  }
  const kind = findKind(json);
  const ids = new Set([json['$id'], ...toList(json['meta:extends'])].filter(isText));
  const own = toList(json['meta:descriptors']).filter(isObject);
  const identities = descriptors && toIdentityFields([...descriptors, ...own], ids);
  const known = [...(descriptors ?? otherDescriptors ?? []), ...own];
  const areKnown = known.length > 0 || (descriptors ?? otherDescriptors) !== undefined;
  return omitUndefined({
    kind,
    root: addRequired(field, kind, identities ?? []),
    identities: identities ?? [],
    knownIdentities: areKnown ? toIdentityFields(known, ids) : undefined,
    isInUnion: toList(json['meta:immutableTags']).includes('union'),
    ...findNames(json),
  });
}

const toList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isText = (value: unknown): value is string => typeof value === 'string';
const toText = (value: unknown): string | undefined => (isText(value) ? value : undefined);

function findNames(json: Readonly<Record<string, unknown>>) {
  const metadata = json['meta:registryMetadata'];
  const eTag = isObject(metadata) ? (metadata['eTag'] ?? metadata['etag']) : undefined;
  return {
    id: toText(json['$id']),
    title: toText(json['title']),
    version: toText(json['version']),
    eTag: toText(eTag),
  };
}

/** By the behaviors that the schema extends, otherwise by its class. */
function findKind(json: Readonly<Record<string, unknown>>): SchemaKind {
  const extended = toList(json['meta:extends']).filter(isText);
  const extendsOne = (name: string) =>
    extended.some((uri) => uri.replace(/-v\d+$/, '').endsWith(`/xdm/data/${name}`));
  if (extendsOne('time-series')) return 'time-series';
  if (extendsOne('adhoc')) return 'adhoc';
  if (extendsOne('record')) return 'record';
  return json['meta:class'] === EVENT_CLASS ? 'time-series' : 'record';
}

function addEventFields(root: Field): Field {
  const properties = new Map(root.properties);
  for (const [name, node] of Object.entries(EVENT_FIELDS)) {
    const place = { source: '', pointer: `/properties/${name}`, path: `/${name}`, depth: 1 };
    if (!properties.has(name)) properties.set(name, parseField(node, place));
  }
  const required = [...new Set([...root.required, ...Object.keys(EVENT_FIELDS)])];
  return { ...root, properties, required };
}

function addRequired(root: Field, kind: SchemaKind, identities: readonly IdentityField[]): Field {
  let field = kind === 'time-series' ? addEventFields(root) : root;
  for (const { path, isPrimary } of identities) {
    if (isPrimary) field = requireField(field, path.split('/').slice(1));
  }
  return field;
}

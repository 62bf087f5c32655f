/** Reads the fields of a schema in the form `xed-full`, and rejects what contradicts itself. */
import { toStep } from '../shared/json-pointer.js';
import { describeValue, omitUndefined } from '../shared/options.js';
import { type Field, type FieldType, INTEGER_BOUNDS, type IntegerType, isObject } from './field.js';
import { parseEnum, parseLimits } from './parse-limits.js';
import { inside, invalidSchema, type SchemaPlace } from './schema-place.js';

type Node = Readonly<Record<string, unknown>>;

/** Deeper schemas are rejected, before they use up the stack. */
const MAX_DEPTH = 256;

/** The `type` that goes with each `meta:xdmType`. */
const JSON_TYPES: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  double: 'number',
  long: 'integer',
  int: 'integer',
  short: 'integer',
  byte: 'integer',
  boolean: 'boolean',
  date: 'string',
  'date-time': 'string',
  object: 'object',
  array: 'array',
  map: 'object',
};
const KNOWN_TYPES: ReadonlySet<string> = new Set(Object.values(JSON_TYPES));
const DATE_FORMATS: ReadonlySet<unknown> = new Set(['date', 'date-time']);

/** Reads a field and the fields in it. @throws {InvalidInputError} that names the place. */
export function parseField(value: unknown, place: SchemaPlace): Field {
  if (place.depth > MAX_DEPTH) {
    throw invalidSchema(place, `fields nested at most ${MAX_DEPTH} deep`, 'deeper ones');
  }
  if (!isObject(value)) throw invalidSchema(place, 'an object', describeValue(value));
  assertNoReference(value, place);
  const node = mergeParts(value, place);
  const type = parseType(node, place);
  const [listed, values] = [parseProperties(node, place), parseValues(node, type, place)];
  const required = parseRequired(node, listed, place);
  return omitUndefined({
    type,
    path: place.path,
    properties: type === 'object' ? addUnlisted(listed, required, place) : listed,
    required,
    values,
    ...parseLimits(node, type, place),
    enum: parseEnum(node, type, place),
    suggested: parseSuggested(node),
    title: toText(node['title']),
    description: toText(node['description']),
    pattern: toText(node['pattern']),
    format: toText(node['format']),
    default: node['default'],
    reference: toText(node['meta:referencedFrom']),
    isDeprecated: node['meta:status'] === 'deprecated',
  });
}

function assertNoReference(node: Node, place: SchemaPlace): void {
  if (!('$ref' in node)) return;
  const fix = 'Get the schema as application/vnd.adobe.xed-full+json.';
  throw invalidSchema(place, 'a schema without references', 'a $ref', fix);
}

/** The parts of `allOf`, as far as they list fields, become one node. */
function mergeParts(node: Node, place: SchemaPlace): Node {
  const parts = node['allOf'];
  if (!Array.isArray(parts) || parts.length === 0) return node;
  let properties = node['properties'];
  let required = node['required'];
  for (const [at, part] of parts.entries()) {
    const partPlace = inside(place, ['allOf', String(at)]);
    if (!isObject(part)) throw invalidSchema(partPlace, 'an object', describeValue(part));
    assertNoReference(part, partPlace);
    if (isObject(part['properties'])) {
      properties = { ...(isObject(properties) ? properties : {}), ...part['properties'] };
    }
    if (Array.isArray(part['required'])) {
      required = [...(Array.isArray(required) ? required : []), ...part['required']];
    }
  }
  return { ...node, properties, required };
}

function parseType(node: Node, place: SchemaPlace): FieldType {
  const [xdmType, format] = [node['meta:xdmType'], node['format']];
  const jsonType = parseJsonType(node, place);
  if (xdmType === undefined) return deriveType(node, jsonType);
  const expected =
    typeof xdmType === 'string' && Object.hasOwn(JSON_TYPES, xdmType)
      ? JSON_TYPES[xdmType]
      : undefined;
  if (expected === undefined) {
    const received = describeValue(xdmType);
    throw invalidSchema(inside(place, ['meta:xdmType']), 'a type of XDM', received);
  }
  if (jsonType !== undefined && jsonType !== expected) {
    const about = `type "${expected}" for meta:xdmType "${xdmType}"`;
    throw invalidSchema(place, about, `type "${jsonType}"`);
  }
  if (expected === 'object' && !hasFields(node)) return 'map';
  if (DATE_FORMATS.has(xdmType) ? (format ?? xdmType) !== xdmType : DATE_FORMATS.has(format)) {
    const about = DATE_FORMATS.has(xdmType) ? `format "${xdmType}"` : 'no format of dates';
    const received = `format ${describeValue(format)}`;
    throw invalidSchema(place, `${about} for meta:xdmType "${xdmType}"`, received);
  }
  return xdmType === 'double' ? 'number' : (xdmType as FieldType);
}

/** The `type`; of a list of types the one beside `null`. */
function parseJsonType(node: Node, place: SchemaPlace): string | undefined {
  const given = node['type'];
  const types: unknown[] = Array.isArray(given) ? given.filter((one) => one !== 'null') : [given];
  const [type, ...others] = types;
  if (given === undefined || others.length > 0) return undefined;
  if (typeof type === 'string' && KNOWN_TYPES.has(type)) return type;
  const expected = `one of ${[...KNOWN_TYPES].join(', ')}`;
  throw invalidSchema(inside(place, ['type']), expected, describeValue(type));
}

/** The type of XDM where the registry wrote none. */
function deriveType(node: Node, jsonType: string | undefined): FieldType {
  switch (jsonType) {
    case 'string':
      return DATE_FORMATS.has(node['format']) ? (node['format'] as 'date' | 'date-time') : 'string';
    case 'integer':
      return deriveIntegerType(node);
    case 'number':
    case 'boolean':
    case 'array':
      return jsonType;
    case 'object':
      return hasFields(node) ? 'object' : 'map';
    default:
      if (node['type'] !== undefined) return 'any'; // several types
      return hasFields(node) ? 'object' : isObject(node['items']) ? 'array' : 'any';
  }
}

const hasFields = ({ properties }: Node): boolean =>
  isObject(properties) && Object.keys(properties).length > 0;

/** The smallest integer that holds the bounds; `int` where there are not both. */
function deriveIntegerType(node: Node): IntegerType {
  const [minimum, maximum] = [node['minimum'], node['maximum']];
  const isSmall = typeof minimum === 'number' && typeof maximum === 'number';
  const types = isSmall ? (['byte', 'short', 'int'] as const) : (['int'] as const);
  const fits = (type: IntegerType): boolean =>
    (typeof minimum !== 'number' || minimum >= INTEGER_BOUNDS[type][0]) &&
    (typeof maximum !== 'number' || maximum <= INTEGER_BOUNDS[type][1] + 1);
  return types.find(fits) ?? 'long';
}

function parseProperties(node: Node, place: SchemaPlace): ReadonlyMap<string, Field> {
  const given = node['properties'];
  if (given === undefined) return new Map();
  if (!isObject(given)) {
    throw invalidSchema(inside(place, ['properties']), 'an object', describeValue(given));
  }
  return new Map(
    Object.entries(given).map(([name, value]) => [
      name,
      parseField(value, inside(place, ['properties', name], toStep(name))),
    ]),
  );
}

function parseValues(node: Node, type: FieldType, place: SchemaPlace): Field | undefined {
  const isKeyed = type === 'map' || type === 'object';
  const key = type === 'array' ? 'items' : isKeyed ? 'additionalProperties' : undefined;
  const given = key === undefined ? undefined : node[key];
  if (key === undefined || given === undefined || typeof given === 'boolean') return undefined;
  return parseField(given, inside(place, [key], '*'));
}

function parseRequired(
  node: Node,
  properties: ReadonlyMap<string, Field>,
  place: SchemaPlace,
): string[] {
  const given = node['required'];
  // Draft 3 had a boolean at the field.
  if (given === undefined || typeof given === 'boolean') return [];
  if (!Array.isArray(given) || !given.every((name) => typeof name === 'string')) {
    const received = describeValue(given);
    throw invalidSchema(inside(place, ['required']), 'a list of names', received);
  }
  const names = given.map((name: string) => (properties.has(name) ? name : toRowName(name)));
  return [...new Set(names)];
}

/** A field that is required and not described may have any value. */
function addUnlisted(
  properties: ReadonlyMap<string, Field>,
  required: readonly string[],
  place: SchemaPlace,
): ReadonlyMap<string, Field> {
  const missing = required.filter((name) => !properties.has(name));
  const added = missing.map((name): [string, Field] => [
    name,
    parseField({}, inside(place, ['properties', name], toStep(name))),
  ]);
  return added.length === 0 ? properties : new Map([...properties, ...added]);
}

/** The name in rows of a field of the class: `@id` is `_id` there, `xdm:timestamp` is `timestamp`. */
const toRowName = (name: string): string =>
  name.startsWith('xdm:') ? name.slice('xdm:'.length) : name.replace(/^@/, '_');

function parseSuggested(node: Node): Readonly<Record<string, string>> | undefined {
  const given = node['meta:enum'];
  if (!isObject(given)) return undefined;
  return Object.fromEntries(
    Object.entries(given).map(([value, label]) => [value, toText(label) ?? value]),
  );
}

const toText = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined;

/**
 * Values that fit a schema of the document, as fast-check arbitraries. A keyword that no generator knows is an
 * error: what is not generated is not tested.
 */
import fc from 'fast-check';
import { document } from '../../spec-tools/bundled-document.js';
import { dereference, type Json } from '../../spec-tools/operations.js';
import { isValid } from './schema-validator.js';

/** What a schema says to people and to other generators. */
const ANNOTATIONS = [
  'description',
  'deprecated',
  'readOnly',
  'format',
  'x-open',
  'example',
  'title',
];
const KEYWORDS = new Set([
  ...ANNOTATIONS,
  ...['type', 'enum', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum'],
  ...['items', 'minItems', 'maxItems', 'properties', 'required', 'additionalProperties'],
  ...['minProperties', 'maxProperties', 'allOf', 'anyOf', 'oneOf', 'not'],
]);
/** Keywords that the values are filtered by, since no generator builds on them. */
const FILTERED = [
  'not',
  'oneOf',
  'allOf',
  'maxProperties',
  'minProperties',
  'maxLength',
  'maxItems',
];

const MAX_ITEMS = 3;
const MAX_CHARACTERS = 12;
/** Texts that have been taken for something else: names of `Object.prototype`, marks of URLs, words of JSON. */
const ODD_TEXTS = [
  ...['__proto__', 'constructor', 'toString', 'length', 'then', 'null', 'true', '0', '-1', '1e3'],
  ...['a+b', 'a&b=c', 'é', '日本', '%2F', '%zz', 'a/b', '..', '?#', ' ', '\\', '"', "'", '😀'],
  ...['\u0000', '\u2028', '\ufeff', 'a\nb', '{id}', '$\u007bid}', 'bytes=0-9', '9007199254740993'],
];

/** Any text of JSON that UTF-8 can hold, and often one that is easily misread. */
export function texts(minLength = 0): fc.Arbitrary<string> {
  const maxLength = Math.max(minLength, MAX_CHARACTERS);
  const isLong = (text: string) => [...text].length >= minLength;
  return fc.oneof(
    { weight: 5, arbitrary: fc.string({ unit: 'grapheme-ascii', minLength, maxLength }) },
    { weight: 2, arbitrary: fc.string({ unit: 'grapheme', minLength, maxLength }) },
    { weight: 2, arbitrary: fc.constantFrom(...ODD_TEXTS.filter(isLong), 'x'.repeat(minLength)) },
  );
}

const anyJson: fc.Arbitrary<unknown> = fc
  .jsonValue({ maxDepth: 2, noUnicodeString: false })
  .map((value) => (value === undefined ? null : value));

const arbitraries = new Map<unknown, fc.Arbitrary<unknown>>();

/** Valid values of a schema. @throws for a keyword that no generator knows. */
export function valuesFor(node: unknown): fc.Arbitrary<unknown> {
  const schema = dereference(document, node);
  let found = arbitraries.get(schema);
  if (found === undefined) {
    found = build(schema);
    arbitraries.set(schema, found);
  }
  return found;
}

function build(schema: Json): fc.Arbitrary<unknown> {
  const unknown = Object.keys(schema).filter((keyword) => !KEYWORDS.has(keyword));
  if (unknown.length > 0) throw new Error(`Add a generator for ${unknown.join(', ')}.`);
  const values = generate(schema);
  const isFiltered = FILTERED.some((keyword) => keyword in schema);
  return isFiltered ? values.filter((value) => isValid(schema, value)) : values;
}

function generate(schema: Json): fc.Arbitrary<unknown> {
  const choices = (schema['anyOf'] ?? schema['oneOf']) as unknown[] | undefined;
  if (choices !== undefined) return fc.oneof(...choices.map(valuesFor));
  const parts = schema['allOf'] as unknown[] | undefined;
  if (parts !== undefined) return valuesFor(mergeParts(parts, schema));
  if (schema['enum'] !== undefined) return fc.constantFrom(...(schema['enum'] as unknown[]));
  const types = [schema['type'] ?? []].flat() as string[];
  if (types.length === 0 && 'properties' in schema) types.push('object');
  if (types.length === 0) return anyJson;
  return fc.oneof(...types.map((type) => generateType(type, schema)));
}

const merged = new Map<unknown, Json>();
/** One schema with the keywords of all parts; what they share is decided by the filter. */
function mergeParts(parts: unknown[], { allOf: _, ...schema }: Json): Json {
  const found =
    merged.get(parts) ??
    Object.assign({}, ...parts.map((part) => dereference(document, part)), schema);
  merged.set(parts, found);
  return found;
}

function generateType(type: string, schema: Json): fc.Arbitrary<unknown> {
  switch (type) {
    case 'string':
      return generateText(schema);
    case 'integer':
    case 'number':
      return generateNumber(type, schema);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return generateArray(schema);
    case 'object':
      return generateObject(schema);
    default:
      throw new Error(`Add a generator for the type ${type}.`);
  }
}

function generateText({ pattern, minLength }: Json): fc.Arbitrary<string> {
  const plain = texts(Number(minLength ?? 0));
  if (pattern === undefined) return plain;
  const expression = new RegExp(String(pattern), 'u');
  // Patterns that look ahead only exclude some texts.
  if (/\(\?[!=<]/.test(expression.source)) return plain.filter((text) => expression.test(text));
  return fc.stringMatching(expression, { size: 'small' });
}

function generateNumber(type: string, schema: Json): fc.Arbitrary<number> {
  const min = schema['minimum'] as number | undefined;
  const max = schema['maximum'] as number | undefined;
  const low = min ?? -Number.MAX_SAFE_INTEGER;
  const high = max ?? Number.MAX_SAFE_INTEGER;
  const small = fc.integer({ min: low, max: Math.min(high, low + 300) });
  const bounds = fc.constantFrom(low, high);
  if (type === 'integer') {
    const all = fc.maxSafeInteger().map((n) => Math.min(Math.max(n, low), high));
    return fc.oneof({ weight: 4, arbitrary: small }, all, bounds);
  }
  const any = fc.double({ min: low, max: high, noNaN: true, noDefaultInfinity: true });
  // JSON has no negative zero.
  return fc.oneof(
    small,
    bounds,
    any.map((n) => n + 0),
  );
}

function generateArray(schema: Json): fc.Arbitrary<unknown[]> {
  const minLength = Number(schema['minItems'] ?? 0);
  const items = schema['items'] === undefined ? anyJson : valuesFor(schema['items']);
  return fc.array(items, { minLength, maxLength: Math.max(minLength, MAX_ITEMS) });
}

function generateObject(schema: Json): fc.Arbitrary<Json> {
  const properties = (schema['properties'] ?? {}) as Record<string, unknown>;
  const required = (schema['required'] ?? []) as string[];
  const named = Object.fromEntries(
    [...new Set([...Object.keys(properties), ...required])].map((name) => [
      name,
      name in properties ? valuesFor(properties[name]) : anyJson,
    ]),
  );
  const own = fc.record(named, { requiredKeys: required, noNullPrototype: true });
  const others = schema['additionalProperties'] ?? true;
  if (others === false) return own;
  const isMap = Object.keys(named).length === 0;
  const minKeys = isMap ? Number(schema['minProperties'] ?? 0) : 0;
  const values = others === true ? anyJson : valuesFor(others);
  const names = texts(1).filter((name) => !(name in named));
  const more = fc.dictionary(names, values, { minKeys, maxKeys: MAX_ITEMS, noNullPrototype: true });
  const surplus =
    isMap && others !== true ? more : fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, more);
  // Spread, so that a field named `__proto__` stays a field.
  return fc.tuple(own, surplus).map(([fields, extra]) => ({ ...extra, ...fields }));
}

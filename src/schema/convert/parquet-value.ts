/** Rows as columns of Parquet take them, and the schema of those columns. */

import type { SchemaElement } from 'hyparquet';
import { toStep } from '../../shared/json-pointer.js';
import type { Field, FieldType } from '../field.js';
import { isObject } from '../field.js';
import { type ConvertValue, convertPart } from './convert-value.js';
import { loneSurrogate, lostTime, unknownType } from './issues.js';

const DAY_MS = 24 * 60 * 60 * 1000;
/** Digits of a fraction of a second beyond milliseconds that are not zero. */
const BELOW_MILLISECONDS = /\.\d{3}\d*[1-9]/;

/** The types of columns, by the published table of types. */
const LEAVES: Readonly<Partial<Record<FieldType, Omit<SchemaElement, 'name'>>>> = {
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  number: { type: 'DOUBLE' },
  long: { type: 'INT64' },
  int: { type: 'INT32', converted_type: 'INT_32' },
  short: { type: 'INT32', converted_type: 'INT_16' },
  byte: { type: 'INT32', converted_type: 'INT_8' },
  boolean: { type: 'BOOLEAN' },
  date: { type: 'INT32', converted_type: 'DATE' },
  'date-time': { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
};

/** @param used gets every field that a row has. */
export function createEncoding(field: Field, used: Set<Field>): ConvertValue {
  const encode = createEncodingOnly(field, used);
  return (value, row) => {
    used.add(field);
    return encode(value, row);
  };
}

function createEncodingOnly(field: Field, used: Set<Field>): ConvertValue {
  const { type, path } = field;
  if (type === 'object') return encodeObject(field, used);
  if (type === 'array' || type === 'map') return encodeElements(field, used);
  if (type === 'date') return encodeTime(lostTime(path, 'day'), DAY_MS);
  if (type === 'date-time') return encodeTime(lostTime(path, 'millisecond'), 1);
  if (type === 'long') return (value) => (typeof value === 'number' ? BigInt(value) : value);
  if (type === 'any') return refuse(unknownType(path));
  if (type !== 'string') return (value) => value;
  const broken = loneSurrogate(path);
  return (value, row) => {
    if (typeof value === 'string' && !isWellFormed(value)) row.add(broken, value);
    return value;
  };
}

const refuse =
  (issue: ReturnType<typeof unknownType>): ConvertValue =>
  (value, row) => {
    row.add(issue, value);
    return undefined;
  };

const LONE_SURROGATE = /\p{Cs}/u;
const isWellFormed = (text: string): boolean => !LONE_SURROGATE.test(text);

function encodeTime(lost: ReturnType<typeof lostTime>, unitMs: number): ConvertValue {
  return (value, row) => {
    const ms = typeof value === 'number' ? value : Date.parse(String(value));
    const isLost =
      ms % unitMs !== 0 || (typeof value === 'string' && BELOW_MILLISECONDS.test(value));
    if (isLost) row.add(lost, value);
    return new Date(ms);
  };
}

function encodeObject(field: Field, used: Set<Field>): ConvertValue {
  const encodings = new Map<string, ConvertValue>();
  for (const [name, inner] of field.properties) encodings.set(name, createEncoding(inner, used));
  return (value, row) => {
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => {
        const refuseName = refuse(unknownType(`${field.path}/${toStep(name)}`));
        return [name, convertPart(encodings.get(name) ?? refuseName, one, name, row)];
      }),
    );
  };
}

function encodeElements({ values, path, type }: Field, used: Set<Field>): ConvertValue {
  const encode = values === undefined ? refuse(unknownType(path)) : createEncoding(values, used);
  return (value, row) => {
    if (Array.isArray(value)) return value.map((one, at) => convertPart(encode, one, at, row));
    if (type !== 'map' || !isObject(value)) return value;
    const entries = Object.entries(value).map(([key, one]): [string, unknown] => [
      key,
      convertPart(encode, one, key, row),
    ]);
    return new Map(entries);
  };
}

/** The columns of the fields that rows have, and the names of the outermost ones. */
export function listColumns(root: Field, used: ReadonlySet<Field>) {
  const children = listChildren(root, used);
  const elements: SchemaElement[] = [
    { name: 'schema', num_children: children.length },
    ...children.flat(),
  ];
  return {
    elements,
    names: children.flatMap(([first]) => (first === undefined ? [] : first.name)),
  };
}

const listChildren = (field: Field, used: ReadonlySet<Field>): SchemaElement[][] =>
  [...field.properties].flatMap(([name, inner]) => {
    if (!used.has(inner)) return [];
    const isRequired = field.required.includes(name) && inner.default === undefined;
    const elements = listField(name, inner, isRequired ? 'REQUIRED' : 'OPTIONAL', used);
    return elements.length === 0 ? [] : [elements];
  });

type Repetition = NonNullable<SchemaElement['repetition_type']>;

/** @returns nothing where only empty objects and arrays were found. */
function listField(
  name: string,
  field: Field,
  repetition_type: Repetition,
  used: ReadonlySet<Field>,
): SchemaElement[] {
  const { type, values } = field;
  if (type === 'object') {
    const children = listChildren(field, used);
    if (children.length === 0) return [];
    return [{ name, repetition_type, num_children: children.length }, ...children.flat()];
  }
  if (type === 'array' || type === 'map') {
    const isList = type === 'array';
    const inner = isList ? 'element' : 'value';
    const elements = values === undefined ? [] : listField(inner, values, 'REQUIRED', used);
    if (elements.length === 0) return [];
    return [
      { name, repetition_type, num_children: 1, converted_type: isList ? 'LIST' : 'MAP' },
      ...(isList
        ? [{ name: 'list', repetition_type: 'REPEATED', num_children: 1 } as const]
        : [{ name: 'key_value', repetition_type: 'REPEATED', num_children: 2 } as const, KEY]),
      ...elements,
    ];
  }
  const leaf = LEAVES[type];
  return leaf === undefined ? [] : [{ ...leaf, name, repetition_type }];
}

/** The keys of maps are text. */
const KEY = { ...LEAVES.string, name: 'key', repetition_type: 'REQUIRED' } as const;

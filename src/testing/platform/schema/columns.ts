/** Holds the columns of a Parquet file against a schema: they have to be a subset of its fields. */

import type { SchemaElement, SchemaTree } from 'hyparquet';
import { toStep } from '../../../shared/json-pointer.js';
import { assertConvertible, findField, type SourceType } from './conversion.js';
import type { XdmField } from './xdm-field.js';

/** Thrown for a column that the schema does not have. */
export class UnknownColumnError extends Error {
  constructor(path: string) {
    super(`the column ${path} is not in the schema`);
  }
}

/** @throws {TypeCompatibilityError} @throws {UnknownColumnError} */
export function assertColumns(tree: SchemaTree, field: XdmField, path = ''): void {
  const source = findSourceType(tree);
  assertConvertible(source, field.type, path);
  const [inner] = tree.children;
  if (inner === undefined || field.type === 'any') return;
  const kind = findKind(tree.element);
  if (kind === 'LIST') {
    const [element = inner] = inner.children.length === 1 ? inner.children : [];
    if (field.values !== undefined) assertColumns(element, field.values, path);
  } else if (kind === 'MAP') {
    const value = inner.children.find(({ element }) => element.name === 'value');
    if (field.values !== undefined && value !== undefined) {
      assertColumns(value, field.values, path);
    }
  } else {
    for (const child of tree.children) assertColumn(child, field, path);
  }
}

function assertColumn(child: SchemaTree, parent: XdmField, path: string): void {
  const { name, repetition_type: repetition } = child.element;
  const childPath = `${path}/${toStep(name)}`;
  const field = findField(parent, name);
  if (field === undefined) {
    if (parent.type === 'map') return;
    throw new UnknownColumnError(childPath);
  }
  if (repetition !== 'REPEATED') {
    assertColumns(child, field, childPath);
    return;
  }
  assertConvertible('array', field.type, childPath);
  if (field.values !== undefined) assertColumns(child, field.values, childPath);
}

type Kind = SchemaElement['converted_type'] | NonNullable<SchemaElement['logical_type']>['type'];

/** What a column means beyond its physical type. */
function findKind({ converted_type: converted, logical_type: logical }: SchemaElement): Kind {
  if (converted === 'MAP_KEY_VALUE') return 'MAP';
  return converted ?? logical?.type;
}

const MEANINGS: Readonly<Record<string, SourceType>> = {
  INT_8: 'byte',
  INT_16: 'short',
  INT_32: 'int',
  INT_64: 'long',
  UINT_8: 'short',
  UINT_16: 'int',
  UINT_32: 'long',
  UINT_64: 'long',
  DATE: 'date',
  TIMESTAMP: 'date-time',
  TIMESTAMP_MILLIS: 'date-time',
  TIMESTAMP_MICROS: 'date-time',
  DECIMAL: 'double',
  FLOAT16: 'double',
  UTF8: 'string',
  STRING: 'string',
  ENUM: 'string',
  JSON: 'string',
  UUID: 'string',
  LIST: 'array',
  MAP: 'object',
};
const PHYSICAL: Readonly<Record<NonNullable<SchemaElement['type']>, SourceType>> = {
  BOOLEAN: 'boolean',
  INT32: 'int',
  INT64: 'long',
  INT96: 'date-time',
  FLOAT: 'double',
  DOUBLE: 'double',
  // Older writers do not mark text.
  BYTE_ARRAY: 'string',
  FIXED_LEN_BYTE_ARRAY: 'unknown',
};

function findSourceType({ element, children }: SchemaTree): SourceType {
  const { type, logical_type: logical } = element;
  if (logical?.type === 'INTEGER') return findIntegerType(logical.bitWidth, logical.isSigned);
  const kind = findKind(element);
  const meaning = kind === undefined ? undefined : MEANINGS[kind];
  if (meaning !== undefined) return meaning;
  if (type === undefined) return children.length > 0 ? 'object' : 'unknown';
  return kind === undefined ? PHYSICAL[type] : 'unknown';
}

/** An integer without sign needs the next larger type. */
function findIntegerType(bits: number, isSigned: boolean): SourceType {
  const needed = isSigned ? bits : bits * 2;
  if (needed <= 8) return 'byte';
  if (needed <= 16) return 'short';
  return needed <= 32 ? 'int' : 'long';
}

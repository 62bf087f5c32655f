/** The types of Parquet columns in terms of fields. */
import type { SchemaElement } from 'hyparquet';
import type { FieldType } from './field.js';

/** What a column has, in terms of fields. */
export interface ColumnType {
  /** `undefined` if no field can be read from it. */
  readonly type: FieldType | undefined;
  /** A type that Adobe's table of Parquet types does not have. */
  readonly other?: string;
}

const LOGICAL: Readonly<Record<string, FieldType>> = {
  UTF8: 'string',
  STRING: 'string',
  ENUM: 'string',
  JSON: 'string',
  INT_8: 'byte',
  INT_16: 'short',
  INT_32: 'int',
  INT_64: 'long',
  UINT_8: 'short',
  UINT_16: 'int',
  UINT_32: 'long',
  UINT_64: 'long',
  DATE: 'date',
  TIMESTAMP_MILLIS: 'date-time',
};
const PHYSICAL: Readonly<Record<string, FieldType>> = {
  BOOLEAN: 'boolean',
  INT32: 'int',
  INT64: 'long',
  FLOAT: 'number',
  DOUBLE: 'number',
};

/** The annotation of a column, however it is written: newer writers use logical types. */
export function readAnnotation({
  converted_type,
  logical_type: logical,
}: SchemaElement): string | undefined {
  if (logical?.type === 'TIMESTAMP' || logical?.type === 'TIME')
    return `${logical.type}_${logical.unit}`;
  if (logical?.type === 'INTEGER') return `${logical.isSigned ? '' : 'U'}INT_${logical.bitWidth}`;
  return converted_type ?? logical?.type;
}

export function toColumnType(element: SchemaElement): ColumnType {
  const annotation = readAnnotation(element);
  if (element.type === 'INT96') return { type: 'date-time', other: 'INT96' };
  if (annotation === 'DECIMAL') return { type: 'number', other: 'DECIMAL' };
  if (annotation === 'TIMESTAMP_MICROS' || annotation === 'TIMESTAMP_NANOS') {
    return { type: 'date-time', other: annotation };
  }
  if (annotation !== undefined) return { type: LOGICAL[annotation] };
  if (element.type === 'BYTE_ARRAY') return { type: 'string', other: 'BYTE_ARRAY without UTF8' };
  return { type: PHYSICAL[element.type ?? ''] };
}

/** The type of a column as messages show it: `INT32 DATE`. */
export const describeElement = (element: SchemaElement): string => {
  const annotation = readAnnotation(element);
  return [element.type ?? 'a group', annotation].filter(Boolean).join(' ');
};

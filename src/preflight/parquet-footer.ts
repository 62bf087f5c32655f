/**
 * Reads what checks need of a Parquet footer, in one pass: statistics and encodings are skipped, and names are decoded
 * once, in the schema. (The reader of rows takes up to 200 ms for a footer of 1 MB.) Names are those of the format.
 */
import type { SchemaElement } from 'hyparquet';
import { ThriftReader } from './thrift.js';

/** The pages of a column in a row group. */
export interface ChunkMetadata {
  num_values: number;
  total_compressed_size: number;
  data_page_offset: number;
  dictionary_page_offset: number | undefined;
  bloom_filter_offset: number | undefined;
  bloom_filter_length: number | undefined;
  /** The nulls in it, if they are counted. */
  null_count: number | undefined;
}

/** A column in a row group. */
export interface ColumnChunk {
  /** Whether its pages are in another file. */
  hasFilePath: boolean;
  isEncrypted: boolean;
  meta_data: ChunkMetadata | undefined;
  offset_index_offset: number | undefined;
  offset_index_length: number | undefined;
  column_index_offset: number | undefined;
  column_index_length: number | undefined;
}

export interface RowGroup {
  readonly columns: readonly ColumnChunk[];
  readonly num_rows: number;
}

export interface ParquetFooter {
  readonly schema: readonly SchemaElement[];
  readonly num_rows: number;
  readonly row_groups: readonly RowGroup[];
}

/** @throws {Error} for bytes that are no footer, or lack a part of one. */
export function readParquetFooter(bytes: Buffer): ParquetFooter {
  const reader = new ThriftReader(bytes, 0);
  let schema: SchemaElement[] | undefined;
  let rows: number | undefined;
  let groups: RowGroup[] | undefined;
  for (let id = reader.beginField(0); id !== 0; id = reader.beginField(id)) {
    if (id === 2) schema = readAll(reader, readElement);
    else if (id === 3) rows = reader.readInteger();
    else if (id === 4) groups = readAll(reader, readGroup);
    else reader.skip();
  }
  return {
    schema: assertPart(schema),
    num_rows: assertPart(rows),
    row_groups: assertPart(groups),
  };
}

function assertPart<T>(part: T | undefined): T {
  if (part === undefined) throw new TypeError('the footer lacks a part');
  return part;
}

function readAll<T>(reader: ThriftReader, read: (reader: ThriftReader) => T): T[] {
  const list: T[] = [];
  for (let left = reader.beginStructs(); left > 0; left--) list.push(read(reader));
  return list;
}

const TYPES = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
] as const;
const REPETITIONS = ['REQUIRED', 'OPTIONAL', 'REPEATED'] as const;
const CONVERTED_TYPES = [
  'UTF8',
  'MAP',
  'MAP_KEY_VALUE',
  'LIST',
  'ENUM',
  'DECIMAL',
  'DATE',
  'TIME_MILLIS',
  'TIME_MICROS',
  'TIMESTAMP_MILLIS',
  'TIMESTAMP_MICROS',
  'UINT_8',
  'UINT_16',
  'UINT_32',
  'UINT_64',
  'INT_8',
  'INT_16',
  'INT_32',
  'INT_64',
  'JSON',
  'BSON',
  'INTERVAL',
] as const;

function readElement(reader: ThriftReader): SchemaElement {
  const element: SchemaElement = { name: '' };
  let hasName = false;
  for (let id = reader.beginField(0); id !== 0; id = reader.beginField(id)) {
    if (id === 4) {
      element.name = reader.readText();
      hasName = true;
    } else if (id === 10) assign(element, 'logical_type', readLogicalType(reader));
    else if (id === 1) assign(element, 'type', TYPES[reader.readInteger()]);
    else if (id === 3) assign(element, 'repetition_type', REPETITIONS[reader.readInteger()]);
    else if (id === 5) element.num_children = reader.readInteger();
    else if (id === 6) assign(element, 'converted_type', CONVERTED_TYPES[reader.readInteger()]);
    else if (id === 7) element.scale = reader.readInteger();
    else if (id === 8) element.precision = reader.readInteger();
    else reader.skip();
  }
  if (!hasName) throw new TypeError('a column has no name');
  return element;
}

/** A value that is not known is left out. */
function assign<Name extends keyof SchemaElement>(
  element: SchemaElement,
  name: Name,
  value: SchemaElement[Name] | undefined,
): void {
  if (value !== undefined) element[name] = value;
}

type LogicalType = NonNullable<SchemaElement['logical_type']>;
/** Those without parameters, by their numbers. */
const PLAIN_TYPES: Readonly<Record<number, LogicalType>> = {
  1: { type: 'STRING' },
  2: { type: 'MAP' },
  3: { type: 'LIST' },
  4: { type: 'ENUM' },
  6: { type: 'DATE' },
  11: { type: 'NULL' },
  12: { type: 'JSON' },
  13: { type: 'BSON' },
  14: { type: 'UUID' },
  15: { type: 'FLOAT16' },
};

/** It is a union: one field names the type. */
function readLogicalType(reader: ThriftReader): LogicalType | undefined {
  reader.beginStruct();
  let found: LogicalType | undefined;
  for (let id = reader.beginField(0); id !== 0; id = reader.beginField(id)) {
    if (id === 7 || id === 8) found = readTime(reader, id === 7 ? 'TIME' : 'TIMESTAMP');
    else if (id === 5) found = readDecimal(reader);
    else if (id === 10) found = readIntegerType(reader);
    else {
      found = PLAIN_TYPES[id] ?? found;
      reader.skip();
    }
  }
  return found;
}

const UNITS = { 1: 'MILLIS', 2: 'MICROS', 3: 'NANOS' } as const;

function readTime(reader: ThriftReader, type: 'TIME' | 'TIMESTAMP'): LogicalType {
  reader.beginStruct();
  let isAdjustedToUTC = false;
  let unit: (typeof UNITS)[keyof typeof UNITS] | undefined;
  for (let id = reader.beginField(0); id !== 0; id = reader.beginField(id)) {
    if (id === 1) isAdjustedToUTC = reader.readBoolean();
    else if (id === 2) unit = readUnit(reader);
    else reader.skip();
  }
  return { type, isAdjustedToUTC, unit: assertPart(unit) };
}

function readUnit(reader: ThriftReader) {
  reader.beginStruct();
  let unit: (typeof UNITS)[keyof typeof UNITS] | undefined;
  for (let id = reader.beginField(0); id !== 0; id = reader.beginField(id)) {
    if (id === 1 || id === 2 || id === 3) unit = UNITS[id];
    reader.skip();
  }
  return unit;
}

function readDecimal(reader: ThriftReader): LogicalType {
  reader.beginStruct();
  let scale = 0;
  let precision = 0;
  for (let id = reader.beginField(0); id !== 0; id = reader.beginField(id)) {
    if (id === 1) scale = reader.readInteger();
    else if (id === 2) precision = reader.readInteger();
    else reader.skip();
  }
  return { type: 'DECIMAL', scale, precision };
}

function readIntegerType(reader: ThriftReader): LogicalType {
  reader.beginStruct();
  let bitWidth = 0;
  let isSigned = false;
  for (let id = reader.beginField(0); id !== 0; id = reader.beginField(id)) {
    if (id === 1) bitWidth = reader.readInteger();
    else if (id === 2) isSigned = reader.readBoolean();
    else reader.skip();
  }
  return { type: 'INTEGER', bitWidth, isSigned };
}

function readGroup(reader: ThriftReader): RowGroup {
  let columns: ColumnChunk[] | undefined;
  let rows: number | undefined;
  for (let id = reader.beginField(0); id !== 0; id = reader.beginField(id)) {
    if (id === 1) columns = readAll(reader, readChunk);
    else if (id === 3) rows = reader.readInteger();
    else reader.skip();
  }
  return { columns: assertPart(columns), num_rows: assertPart(rows) };
}

function readChunk(reader: ThriftReader): ColumnChunk {
  const chunk: ColumnChunk = {
    hasFilePath: false,
    isEncrypted: false,
    meta_data: undefined,
    offset_index_offset: undefined,
    offset_index_length: undefined,
    column_index_offset: undefined,
    column_index_length: undefined,
  };
  for (let id = reader.beginField(0); id !== 0; id = reader.beginField(id)) {
    if (id === 3) chunk.meta_data = readMetadata(reader);
    else if (id === 1) chunk.hasFilePath = reader.readText() !== '';
    else if (id === 4) chunk.offset_index_offset = reader.readInteger();
    else if (id === 5) chunk.offset_index_length = reader.readInteger();
    else if (id === 6) chunk.column_index_offset = reader.readInteger();
    else if (id === 7) chunk.column_index_length = reader.readInteger();
    else {
      if (id === 8 || id === 9) chunk.isEncrypted = true;
      reader.skip();
    }
  }
  return chunk;
}

function readMetadata(reader: ThriftReader): ChunkMetadata {
  reader.beginStruct();
  const data: ChunkMetadata = {
    num_values: Number.NaN,
    total_compressed_size: Number.NaN,
    data_page_offset: Number.NaN,
    dictionary_page_offset: undefined,
    bloom_filter_offset: undefined,
    bloom_filter_length: undefined,
    null_count: undefined,
  };
  for (let id = reader.beginField(0); id !== 0; id = reader.beginField(id)) {
    if (id === 5) data.num_values = reader.readInteger();
    else if (id === 7) data.total_compressed_size = reader.readInteger();
    else if (id === 9) data.data_page_offset = reader.readInteger();
    else if (id === 11) data.dictionary_page_offset = reader.readInteger();
    else if (id === 12) data.null_count = readNullCount(reader);
    else if (id === 14) data.bloom_filter_offset = reader.readInteger();
    else if (id === 15) data.bloom_filter_length = reader.readInteger();
    else reader.skip();
  }
  const { num_values, total_compressed_size, data_page_offset } = data;
  if (Number.isNaN(num_values + total_compressed_size + data_page_offset)) assertPart(undefined);
  return data;
}

function readNullCount(reader: ThriftReader): number | undefined {
  reader.beginStruct();
  let nulls: number | undefined;
  for (let id = reader.beginField(0); id !== 0; id = reader.beginField(id)) {
    if (id === 3) nulls = reader.readInteger();
    else reader.skip();
  }
  return nulls;
}

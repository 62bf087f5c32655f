import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { walk } from '../../src/ingest/walk.js';
import { preflight } from '../../src/preflight/preflight.js';
import { BatchCheck, RowSchema, type RowSchemaOptions } from '../../src/schema/index.js';

const SCHEMA = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string' },
    age: { type: 'integer', 'meta:xdmType': 'int', minimum: 0, maximum: 150 },
    points: { type: 'integer', 'meta:xdmType': 'long' },
    price: { type: 'number' },
    isNew: { type: 'boolean' },
    day: { type: 'string', format: 'date' },
    time: { type: 'string', format: 'date-time' },
    tags: { type: 'array', items: { type: 'string' } },
    place: {
      type: 'object',
      required: ['room'],
      properties: { room: { type: 'string', enum: ['a', 'b'] } },
    },
  },
};

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-parquet-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

type Column = Omit<SchemaElement, 'name'> & { data: unknown[] };

/** Writes one column for each name; those of `place` are in a group. */
async function check(
  columns: Readonly<Record<string, Column>>,
  options: RowSchemaOptions & { deep?: boolean } = {},
) {
  const { deep = false, ...rest } = options;
  const names = Object.keys(columns);
  const elements = names.map((name): SchemaElement => {
    const { data: _, ...element } = columns[name] ?? { data: [] };
    return { repetition_type: 'OPTIONAL', ...element, name };
  });
  const bytes = parquetWriteBuffer({
    schema: [{ name: 'root', num_children: names.length }, ...elements],
    columnData: names.map((name) => ({ name, data: columns[name]?.data ?? [] })),
  });
  return checkBytes(new Uint8Array(bytes), deep, rest);
}

async function checkBytes(bytes: Uint8Array, deep: boolean, options: RowSchemaOptions = {}) {
  const path = join(folder, 'rows.parquet');
  await writeFile(path, bytes);
  const rowChecker = new BatchCheck(RowSchema.from(SCHEMA, options));
  const { files } = await walk([path]);
  const { findings } = await preflight(files, { deep, rowChecker });
  const shown = findings.map(({ level, rule, effect, path: field, count }) =>
    [level, rule, effect ?? '-', field, count].join(' '),
  );
  return { findings, shown, counts: rowChecker.counts };
}

const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
const NAME = { name: { ...TEXT, data: ['x'] } };
const TIME = new Date('2026-01-31T12:00:00Z');

test('columns of the published types have no findings, and their rows neither', async () => {
  const columns = {
    ...NAME,
    age: { type: 'INT32', data: [5] },
    points: { type: 'INT64', data: [5n] },
    price: { type: 'DOUBLE', data: [1.5] },
    isNew: { type: 'BOOLEAN', data: [true] },
    day: { type: 'INT32', converted_type: 'DATE', data: [TIME] },
    time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', data: [TIME] },
  } as const;
  expect((await check(mutable(columns))).shown).toEqual([]);
  const deep = await check(mutable(columns), { deep: true });
  expect(deep.shown).toEqual([]);
  expect(deep.counts).toMatchObject({ rows: 1 });
});

/** The writer takes arrays that may be changed. */
const mutable = (columns: Readonly<Record<string, object>>): Record<string, Column> =>
  Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [name, { data: [], ...column }]),
  );

test('a column is compared with its field by the types that the platform converts', async () => {
  const { shown, findings } = await check(
    mutable({
      ...NAME,
      age: { ...TEXT, data: ['5'] },
      points: { type: 'INT32', data: [5] },
      price: { type: 'BOOLEAN', data: [true] },
      isNew: { ...TEXT, data: ['true'] },
      day: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS', data: [TIME] },
      tags: { ...TEXT, data: ['a'] },
      place: { ...TEXT, data: ['a'] },
    }),
  );
  expect(shown).toEqual([
    'note type - /age 1',
    'note type - /points 1',
    'error type batch-fails /price 1',
    'error type batch-fails /isNew 1',
    'error type batch-fails /day 1',
    'error type batch-fails /tags 1',
    'error type batch-fails /place 1',
  ]);
  expect(findings[2]).toMatchObject({ value: 'BOOLEAN', fix: 'Write it as DOUBLE.' });
  const strict = await check(mutable({ ...NAME, age: { ...TEXT, data: ['5'] } }), { strict: true });
  expect(strict.shown).toEqual(['error type - /age 1']);
});

test('types that the published table does not have are accepted with a warning', async () => {
  const { shown } = await check(
    mutable({
      ...NAME,
      time: { type: 'INT64', converted_type: 'TIMESTAMP_MICROS', data: [TIME] },
      price: { type: 'INT32', converted_type: 'DECIMAL', scale: 2, precision: 4, data: [1.5] },
    }),
  );
  expect(shown).toEqual(
    expect.arrayContaining(['warning type - /time 1', 'warning type - /price 1']),
  );
  expect(shown.filter((one) => one.startsWith('error'))).toEqual([]);
});

test('an unknown column is an error, with the nearest name', async () => {
  const { findings } = await check(
    mutable({
      ...NAME,
      pirce: { type: 'DOUBLE', data: [1] },
      'xdm:age': { type: 'INT32', data: [1] },
    }),
  );
  expect(findings).toMatchObject([
    {
      level: 'error',
      rule: 'unknown-field',
      effect: 'batch-fails',
      path: '/pirce',
      suggestion: 'price',
    },
    { level: 'error', rule: 'name', path: '/xdm:age', suggestion: 'age' },
  ]);
});

test('a required column is missing, or has nulls that the footer counts', async () => {
  expect((await check({ age: { type: 'INT32', data: [5] } })).shown).toEqual([
    'error required row-rejected /name 1',
  ]);
  const nulls = mutable({ name: { ...TEXT, data: ['a', null, null, 'b'] } });
  expect((await check(nulls)).shown).toEqual(['error required row-rejected /name 2']);
  const deep = await check(nulls, { deep: true });
  expect(deep.shown).toEqual(['error required row-rejected /name 2']);
  expect(deep.counts).toMatchObject({ rows: 4, rejected: 2 });
});

test('with deep the values of rows are checked, those in groups and lists, too', async () => {
  const bytes = parquetWriteBuffer({
    schema: [
      { name: 'root', num_children: 3 },
      { name: 'name', ...TEXT, repetition_type: 'REQUIRED' },
      { name: 'place', num_children: 1, repetition_type: 'OPTIONAL' },
      { name: 'room', ...TEXT, repetition_type: 'OPTIONAL' },
      { name: 'tags', num_children: 1, repetition_type: 'OPTIONAL', converted_type: 'LIST' },
      { name: 'list', num_children: 1, repetition_type: 'REPEATED' },
      { name: 'element', ...TEXT, repetition_type: 'OPTIONAL' },
    ],
    columnData: [
      { name: 'name', data: ['a', 'b', 'c'] },
      { name: 'place', data: [{ room: 'x' }, { room: null }, null] },
      { name: 'tags', data: [['a', 'b'], ['c'], null] },
    ],
  });
  expect((await checkBytes(new Uint8Array(bytes), false)).shown).toEqual([]);
  expect((await checkBytes(new Uint8Array(bytes), true)).shown).toEqual([
    'error enum row-rejected /place/room 1',
    'error required row-rejected /place/room 1',
  ]);
});

test('a Parquet file of upserts needs a column that holds an identity, and its new columns are named', async () => {
  const upsert = { unifiedProfile: ['enabled:true', 'isUpsert:true'] };
  const email = {
    '@type': 'xdm:descriptorIdentity',
    'xdm:sourceProperty': '/xdm:name',
    'xdm:namespace': 'Email',
  };
  const age = { age: { type: 'INT32' as const, data: [5] } };
  const noName = { ...age, ...NAME };
  const found = await check(noName, { dataset: { tags: upsert, descriptors: [email] } });
  const lost = await check(noName, { dataset: { tags: upsert, descriptors: [] } });
  const unknown = await check(noName, { dataset: { tags: upsert } });

  expect(found.shown).toEqual([]);
  expect(lost.shown).toEqual(['error identity row-rejected  1']);
  expect(unknown.shown).toEqual(['warning identity -  1']);
});

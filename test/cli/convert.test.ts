import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { loyaltyMembers } from '../../src/testing/index.js';
import { type Ended, expectJson, useDesk } from '../support/command.js';

jest.setTimeout(30_000); // a machine that may be busy

const desk = useDesk(loyaltyMembers);
const text = { type: 'string' };
const SCHEMA = {
  type: 'object',
  required: ['_id'],
  properties: {
    _id: text,
    person: {
      type: 'object',
      properties: { name: { type: 'object', properties: { first: text } } },
    },
    tiny: { type: 'integer', 'meta:xdmType': 'byte' },
    age: { type: 'integer', 'meta:xdmType': 'short' },
    points: { type: 'integer', 'meta:xdmType': 'int' },
    total: { type: 'integer', 'meta:xdmType': 'long' },
    price: { type: 'number' },
    isNew: { type: 'boolean' },
    day: { type: 'string', format: 'date' },
    time: { type: 'string', format: 'date-time' },
    tags: { type: 'array', items: text },
    visits: {
      type: 'array',
      items: {
        type: 'object',
        required: ['at'],
        properties: {
          at: { type: 'string', format: 'date-time' },
          pages: { type: 'array', items: text },
        },
      },
    },
    counts: { type: 'object', 'meta:xdmType': 'map', additionalProperties: { type: 'integer' } },
    any: {},
  },
};

async function convert(name: string, content: string, to: 'json' | 'parquet', ...flags: string[]) {
  await desk.file('schema.json', JSON.stringify(SCHEMA));
  await desk.file(name, content);
  const args = ['convert', name, '--schema', 'schema.json', '--to', to, '--out', 'out', '--json'];
  const ended = await desk.run([...args, ...flags]);
  return {
    ended,
    json: expectJson(
      ended,
      ended.code === 0 || ended.stdout.includes('findings') ? 'convert' : 'error',
    ),
  };
}

const readOut = async () =>
  (await readFile(join(desk.folder, 'out'), 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const show = (json: Record<string, unknown>): string[] =>
  (json['findings'] as { level: string; rule: string; path?: string; line?: number }[]).map(
    ({ level, rule, path = '', line }) => `${level} ${rule} ${path} ${line}`,
  );
const leftovers = async () =>
  (await readdir(desk.folder)).filter((name) => name === 'out' || name.endsWith('.tmp'));

/** The findings of a check of what was written. */
async function check(): Promise<unknown> {
  const args = ['check', 'out', '--schema', 'schema.json', '--deep', '--json'];
  return (await desk.run([...args, '--strict'])).json()['findings'];
}

const CSV = `_id,person.name.first,tiny,AGE,points,total,price,isNew,day,time
a,Ada,-128,7,2147483647,9007199254740991,12.5,true,2026-01-31,2026-01-31T12:00:00.5+02:00
b,,,,,,,,,
c,"x, ""y""",+1,-32768,0,-5,1e3,false,0001-01-01,1772236800000
`;

test('CSV with dots in its names becomes rows of the schema, and empty cells are left out', async () => {
  const { ended, json } = await convert('rows.csv', CSV, 'json');

  expect(ended.code).toBe(0);
  expect(json).toMatchObject({
    out: 'out',
    to: 'json',
    format: 'csv',
    rows: 3,
    errors: 0,
    findings: [],
  });
  expect(await readOut()).toEqual([
    {
      ...{ _id: 'a', person: { name: { first: 'Ada' } }, tiny: -128, age: 7, points: 2147483647 },
      total: 9007199254740991,
      price: 12.5,
      isNew: true,
      day: '2026-01-31',
      time: '2026-01-31T12:00:00.5+02:00',
    },
    { _id: 'b' },
    {
      ...{ _id: 'c', person: { name: { first: 'x, "y"' } }, tiny: 1, age: -32768, points: 0 },
      total: -5,
      price: 1000,
      isNew: false,
      day: '0001-01-01',
      time: 1772236800000,
    },
  ]);
  expect(await check()).toEqual([]);
});

const JSON_ROWS = [
  {
    ...{ _id: 'a', person: { name: { first: 'Ada' } }, tiny: 1, age: '7', points: '-5', total: 5 },
    price: '1.25',
    isNew: false,
    day: '2026-01-31',
    time: '2026-01-31T12:00:00.123000Z',
    tags: ['x', 'y'],
    counts: { one: 1, 'two.2': 2 },
    visits: [{ at: '2026-01-31T12:00:00Z', pages: ['a', 'b'] }, { at: '2026-02-01T12:00:00Z' }],
  },
  { _id: 'b', PRICE: 3, tags: ['z'] },
];

test('Parquet has the types of the published table, and reads back as the rows that were converted', async () => {
  const lines = JSON_ROWS.map((row) => JSON.stringify(row)).join('\n');
  const { ended, json } = await convert('rows.jsonl', lines, 'parquet');
  expect([ended.code, show(json)]).toEqual([0, []]);
  const file = await asyncBufferFromFile(join(desk.folder, 'out'));
  const { schema } = await parquetMetadataAsync(file);
  const columns = schema.map(({ name, type = '-', converted_type = '-', repetition_type = '-' }) =>
    [name, type, converted_type, repetition_type].join(' '),
  );

  expect(columns).toEqual([
    'schema - - -',
    ...['_id BYTE_ARRAY UTF8 REQUIRED', 'person - - OPTIONAL', 'name - - OPTIONAL'],
    ...['first BYTE_ARRAY UTF8 OPTIONAL', 'tiny INT32 INT_8 OPTIONAL', 'age INT32 INT_16 OPTIONAL'],
    ...['points INT32 INT_32 OPTIONAL', 'total INT64 - OPTIONAL', 'price DOUBLE - OPTIONAL'],
    ...['isNew BOOLEAN - OPTIONAL', 'day INT32 DATE OPTIONAL'],
    ...['time INT64 TIMESTAMP_MILLIS OPTIONAL', 'tags - LIST OPTIONAL', 'list - - REPEATED'],
    ...['element BYTE_ARRAY UTF8 REQUIRED', 'visits - LIST OPTIONAL', 'list - - REPEATED'],
    ...['element - - REQUIRED', 'at INT64 TIMESTAMP_MILLIS REQUIRED', 'pages - LIST OPTIONAL'],
    ...['list - - REPEATED', 'element BYTE_ARRAY UTF8 REQUIRED', 'counts - MAP OPTIONAL'],
    ...['key_value - - REPEATED', 'key BYTE_ARRAY UTF8 REQUIRED', 'value INT32 INT_32 REQUIRED'],
  ]);
  const [first, second] = await parquetReadObjects({ file });
  expect(first).toEqual({
    ...{ _id: 'a', person: { name: { first: 'Ada' } }, tiny: 1, age: 7, points: -5, total: 5n },
    price: 1.25,
    isNew: false,
    day: new Date('2026-01-31'),
    ...{
      time: new Date('2026-01-31T12:00:00.123Z'),
      tags: ['x', 'y'],
      counts: { one: 1, 'two.2': 2 },
    },
    visits: [
      { at: new Date('2026-01-31T12:00:00Z'), pages: ['a', 'b'] },
      { at: new Date('2026-02-01T12:00:00Z') },
    ],
  });
  expect(second).toMatchObject({ _id: 'b', price: 3, tags: ['z'] });
  expect(await check()).toEqual([]);
});

test('what cannot be converted is found with its line, and nothing is written', async () => {
  const rows = `_id,points,total,price,isNew,day,time,tiny
a,12.5,9007199254740993,0.12345678901234567890,yes,31.01.2026,2026-01-31T12:00:00,128
,x,1e3,1e999,TRUE,2026-02-30,2026-01-31,
`;
  for (const to of ['json', 'parquet'] as const) {
    const { ended, json } = await convert('rows.csv', rows, to);
    expect([ended.code, json['out'], await leftovers()]).toEqual([2, null, []]);
    expect(show(json)).toEqual([
      ...['error range /total 2', 'error range /price 2', 'error type /points 2'],
      ...['error type /isNew 2', 'error date /day 2', 'error date /time 2', 'error range /tiny 2'],
      ...['error type /total 3', 'error required /_id 3'],
    ]);
  }
});

test.each([
  ['_id,_id', 'error duplicate  1'],
  ['_id,_ID', 'error duplicate /_id 1'],
  ['_id,person', 'error type /person 1'],
  ['_id,person,person.name.first', 'error header /person 1'],
  ['_id,tags', 'error file-format /tags 1'],
  ['_id,tags.0', 'error file-format /tags 1'],
  ['_id,counts.a', 'error file-format /counts 1'],
  ['_id,person.name.frist', 'error unknown-field /person/name/frist 1'],
  ['_id,xdm:points', 'error name /xdm:points 1'],
])('a header that names no field, or one twice, is found: %s', async (header, expected) => {
  const { ended, json } = await convert(
    'rows.csv',
    `${header}\na,b,c\n`.replace(/,c$/m, header.split(',').length === 2 ? '' : ',c'),
    'json',
  );
  expect([ended.code, await leftovers()]).toEqual([2, []]);
  expect(show(json)).toContain(expected);
  if (expected.includes('unknown')) {
    expect(json['findings']).toMatchObject([{ suggestion: 'person.name.first' }]);
  }
});

test.each([
  ['{"_id":"a","points":null}', 'error null /points 1'],
  ['{"_id":"a","total":9007199254740993}', 'error range /total 1'],
  ['{"_id":9007199254740993}', 'error range /_id 1'],
  ['{"_id":"a","points":1.5}', 'error type /points 1'],
  ['{"_id":"a","isNew":"true"}', 'error type /isNew 1'],
  ['{"_id":"a","poinst":1}', 'error unknown-field /poinst 1'],
  ['{"_id":"a","price":1,"Price":2}', 'error duplicate /Price 1'],
  ['{"_id":"a",', 'error syntax  1'],
  ['[{"_id":"a"},\n{"_id":true}]', 'error type /_id 2'],
])('JSON that is no row of the schema is found: %s', async (content, expected) => {
  const { ended, json } = await convert('rows.json', content, 'json');
  expect([ended.code, await leftovers()]).toEqual([2, []]);
  expect(show(json)).toContain(expected);
});

test.each([
  ['{"_id":"a","any":1}', 'error type /any 1'],
  ['{"_id":"a","time":"2026-01-31T12:00:00.1234Z"}', 'error date /time 1'],
  ['{"_id":"a","day":1772236800001}', 'error date /day 1'],
])('what Parquet cannot hold is found, and JSON takes it: %s', async (content, expected) => {
  const { ended, json } = await convert('rows.jsonl', content, 'parquet');
  expect([ended.code, show(json), await leftovers()]).toEqual([2, [expected], []]);
  expect((await convert('rows.jsonl', content, 'json')).ended.code).toBe(0);
});

test('the dialect of CSV is found or passed, and a null marker is a missing value', async () => {
  const { json } = await convert(
    'rows.csv',
    '_id;points\na;NULL\n',
    'json',
    '--null-marker',
    'NULL',
  );
  expect([json['errors'], await readOut()]).toEqual([0, [{ _id: 'a' }]]);
  await convert(
    'rows.csv',
    "_id|person.name.first\na|'x|y'\n",
    'json',
    '--delimiter',
    '|',
    '--quote',
    "'",
  );
  expect(await readOut()).toEqual([{ _id: 'a', person: { name: { first: 'x|y' } } }]);
});

test('a file that exists is replaced by a whole one, and the source never', async () => {
  await writeFile(join(desk.folder, 'out'), 'before');
  const failed = await convert('rows.csv', 'nothing\n1\n', 'json');
  expect([failed.ended.code, await readFile(join(desk.folder, 'out'), 'utf8')]).toEqual([
    2,
    'before',
  ]);
  await convert('rows.csv', '_id\na\n', 'json');
  expect(await readOut()).toEqual([{ _id: 'a' }]);
  const args = ['--schema', 'schema.json', '--to', 'json', '--out'];
  const same = await desk.run(['convert', 'rows.csv', ...args, './rows.csv']);
  expect([same.code, same.stderr]).toEqual([
    2,
    expect.stringContaining('it is the file to convert'),
  ]);
  expect(await readFile(join(desk.folder, 'rows.csv'), 'utf8')).toBe('_id\na\n');
});

test('convert says which option it needs', async () => {
  const texts = (ended: Ended) => [ended.code, ended.stderr];
  expect(texts(await desk.run(['convert', 'a.csv']))).toEqual([
    2,
    expect.stringContaining('Pass --to'),
  ]);
  expect(texts(await desk.run(['convert', 'a.csv', '--to', 'json']))).toEqual([
    ...[2, expect.stringContaining('Pass --out <file>')],
  ]);
});

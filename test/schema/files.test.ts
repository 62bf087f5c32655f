import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { walk } from '../../src/ingest/walk.js';
import { preflight } from '../../src/preflight/preflight.js';
import { StreamCheck } from '../../src/preflight/stream.js';
import type { PreflightOptions } from '../../src/preflight/types.js';
import { BatchCheck, RowSchema, type SampleOptions } from '../../src/schema/index.js';

const EVENTS = RowSchema.from({
  type: 'object',
  'meta:extends': ['https://ns.adobe.com/xdm/data/time-series'],
  properties: {
    _id: { type: 'string' },
    timestamp: { type: 'string', format: 'date-time' },
    items: {
      type: 'array',
      items: { type: 'object', properties: { price: { type: 'number' } } },
    },
    isNew: { type: 'boolean' },
  },
});
const TIME = '2026-01-31T12:00:00Z';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-schema-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function check(
  files: Readonly<Record<string, string>>,
  options: PreflightOptions & SampleOptions & { schema?: RowSchema } = {},
) {
  const paths = Object.keys(files).map((name) => join(folder, name));
  for (const [at, content] of Object.values(files).entries()) {
    await writeFile(paths[at] ?? '', content);
  }
  const { maxRows, maxFiles, schema = EVENTS, ...rest } = options;
  const rowChecker = new BatchCheck(schema, {
    ...(maxRows !== undefined && { maxRows }),
    ...(maxFiles !== undefined && { maxFiles }),
  });
  const { files: found } = await walk(paths);
  const result = await preflight(found, { ...rest, rowChecker });
  return { ...result, counts: rowChecker.counts };
}

const ROWS = [
  { _id: '1', timestamp: TIME, items: [{ price: 1 }, { price: 'x' }, { price: 'y' }] },
  { _id: '2', timestamp: '2026-01-31', isNew: 'true' },
  { _id: '1', timestamp: TIME, items: [{ price: 'z' }] },
];
const FOUND = [
  {
    level: 'error',
    rule: 'type',
    effect: 'row-rejected',
    path: '/items/1/price',
    line: 1,
    count: 3,
    value: 'x',
    places: [{ line: 1 }, { line: 1 }, { line: 3 }],
  },
  { level: 'error', rule: 'date', effect: 'row-rejected', path: '/timestamp', line: 2, count: 1 },
  { level: 'error', rule: 'type', effect: 'batch-fails', path: '/isNew', line: 2, count: 1 },
  { level: 'warning', rule: 'duplicate', effect: 'not-checked', path: '/_id', line: 3, value: '1' },
];

test.each([
  ['JSON Lines', ROWS.map((row) => JSON.stringify(row)).join('\n')],
  ['an array', `[${ROWS.map((row) => JSON.stringify(row)).join(',\n')}]`],
])('the rows of %s are checked, and findings of one kind are grouped', async (_, text) => {
  const result = await check({ 'rows.json': text });
  expect(result.findings).toMatchObject(FOUND);
  expect(result).toMatchObject({ errors: 5, warnings: 1, rows: 3 });
  expect(result.counts).toEqual({ rows: 3, failing: 1, rejected: 3, skipped: 0 });
  expect(await check({ 'rows.json': text }, { deep: true, windowBytes: 10 })).toMatchObject({
    findings: FOUND,
  });
});

test('the rows of a stream are checked', () => {
  const rowChecker = new BatchCheck(EVENTS);
  const stream = new StreamCheck('rows', { rowChecker });
  stream.push(Buffer.from(ROWS.map((row) => JSON.stringify(row)).join('\n')));
  expect(stream.end()).toMatchObject(FOUND);
});

test('a row that may be rejected is a warning, one that fails the batch is not', async () => {
  const text = ROWS.map((row) => JSON.stringify(row)).join('\n');
  const { findings } = await check({ 'rows.json': text }, { partialIngestionPercent: 5 });
  expect(findings.map(({ level, rule }) => `${level} ${rule}`)).toEqual([
    'warning type',
    'warning date',
    'error type',
    'warning duplicate',
  ]);
});

test('a sample is a number of rows in a number of files', async () => {
  const bad = '{"_id":"1"}\n{"_id":"2"}\n{"_id":"3"}\n';
  const files = { 'a.json': bad, 'b.json': bad, 'c.json': bad };
  const { findings, counts, rows } = await check(files, { maxRows: 2, maxFiles: 2 });
  expect(findings[0]).toMatchObject({ rule: 'required', path: '/timestamp', count: 4 });
  expect(counts).toMatchObject({ rows: 4, rejected: 4 });
  expect(rows).toBe(9);
});

test('the schema replaces what is guessed about rows without one', async () => {
  const record = RowSchema.from({ type: 'object', properties: { timestamp: { type: 'integer' } } });
  const row = `{"timestamp": 5, "identityMap": 1}\n`;
  const { findings } = await check({ 'rows.json': row }, { schema: record });
  expect(findings).toMatchObject([{ rule: 'unknown-field', path: '/identityMap' }]);
});

test('kinds without number are counted, and not all are listed', async () => {
  const lines = Array.from(
    { length: 500 },
    (_, at) => `{"_id":"${at}","timestamp":"${TIME}","x${at}":1}`,
  );
  const result = await check({ 'rows.json': lines.join('\n') });
  expect(result.warnings).toBe(500);
  expect(result.findings).toHaveLength(101);
  expect(result.findings.at(-1)).toMatchObject({ count: 400 });
});

const MEMBERS = RowSchema.from({
  type: 'object',
  'meta:extends': ['https://ns.adobe.com/xdm/data/adhoc'],
  properties: {
    _a1b2: {
      type: 'object',
      required: ['id'],
      properties: {
        id: { type: 'string' },
        age: { type: 'integer' },
        price: { type: 'number' },
        isNew: { type: 'boolean' },
        day: { type: 'string', format: 'date' },
        time: { type: 'string', format: 'date-time' },
      },
    },
  },
});

test('the values of CSV are read by the types of their columns', async () => {
  const text = [
    'id,age,price,isNew,day,time',
    `a,12,1.5e3,true,2026-01-31,${TIME}`,
    'b,-1,.5,false,2024-02-29,1700000000000',
    '"c, d",,,,,NULL',
  ].join('\r\n');
  const result = await check(
    { 'rows.csv': text },
    { schema: MEMBERS, csv: { nullMarker: 'NULL' } },
  );
  expect(result.findings.filter(({ level }) => level !== 'note')).toEqual([]);
  expect(result.counts).toEqual({ rows: 3, failing: 0, rejected: 0, skipped: 0 });
});

test('each value of CSV that is not of its type has a finding with its line', async () => {
  const text = `id,Age,price,isNew,day,time,pice,xdm:x\n,1.5,1e,yes,20260131,2026-01-31,1,1\nb,"1\n2",,,,,1,1\n`;
  for (const windowBytes of [46, 1024]) {
    const options = { schema: MEMBERS, deep: true, windowBytes };
    const { findings, counts } = await check({ 'rows.csv': text }, options);
    expect(
      findings.map(
        ({ level, rule, path, line, count }) => `${level} ${rule} ${path} ${line} ${count}`,
      ),
    ).toEqual(
      expect.arrayContaining([
        'note name /Age 1 1',
        'warning unknown-field /pice 1 1',
        'error name /xdm:x 1 1',
        'error required /id 2 1',
        'error type /age 2 2',
        'error type /price 2 1',
        'error type /isNew 2 1',
        'error date /day 2 1',
        'error date /time 2 1',
      ]),
    );
    expect(counts).toEqual({ rows: 2, failing: 1, rejected: 2, skipped: 0 });
  }
});

test('CSV of a schema that is not flat is one error', async () => {
  const { findings } = await check({ 'rows.csv': '_id,timestamp\n1,2\n' });
  expect(findings.filter(({ level }) => level === 'error')).toMatchObject([
    { rule: 'file-format', effect: 'batch-fails', fix: expect.stringContaining('convert') },
  ]);
});

test('an _id that is a number is compared as the text that it is loaded as', async () => {
  const rows = [1, '1', 2].map((_id) => JSON.stringify({ _id, timestamp: TIME }));
  const { findings } = await check({ 'rows.json': rows.join('\n') });
  expect(findings.filter(({ rule }) => rule === 'duplicate')).toMatchObject([
    { path: '/_id', line: 2, count: 1, value: '1' },
  ]);
});

test('an integer of CSV that no number holds is compared by its digits, and a file has no path of a row', async () => {
  const properties = { total: { type: 'integer', 'meta:xdmType': 'long' } };
  const text = 'total\n9007199254740992\n9007199254740993\n';
  const flat = RowSchema.from({ type: 'object', properties });
  const { findings } = await check({ 'rows.csv': text }, { schema: flat });
  expect(findings).toMatchObject([
    { level: 'warning', rule: 'range', path: '/total', line: 2 },
    { level: 'error', rule: 'range', path: '/total', line: 3, value: '9007199254740993' },
    { level: 'note' },
  ]);
  const nested = await check({ 'rows.csv': 'total\n1\n' });
  expect(nested.findings[0]?.message).toMatch(/^CSV has only columns/);
});

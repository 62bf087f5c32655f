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

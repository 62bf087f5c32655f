import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { walk } from '../../src/ingest/walk.js';
import { preflight } from '../../src/preflight/preflight.js';
import { BatchCheck, convertFile, RowSchema, sampleRows } from '../../src/schema/index.js';
import { toJsonValue } from '../../src/schema/parquet-columns.js';
import type { SourceFile } from '../../src/upload/source.js';
import { chooseCount } from '../support/scale.js';

jest.setTimeout(120_000); // many cases, on a machine that may be busy

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-convert-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function openFile(name: string): Promise<SourceFile> {
  const { files } = await walk([join(folder, name)]);
  for await (const file of files) return file;
  throw new Error(`There is no ${name}.`);
}

type Node = Readonly<Record<string, unknown>>;
const SCALARS: readonly Node[] = [
  { type: 'string' },
  { type: 'number' },
  { type: 'boolean' },
  { type: 'string', format: 'date' },
  { type: 'string', format: 'date-time' },
  ...['byte', 'short', 'int', 'long'].map((name) => ({ type: 'integer', 'meta:xdmType': name })),
];
const scalar = fc.constantFrom(...SCALARS);
const toObject = (fields: Readonly<Record<string, Node>>): Node => ({
  type: 'object',
  'meta:xdmType': 'object',
  properties: fields,
});
const names = fc.constantFrom('a', 'b1', 'first name', 'Ünï', 'value', 'key', 'list');
const object = (inner: fc.Arbitrary<Node>) =>
  fc.dictionary(names, inner, { minKeys: 1, maxKeys: 4, noNullPrototype: true }).map(toObject);
const flat = object(fc.oneof(scalar, object(fc.oneof(scalar, object(scalar)))));
const list = (inner: fc.Arbitrary<Node>) => inner.map((items): Node => ({ type: 'array', items }));
const map = (inner: fc.Arbitrary<Node>) =>
  inner.map(
    (additionalProperties): Node => ({
      type: 'object',
      'meta:xdmType': 'map',
      additionalProperties,
    }),
  );
const nested = object(
  fc.oneof(scalar, list(scalar), map(scalar), list(object(scalar)), map(list(object(scalar)))),
);

/** The cells of a row, by the names of their columns. */
function listCells(value: object, prefix: string): [string, unknown][] {
  return Object.entries(value).flatMap(([name, inner]): [string, unknown][] =>
    typeof inner === 'object'
      ? listCells(inner, `${prefix}${name}.`)
      : [[`${prefix}${name}`, inner]],
  );
}

function toCsv(rows: readonly object[]): string {
  const cells = rows.map((row) => new Map(listCells(row, '')));
  const columns = [...new Set(cells.flatMap((row) => [...row.keys()]))];
  const quote = (one: unknown) => `"${String(one ?? '').replaceAll('"', '""')}"`;
  return [columns, ...cells.map((row) => columns.map((name) => row.get(name)))]
    .map((row) => `${row.map(quote).join(',')}\n`)
    .join('');
}

/** Times as milliseconds: Parquet keeps no zone and no zeros. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value), (_, one) =>
    typeof one === 'string' && /^\d{4}-\d\d-\d\dT.*Z$/.test(one) ? Date.parse(one) : one,
  );

async function readParquet(schema: RowSchema): Promise<unknown[]> {
  const file = await asyncBufferFromFile(join(folder, 'out'));
  const rows = await parquetReadObjects({ file });
  return rows.map((row) => toJsonValue(row, schema.root));
}

async function check(schema: RowSchema): Promise<unknown> {
  const rowChecker = new BatchCheck(schema);
  const { files } = await walk([join(folder, 'out')]);
  const { findings } = await preflight(files, { deep: true, rowChecker });
  return findings.filter(({ rule }) => rule !== 'size' && rule !== 'header');
}

const draw = (node: Node, seed: number, count: number) => {
  const schema = RowSchema.from(node, { strict: true });
  return { schema, rows: [...sampleRows(schema, { seed, count })] };
};

test('rows in columns of CSV convert to the same rows, in JSON and in Parquet', async () => {
  const property = fc.asyncProperty(flat, fc.nat(), async (node, seed) => {
    const { schema, rows } = draw(node, seed, 4);
    await writeFile(join(folder, 'rows.csv'), toCsv(rows));
    const file = await openFile('rows.csv');
    const csv = { delimiter: ',', quote: '"', escape: '"' };
    const convert = (to: 'json' | 'parquet') =>
      convertFile(file, schema, { to, out: join(folder, 'out'), csv, format: 'csv' });
    expect(await convert('json')).toMatchObject({ errors: 0, rows: 4 });
    const lines = (await readFile(join(folder, 'out'), 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(rows);
    expect(await convert('parquet')).toMatchObject({ errors: 0, rows: 4 });
    expect((await readParquet(schema)).map(plain)).toEqual(rows.map(plain));
    expect(await check(schema)).toEqual([]);
  });
  await fc.assert(property, { numRuns: chooseCount({ quick: 8, deep: 200 }) });
});

test('nested rows of JSON convert to Parquet that reads back as the same rows', async () => {
  const property = fc.asyncProperty(nested, fc.nat(), async (node, seed) => {
    const { schema, rows } = draw(node, seed, 4);
    await writeFile(join(folder, 'rows.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
    const out = join(folder, 'out');
    const result = await convertFile(await openFile('rows.jsonl'), schema, { to: 'parquet', out });
    expect(result).toMatchObject({ errors: 0, rows: 4 });
    expect((await readParquet(schema)).map(plain)).toEqual(rows.map(plain));
    expect(await check(schema)).toEqual([]);
  });
  await fc.assert(property, { numRuns: chooseCount({ quick: 12, deep: 300 }) });
});

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import type { SchemaElement } from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter } from 'hyparquet-writer';
import { expectJson, useDesk } from '../support/command.js';

jest.setTimeout(20_000); // a machine that may be busy
const desk = useDesk();

const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
const OPTIONAL = { repetition_type: 'OPTIONAL' } as const;
const REQUIRED = { repetition_type: 'REQUIRED' } as const;
const REPEATED = { repetition_type: 'REPEATED' } as const;

/**
 * Writes columns as one schema has them, and names another one in the footer, whose columns have the same levels:
 * the writer takes lists of three levels alone.
 */
async function writeForeign(
  written: readonly SchemaElement[],
  named: readonly SchemaElement[],
  columnData: ColumnSource[],
): Promise<void> {
  const writer = new ByteWriter();
  const root = { name: 'schema', num_children: columnData.length };
  const parquet = new ParquetWriter({ writer, schema: [root, ...written] });
  await parquet.write({ columnData });
  parquet.schema = [root, ...named];
  const paths = listLeaves(parquet.schema);
  for (const { columns } of parquet.row_groups) {
    for (const [at, { meta_data }] of columns.entries()) {
      if (meta_data !== undefined) meta_data.path_in_schema = paths[at] ?? [];
    }
  }
  await parquet.finish();
  await writeFile(join(desk.folder, 'rows.parquet'), new Uint8Array(writer.getBuffer()));
}

function listLeaves(schema: readonly SchemaElement[]): string[][] {
  let next = 1;
  const read = (count: number): string[][] =>
    Array.from({ length: count }, () => {
      const { name, num_children: children } = schema[next++] ?? { name: '' };
      return children === undefined ? [[name]] : read(children).map((path) => [name, ...path]);
    }).flat();
  return read(schema[0]?.num_children ?? 0);
}

async function check(properties: object): Promise<unknown> {
  await desk.file('schema.json', JSON.stringify({ type: 'object', properties }));
  const ended = await desk.run([
    'check',
    'rows.parquet',
    '--deep',
    '--schema',
    'schema.json',
    '--json',
  ]);
  const { findings } = expectJson(ended, 'check');
  return (findings as { level: string; rule: string }[]).filter(
    ({ level, rule }) => level === 'error' || rule === 'type',
  );
}

const tags = { type: 'array', items: { type: 'string', enum: ['a', 'b'] } };
const TAGS: ColumnSource[] = [{ name: 'tags', data: [['a', 'c'], ['b'], null] }];
const list = (...inner: SchemaElement[]): SchemaElement[] => [
  { name: 'tags', num_children: 1, converted_type: 'LIST', ...OPTIONAL },
  ...inner,
];
const WRITTEN = list(
  { name: 'list', num_children: 1, ...REPEATED },
  { name: 'element', ...text, ...REQUIRED },
);
const BAD_TAG = { level: 'error', rule: 'enum', path: '/tags/1', count: 1, value: 'c' };

test.each([
  ['of two levels', list({ name: 'array', ...text, ...REPEATED })],
  ['of two levels with another name', list({ name: 'element', ...text, ...REPEATED })],
  [
    'of Hive',
    list(
      { name: 'bag', num_children: 1, ...REPEATED },
      { name: 'array_element', ...text, ...REQUIRED },
    ),
  ],
])('the elements of a LIST %s are checked as those of an array', async (_, named) => {
  await writeForeign(WRITTEN, named, TAGS);
  expect(await check({ tags })).toMatchObject([BAD_TAG]);
});

test('a column that is repeated without a LIST is checked as an array', async () => {
  await writeForeign(
    list(
      { name: 'list', num_children: 1, ...REPEATED },
      { name: 'element', ...text, ...REQUIRED },
    ).map((one) => (one.name === 'tags' ? { ...one, ...REQUIRED } : one)),
    [{ name: 'tags', ...text, ...REPEATED }],
    [{ name: 'tags', data: [['a', 'c'], ['b'], []] }],
  );
  expect(await check({ tags })).toMatchObject([BAD_TAG]);
});

test('objects in a LIST of two levels are checked with their fields', async () => {
  const fields = (...inner: SchemaElement[]): SchemaElement[] => [
    ...inner,
    { name: 'name', ...text, ...OPTIONAL },
    { name: 'count', type: 'INT32', ...OPTIONAL },
  ];
  await writeForeign(
    list(
      { name: 'list', num_children: 1, ...REPEATED },
      ...fields({ name: 'element', num_children: 2, ...REQUIRED }),
    ),
    list(...fields({ name: 'array', num_children: 2, ...REPEATED })),
    [
      {
        name: 'tags',
        data: [
          [
            { name: 'x', count: 1 },
            { name: 'y', count: 10 },
          ],
          [],
        ],
      },
    ],
  );
  const items = {
    type: 'object',
    properties: { name: { type: 'string' }, count: { type: 'integer', maximum: 9 } },
  };
  expect(await check({ tags: { type: 'array', items } })).toMatchObject([
    { level: 'error', rule: 'range', path: '/tags/1/count', count: 1, value: 10 },
  ]);
});

test.each([
  ['MAP', 'key_value'],
  ['MAP_KEY_VALUE', 'map'],
  ['MAP', 'entries'],
] as const)(
  'the values of a %s with the group %s are checked as those of a map',
  async (type, group) => {
    const columns = (converted_type: 'MAP' | 'MAP_KEY_VALUE', name: string): SchemaElement[] => [
      { name: 'counts', num_children: 1, converted_type, ...OPTIONAL },
      { name, num_children: 2, ...REPEATED },
      { name: 'key', ...text, ...REQUIRED },
      { name: 'value', type: 'INT32', ...OPTIONAL },
    ];
    await writeForeign(columns('MAP', 'key_value'), columns(type, group), [
      { name: 'counts', data: [{ one: 1, ten: 10 }, { two: 2 }, null] },
    ]);
    const additionalProperties = { type: 'integer', 'meta:xdmType': 'int', maximum: 9 };
    const counts = { type: 'object', 'meta:xdmType': 'map', additionalProperties };
    expect(await check({ counts })).toMatchObject([
      { level: 'error', rule: 'range', path: '/counts/ten', count: 1, value: 10 },
    ]);
  },
);

test('an object of one field in a LIST of two levels is not taken for its field', async () => {
  const field = { name: 'name', ...text, ...REQUIRED };
  const element = { num_children: 1, ...REQUIRED, name: 'element' };
  await writeForeign(
    list({ name: 'list', num_children: 1, ...REPEATED }, element, field),
    list({ name: 'array', num_children: 1, ...REPEATED }, field),
    [{ name: 'tags', data: [[{ name: 'a' }, { name: 'c' }], []] }],
  );
  const items = { type: 'object', properties: { name: tags.items } };
  expect(await check({ tags: { type: 'array', items } })).toMatchObject([
    { ...BAD_TAG, path: '/tags/1/name' },
  ]);
});

test('a LIST that only the newer annotation names is an array', async () => {
  const [tagsColumn, ...inner] = WRITTEN;
  if (tagsColumn === undefined) throw new Error('There is no column.');
  const { converted_type: _, ...bare } = tagsColumn;
  await writeForeign(WRITTEN, [{ ...bare, logical_type: { type: 'LIST' } }, ...inner], TAGS);
  expect(await check({ tags })).toMatchObject([BAD_TAG]);
});

test('a MAP whose keys are numbers is a warning', async () => {
  const columns: SchemaElement[] = [
    { name: 'counts', num_children: 1, converted_type: 'MAP', ...OPTIONAL },
    { name: 'key_value', num_children: 2, ...REPEATED },
    { name: 'key', type: 'INT32', ...REQUIRED },
    { name: 'value', type: 'INT32', ...OPTIONAL },
  ];
  await writeForeign(columns, columns, [{ name: 'counts', data: [new Map([[5, 1]])] }]);
  const counts = {
    type: 'object',
    'meta:xdmType': 'map',
    additionalProperties: { type: 'integer' },
  };
  expect(await check({ counts })).toMatchObject([
    { level: 'warning', rule: 'type', path: '/counts', value: 'INT32' },
  ]);
});

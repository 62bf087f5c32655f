import { describe, expect, test } from '@jest/globals';
import { type FileMetaData, parquetMetadata } from 'hyparquet';
import { ByteWriter, parquetWriteBuffer } from 'hyparquet-writer';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';
import { preflight } from '../../src/preflight/preflight.js';
import type { PreflightOptions } from '../../src/preflight/types.js';
import { useFolder } from '../support/sources.js';

const createSource = useFolder();
const check = async (files: Record<string, string | Buffer>, options: PreflightOptions = {}) => {
  const sources = Object.entries(files).map(([name, content]) => createSource(name, content));
  return preflight(await Promise.all(sources), options);
};

describe('JSON that is accepted and probably wrong is a warning', () => {
  const EVENT = '"timestamp":"2026-01-31T12:00:00Z","eventType":"x"';
  const identity = (map: string) => `{"identityMap":${map}}`;
  test.each<[string, string, string, string]>([
    ['an integer above 2^53-1', '{"a":{"b/c":[9007199254740993]}}', 'range', '/a/b~1c/0'],
    ['a large negative integer', '{"a":-123456789012345678}', 'range', '/a'],
    ['a number beyond a double', '{"a":"1e999","b":[1e308,-1e400]}', 'range', '/b/1'],
    [
      'a name twice',
      '{"a":1,"b":[{"c":"a","a":2},{"x/y":3,"x\\u002fy":4}]}',
      'duplicate',
      '/b/1/x~1y',
    ],
    ['rows in a list', '{"count":2,"data":[{"a":1},{"a":2}]}', 'type', '/data'],
    ['rows in lists', '{"page":[{"a":1}]}\n{"page":[{"a":2}]}', 'type', '/page'],
    ['seconds', '{"timestamp":1767225600}', 'date', '/timestamp'],
    ['no zone', '{"timestamp":"2026-01-31T12:00:00"}', 'date', '/timestamp'],
    ['a day alone', '{"timestamp":"2026-01-31"}', 'date', '/timestamp'],
    ['an event without _id', `{${EVENT}}`, 'required', '/_id'],
    ['a doubled _id', '{"_id":"x","a":1}\n{"_id":"y"}\n{"_id":"x"}', 'duplicate', '/_id'],
    ['an _id that is a number', '{"_id":1}', 'type', '/_id'],
    ['some rows without _id', '{"_id":"x"}\n{"a":1}', 'required', '/_id'],
    ['identityMap as an array', identity('[{"id":"x"}]'), 'identity', '/identityMap'],
    ['a namespace as an object', identity('{"Email":{"id":"x"}}'), 'identity', '/identityMap'],
    ['a namespace as text', identity('{"Email":"x"}'), 'identity', '/identityMap'],
    ['an identity as text', identity('{"Email":["x"]}'), 'identity', '/identityMap'],
    ['an identity without id', identity('{"Email":[{"xid":"x"}]}'), 'identity', '/identityMap'],
    [
      'primary as text',
      identity('{"E":[{"id":"x","primary":"true"}]}'),
      'identity',
      '/identityMap',
    ],
    [
      'two primaries',
      identity('{"E":[{"id":"x","primary":true}],"F":[{"id":"y","primary":true}]}'),
      'identity',
      '/identityMap',
    ],
  ])('%s', async (_, rows, rule, path) => {
    for (const text of [rows, `[${rows.split('\n').join(',')}]`]) {
      const { findings, errors } = await check({ 'a.json': text });
      expect(findings).toMatchObject([{ level: 'warning', rule, path, count: 1 }]);
      expect(errors).toBe(0);
    }
  });

  test('an _id that another file has, too, is a warning', async () => {
    const { findings } = await check({ 'a.json': '{"_id":"x"}\n', 'b.json': '{"_id":"x"}\n' });
    expect(findings).toMatchObject([{ rule: 'duplicate', path: '/_id', count: 1 }]);
  });

  test.each([
    '{"a":9007199254740991,"b":1e300,"c":"12345678901234567890","d":0.12345678901234567}',
    '{"timestamp":1767225600000,"a":1}',
    '{"_id":"x","timestamp":"2026-01-31T12:00:00.123+01:00","eventType":"x"}',
    '{"identityMap":{"Email":[{"id":"x","primary":true,"authenticatedState":"loggedOut"}],"F":[]}}',
  ])('%s has no warning', async (text) => {
    expect((await check({ 'a.json': text })).findings).toEqual([]);
  });
});

describe('a file that holds no data is an error whatever its name', () => {
  test.each<[string, string, string]>([
    [
      'a page',
      '\n<!DOCTYPE html><html><body>Sign in, please</body></html>',
      'an HTML page and no data',
    ],
    ['a page without a doctype', '<HTML lang="en">', 'an HTML page'],
    [
      'an S3 error',
      '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>',
      'an error response of a storage service (AccessDenied) and no data. Download',
    ],
    ['XML', '<?xml version="1.0"?><rows/>', 'this is XML'],
    [
      'a Git LFS pointer',
      'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n',
      'a Git LFS pointer and no data. Download the data with git lfs pull',
    ],
  ])('%s', async (_, text, says) => {
    for (const name of ['a.csv', 'a.json', 'a.parquet', 'part-0']) {
      const { findings, format } = await check({ [name]: text });
      expect(findings).toMatchObject([{ level: 'error', message: expect.stringContaining(says) }]);
      expect(format).toBeUndefined();
    }
  });
});

const utf16be = (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16();

describe('encodings', () => {
  test('UTF-16 with its mark is named with its byte order', async () => {
    const { findings } = await check({ 'a.csv': utf16be('a,b\n1,2\n') });
    expect(findings).toMatchObject([
      { rule: 'encoding', message: expect.stringContaining('UTF-16 (big-endian)') },
    ]);
  });

  test.each<[string, Buffer]>([
    ['Cp437', Buffer.from('größe,b\n1,2\n', 'latin1')],
    ['ISO8859_1', Buffer.from('größe,b\n1,2\n', 'latin1')],
    ['Cp1252', Buffer.from('größe,b\n1,2\n', 'latin1')],
    ['UTF_8', Buffer.from('größe,b\n1,2\n')],
    ['UTF8', Buffer.from('größe,b\n1,2\n')],
    ['US_ASCII', Buffer.from('a,b\n1,2\n')],
    ['UTF-16', utf16be('a,b\n1,2\n')],
    ['UTF_16LE', Buffer.from('a,b\n1,2\n', 'utf16le')],
  ])('the charset %s of Java is known', async (charset, content) => {
    const { rows, errors } = await check({ 'a.csv': content }, { csv: { charset } });
    expect({ rows, errors }).toEqual({ rows: 1, errors: 0 });
  });
});

test('a CSV header that begins with PAR1 is not taken for Parquet', async () => {
  for (const name of ['a.csv', 'part-0']) {
    const { format, errors } = await check({ [name]: 'PAR1,b\n1,2\n' });
    expect({ format, errors }).toEqual({ format: 'csv', errors: 0 });
  }
});

type Columns = Parameters<typeof parquetWriteBuffer>[0]['columnData'];
const write = (columnData: Columns, codec: 'UNCOMPRESSED' | 'SNAPPY' = 'SNAPPY'): Buffer =>
  Buffer.from(parquetWriteBuffer({ columnData, codec }));
const numbers = (rows: number) => Array.from({ length: rows }, (_, at) => (at * 7919) % 10_007);
const SOUND = write([
  { name: 'a', data: numbers(5000), type: 'INT32' },
  { name: 'b', data: numbers(5000).map((number) => `v${number}`), type: 'STRING' },
]);
const withMetadata = (bytes: Buffer, change: (metadata: FileMetaData) => void): Buffer => {
  const metadata = parquetMetadata(bytes);
  const footer = new ByteWriter();
  change(metadata);
  writeMetadata(footer, metadata);
  const end = bytes.length - 8 - parquetMetadata(bytes).metadata_length;
  return Buffer.concat([bytes.subarray(0, end), footer.getBytes(), Buffer.from('PAR1')]);
};

describe('Parquet', () => {
  test('joined files are an error', async () => {
    const other = write([{ name: 'a', data: numbers(20_000), type: 'INT32' }]);
    for (const parts of [
      [SOUND, other],
      [other, SOUND],
      [SOUND, SOUND, other],
    ]) {
      const { findings } = await check({ 'a.parquet': Buffer.concat(parts) });
      expect(findings).toMatchObject([
        { level: 'error', message: expect.stringContaining('two Parquet files were joined') },
      ]);
    }
  });

  test('damaged pages are found by a deep check', async () => {
    expect((await check({ 'a.parquet': SOUND }, { deep: true })).findings).toEqual([]);
    const { row_groups: groups } = parquetMetadata(SOUND);
    const data = groups[0]?.columns[1]?.meta_data;
    const start = Number(data?.dictionary_page_offset ?? data?.data_page_offset);
    for (const damage of [
      Buffer.alloc(40),
      Buffer.alloc(40, 0xff),
      Buffer.from('lorem ipsum '.repeat(4)),
    ]) {
      const bytes = Buffer.from(SOUND);
      damage.copy(bytes, start);
      const { findings } = await check({ 'a.parquet': bytes }, { deep: true });
      expect(findings).toMatchObject([{ level: 'error', path: '/b' }]);
    }
  });

  test('a number of values that its pages do not have is found by a deep check', async () => {
    const short = withMetadata(SOUND, (metadata) => {
      metadata.num_rows--;
      for (const group of metadata.row_groups.slice(0, 1)) {
        group.num_rows--;
        for (const { meta_data } of group.columns) if (meta_data) meta_data.num_values--;
      }
    });
    const { findings } = await check({ 'a.parquet': short }, { deep: true });
    expect(findings[0]?.message).toMatch(/its pages have [\d,]+ values, but the footer says \d+/);
  });

  test('two columns of one name are an error, and two that differ in case a warning', async () => {
    const same = write([
      { name: 'a', data: [1], type: 'INT32' },
      { name: 'a', data: [1], type: 'INT32' },
    ]);
    const alike = write([
      { name: 'a', data: [1], type: 'INT32' },
      { name: 'A', data: [1], type: 'INT32' },
    ]);
    const rule = 'duplicate';
    expect((await check({ a: same })).findings).toMatchObject([
      { level: 'error', rule, path: '/a' },
    ]);
    expect((await check({ a: alike })).findings).toMatchObject([{ level: 'warning', rule }]);
  });

  test('a column with two types in one batch is a warning that names both', async () => {
    const integers = write([{ name: 'a', data: [1], type: 'INT32' }]);
    const doubles = write([{ name: 'a', data: [1], type: 'DOUBLE' }]);
    const files = { 'a.parquet': integers, 'b.parquet': doubles, 'c.parquet': doubles };
    expect((await check(files)).findings).toMatchObject([
      {
        level: 'warning',
        rule: 'type',
        path: '/a',
        count: 2,
        places: [{ file: 'b.parquet' }, { file: 'c.parquet' }],
        message: expect.stringContaining('is DOUBLE, but INT32 in a.parquet'),
      },
    ]);
  });

  test.each(['MICROS', 'NANOS', 'INT96'])('timestamps in %s are a warning', async (unit) => {
    const sound = write([{ name: 't', data: [1n], type: 'INT64' }]);
    const bytes = withMetadata(sound, ({ schema, row_groups: groups }) => {
      for (const { meta_data } of groups.flatMap(({ columns }) => columns)) {
        if (meta_data) delete meta_data.statistics;
      }
      for (const element of schema.slice(1)) {
        if (unit === 'INT96') element.type = 'INT96';
        else {
          element.logical_type = {
            type: 'TIMESTAMP',
            isAdjustedToUTC: true,
            unit: unit === 'MICROS' ? 'MICROS' : 'NANOS',
          };
        }
      }
    });
    expect((await check({ 'a.parquet': bytes })).findings).toMatchObject([
      { level: 'warning', rule: 'date', path: '/t', message: expect.stringContaining(unit) },
    ]);
  });

  test('a column that some of the files lack is one warning that names both', async () => {
    const column = (name: string) => ({ name, data: [1], type: 'INT32' as const });
    const files = {
      'part-0.parquet': write([column('a'), column('b')]),
      'part-1.parquet': write([column('a'), column('c')]),
      'part-2.parquet': write([column('a'), column('c')]),
    };
    const { findings, errors } = await check(files);
    expect(errors).toBe(0);
    expect(findings).toMatchObject([
      { level: 'warning', rule: 'columns', path: '/c', file: 'part-1.parquet', count: 1 },
      { level: 'warning', rule: 'columns', path: '/b', file: 'part-1.parquet', count: 2 },
    ]);
  });

  test('two columns of one name and two types in one file are one error', async () => {
    const twice = write([
      { name: 'a', data: [1], type: 'INT32' },
      { name: 'a', data: [1], type: 'DOUBLE' },
    ]);
    const { findings } = await check({ 'a.parquet': twice });
    expect(findings).toMatchObject([{ level: 'error', rule: 'duplicate', path: '/a' }]);
    expect(findings).toHaveLength(1);
  });

  test('a file without rows is a warning: Spark writes such parts', async () => {
    const empty = write([{ name: 'a', data: [], type: 'INT32' }]);
    const files = {
      'part-0.parquet': empty,
      'part-1.parquet': write([{ name: 'a', data: [1], type: 'INT32' }]),
    };
    const { findings, rows, errors } = await check(files);
    expect({ rows, errors }).toEqual({ rows: 1, errors: 0 });
    expect(findings).toMatchObject([{ level: 'warning', rule: 'empty', file: 'part-0.parquet' }]);
  });
});

test('lists beside other values, and lists in ordinary rows, are not taken for the rows', async () => {
  const order = '{"orderId":5,"items":[{"sku":"x"}]}';
  const { findings } = await check({
    'a.json': `${order}\n`,
    'b.json': '{"data":[{"a":1}],"person":{"name":"x"}}\n',
    'c.json': `{"only":[{"a":1}]}\n${order}\n`,
  });
  expect(findings).toEqual([]);
});

test.each([
  ['a.json', '{"a":1}\n'],
  ['a.parquet', undefined],
])('CSV options for files that are not CSV are rejected: %s', async (name, text) => {
  const bytes = text ?? Buffer.from(parquetWriteBuffer({ columnData: [{ name: 'a', data: [1] }] }));
  const checked = check({ [name]: bytes }, { csv: { delimiter: ';' } });
  await expect(checked).rejects.toMatchObject({
    name: 'InvalidInputError',
    field: 'csv.delimiter',
  });
});

test('names without quotes, odd white space and text named Parquet get advice', async () => {
  const advice = async (name: string, text: string) =>
    (await check({ [name]: text })).findings.map(({ message }) => message).join('\n');
  expect(await advice('a.json', '{a: 1}\n')).toContain('Put names in double quotes');
  expect(await advice('b.json', '{"a":\u00a01}\n')).toContain('unexpected `\\u00a0`');
  expect(await advice('c.parquet', 'id,name\n1,x\n')).toContain('this is text, such as CSV');
});

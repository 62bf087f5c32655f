/** Rejected rows and the lines that they come from: right, or none. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { RowError } from '../../src/index.js';
import {
  type RejectedRowsOptions,
  rejectedRows,
  type UploadedSource,
} from '../../src/ingest/rejected-rows.js';
import { all } from '../support/client.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-rejected-'));
});
afterAll(() => rm(folder, { recursive: true }));

let count = 0;
/** A source of this machine. */
async function source(content: string | Buffer, path = 'a.jsonl'): Promise<UploadedSource> {
  const localPath = join(folder, `${count++}`);
  await writeFile(localPath, content);
  return { path, localPath };
}

interface Reported {
  record?: string;
  columns?: object;
  file?: string | undefined;
}
const toRow = ({ record, columns, file = 'a.jsonl' }: Reported): RowError => ({
  ...columns,
  _errors: [{ code: '1401', message: 'bad' }],
  ...(record === undefined ? {} : { _corrupt_record: record }),
  ...(file === '' ? {} : { _filename: file }),
  diagnosticFile: 'errors_0.json',
});

async function* none(): AsyncGenerator<never, void> {}
const toReports = (rows: readonly Reported[]) => ({
  async *rowErrors() {
    for (const row of rows) yield toRow(row);
  },
  failedFiles: none,
  failedRows: none,
});

/** The lines that are found, with their files where there are several. */
async function lines(
  rows: readonly Reported[],
  sources: readonly UploadedSource[],
  options?: RejectedRowsOptions,
) {
  const found = await all(rejectedRows(toReports(rows), 'b', sources, options));
  expect(found).toHaveLength(rows.length);
  return found.map(({ file, line }) =>
    sources.length === 1 || line === undefined ? line : `${file}:${line}`,
  );
}
const records = (...texts: string[]): Reported[] => texts.map((record) => ({ record }));

describe('the line of a row in JSON Lines', () => {
  test('is found in any order of the report', async () => {
    const file = await source('{"n":1}\n{"n":2\n{"n":3}\nbad\n{"n":5}\n{"last');
    expect(await lines(records('{"last', 'bad', '{"n":2'), [file])).toEqual([6, 4, 2]);
  });

  test('does not depend on white space at its ends, a byte order mark, or \\r\\n', async () => {
    const file = await source('\uFEFF{"a\r\n\t {"b \r\n\r\n{"c\u00a0\n');
    expect(await lines(records('{"a', ' {"b', '{"c\u00a0', '{"c'), [file])).toEqual([
      1,
      2,
      4,
      undefined,
    ]);
  });

  test('counts \\r, \\n and \\r\\n as line ends', async () => {
    const file = await source('x\r\r\ny\rz\n\nv\r\nw\r');
    expect(await lines(records('x', 'y', 'z', 'v', 'w'), [file])).toEqual([1, 3, 4, 6, 7]);
  });

  test('is that of its bytes where these are not UTF-8, as the report cannot have them', async () => {
    const file = await source(Buffer.from('{"a":"\xe9\n{"b":"\xe9\n', 'latin1'));
    expect(await lines(records('{"b":"\uFFFD', '{"a":"\uFFFD'), [file])).toEqual([2, 1]);
  });

  test('is distinct for equal rows, however many, if there are as many lines', async () => {
    const file = await source(`${'bad\n{"a":1}\n'.repeat(2500)}`);
    const found = await lines(records(...Array<string>(2500).fill('bad')), [file]);
    expect(found).toEqual(Array.from({ length: 2500 }, (_, at) => 2 * at + 1));
  });

  test.each([
    ['fewer rows than equal lines', ['x'], 'x\nx\n'],
    ['more rows than equal lines', ['x', 'x'], 'x\n'],
    ['a row that was cut', ['{"long": "te'], '{"long": "text\n'],
    ['a row without text', [' '], '\n\n'],
  ])('is not stated for %s', async (_, rows, text) => {
    const file = await source(`${text}sure\n`);
    const found = await lines(records(...rows, 'sure'), [file]);
    expect(found).toEqual([...rows.map(() => undefined), expect.any(Number)]);
  });

  test('is that of a parsed row with the same values, in any order of fields', async () => {
    const file = await source(
      '{"a":1,"b":{"x":1,"y":null}}\n{"b":2,"a":1}\n{"a":1,"b":2}\n{"c":"é"}\n',
    );
    const columns = [{ b: { x: 1 }, a: 1 }, { c: '\u00e9' }, { a: 1, b: 2 }, {}];
    expect(
      await lines(
        columns.map((one) => ({ columns: one })),
        [file],
      ),
    ).toEqual([1, 4, undefined, undefined]);
  });

  test('is right across the chunks that a large file is read in', async () => {
    const long = (n: number) => `{"n":${n},"pad":"${'ü'.repeat(n % 700)}"`;
    const file = await source(Array.from({ length: 6000 }, (_, n) => long(n)).join('\n'));
    const wanted = [0, 1, 2999, 3000, 5998, 5999];
    expect(await lines(records(...wanted.map(long)), [file])).toEqual(wanted.map((n) => n + 1));
  });

  test('is right after a line of 20 MB, which has none', async () => {
    const long = 'x'.repeat(20_000_000);
    const file = await source(`a\n${long}\nb\n`);
    expect(await lines(records('b', 'a'), [file])).toEqual([3, 1]);
  });
});

describe('the source of a row', () => {
  test('is the one that the report names, with or without folders', async () => {
    const sources = [await source('x\n', 'day=1/a.json'), await source('y\nx\n', 'day=2/b.json')];
    const rows = ['a.json', '/batch/1/day=2/b.json', 'day=2/b.json'].map((file, at) => ({
      file,
      record: at < 2 ? 'x' : 'y',
    }));
    expect(await lines(rows, sources)).toEqual([
      'day=1/a.json:1',
      'day=2/b.json:2',
      'day=2/b.json:1',
    ]);
  });

  test('is found where the report names none, or its own file', async () => {
    const sources = [await source('x\ny\n', 'a.json'), await source('z\ny\n', 'b.json')];
    const rows = [
      { file: '', record: 'z' },
      { file: 'errors_0.json', record: 'x' },
      { file: '', record: 'y' },
    ];
    expect(await lines(rows, sources)).toEqual(['b.json:1', 'a.json:1', undefined]);
  });

  test('of a row without a name is not stated if a row with one is equal', async () => {
    const file = await source('x\n');
    expect(await lines([{ file: '', record: 'x' }, { record: 'x' }], [file])).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('is the only one, if the report has one name of its own', async () => {
    const file = await source('x\ny\n');
    const named = (name: string, record: string) => ({ file: name, record });
    expect(await lines([named('part-0', 'x'), named('part-0', 'y')], [file])).toEqual([1, 2]);
    expect(await lines([named('part-0', 'x'), named('part-1', 'y')], [file])).toEqual([
      undefined,
      undefined,
    ]);
    expect(await lines([named('a.jsonl', 'x'), named('b.jsonl', 'y')], [file])).toEqual([
      1,
      undefined,
    ]);
  });

  test('gives no line if it is gone, a folder, or has another size by now', async () => {
    const file = await source('x\n');
    const others = [
      { ...file, localPath: folder },
      { ...file, localPath: join(folder, 'none') },
    ];
    for (const one of [...others, { ...file, sizeBytes: 5 }]) {
      expect(await lines(records('x'), [one])).toEqual([undefined]);
    }
    expect(await lines(records('x'), [{ ...file, sizeBytes: 2 }])).toEqual([1]);
  });
});

describe('the line of an element of a JSON array', () => {
  test('is the one that it begins in, however it is written', async () => {
    const file = await source(
      '\uFEFF[\n  {\n    "a": 1\n  }, {"b": "],[\\"{"},\n5\n,\n [1,\n2],\n{"c":3}\n]\n',
    );
    const rows: Reported[] = [
      { columns: { a: 1 } },
      { record: '{"b":"],[\\"{"}' },
      { record: '5' },
      { record: '[1,2]' },
      { columns: { c: 3 } },
    ];
    expect(await lines(rows, [file])).toEqual([2, 4, 5, 7, 9]);
  });

  test('is not stated for what stands in an element, or after one that is not JSON', async () => {
    const file = await source('[{"a":{"b":1}},\n{"x":{"a":1}},\n{oops]},\n{"c":3}]');
    const rows = [{ a: 1 }, { b: 1 }, { c: 3 }, { a: { b: 1 } }];
    expect(
      await lines(
        rows.map((columns) => ({ columns })),
        [file],
      ),
    ).toEqual([undefined, undefined, undefined, 1]);
  });

  test('is right where a chunk ends between the two characters of a line end', async () => {
    const start = `[{"a":1},${' '.repeat(1024 * 1024 - 10)}`; // all of the first chunk but one character
    for (const padding of ['', ' ', '  ', '   ']) {
      const file = await source(`${start}${padding}\r\n{"a":2},\r\n{"a":3}]`);
      expect(await lines([{ columns: { a: 2 } }, { columns: { a: 3 } }], [file])).toEqual([2, 3]);
    }
  });

  test('is right across the chunks that a large file is read in', async () => {
    const element = (n: number) => `{"n":${n},\n"s":"${'[,]'.repeat(n % 300)}"}`;
    const file = await source(
      `[${Array.from({ length: 5000 }, (_, n) => element(n)).join(',\n')}]`,
    );
    const wanted = [0, 1, 2500, 4999];
    const rows = wanted.map((n) => ({ columns: JSON.parse(element(n)) as object }));
    expect(await lines(rows, [file])).toEqual(wanted.map((n) => 2 * n + 1));
  });
});

describe('the line of a row of CSV', () => {
  const csv = (more: RejectedRowsOptions['inputFormat'] = {}) => ({
    inputFormat: { format: 'csv' as const, ...more },
  });
  const of = (...texts: string[]) => texts.map((record) => ({ record, file: 'a.csv' }));

  test('is the one that the row begins in, never one within a value', async () => {
    const file = await source('a,b\n1,"x\n2\ny"\r\n\r\n2\n3,"z\n\n4","5"\n6', 'a.csv');
    const rows = of('2', '3,"z\n\n4","5"', '6', '4","5"', 'a,b');
    expect(await lines(rows, [file], csv())).toEqual([6, 7, 10, undefined, undefined]);
    expect(await lines(of('2'), [file])).toEqual([undefined]); // how it is read is not known
  });

  test('depends on the options of the batch', async () => {
    const file = await source("a;b\n1;'x\n2\ny'\n2\n", 'a.csv');
    expect(await lines(of('2'), [file], csv())).toEqual([undefined]);
    expect(await lines(of('2'), [file], csv({ delimiter: ';', quote: "'" }))).toEqual([5]);
    const plain = await source('1\n2\n', 'a.csv');
    expect(await lines(of('1'), [plain], csv({ header: false }))).toEqual([1]);
    const latin = await source(Buffer.from('a\n\xe9,\n', 'latin1'), 'a.csv');
    expect(await lines(of('\u00e9,'), [latin], csv({ charset: 'ISO-8859-1' }))).toEqual([2]);
  });

  test('is right across the chunks that a large file is read in', async () => {
    const row = (n: number) => `${n},"${'x\n'.repeat(n % 300)}"`;
    const file = await source(
      `a,b\r\n${Array.from({ length: 6000 }, (_, n) => row(n)).join('\r\n')}`,
      'a.csv',
    );
    const starts: number[] = [2];
    for (let n = 0; n < 6000; n++) starts.push((starts[n] ?? 0) + (n % 300) + 1);
    const wanted = Array.from({ length: 600 }, (_, n) => n * 10);
    expect(await lines(of(...wanted.map(row)), [file], csv())).toEqual(
      wanted.map((n) => starts[n]),
    );
  });
});

test('no line is stated in Parquet', async () => {
  const file = await source('PAR1 x\n', 'a.parquet');
  expect(await lines([{ record: 'PAR1 x', file: 'a.parquet' }], [file])).toEqual([undefined]);
});

test('more rows than are kept in memory come back as they were, in their order', async () => {
  const text = (n: number) => `${n} ${'é"\n'.repeat(1000)}`;
  const file = await source('x\n');
  const found = await all(
    rejectedRows(toReports(records(...Array.from({ length: 1500 }, (_, n) => text(n)))), 'b', [
      file,
    ]),
  );
  expect(found.map(({ record }) => record)).toEqual(
    Array.from({ length: 1500 }, (_, n) => text(n)),
  );
});

test('the column of a reason is its path in the row', async () => {
  const row = { ...toRow({}), _errors: [{ code: '1', message: 'm', column: 'person.name' }] };
  const reports = {
    ...toReports([]),
    rowErrors: async function* () {
      yield row;
    },
  };
  const [found] = await all(rejectedRows(reports, 'b'));
  const [flat] = await all(rejectedRows(reports, 'b', [], { inputFormat: { format: 'csv' } }));
  expect([found?.path, flat?.path]).toEqual(['/person/name', '/person.name']);
});

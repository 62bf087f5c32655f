import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { checkFiles } from '../../src/index.js';
import { preflight } from '../../src/preflight/preflight.js';
import type { CheckOptions } from '../../src/preflight/types.js';
import { createRandom } from '../../src/shared/random.js';
import { ArrayReader } from '../../src/testing/platform/array-rows.js';
import { CsvReader } from '../../src/testing/platform/csv-rows.js';
import { countParquetRows } from '../../src/testing/platform/parquet-file.js';
import { type RowFormat, readRows } from '../../src/testing/platform/rows.js';
import type { OpenSource } from '../../src/upload/source.js';
import {
  type Count,
  countCsvRows,
  countElements,
  countLines,
  type Dialect,
} from '../support/naive-rows.js';
import { chooseCount } from '../support/scale.js';

jest.setTimeout(120_000); // many files, on a machine that may be busy
const FILES = {
  pieces: chooseCount({ quick: 30, deep: 300 }),
  lines: chooseCount({ quick: 35, deep: 350 }),
  arrays: chooseCount({ quick: 25, deep: 250 }),
  csv: chooseCount({ quick: 35, deep: 350 }),
  parquet: chooseCount({ quick: 5, deep: 50 }),
};
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-agreement-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the simulator counts; `undefined` where it cannot read the file as a whole. */
async function countInSimulator(path: string, format: RowFormat): Promise<Count> {
  const count = { rows: 0, rejected: 0, isBroken: false };
  try {
    if (format.format === 'parquet') count.rows = await countParquetRows(path);
    else {
      for await (const rows of readRows(path, format, new AbortController().signal)) {
        count.rows += rows.length;
        count.rejected += rows.filter((row) => 'corrupt' in row).length;
      }
    }
  } catch {
    return { rows: 0, rejected: 0, isBroken: true };
  }
  return count;
}

/** A source that yields seven bytes at a time, from one buffer. */
const createSlowSource = (bytes: Buffer): OpenSource => ({
  size: bytes.length,
  slice: (start, end) => createSlowSource(bytes.subarray(start, end)),
  async pump(write) {
    const chunk = Buffer.alloc(7);
    for (let at = 0; at < bytes.length; at += chunk.length) {
      const length = bytes.copy(chunk, 0, at);
      await write(chunk.subarray(0, length));
    }
  },
  close: async () => undefined,
});

/** Every second file is read as a large one is: only its ends at once, and then all of it in chunks. */
async function checkWhole(path: string, options: CheckOptions) {
  if (files % 2 === 0 || path.endsWith('.parquet')) return checkFiles(path, options);
  const bytes = await readFile(path);
  const name = basename(path);
  const file = {
    path: name,
    sizeBytes: bytes.length,
    localPath: undefined,
    fingerprint: undefined,
  };
  const open = async () => createSlowSource(bytes);
  // The header of a CSV file is looked for in its beginning.
  const windowBytes = options.format === 'csv' ? 32 : 4;
  return preflight([{ ...file, open }], { ...options, windowBytes });
}

/** What a deep check counts; without rows where it cannot read the file as a whole. */
async function countInCheck(path: string, options: CheckOptions) {
  const { rows, findings } = await checkWhole(path, { ...options, deep: true });
  const rejected = findings
    .filter(({ effect }) => effect === 'row-rejected')
    .reduce((sum, { count }) => sum + count, 0);
  const isRefused = findings.some(({ effect }) => effect === 'batch-fails');
  for (const { count, places } of findings) {
    expect(places.length).toBe(Math.min(count, 20));
  }
  return { rows, rejected, isRefused, findings };
}

const next = createRandom(13);
const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
const some = <T>(least: number, most: number, make: () => T): T[] =>
  Array.from({ length: least + Math.floor(next() * (most - least + 1)) }, make);

const VALUES = [
  ...[
    '1',
    '0',
    '-0',
    '01',
    '1.',
    '.5',
    '1e5',
    '1E+2',
    '-',
    '0x1',
    'NaN',
    '-Infinity',
    'tru',
    'null',
  ],
  ...[
    '"x"',
    '"\\ud800"',
    '"\\x"',
    '"\\u12"',
    '"\t"',
    '"\0"',
    '"é\u2028"',
    '"\xff',
    "'x'",
    '"',
    '""',
  ],
  ...[
    '[]',
    '[1,]',
    '[,]',
    '{}',
    '{"b":1,}',
    '{"b"}',
    '[[[]]]',
    '{"b":[{"c":"]}"}]}',
    '"{["',
    'true',
  ],
];
const GOOD_VALUES = [
  '1',
  '"x"',
  'null',
  '[]',
  '{"b":[{"c":"]}"}]}',
  '"\\"]"',
  '1.5e-3',
  '"é\u2028"',
];
const object = () => `{"a":${next() < 0.7 ? pick(GOOD_VALUES) : pick(VALUES)}}`;
const OTHER_ROWS = [
  '7',
  '[1]',
  '"x"',
  'null',
  '{"a":1},',
  '{"a":1}{"a":2}',
  '{"a":1',
  '}',
  '{a:1}',
];
const SPACES = ['', '', '', ' ', '\t', '\u00a0', '\v', '\f', '\u2003', '\u2028', '\ufeff', '\0'];
const LINE_ENDS = ['\n', '\r\n', '\r', '\n\n', '\r\r\n', '\n\r'];

/** Most strings are written as UTF-8, some with bytes that are not. */
const toBytes = (text: string): Buffer =>
  Buffer.from(text, next() < 0.05 && !/[^\0-\xff]/.test(text) ? 'latin1' : 'utf8');

/** A file now and then loses its end or has another byte somewhere. */
function damage(bytes: Buffer): Buffer {
  if (next() < 0.8 || bytes.length === 0) return bytes;
  const at = Math.floor(next() * bytes.length);
  if (next() < 0.3) return bytes.subarray(0, at);
  bytes[at] = pick([...Buffer.from('"\\,;{}[]:\n\r\t x0'), 0xc3, 0xff]);
  return bytes;
}

const space = () => (next() < 0.1 ? pick(SPACES) : '');
function makeLines(): Buffer {
  const end = next() < 0.6 ? pick(LINE_ENDS.slice(0, 3)) : undefined;
  const line = () => `${space()}${next() < 0.9 ? object() : pick(OTHER_ROWS)}${space()}`;
  const rows = some(0, 12, () => `${next() < 0.1 ? space() : line()}${end ?? pick(LINE_ENDS)}`);
  return damage(toBytes(`${rows.join('')}${next() < 0.3 ? line() : ''}`));
}

function makeArray(): Buffer {
  const gap = () => (next() < 0.02 ? pick(SPACES) : pick(['', '', ' ', '\n', '\r\n', '\t']));
  const element = () => {
    const isGood = next() < 0.93;
    const text = isGood ? `{"a":${pick(GOOD_VALUES)}}` : next() < 0.5 ? object() : pick(VALUES);
    return `${gap()}${text}${gap()}`;
  };
  const end = next() < 0.95 ? ']' : pick(['', ',]', ']]', '] []', ']\0', '}', ']x']);
  return damage(toBytes(`${gap()}[${some(0, 8, element).join(',')}${end}${gap()}`));
}

function makeCsv(dialect: Dialect): Buffer {
  const { delimiter, quote } = dialect;
  const end = next() < 0.6 ? pick(LINE_ENDS.slice(0, 3)) : undefined;
  const inside = () =>
    pick([
      'a',
      'é',
      ' ',
      delimiter,
      '\n',
      '\r\n',
      '\r',
      `${dialect.escape}${quote}`,
      `${dialect.escape}${dialect.escape}`,
    ]);
  const quoted = () => `${quote}${some(0, 4, inside).join('')}${quote}`;
  const odd = () =>
    pick([`a${quote}b`, `${quote}a${quote}b`, quote, dialect.escape, `${quote}a`, '\u00a0', '\v']);
  const cell = () => (next() < 0.6 ? pick(['a', 'b c', '1', '']) : next() < 0.9 ? quoted() : odd());
  const columns = 1 + Math.floor(next() * 4);
  const row = () => {
    const count = next() < 0.9 ? columns : 1 + Math.floor(next() * 5);
    return some(count, count, cell).join(delimiter) + (end ?? pick(LINE_ENDS));
  };
  const names = some(columns, columns, () => '').map((_, at) => (next() < 0.01 ? '' : `c${at}`));
  const header = next() < 0.02 ? pick(['', ' ']) : names.join(delimiter);
  return damage(toBytes(`${header}${end ?? pick(LINE_ENDS)}${some(0, 10, row).join('')}`));
}

let files = 0;
/** Counts a file in three ways, which have to agree. */
async function expectAgreement(
  bytes: Buffer,
  extension: string,
  expected: Count,
  format: RowFormat,
  options: CheckOptions,
): Promise<void> {
  const path = join(folder, `${++files}.${extension}`);
  await writeFile(path, bytes);
  const check = await countInCheck(path, options);
  const simulator = await countInSimulator(path, format);
  const about = { bytes: bytes.toString('latin1'), options, findings: check.findings };
  if (expected.isBroken) {
    expect({ ...about, isRefused: check.isRefused }).toEqual({ ...about, isRefused: true });
    const isRejected = simulator.isBroken || simulator.rejected > 0 || simulator.rows === 0;
    expect({ ...about, isRejected }).toEqual({ ...about, isRejected: true });
    return;
  }
  expect({ ...about, simulator }).toEqual({ ...about, simulator: expected });
  if (check.isRefused) {
    // It says at once what would be said of each row, or what the simulator's reader overlooks.
    const rules = check.findings.map(({ rule }) => rule);
    const isOverlooked = rules.some((rule) => ['encoding', 'header', 'duplicate'].includes(rule));
    const isJustified = isOverlooked || expected.rejected > 0 || expected.rows === 0;
    expect({ ...about, isJustified }).toEqual({ ...about, isJustified: true });
    return;
  }
  const { rows, rejected } = check;
  expect({ ...about, rows, rejected }).toEqual({
    ...about,
    rows: expected.rows,
    rejected: expected.rejected,
  });
}

test('the readers of the simulator read alike in pieces of any length', () => {
  for (let at = 0; at < FILES.pieces; at++) {
    const csv = { delimiter: pick([',', '||']), quote: '"', escape: pick(['"', '\\']) };
    const text = at % 2 === 0 ? makeArray().toString() : makeCsv(csv).toString();
    const read = (length: number): string => {
      const reader = at % 2 === 0 ? new ArrayReader() : new CsvReader({ ...csv, header: false });
      const rows = [];
      for (let from = 0; from < text.length; from += length) {
        rows.push(...reader.push(text.slice(from, from + length)));
        if ('isBroken' in reader && reader.isBroken) return `${rows.length}`; // its text depends on the pieces
      }
      return JSON.stringify([...rows, ...reader.end()]);
    };
    expect(read(1)).toBe(read(text.length + 1));
    expect(read(3)).toBe(read(text.length + 1));
  }
});

describe('a deep check, the simulator and a count by the definition agree on rows and rejected rows', () => {
  test(`of ${FILES.lines} files of JSON Lines`, async () => {
    for (let at = 0; at < FILES.lines; at++) {
      const bytes = makeLines();
      const options = { format: 'json', isMultiLineJson: false } as const;
      await expectAgreement(bytes, 'json', countLines(bytes), options, options);
    }
  });

  test(`of ${FILES.arrays} JSON arrays`, async () => {
    for (let at = 0; at < FILES.arrays; at++) {
      const bytes = makeArray();
      const options = { format: 'json', isMultiLineJson: true } as const;
      await expectAgreement(bytes, 'json', countElements(bytes), options, options);
    }
  });

  test(`of ${FILES.csv} CSV files`, async () => {
    for (let at = 0; at < FILES.csv; at++) {
      const quote = pick(['"', '"', "'"]);
      const dialect = {
        delimiter: pick([',', ';', '\t', '|']),
        quote,
        escape: pick([quote, '\\']),
      };
      const bytes = makeCsv(dialect);
      const options = { format: 'csv', csv: dialect } as const;
      const expected = countCsvRows(bytes, dialect);
      await expectAgreement(bytes, 'csv', expected, { format: 'csv', ...dialect }, options);
    }
  });

  test(`of ${FILES.parquet} Parquet files`, async () => {
    for (let at = 0; at < FILES.parquet; at++) {
      const rows = Math.floor(next() * 200);
      const data = Array.from({ length: rows }, (_, row) => (row % 3 === 0 ? null : `v${row}`));
      const written = parquetWriteBuffer({
        columnData: [{ name: 'a', data, type: 'STRING' }],
        rowGroupSize: 1 + Math.floor(next() * 100),
      });
      const bytes = Buffer.from(written);
      const isBroken = next() < 0.2;
      if (isBroken) bytes.write('x', pick([0, bytes.length - 1, bytes.length - 5]));
      const expected = { rows: isBroken ? 0 : rows, rejected: 0, isBroken };
      await expectAgreement(bytes, 'parquet', expected, { format: 'parquet' }, {});
    }
  });
});

import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { formatFinding } from '../../src/preflight/format-finding.js';
import { preflight } from '../../src/preflight/preflight.js';
import type { OpenSource, SourceFile } from '../../src/upload/source.js';
import { chooseCount } from '../support/scale.js';
import { useFolder } from '../support/sources.js';

jest.setTimeout(60_000); // megabytes are parsed, on a machine that may be busy
const createSource = useFolder();
const MIB = 1024 * 1024;
/** A sixteenth of what is usual, so that a file with a middle need not be large. */
const WINDOW = MIB / 16;
/** An end that is read in several chunks. */
const CHUNKS = 5 * WINDOW;
const check = async (files: SourceFile[], options = {}) =>
  (await preflight(files, { windowBytes: WINDOW, ...options })).findings
    .filter(({ level }) => level !== 'note')
    .map((each) => `${each.level}: ${formatFinding(each)}`);
const checkTwice = async (path: string, bytes: string | Uint8Array) => {
  const file = await createSource(path, bytes);
  return { quick: await check([file]), deep: await check([file], { deep: true }) };
};

/** Rows of one kind, more than both ends take; the one in the middle may be another. */
const makeRows = (row: (at: number) => string, window = WINDOW, middle?: string): string[] => {
  const first = 100_000; // so that all are of the same length
  const count = Math.ceil((2.2 * window) / Buffer.byteLength(row(first)));
  const rows = Array.from({ length: count }, (_, at) => row(first + at));
  if (middle !== undefined) rows[count >> 1] = middle;
  return rows;
};
const jsonRow = (at: number) => `{"id":${at},"größe":"日本 ${at} 🎉"}`;
const csvRow = (at: number) => `${at},größe ${at}`;

describe('of a file that is larger than both of its ends', () => {
  const quotedRow = (at: number) => `${at},"x\r\n${at}, ""y"""`;
  test.each<[string, number, string, string]>([
    ['lines', WINDOW, 'a.json', makeRows(jsonRow).join('\n')],
    ['an array', WINDOW, 'a.json', `[${makeRows(jsonRow).join(',\n')}]`],
    ['an array on one line', WINDOW, 'a.json', `[${makeRows(jsonRow).join(',')}]\n`],
    ['CSV', WINDOW, 'a.csv', `a,b\r\n${makeRows(csvRow).join('\r\n')}\r\n`],
    ['quoted CSV', WINDOW, 'a.csv', `a,b\r\n${makeRows(quotedRow).join('\r\n')}\r\n`],
    ['lines', CHUNKS, 'a.json', makeRows(jsonRow, CHUNKS).join('\n')],
    ['an array', CHUNKS, 'a.json', `[${makeRows(jsonRow, CHUNKS).join(',\n')}]`],
    ['quoted CSV', CHUNKS, 'a.csv', `a,b\r\n${makeRows(quotedRow, CHUNKS).join('\r\n')}\r\n`],
  ])(
    'sound rows have no findings, whether both ends or all of it is read: %s, %i bytes an end',
    async (...one) => {
      const [, windowBytes, name, text] = one;
      const file = await createSource(name, text);
      const isCsv = name.endsWith('.csv');
      const options = isCsv ? { windowBytes, csv: { escape: '"' } } : { windowBytes };
      expect(await check([file], options)).toEqual([]);
      expect(await check([file], { ...options, deep: true })).toEqual([]);
    },
  );

  test.each<[string, string, string[], string]>([
    [
      'a line',
      'a.json',
      makeRows(jsonRow, WINDOW, 'nonsense'),
      'not valid JSON: unexpected `nonsense` at column 1',
    ],
    ['a byte', 'a.json', makeRows(jsonRow, WINDOW, '{"a":"BAD"}'), 'not valid UTF-8'],
    [
      'a row',
      'a.csv',
      ['a,b', ...makeRows(csvRow, WINDOW, '"1\n2\n"\n\n3,4,5').slice(1)],
      'the row has 3 columns',
    ],
  ])(
    '%s in the middle that is bad is found by a deep check alone, which names the line',
    async (_, name, rows, says) => {
      const text = rows.join('\n');
      const bytes = Buffer.from(text);
      const bad = bytes.indexOf('BAD');
      if (bad !== -1) bytes[bad] = 0xff;
      const { quick, deep } = await checkTwice(name, bytes);
      const extra = name === 'a.csv' ? 5 : 1; // the lines of the row before, and an empty one
      const line = (rows.length - (name === 'a.csv' ? 1 : 0)) / 2 + extra;
      expect(quick).toEqual([]);
      expect(deep).toContainEqual(expect.stringContaining(says));
      expect(Math.abs(Number(/:(\d+): /.exec(deep.at(-1) ?? '')?.[1]) - line)).toBeLessThanOrEqual(
        1,
      );
    },
  );

  test.each<[string, string, string]>([
    [
      'a cut line',
      `${makeRows(jsonRow).join('\n')}\n{"id":`,
      'a.json: last line: not valid JSON: unexpected end at column 7. Fix or remove the line. Was the file cut off?',
    ],
    [
      'a bad line before the last',
      `${makeRows(jsonRow).join('\n')}\n7\n{"id":1}\n`,
      'a.json: line 2 from the end: expected one JSON object per line, received a number. Write',
    ],
    [
      'an array that is cut off',
      `[${makeRows(jsonRow).join(',\n')},`,
      'a.json: the array is not closed: expected ] at the end. Was the file cut off?',
    ],
    [
      'an array of numbers',
      `[${makeRows((at) => `${at}`).join(',')}]`,
      'a.json:1: element 1 of the array: expected a JSON object, received a number.',
    ],
  ])('%s at an end is found without a deep check', async (_, text, says) => {
    const { quick, deep } = await checkTwice('a.json', text);
    expect(quick[0]).toContain(says);
    expect(deep.length).toBeGreaterThan(0);
  });

  test('CSV rows of another length at the end are found without a deep check', async () => {
    const text = `a,b\n${makeRows(csvRow).join('\n')}\n\n1,2,3\n4,5\n`;
    const { quick, deep } = await checkTwice('a.csv', text);
    expect(quick).toEqual([
      expect.stringContaining('a.csv: line 2 from the end: the row has 3 columns'),
    ]);
    expect(deep).toEqual([expect.stringMatching(/a\.csv:\d+: the row has 3 columns/)]);
  });

  test('a single line is a warning, and a deep check reads it', async () => {
    const file = await createSource('a.json', `{"a":"${'x'.repeat(3 * MIB)}"}`);
    const quick = await check([file], { windowBytes: undefined });
    const deep = await check([file], { windowBytes: undefined, deep: true });
    expect(quick).toEqual([expect.stringContaining('a.json:1: the line is longer than 1.0 MB')]);
    expect(deep).toEqual([expect.stringContaining('a.json:1: the row has 3.1 MB')]);
  });
});

test('only both ends of a file are read, and at most four files are open', async () => {
  let [open, most, read, closed] = [0, 0, 0, 0];
  const row = `{"a":"${'x'.repeat(1015)}"}\n`; // 1024 bytes, so that none is cut by a seam
  const source = (size: number, at = 0): OpenSource => ({
    size,
    slice: (start, end) => source(end - start, at + start),
    async pump(write) {
      read += size;
      await new Promise((done) => setImmediate(done));
      for (let from = 0; from < size; from += MIB)
        await write(Buffer.alloc(Math.min(MIB, size - from), row));
    },
    async close() {
      open--;
      closed++;
    },
  });
  const files = Array.from(
    { length: 12 },
    (_, at): SourceFile => ({
      path: `${at}.json`,
      sizeBytes: 3 * 1024 ** 3,
      localPath: undefined,
      fingerprint: undefined,
      async open() {
        most = Math.max(most, ++open);
        return source(3 * 1024 ** 3);
      },
    }),
  );
  const { findings, bytes, files: count } = await preflight(files);

  expect(findings).toEqual([]);
  expect({ most, open, closed, read }).toEqual({ most: 4, open: 0, closed: 12, read: 24 * MIB });
  expect({ bytes, count }).toEqual({ bytes: 36 * 1024 ** 3, count: 12 });
});

describe('the limits of a batch', () => {
  const small = (path: string, sizeBytes = 0): SourceFile => ({
    path,
    sizeBytes,
    localPath: undefined,
    fingerprint: undefined,
    open: () => Promise.reject(new Error('must not be opened')),
  });
  async function* many(count: number) {
    for (let at = 0; at < count; at++) yield small(`${at}.json`);
  }

  test.each([
    [10_000, undefined],
    [10_001, 'warning: The batch has 10,001 files; at most 10,000 are advised.'],
    [25_001, 'error: The batch has 25,001 files; the maximum is 25,000.'],
  ])('apply to its number of files: %i', async (count, says) => {
    const { findings, errors } = await preflight(many(count));
    const about = findings.filter(({ message }) => message.startsWith('The batch'));
    expect(about.map(({ level, message }) => `${level}: ${message}`)).toEqual(
      says === undefined ? [] : [expect.stringContaining(says)],
    );
    expect(errors).toBe(Math.min(count, 25_000) + (count > 25_000 ? 1 : 0));
    expect(findings.at(-1)).toMatchObject({ rule: 'empty', count: Math.min(count, 25_000) });
    expect(findings.at(-1)?.places).toHaveLength(20);
  });

  test.each([
    [100_000_000_001, 'warning: The batch has 100.0 GB; at most 100 GB are advised.'],
    [2 ** 40, 'warning: The batch has 1.1 TB; at most 100 GB are advised.'],
    [
      2 ** 40 + 1,
      'error: The batch has 1.1 TB; the maximum is 1 TB (2^40 bytes, 1.1 TB). Split it',
    ],
  ])('apply to its size: %i bytes', async (sizeBytes, says) => {
    const file = await createSource('a.json', '{}\n');
    const lines = await check([{ ...file, sizeBytes }]);
    expect(lines).toContainEqual(expect.stringContaining(says));
  });
});

describe('sound rows of any content have no findings, neither at both ends nor in a deep check', () => {
  const text = fc.string({ unit: 'binary', maxLength: 12 });
  const record = fc
    .dictionary(
      fc.string({ minLength: 1, maxLength: 5 }),
      fc.jsonValue({ maxDepth: 2 }).filter((value) => !/\d{16}/.test(JSON.stringify(value))), // integers above 2^53-1 are a warning
      { maxKeys: 4 },
    )
    // A list of objects alone in a row is a warning: it may be the rows themselves.
    .filter((row) => Object.keys(row).length !== 1 || !Object.values(row).some(Array.isArray));
  const isLarge = fc.nat(5).map((number) => number === 0);
  const lineEnd = fc.constantFrom('\n', '\r\n');
  /** So many times over that there is a middle that a quick check does not read. */
  const grow = (rows: string[], large: boolean) => {
    const bytes = Buffer.byteLength(rows.join('\n'));
    if (!large) return rows;
    return Array.from({ length: Math.ceil((2.2 * WINDOW) / bytes) }, () => rows).flat();
  };

  const expectNone = async (name: string, body: string, csv = {}) => {
    const file = await createSource(name, Buffer.from(body));
    const quick = await check([file], { csv });
    const deep = await check([file], { csv, deep: true });
    expect({ quick, deep }).toEqual({ quick: [], deep: [] });
  };

  test('as JSON Lines and arrays', async () => {
    const property = fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 20 }),
      lineEnd,
      fc.boolean(),
      isLarge,
      async (records, end, array, large) => {
        const rows = grow(
          records.map((each) => JSON.stringify(each)),
          large,
        );
        await expectNone('a.json', array ? `[${rows.join(`,${end}`)}]` : rows.join(end));
      },
    );
    await fc.assert(property, { numRuns: chooseCount({ quick: 8, deep: 50 }) });
  });

  test('as CSV', async () => {
    const cell = fc.oneof(text, fc.constantFrom('"', ',', '\\', 'a\r\nb', 'a\nb', '""'));
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }).chain((columns) =>
        fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), {
          minLength: 1,
          maxLength: 20,
        }),
      ),
      lineEnd,
      isLarge,
      async (records, end, large) => {
        const quoted = records.map((row) =>
          row.map((each) => `"${each.replaceAll('\0', '').replaceAll('"', '""')}"`).join(','),
        );
        const header = (records[0] ?? []).map((_, at) => `c${at}`).join(',');
        await expectNone('a.csv', [header, ...grow(quoted, large)].join(end), { escape: '"' });
      },
    );
    await fc.assert(property, { numRuns: chooseCount({ quick: 8, deep: 50 }) });
  });
});

import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { preflight } from '../../src/preflight/index.js';
import type { OpenSource, SourceFile } from '../../src/upload/source.js';
import { useFolder } from '../support/sources.js';

jest.setTimeout(60_000); // megabytes are parsed, on a machine that may be busy
const fileOf = useFolder();
const MIB = 1024 * 1024;
/** A sixteenth of what is usual, so that a file with a middle need not be large. */
const WINDOW = MIB / 16;
const told = async (files: SourceFile[], options = {}) =>
  (await preflight(files, { windowBytes: WINDOW, ...options })).findings.map(
    ({ level, message }) => `${level}: ${message}`,
  );
const twice = async (path: string, bytes: string | Uint8Array) => {
  const file = await fileOf(path, bytes);
  return { quick: await told([file]), deep: await told([file], { deep: true }) };
};

/** Rows of a kind, more than both ends take; the one in the middle may be another. */
const rowsOf = (row: (at: number) => string, window = WINDOW, middle?: string): string[] => {
  const first = 100_000; // so that all are of the same length
  const count = Math.ceil((2.2 * window) / Buffer.byteLength(row(first)));
  const rows = Array.from({ length: count }, (_, at) => row(first + at));
  if (middle !== undefined) rows[count >> 1] = middle;
  return rows;
};
const jsonRow = (at: number) => `{"id":${at},"größe":"日本 ${at} 🎉"}`;
const csvRow = (at: number) => `${at},größe ${at}`;

describe('a file that is more than its both ends', () => {
  const quotedRow = (at: number) => `${at},"x\r\n${at}, ""y"""`;
  test.each<[string, number, string, string]>([
    ['lines', WINDOW, 'a.json', rowsOf(jsonRow).join('\n')],
    ['an array', WINDOW, 'a.json', `[${rowsOf(jsonRow).join(',\n')}]`],
    ['an array on one line', WINDOW, 'a.json', `[${rowsOf(jsonRow).join(',')}]\n`],
    ['CSV', WINDOW, 'a.csv', `a,b\r\n${rowsOf(csvRow).join('\r\n')}\r\n`],
    ['quoted CSV', WINDOW, 'a.csv', `a,b\r\n${rowsOf(quotedRow).join('\r\n')}\r\n`],
    // Read in several chunks.
    ['lines', MIB, 'a.json', rowsOf(jsonRow, MIB).join('\n')],
    ['an array', MIB, 'a.json', `[${rowsOf(jsonRow, MIB).join(',\n')}]`],
    ['quoted CSV', MIB, 'a.csv', `a,b\r\n${rowsOf(quotedRow, MIB).join('\r\n')}\r\n`],
  ])('that is sound has no findings, however it is read: %s, %i bytes', async (...one) => {
    const [, windowBytes, name, text] = one;
    const file = await fileOf(name, text);
    const options = { windowBytes, csv: { escape: '"' } };
    expect(await told([file], options)).toEqual([]);
    expect(await told([file], { ...options, deep: true })).toEqual([]);
  });

  test.each<[string, string, string[], string]>([
    ['a line', 'a.json', rowsOf(jsonRow, WINDOW, 'nonsense'), 'is no JSON'],
    ['a byte', 'a.json', rowsOf(jsonRow, WINDOW, '{"a":"BAD"}'), 'not UTF-8'],
    [
      'a row',
      'a.csv',
      ['a,b', ...rowsOf(csvRow, WINDOW, '"1\n2\n"\n\n3,4,5').slice(1)],
      'has 3 columns',
    ],
  ])(
    'with %s in its middle that is bad needs a deep check, which names the line',
    async (_, name, rows, says) => {
      const text = rows.join('\n');
      const bytes = Buffer.from(text);
      const bad = bytes.indexOf('BAD');
      if (bad !== -1) bytes[bad] = 0xff;
      const { quick, deep } = await twice(name, bytes);
      const extra = name === 'a.csv' ? 5 : 1; // the lines of the row before, and an empty one
      const line = (rows.length - (name === 'a.csv' ? 1 : 0)) / 2 + extra;
      expect(quick).toEqual([]);
      expect(deep).toContainEqual(expect.stringContaining(says));
      expect(
        Math.abs(Number(/line (\d+)/.exec(deep.at(-1) ?? '')?.[1]) - line),
      ).toBeLessThanOrEqual(1);
    },
  );

  test.each<[string, string, string]>([
    [
      'a cut line',
      `${rowsOf(jsonRow).join('\n')}\n{"id":`,
      'a.json, the last line, is no JSON. Mend or remove the line. Was the file cut off?',
    ],
    [
      'a bad line before the last',
      `${rowsOf(jsonRow).join('\n')}\n7\n{"id":1}\n`,
      'a.json, line 2 from the end, is a number',
    ],
    [
      'an array that is cut off',
      `[${rowsOf(jsonRow).join(',\n')},`,
      'a.json begins with [ and does not end with ]. Was the file cut off?',
    ],
    [
      'an array of numbers',
      `[${rowsOf((at) => `${at}`).join(',')}]`,
      'a.json has a first element that is no object',
    ],
  ])('that ends with %s needs none', async (_, text, says) => {
    const { quick, deep } = await twice('a.json', text);
    expect(quick[0]).toContain(says);
    expect(deep.length).toBeGreaterThan(0);
  });

  test('of CSV whose last rows have another length needs none', async () => {
    const text = `a,b\n${rowsOf(csvRow).join('\n')}\n\n1,2,3\n4,5\n`;
    const { quick, deep } = await twice('a.csv', text);
    expect(quick).toEqual([expect.stringContaining('a.csv, line 2 from the end, has 3 columns')]);
    expect(deep).toEqual([expect.stringMatching(/a\.csv, line \d+, has 3 columns/)]);
  });

  test('that is one line is told of, and is read by a deep check', async () => {
    const file = await fileOf('a.json', `{"a":"${'x'.repeat(3 * MIB)}"}`);
    const quick = await told([file], { windowBytes: undefined });
    const deep = await told([file], { windowBytes: undefined, deep: true });
    expect(quick).toEqual([expect.stringContaining('a.json, line 1, is over 1.0 MB long')]);
    expect(deep).toEqual([expect.stringContaining('a.json, line 1, is 3.1 MB long')]);
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
      identity: undefined,
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

describe('a batch', () => {
  const small = (path: string, sizeBytes = 0): SourceFile => ({
    path,
    sizeBytes,
    localPath: undefined,
    identity: undefined,
    open: () => Promise.reject(new Error('is not to be opened')),
  });
  async function* many(count: number) {
    for (let at = 0; at < count; at++) yield small(`${at}.json`);
  }

  test.each([
    [10_000, undefined],
    [10_001, 'warning: The batch has 10,001 files; at most 10,000 are advised.'],
    [25_001, 'error: The batch has 25,001 files, and 25,000 is the most.'],
  ])('of %i files', async (count, says) => {
    const { findings, errors } = await preflight(many(count));
    const about = findings.filter(({ message }) => message.startsWith('The batch'));
    expect(about.map(({ level, message }) => `${level}: ${message}`)).toEqual(
      says === undefined ? [] : [expect.stringContaining(says)],
    );
    expect(errors).toBe(Math.min(count, 25_000) + (count > 25_000 ? 1 : 0));
    expect(findings.length).toBeLessThanOrEqual(103);
    expect(findings.at(-1)?.message).toMatch(
      /^There are [\d,]+ more errors that are not listed\.$/,
    );
  });

  test.each([
    [100_000_000_001, 'warning: The batch has 100.0 GB; at most 100 GB are advised.'],
    [1_000_000_000_001, 'error: The batch has 1.0 TB, and 1 TB is the most.'],
  ])('of %i bytes', async (sizeBytes, says) => {
    const file = await fileOf('a.json', '{}\n');
    const lines = await told([{ ...file, sizeBytes }]);
    expect(lines).toContainEqual(expect.stringContaining(says));
  });
});

describe('what is clean at both ends, and has sound rows, is clean in a deep check', () => {
  const text = fc.string({ unit: 'binary', maxLength: 12 });
  const record = fc.dictionary(
    fc.string({ minLength: 1, maxLength: 5 }),
    fc.jsonValue({ maxDepth: 2 }),
    { maxKeys: 4 },
  );
  const seldom = fc.nat(5).map((number) => number === 0);
  const lineEnd = fc.constantFrom('\n', '\r\n');
  /** So many times over that there is a middle that a quick check does not read. */
  const grown = (rows: string[], times: boolean) => {
    const bytes = Buffer.byteLength(rows.join('\n'));
    if (!times) return rows;
    return Array.from({ length: Math.ceil((2.2 * WINDOW) / bytes) }, () => rows).flat();
  };

  const holds = async (name: string, body: string, csv = {}) => {
    const file = await fileOf(name, Buffer.from(body));
    const quick = await told([file], { csv });
    const deep = await told([file], { csv, deep: true });
    expect({ quick, deep }).toEqual({ quick: [], deep: [] });
  };

  test('JSON Lines and arrays', async () => {
    const property = fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 20 }),
      lineEnd,
      fc.boolean(),
      seldom,
      async (records, end, array, large) => {
        const rows = grown(
          records.map((each) => JSON.stringify(each)),
          large,
        );
        await holds('a.json', array ? `[${rows.join(`,${end}`)}]` : rows.join(end));
      },
    );
    await fc.assert(property, { numRuns: 50 });
  });

  test('CSV', async () => {
    const cell = fc.oneof(text, fc.constantFrom('"', ',', '\\', 'a\r\nb', 'a\nb', '""'));
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }).chain((columns) =>
        fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), {
          minLength: 1,
          maxLength: 20,
        }),
      ),
      lineEnd,
      seldom,
      async (records, end, large) => {
        const quoted = records.map((row) =>
          row.map((each) => `"${each.replaceAll('\0', '').replaceAll('"', '""')}"`).join(','),
        );
        const header = (records[0] ?? []).map((_, at) => `c${at}`).join(',');
        await holds('a.csv', [header, ...grown(quoted, large)].join(end), { escape: '"' });
      },
    );
    await fc.assert(property, { numRuns: 50 });
  });
});

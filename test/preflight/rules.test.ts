import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { type PreflightOptions, preflight } from '../../src/preflight/index.js';
import { useFolder } from '../support/sources.js';

const fileOf = useFolder();

type Files = Record<string, string | Uint8Array>;
/** What is found: `level: message` each. */
const check = async (files: Files, options: PreflightOptions = {}) => {
  const sources = await Promise.all(Object.entries(files).map((file) => fileOf(...file)));
  const result = await preflight(sources, options);
  return { ...result, told: result.findings.map((each) => `${each.level}: ${each.message}`) };
};
const utf16 = (text: string, mark: boolean) =>
  Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le');
const LINES = '{"a":1}\n{"a":2}\n';
const CSV = 'id,name\n1,x\n2,y\n';
const zipped = (inside: string) => Buffer.from(`PK\x03\x04\x14\0\0\0\0\0${inside}`, 'latin1');

describe('what is sound has no findings, and its format is told', () => {
  test.each<[string, Files, PreflightOptions, object]>([
    ['JSON Lines', { 'a.json': LINES }, {}, { format: 'json', isMultiLineJson: false, rows: 2 }],
    ['with \\r\\n and empty lines', { 'a.json': '{"a":1}\r\n\r\n{"a":2}' }, {}, { rows: 2 }],
    [
      'an array',
      { 'a.json': ' [\n{"a":1},\n{"a":2}\n] \n' },
      {},
      { isMultiLineJson: true, rows: 2 },
    ],
    ['CSV', { 'a.csv': CSV }, {}, { format: 'csv', isMultiLineJson: undefined, rows: 2 }],
    ['CSV without an extension', { part: CSV }, {}, { format: 'csv' }],
    ['quoted line ends', { 'a.csv': 'a,b\r\n"x\r\ny","p,q"\r\n1,2' }, {}, { rows: 2 }],
    ['escaped quotes', { 'a.csv': 'a,b\n"x\\",y",2\n' }, {}, { rows: 1 }],
    ['doubled quotes', { 'a.csv': 'a,b\n"x"",y",2\n' }, { csv: { escape: '"' } }, { rows: 1 }],
    ['a delimiter', { 'a.csv': 'a;b\n1;2,5\n' }, { csv: { delimiter: ';' } }, { rows: 1 }],
    ['no quote', { 'a.csv': 'a,b\n",2\n' }, { csv: { quote: '', escape: '' } }, { rows: 1 }],
    [
      'another charset',
      { 'a.csv': Buffer.from('größe,b\n1,2\n', 'latin1') },
      { csv: { charset: 'ISO-8859-1' } },
      { rows: 1 },
    ],
    ['a header that begins like ORC', { 'a.csv': 'ORCID,PARENT\n1,2\n' }, {}, { rows: 1 }],
    ['any characters', { 'día=1/日本.json': '{"größe":"日本 🎉"}\n' }, {}, { files: 1, bytes: 26 }],
    ['several files', { 'a.json': LINES, 'b/a.json': LINES }, {}, { rows: 4, files: 2 }],
  ])('%s', async (_, files, options, expected) => {
    const { told, ...result } = await check(files, options);
    expect(told).toEqual([]);
    expect(result).toMatchObject({ errors: 0, warnings: 0, ...expected });
    expect((await check(files, { ...options, deep: true })).told).toEqual([]);
  });
});

describe('what cannot be ingested is an error that says where and what to do', () => {
  test.each<[string, Files, PreflightOptions, string]>([
    [
      'an empty file',
      { 'a.json': '' },
      {},
      "a.json is empty, which fails the batch (the platform's 106). Leave it out.",
    ],
    ['only white space', { 'a.json': ' \n' }, {}, 'a.json holds no rows, only white space'],
    ['an empty array', { 'a.json': '[]' }, {}, 'a.json is an array without elements'],
    [
      'gzip',
      { 'a.json': gzipSync(LINES) },
      {},
      'a.json is gzip, which is not taken. Unpack it first.',
    ],
    ['zip', { a: zipped('a.csv') }, {}, 'a is zip,'],
    [
      'xlsx',
      { 'a.csv': zipped('[Content_Types].xml') },
      {},
      'a.csv is an Office file (xlsx), which is not taken. Convert it',
    ],
    ['zstd', { a: Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0]) }, {}, 'is zstd'],
    ['bzip2', { a: 'BZh91AY&SY...' }, {}, 'is bzip2'],
    ['xz', { a: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 1]) }, {}, 'is xz'],
    ['snappy', { a: Buffer.from('\xff\x06\0\0sNaPpY', 'latin1') }, {}, 'is snappy'],
    ['ORC', { a: Buffer.from('ORC data ORC\x10', 'latin1') }, {}, 'is ORC'],
    ['Avro', { a: 'Obj\x01more' }, {}, 'is Avro'],
    [
      'encrypted Parquet',
      { a: 'PARE data PARE' },
      {},
      'is encrypted Parquet, which is not taken. Write it in clear.',
    ],
    [
      'UTF-16',
      { 'a.csv': utf16(CSV, true) },
      {},
      'a.csv is UTF-16, which is not taken. Save it as UTF-8',
    ],
    ['UTF-16 without a mark', { 'a.csv': utf16(CSV, false) }, {}, 'a.csv looks like UTF-16'],
    ['a byte order mark', { 'a.json': `\ufeff${LINES}` }, {}, 'is UTF-8 with a byte order mark'],
    [
      'a byte that is not UTF-8',
      { 'a.json': Buffer.from('{"a":1}\n{"a":"\xe9"}\n', 'latin1') },
      {},
      'a.json, line 2, has a byte that is not UTF-8, at position 14. Save',
    ],
    [
      'half a character at the end',
      { 'a.csv': Buffer.from('a,b\n1,\xe9', 'latin1') },
      {},
      'line 2, has a byte that is not UTF-8, at position 6',
    ],
    ['NUL bytes', { 'a.csv': 'a,b\n1,x\0\n' }, {}, 'holds NUL bytes'],
    ['nothing known', { notes: 'hello' }, {}, 'notes looks like neither Parquet, JSON nor CSV'],
    [
      'a line that is no JSON',
      { 'a.json': '{"a":1}\n{"a":\n' },
      {},
      'a.json, line 2, is no JSON. Mend or remove the line.',
    ],
    [
      'a line that is an array',
      { 'a.json': '{"a":1}\n[1]\n' },
      {},
      'a.json, line 2, is an array: a line is to be one JSON object.',
    ],
    ['a line that is a number', { 'a.json': '{"a":1}\n1\n' }, {}, 'line 2, is a number'],
    ['a line that is null', { 'a.json': '{"a":1}\nnull\n' }, {}, 'line 2, is null'],
    [
      'an object over several lines',
      { 'a.json': '{\n  "a": 1,\n  "b": 2\n}\n' },
      {},
      'a.json, line 1, begins an object that goes on in the next line. Write each object on one line, or all of them in one array',
    ],
    [
      'an array where lines are to be',
      { 'a.json': '[{"a":1}]' },
      { isMultiLineJson: false },
      'a.json is one array, and isMultiLineJson false means JSON Lines',
    ],
    [
      'lines where an array is to be',
      { 'a.json': LINES },
      { isMultiLineJson: true },
      'a.json is no array, and isMultiLineJson true means one array a file',
    ],
    [
      'an array without its end',
      { 'a.json': '[{"a":1},\n{"a":2}\n' },
      {},
      'a.json, line 3, is where the array ends without ], after 2 elements. Was the file cut off?',
    ],
    [
      'an array that is no JSON',
      { 'a.json': '[{"a":1},\n{"a":2}\n{"a":3}]' },
      {},
      'a.json, line 3, is no JSON from here on, after 2 elements',
    ],
    [
      'two arrays',
      { 'a.json': '[{"a":1}]\n[{"a":2}]' },
      {},
      'is no JSON from here on, after 1 elements',
    ],
    [
      'an element that is no object',
      { 'a.json': '[{"a":1},\n\n2]' },
      {},
      'a.json, line 3, has element 2 of the array, which is a number',
    ],
    [
      'a header alone',
      { 'a.csv': 'a,b\n' },
      {},
      "a.csv has a header and no rows (the platform's 106)",
    ],
    ['no header', { 'a.csv': '\n\n' }, {}, 'a.csv has no header'],
    [
      'a column without a name',
      { 'a.csv': 'a,,c\n1,2,3\n' },
      {},
      "a.csv, line 1, has no name for column 2 (the platform's 118)",
    ],
    [
      'two columns of one name',
      { 'a.csv': 'a,b,a\n1,2,3\n' },
      {},
      'line 1, names columns 1 and 3 alike: "a"',
    ],
    [
      'a row of another length',
      { 'a.csv': 'a,b\r\n"x\r\ny",2\r\n\r\n1,2,3\r\n' },
      {},
      'a.csv, line 5, has 3 columns, and the header 2. Quote',
    ],
    [
      'a quote that is not closed',
      { 'a.csv': 'a,b\n1,2\n3,"x\n4,5\n' },
      {},
      'a.csv, line 3, begins a row with a quote that is never closed',
    ],
    [
      'a name against its bytes',
      { 'a.csv': LINES },
      {},
      'a.csv is JSON, and is to be CSV by its name. Rename it',
    ],
    [
      'a format against the bytes',
      { 'a.json': LINES },
      { format: 'csv' },
      'a.json is JSON, and is to be CSV by the format that was asked for',
    ],
    ['no Parquet', { 'a.parquet': CSV }, {}, 'a.parquet does not begin with PAR1'],
    [
      'two formats',
      { 'a.json': LINES, 'b.csv': CSV },
      {},
      'b.csv is CSV, and the first file, a.json, is JSON. A batch has one format',
    ],
    [
      'two kinds of JSON',
      { 'a.json': LINES, 'b.json': '[{"a":1}]' },
      {},
      'b.json is one array, and the first file, a.json, is JSON Lines',
    ],
    [
      'a path with ..',
      { 'a/../b.json': LINES },
      {},
      'cannot be stored under this path: Invalid path: expected a path without',
    ],
    [
      'a path with an empty part',
      { 'a//b.json': LINES },
      {},
      'leading, doubled or trailing slashes',
    ],
    ['half a character in a path', { 'a\ud800.json': LINES }, {}, 'It holds a lone surrogate'],
    [
      'a control character',
      { 'a\tb.json': LINES },
      {},
      '"a\\tb.json" has a control character in its path',
    ],
    [
      'a long path',
      { [`${'x'.repeat(1900)}.json`]: LINES },
      {},
      'gets a URL of 2,029 characters, and 2,000 is the most',
    ],
    [
      'a long path after a long origin',
      { 'a.json': LINES },
      { urlPrefixLength: 1995 },
      'gets a URL of 2,001 characters',
    ],
    [
      'and its action',
      { 'a.json': LINES },
      { urlPrefixLength: 1980, largeFileThresholdBytes: 1 },
      'gets a URL of 2,004 characters',
    ],
  ])('%s', async (_, files, options, says) => {
    for (const deep of [false, true]) {
      const { told, errors } = await check(files, { ...options, deep });
      expect(told).toEqual([expect.stringContaining(says)]);
      expect(told[0]).toMatch(/^error: .*[.?]$/);
      expect(errors).toBe(1);
    }
  });

  test('more than 10,000 fields', async () => {
    const names = Array.from({ length: 10_001 }, (_, at) => `c${at}`);
    const csv = `${names}\n${'1,'.repeat(10_000)}1\n`;
    const row = JSON.stringify(Object.fromEntries(names.map((name) => [name, 1])));
    const told = [await check({ 'a.csv': csv }), await check({ 'a.json': row })].map(
      ({ findings }) => findings[0],
    );
    expect(told).toMatchObject([
      { level: 'error', line: 1, message: expect.stringContaining('has 10,001 columns, and') },
      { level: 'error', line: 1, message: expect.stringContaining('has 10,001 fields, and') },
    ]);
  });

  test('two files with one path', async () => {
    const files = [await fileOf('a.json', LINES), await fileOf('a.json', LINES)];
    expect((await preflight(files)).findings).toEqual([
      { level: 'error', file: 'a.json', message: expect.stringContaining('comes twice') },
    ]);
  });

  test('no files', async () => {
    expect((await check({})).told).toEqual(['error: There are no files. Name some to ingest.']);
  });

  test('a file that is gone, or has changed', async () => {
    const gone = { ...(await fileOf('a.json', LINES)), localPath: undefined };
    const { open } = await import('../../src/index.js').then(({ OpenFile }) => ({
      open: () => OpenFile.open('/nonexistent/a.json'),
    }));
    const grown = { ...(await fileOf('b.json', LINES)), sizeBytes: 5 };
    const { findings } = await preflight([{ ...gone, open }, grown]);
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringContaining('a.json cannot be read'),
      expect.stringContaining('b.json changed its size'),
    ]);
  });
});

describe('what is advised is a warning', () => {
  const long = (bytes: number) => `{"a":"${'x'.repeat(bytes)}"}\n`;
  test.each<[string, Files, string]>([
    [
      'an event of over 10 KB',
      { 'a.json': LINES + long(10_000) + long(11_000) },
      'a.json, line 3, is 10.0 KB long; at most 10 KB are advised for an event and 100 KB for a record',
    ],
    [
      'a record of over 100 KB',
      { 'a.json': long(11_000) + long(100_000) },
      'a.json, line 2, is 100.0 KB long',
    ],
    [
      'a long element',
      { 'a.json': `[${LINES.slice(0, 7)},${long(10_000)}]` },
      'a.json, line 1, is 10.0 KB long',
    ],
    [
      'a long CSV row',
      { 'a.csv': `a,b\n1,${'x'.repeat(10_000)}\n` },
      'a.csv, line 2, is 10.0 KB long',
    ],
    [
      'white space in a column name',
      { 'a.csv': 'first name,b\n1,2\n' },
      'a.csv, line 1, has white space in the column name "first name". Use underscores',
    ],
    [
      'one column that looks like two',
      { 'a.csv': 'a;b\n1;2\n' },
      'has one column, as read with the delimiter ",". Is the delimiter ";"?',
    ],
  ])('%s', async (_, files, says) => {
    for (const deep of [false, true]) {
      const { told, errors } = await check(files, { deep });
      expect(told).toEqual([
        expect.stringContaining(`warning: ${says}`.replace('warning: has', 'has')),
      ]);
      expect(errors).toBe(0);
    }
  });

  test('a name that says something else than the format that was asked for', async () => {
    const { told } = await check({ 'a.csv': LINES }, { format: 'json' });
    expect(told).toEqual(['warning: a.csv is taken as JSON, though its name says CSV.']);
  });
});

describe('with partial ingestion a bad row is a warning, and what is no row stays an error', () => {
  const options = { partialIngestionPercent: 5 };
  test.each<[string, Files, string]>([
    ['a line', { 'a.json': '{"a":1}\nnonsense\n' }, 'warning: a.json, line 2, is no JSON'],
    ['an element', { 'a.json': '[{"a":1},2]' }, 'warning: a.json, line 1, has element 2'],
    ['a row', { 'a.csv': 'a,b\n1\n' }, 'warning: a.csv, line 2, has 1 column, and the header 2'],
    ['a header', { 'a.csv': 'a,a\n1,2\n' }, 'error: a.csv, line 1, names columns'],
    ['an array', { 'a.json': '[{"a":1}' }, 'error: a.json, line 1, is where the array ends'],
  ])('%s', async (_, files, says) => {
    expect((await check(files, options)).told).toEqual([expect.stringContaining(says)]);
  });
});

test('CSV options that no reader takes are refused', async () => {
  for (const csv of [{ delimiter: '' }, { charset: 'klingon' }]) {
    await expect(check({ 'a.csv': CSV }, { csv })).rejects.toMatchObject({
      name: 'InvalidInputError',
      field: expect.stringMatching(/^csv/),
    });
  }
});

test('a signal ends it', async () => {
  const reason = new Error('stop');
  await expect(check({ 'a.csv': CSV }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

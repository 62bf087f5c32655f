import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { formatFinding } from '../../src/preflight/format-finding.js';
import { preflight } from '../../src/preflight/preflight.js';
import type { PreflightOptions } from '../../src/preflight/types.js';
import { useFolder } from '../support/sources.js';

const createSource = useFolder();

type Files = Record<string, string | Uint8Array>;
/** Each finding as `level: file:line: message`; notes say what was found in CSV, csv.test.ts has them. */
const check = async (files: Files, options: PreflightOptions = {}) => {
  const sources = await Promise.all(Object.entries(files).map((file) => createSource(...file)));
  const result = await preflight(sources, options);
  return {
    ...result,
    found: result.findings
      .filter(({ level }) => level !== 'note')
      .map((each) => `${each.level}: ${formatFinding(each)}`),
  };
};
const utf16 = (text: string, mark: boolean) =>
  Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le');
const LINES = '{"a":1}\n{"a":2}\n';
const CSV = 'id,name\n1,x\n2,y\n';
const zip = (inside: string) => Buffer.from(`PK\x03\x04\x14\0\0\0\0\0${inside}`, 'latin1');

describe('sound files have no findings, and their format is detected', () => {
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
    const { found, ...result } = await check(files, options);
    expect(found).toEqual([]);
    expect(result).toMatchObject({ errors: 0, warnings: 0, ...expected });
    expect((await check(files, { ...options, deep: true })).found).toEqual([]);
  });
});

describe('what cannot be ingested is an error with a place and a fix', () => {
  test.each<[string, Files, PreflightOptions, string]>([
    [
      'an empty file',
      { 'a.json': '' },
      {},
      'a.json: the file is empty, which fails the batch (platform error 106). Leave it out.',
    ],
    ['only whitespace', { 'a.json': ' \n' }, {}, 'a.json: there are no rows, only whitespace'],
    ['an empty array', { 'a.json': '[]' }, {}, 'a.json: the array has no elements'],
    [
      'gzip',
      { 'a.json': gzipSync(LINES) },
      {},
      'a.json: this is gzip, which is not supported. Decompress the file first.',
    ],
    ['zip', { a: zip('a.csv') }, {}, 'a: this is zip,'],
    [
      'xlsx',
      { 'a.csv': zip('[Content_Types].xml') },
      {},
      'a.csv: this is an Office file (xlsx), which is not supported. Convert it',
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
      'is encrypted Parquet, which is not supported. Write it without encryption.',
    ],
    [
      'UTF-16',
      { 'a.csv': utf16(CSV, true) },
      {},
      'a.csv: this is UTF-16 (little-endian), which is not supported. Save it as UTF-8',
    ],
    ['UTF-16 without a mark', { 'a.csv': utf16(CSV, false) }, {}, 'a.csv: this looks like UTF-16'],
    ['a byte order mark', { 'a.json': `\ufeff${LINES}` }, {}, 'is UTF-8 with a byte order mark'],
    [
      'a byte that is not UTF-8',
      { 'a.json': Buffer.from('{"a":1}\n{"a":"\xe9"}\n', 'latin1') },
      {},
      'a.json:2: not valid UTF-8: invalid byte 7 of the line. Save',
    ],
    [
      'half a character at the end',
      { 'a.csv': Buffer.from('a,b\n1,\xe9', 'latin1') },
      {},
      'a.csv:2: not valid UTF-8: invalid byte at position 6',
    ],
    ['NUL bytes', { 'a.csv': 'a,b\n1,x\0\n' }, {}, 'not valid CSV: it contains NUL bytes'],
    [
      'an unknown format',
      { notes: 'hello' },
      {},
      'notes: the format is not recognized: expected Parquet, JSON or CSV',
    ],
    [
      'a line that is not JSON',
      { 'a.json': '{"a":1}\n{"a":\n' },
      {},
      'a.json:2: not valid JSON: unexpected end at column 6. Fix or remove the line.',
    ],
    [
      'a line that is an array',
      { 'a.json': '{"a":1}\n[1]\n' },
      {},
      'a.json:2: expected one JSON object per line, received an array. Write its elements',
    ],
    [
      'a line that is a number',
      { 'a.json': '{"a":1}\n1\n' },
      {},
      'a.json:2: expected one JSON object per line, received a number. Write each row',
    ],
    [
      'a line that is null',
      { 'a.json': '{"a":1}\nnull\n' },
      {},
      'a.json:2: expected one JSON object per line, received null',
    ],
    [
      'an object over several lines',
      { 'a.json': '{\n  "a": 1,\n  "b": 2\n}\n' },
      {},
      'a.json:1: an object continues on the next line: expected one JSON object per line. Write each object on one line, or all of them in one array',
    ],
    [
      'an array although lines are requested',
      { 'a.json': '[{"a":1}]' },
      { isMultiLineJson: false },
      'a.json: the file is one array, but isMultiLineJson false means JSON Lines',
    ],
    [
      'lines although an array is requested',
      { 'a.json': LINES },
      { isMultiLineJson: true },
      'a.json: the file is not an array, but isMultiLineJson true means one array per file',
    ],
    [
      'an array without its end',
      { 'a.json': '[{"a":1},\n{"a":2}\n' },
      {},
      'a.json:3: the array is not closed after 2 elements: expected ] at the end. Was the file cut off?',
    ],
    [
      'an array that is not JSON',
      { 'a.json': '[{"a":1},\n{"a":2}\n{"a":3}]' },
      {},
      'a.json:3: not valid JSON: unexpected `{` at column 1, after 2 elements. Put a comma between two elements. Nothing after this was checked.',
    ],
    [
      'two arrays',
      { 'a.json': '[{"a":1}]\n[{"a":2}]' },
      {},
      'a.json:2: not valid JSON: unexpected `[` at column 1, after 1 element.',
    ],
    [
      'an element that is not an object',
      { 'a.json': '[{"a":1},\n\n2]' },
      {},
      'a.json:3: element 2 of the array: expected a JSON object, received a number.',
    ],
    [
      'a header alone',
      { 'a.csv': 'a,b\n' },
      {},
      'a.csv: there are no rows after the header (platform error 106)',
    ],
    ['no header', { 'a.csv': '\n\n' }, {}, 'a.csv: there is no header'],
    [
      'a column without a name',
      { 'a.csv': 'a,,c\n1,2,3\n' },
      {},
      'a.csv:1: column 2 has no name (platform error 118)',
    ],
    [
      'two columns of one name',
      { 'a.csv': 'a,b,a\n1,2,3\n' },
      {},
      'a.csv:1: columns 1 and 3 have the same name "a"',
    ],
    [
      'a row of another length',
      { 'a.csv': 'a,b\r\n"x\r\ny",2\r\n\r\n1,2,3\r\n' },
      {},
      'a.csv:5: the row has 3 columns, but the header has 2. Quote',
    ],
    [
      'a quote that is not closed',
      { 'a.csv': 'a,b\n1,2\n3,"x\n4,5\n' },
      {},
      'a.csv:3: the row opens a quote that is never closed',
    ],
    [
      'a name that contradicts the content',
      { 'a.csv': LINES },
      {},
      'a.csv: the file is JSON, but its name says CSV. Rename the file',
    ],
    [
      'a requested format that contradicts the content',
      { 'a.json': LINES },
      { format: 'csv' },
      'a.json: the file is JSON, but the requested format is CSV',
    ],
    [
      'a file that is not Parquet',
      { 'a.parquet': CSV },
      {},
      'a.parquet: not valid Parquet: expected PAR1 at the start',
    ],
    [
      'two formats',
      { 'a.json': LINES, 'b.csv': CSV },
      {},
      'b.csv: the file is CSV, but the first file, a.json, is JSON. A batch has one format',
    ],
    [
      'two kinds of JSON',
      { 'a.json': LINES, 'b.json': '[{"a":1}]' },
      {},
      'b.json: the file is one array, but the first file, a.json, is JSON Lines',
    ],
    [
      'a path with ..',
      { 'a/../b.json': LINES },
      {},
      'a/../b.json: Invalid path: expected a path without',
    ],
    [
      'a path with an empty part',
      { 'a//b.json': LINES },
      {},
      'leading, doubled or trailing slashes',
    ],
    ['a lone surrogate in a path', { 'a\ud800.json': LINES }, {}, 'It holds a lone surrogate'],
    [
      'a control character',
      { 'a\tb.json': LINES },
      {},
      '"a\\tb.json": the path contains a control character',
    ],
    [
      'a long path',
      { [`${'x'.repeat(1900)}.json`]: LINES },
      {},
      "the upload's URL has 2,029 characters; the maximum is 2,000",
    ],
    [
      'a long path after a long origin',
      { 'a.json': LINES },
      { urlPrefixLength: 1995 },
      "the upload's URL has 2,001 characters",
    ],
    [
      'a long path with the action of an upload in parts',
      { 'a.json': LINES },
      { urlPrefixLength: 1980, largeFileThresholdBytes: 1 },
      "the upload's URL has 2,004 characters",
    ],
  ])('%s', async (_, files, options, says) => {
    for (const deep of [false, true]) {
      const { found, errors } = await check(files, { ...options, deep });
      expect(found).toEqual([expect.stringContaining(says)]);
      expect(found[0]).toMatch(/^error: .*[.?]$/);
      expect(errors).toBe(1);
    }
  });

  test('more than 10,000 fields in a row or a header are an error', async () => {
    const names = Array.from({ length: 10_001 }, (_, at) => `c${at}`);
    const csv = `${names}\n${'1,'.repeat(10_000)}1\n`;
    const row = JSON.stringify(Object.fromEntries(names.map((name) => [name, 1])));
    const found = [await check({ 'a.csv': csv }), await check({ 'a.json': row })].map(
      ({ findings }) => findings[0],
    );
    expect(found).toMatchObject([
      {
        level: 'error',
        line: 1,
        message: expect.stringContaining('has 10,001 columns; the maximum'),
      },
      {
        level: 'error',
        line: 1,
        message: expect.stringContaining('has 10,001 fields; the maximum'),
      },
    ]);
  });

  test('two files with one path are an error', async () => {
    const files = [await createSource('a.json', LINES), await createSource('a.json', LINES)];
    expect((await preflight(files)).findings).toMatchObject([
      { level: 'error', file: 'a.json', message: expect.stringContaining('duplicate path') },
    ]);
  });

  test('a batch without files is an error', async () => {
    expect((await check({})).found).toEqual(['error: No files to ingest. Pass at least one.']);
  });

  test('a file that is gone or has another size than listed is an error', async () => {
    const gone = { ...(await createSource('a.json', LINES)), localPath: undefined };
    const { open } = await import('../../src/index.js').then(({ OpenFile }) => ({
      open: () => OpenFile.open('/nonexistent/a.json'),
    }));
    const grown = { ...(await createSource('b.json', LINES)), sizeBytes: 5 };
    const { findings } = await preflight([{ ...gone, open }, grown]);
    expect(findings.map(formatFinding)).toEqual([
      expect.stringContaining('a.json: the file cannot be read'),
      expect.stringContaining('b.json: the size changed'),
    ]);
  });
});

describe('what the platform takes but advises against is a warning', () => {
  const long = (bytes: number) => `{"a":"${'x'.repeat(bytes)}"}\n`;
  test.each<[string, Files, string]>([
    [
      'an event of over 10 kB',
      { 'a.json': LINES + long(10_000) + long(11_000) },
      'a.json:3: the row has 10.0 kB; at most 10 kB are advised for an event and 100 kB for a record',
    ],
    [
      'a record of over 100 kB',
      { 'a.json': long(11_000) + long(100_000) },
      'a.json:2: the row has 100.0 kB',
    ],
    [
      'a long element',
      { 'a.json': `[${LINES.slice(0, 7)},${long(10_000)}]` },
      'a.json:1: the row has 10.0 kB',
    ],
    [
      'a long CSV row',
      { 'a.csv': `a,b\n1,${'x'.repeat(10_000)}\n` },
      'a.csv:2: the row has 10.0 kB',
    ],
    [
      'whitespace in a column name',
      { 'a.csv': 'first name,b\n1,2\n' },
      'a.csv:1: the column name "first name" contains whitespace. Use underscores',
    ],
    [
      'one column that looks like two',
      { 'a.csv': 'a;b\n1\n2\n' },
      'a.csv:1: there is only one column with the delimiter `,`. Is the delimiter `;`?',
    ],
  ])('%s', async (_, files, says) => {
    for (const deep of [false, true]) {
      const { found, errors } = await check(files, { deep });
      expect(found).toEqual([expect.stringContaining(`warning: ${says}`)]);
      expect(errors).toBe(0);
    }
  });

  test('a name that contradicts the requested format is a warning if the content agrees', async () => {
    const { found } = await check({ 'a.csv': LINES }, { format: 'json' });
    expect(found).toEqual(['warning: a.csv: the file is read as JSON, but its name says CSV.']);
  });
});

describe('with partial ingestion a bad row is a warning, and anything else stays an error', () => {
  const options = { partialIngestionPercent: 5 };
  test.each<[string, Files, string]>([
    [
      'a line',
      { 'a.json': '{"a":1}\nnonsense\n' },
      'warning: a.json:2: not valid JSON: unexpected `nonsense` at column 1',
    ],
    ['an element', { 'a.json': '[{"a":1},2]' }, 'warning: a.json:1: element 2'],
    [
      'a row',
      { 'a.csv': 'a,b\n1\n' },
      'warning: a.csv:2: the row has 1 column, but the header has 2',
    ],
    ['a header', { 'a.csv': 'a,a\n1,2\n' }, 'error: a.csv:1: columns'],
    ['an array', { 'a.json': '[{"a":1}' }, 'error: a.json:1: the array is not closed'],
  ])('%s', async (_, files, says) => {
    expect((await check(files, options)).found).toEqual([expect.stringContaining(says)]);
  });
});

test('CSV options that the parser does not accept are an InvalidInputError', async () => {
  for (const csv of [{ delimiter: '' }, { charset: 'klingon' }]) {
    await expect(check({ 'a.csv': CSV }, { csv })).rejects.toMatchObject({
      name: 'InvalidInputError',
      field: expect.stringMatching(/^csv/),
    });
  }
});

test('a signal aborts the check with its reason', async () => {
  const reason = new Error('stop');
  await expect(check({ 'a.csv': CSV }, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

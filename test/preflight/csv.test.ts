import { describe, expect, test } from '@jest/globals';
import { validateIngestOptions } from '../../src/ingest/options.js';
import { CsvJoins } from '../../src/preflight/csv-joins.js';
import { CsvScanner } from '../../src/preflight/csv-scanner.js';
import { formatFinding } from '../../src/preflight/format-finding.js';
import { preflight } from '../../src/preflight/preflight.js';
import type { CsvOptions, PreflightOptions } from '../../src/preflight/types.js';
import { useFolder } from '../support/sources.js';

const createSource = useFolder();

type Files = Record<string, string | Uint8Array>;
const check = async (files: Files | string, options: PreflightOptions = {}) => {
  const named = typeof files === 'string' ? { 'a.csv': files } : files;
  const sources = await Promise.all(Object.entries(named).map((file) => createSource(...file)));
  const result = await preflight(sources, options);
  const all = result.findings.map((each) => `${each.level}: ${formatFinding(each)}`);
  const notes = all.filter((each) => each.startsWith('note:'));
  return { ...result, notes, found: all.filter((each) => !each.startsWith('note:')) };
};
const quote = (rows: string[][], delimiter = ',', end = '\n') =>
  rows.map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(delimiter)).join(end);

describe('the rows of a file are counted exactly, whichever way they are written', () => {
  test.each<[string, string, number, CsvOptions?]>([
    ['one row', 'a,b\n1,2', 1],
    ['CRLF', 'a,b\r\n1,2\r\n3,4\r\n', 2],
    ['CR alone', 'a,b\r1,2\r3,4\r', 2],
    ['mixed line ends', 'a,b\r\n1,2\n3,4\r5,6\n', 3],
    ['two carriage returns and a line feed', 'a,b\r\r\n1,2\r\r\n3,4\r\r\n', 2],
    ['line ends in quotes', 'a,b\n"x\ny","p\r\nq\rr"\n1,2\n', 2],
    ['blank lines', 'a,b\n\n1,2\n\r\n\n3,4\n\n\n', 2],
    ['empty values', 'a,b\n,\n"",""\n', 2],
    ['one column with an empty value in quotes', 'a\n""\n1\n', 2],
    ['a delimiter in quotes', 'a,b\n"x,y",2\n', 1],
    ['doubled quotes', 'a,b\n"say ""hi"", then\ngo",2\n', 1],
    ['nothing but doubled quotes', 'a,b\n"""",""""""\n', 1],
    ['escaped quotes', 'a,b\n"say \\"hi\\", then\ngo",2\n', 1],
    ['an escaped backslash before the closing quote', 'a,b\n"c:\\\\",2\n3,4\n', 2],
    ['a quote within a value', 'a,b\n5" pipe,2\n6" pipe,3\n', 2],
    ['a backslash outside quotes', 'a,b\nc:\\,2\n3,4\n', 2],
    ['values in single quotes', "a,b\n'x,y','it''s'\n'z','q'\n", 2],
    ['no header', '1,2\n3,4\n', 2, { header: false }],
    ['other characters', 'größe,b\n日本,🎉\n', 1],
    ['a delimiter of two characters', 'a||b\n1||"x||y"\n', 1, { delimiter: '||' }],
    ['a delimiter outside ASCII', 'a§b\n1§"x§y"\n', 1, { delimiter: '§' }],
    ['a quote outside ASCII', 'a,b\n«x,y«,2\n', 1, { quote: '«' }],
  ])('%s', async (_, text, rows, csv = {}) => {
    const result = await check(text, { csv });
    expect(result.found.filter((each) => each.startsWith('error'))).toEqual([]);
    expect(result.rows).toBe(rows);
  });
});

describe('a space before a quote', () => {
  const says = 'the quotes are loaded as a part of the value. Remove the space.';
  test.each([
    'a,b\n1, "x"\n2, "y"\n',
    'a,b\n1, \t"x"\n',
    'a,b\n "1",x\n',
    'a;b\r\n1; "x"\r\n2;y\r\n',
  ])('is a warning where the row has all columns: %j', async (text) => {
    expect((await check(text)).found).toContainEqual(expect.stringContaining(says));
  });

  test('is named as the cause where the value is divided', async () => {
    const { found } = await check('a,b\n1, "a,b"\n2,x\n3,y,z\n4,x\n');
    expect(found).toEqual([
      'error: a.csv:2: the row has 3 columns, but the header has 2. Remove the space before the quote: after a space, a quote is text and encloses nothing.',
      'error: a.csv:4: the row has 3 columns, but the header has 2. Quote a value that contains the delimiter.',
    ]);
  });

  test.each(['a,b\n1,5" pipe\n', 'a,b\n1,x "y"\n', 'a\tb\n1\t"x"\n', 'a,b\n"x, y",1\n'])(
    'is none in %j',
    async (text) => expect((await check(text)).found).toEqual([]),
  );
});

describe('the dialect is found, and set where it differs from what the platform assumes', () => {
  const rows = [
    ['id', 'text', 'price'],
    ['1', 'say "hi"', '2,5'],
    ['2', 'a; b', '3,5'],
  ];
  test.each<[string, string, CsvOptions]>([
    ['commas', 'a,b\n1,2\n', {}],
    ['semicolons', 'a;b\n1;2,5\n', { delimiter: ';' }],
    ['tabs', 'a\tb\n1, 2\t3\n', { delimiter: '\t' }],
    ['bars', 'a|b\n1|2\n', { delimiter: '|' }],
    ['a control character', 'a\x01b\n1\x012\n', { delimiter: '\x01' }],
    ['tabs, and commas in each row', 'id\tlast, first\tc\n1\tx, y\tz\n', { delimiter: '\t' }],
    ['commas, and semicolons in each row', 'id,tags\n1,a;b\n2,c;d\n', {}],
    ['doubled quotes', quote(rows), { escape: '"' }],
    ['semicolons and doubled quotes', quote(rows, ';'), { delimiter: ';', escape: '"' }],
    ['escaped quotes', 'a,b\n"x\\"y",2\n', {}],
    ['quotes that need no escape', 'a,b\n"x",2\n', {}],
    ['single quotes', "a,b\n'x,y','z'\n'p','q'\n", { quote: "'" }],
    ['doubled single quotes', "a,b\n'it''s','z'\n'p','q'\n", { quote: "'", escape: "'" }],
    ['apostrophes', "a,b\n'tis,x\nit's,'y\n", {}],
    ['a row with too many columns', 'a;b\n1;2\n3;4;5\n6;7\n8;9\n', { delimiter: ';' }],
  ])('%s', async (_, text, expected) => {
    const { csv, notes } = await check(text);
    expect(csv).toEqual(expected);
    expect(notes).toHaveLength(1);
  });

  test('a note says what was found, also what is never set', async () => {
    const { notes } = await check({
      'a.csv': quote(rows, ';', '\r\n'),
      'b.csv': quote(rows, ';', '\r\n'),
    });
    expect(notes).toEqual([
      'note: a.csv: CSV with delimiter `;` (found, and set for the batch), quote `"`, ' +
        'escape `"` (found, and set for the batch), a header, line ends CRLF, UTF-8. So are 1 more of the files.',
    ]);
  });

  test('doubled quotes far from the beginning are found by a deep check', async () => {
    const text = `a,b\n${'1,"x"\n'.repeat(1000)}2,"a ""b"", c"\n${'1,"x"\n'.repeat(1000)}`;
    const options = { windowBytes: 1024, deep: true };
    expect(await check(text, options)).toMatchObject({
      csv: { escape: '"' },
      rows: 2001,
      found: [],
    });
  });

  test('files of one batch that differ are an error that names both', async () => {
    const { found } = await check({ 'a.csv': 'a;b\n1;"x""y"\n', 'b.csv': 'a,b\n1,"x\\"y"\n' });
    expect(found.filter((each) => each.startsWith('error'))).toEqual([
      'error: b.csv: the delimiter is `,`, but that of a.csv is `;`. A batch has one: make one batch for each.',
      'error: b.csv: the escape is `\\`, but that of a.csv is `"`. A batch has one: make one batch for each.',
    ]);
    const { errors } = await check({ 'a.csv': 'a,b\n1,"x""y"\n', 'b.csv': 'a,b\n1,2\n' });
    expect(errors).toBe(0);
  });

  test.each<[string, string, CsvOptions, string]>([
    [
      'a delimiter',
      'a;b\n1;2\n',
      { delimiter: ',' },
      'there is only one column with the delimiter `,`. Is',
    ],
    [
      'a delimiter',
      'a;b,c\n1;2\n',
      { delimiter: ',' },
      'the delimiter is set to `,`, but the file has `;`',
    ],
    ['a quote', 'a,b\n"x,y",2\n', { quote: "'" }, 'the quote is set to `\'`, but the file has `"`'],
    ['an escape', 'a,b\n"x""y",2\n', { escape: '\\' }, 'They stay doubled: set the escape to `"`'],
    [
      'a charset',
      'größe,b\n1,2\n',
      { charset: 'latin1' },
      'the charset is set to latin1, but the file is UTF-8',
    ],
  ])(
    '%s that the caller says wins, and is a warning if the file contradicts',
    async (_, text, csv, says) => {
      const result = await check(text, { csv });
      expect(result.found).toContainEqual(expect.stringContaining(says));
      expect(result.csv).toEqual({});
    },
  );
});

describe('what would be loaded wrong without an error is a warning, in a quick and in a deep check', () => {
  test.each<[string, Files, string, CsvOptions?]>([
    [
      'a backslash before the closing quote',
      { 'a.csv': 'a,b\n1,"c:\\"\n2,d\n' },
      'a.csv:2: a backslash stands before a quote in the value whose quote is opened here',
    ],
    [
      'rows that such a backslash swallows, as the caller wants it read',
      { 'a.csv': 'a,b,c\n1,"c:\\",2\n3,"d:\\",4\n' },
      'a.csv:2: text follows the closing quote of the value whose quote is opened here. A backslash',
      { escape: '\\' },
    ],
    [
      'a quote that another value closes',
      { 'a.csv': 'a,b\n1,2\n2,"abc\n3,x\n4,"d"\n5,e\n' },
      'a.csv:3: text follows the closing quote of the value whose quote is opened here. A quote that',
    ],
    [
      'doubled quotes beside escaped ones',
      { 'a.csv': 'a,b\n1,"x ""y"" z"\n2,"x \\"y\\" z"\n' },
      'a.csv:2: quotes are doubled in the value whose quote is opened here, but the escape is `\\`. A backslash before a quote is there, too (line 3)',
    ],
    [
      'a carriage return in a value',
      { 'a.csv': 'a,b\n1,x\r2,y\n' },
      'a.csv:2: a carriage return without a line feed ends the line',
    ],
    [
      'JSON in values',
      { 'a.csv': 'a,b\n1,"{""x"":1}"\n2,\n3,"[1, 2]"\n' },
      'a.csv:2: a value is JSON, which CSV loads as text. Write nested rows as JSON or Parquet.\n  and 1 more like this: a.csv:4',
    ],
    [
      'a name with a dot',
      { 'a.csv': '_id,person.name\n1,x\n' },
      'a.csv:1: the column name "person.name" has a dot: CSV is flat',
    ],
    [
      'several names with whitespace',
      { 'a.csv': 'first name,last name\n1,x\n' },
      'a.csv:1: 2 column names contain whitespace, the first is "first name". Use underscores instead: "first_name".',
    ],
    [
      'a first row of data',
      { 'a.csv': '1,Ada,2024-01-01\n2,Bob,2024-01-02\n' },
      'a.csv:1: the first row looks like data. Is the header missing?',
    ],
    [
      'another header',
      { 'a.csv': 'a,b\n1,2\n', 'b.csv': 'b,a\n1,2\n' },
      'b.csv:1: the header (b, a) differs from that of a.csv (a, b). Write the same columns',
    ],
    [
      'a header in the first part alone',
      { 'part-0.csv': 'a,b\n1,x\n', 'part-1.csv': '2,y\n3,z\n' },
      'part-1.csv:1: the first row looks like data, but part-0.csv has a header',
    ],
    [
      'a header in the middle, as of files that were joined',
      { 'a.csv': 'id,name\r\n1,x\r\nid,name\r\n2,y\r\nid,name' },
      'a.csv:3: the row repeats the header. Were files joined here? Remove it.',
    ],
    [
      'a byte order mark in the middle, as of files that were joined',
      { 'a.csv': 'id,name\n1,x\n\ufeffid,name\n2,y\n' },
      'a.csv:3: the row begins with a byte order mark. Were files joined here? Remove it.',
    ],
    [
      'commas in a file of tabs',
      { 'a.tsv': 'a,b\n1,2\n' },
      'a.tsv:1: the name says that tabs separate the values, but the delimiter is `,`',
    ],
  ])('%s', async (_, files, says, csv = {}) => {
    for (const deep of [false, true]) {
      const { found, errors } = await check(files, { csv, deep });
      expect(found).toContainEqual(expect.stringContaining(`warning: ${says}`));
      expect(errors).toBe(0);
    }
  });

  test('names of years, and data below names, are a header', async () => {
    for (const text of ['country,2019,2020\nDE,1,2\n', 'a,b\n1,2\n', '1st,b\n1,2\n']) {
      expect((await check(text)).found).toEqual([]);
    }
  });
});

describe('a file that cannot be loaded is an error at the line where it begins to go wrong', () => {
  const rows = '1,x\n'.repeat(1000);
  test.each<[string, string, string, PreflightOptions?]>([
    [
      'an open quote',
      `a,b\n1,2\n3,"x\n4,5\n`,
      'a.csv:3: the row opens a quote that is never closed',
    ],
    [
      'an open quote before the end of the first part that is read',
      `a,b\n1,"x\n${rows}`,
      'a.csv:2: the row opens',
    ],
    ['an open quote in the last row', `a,b\n${rows}1,"x\n`, 'a.csv: last line: the row opens'],
    [
      'an open quote after quotes',
      `a,b\n${'1,"x"\n'.repeat(1000)}1,"x\n`,
      'a.csv: last line: the row opens',
    ],
    [
      'an open quote in the middle',
      `a,b\n${rows}1,"x\n${rows}`,
      'a.csv:1002: the row opens',
      { deep: true },
    ],
    [
      'a NUL byte in the middle',
      `a,b\n${rows}1,\0\n${rows}`,
      'a.csv:1002: not valid CSV: it contains NUL',
      { deep: true },
    ],
    ['a NUL byte at the end', `a,b\n${rows}1,\0\n`, 'a.csv: not valid CSV: it contains NUL'],
    ['a blank first line', '\na,b\n1,2\n', 'a.csv:1: the first line is blank (platform error 118)'],
    [
      'a first line of blanks',
      ' \t\r\na,b\n1,2\n',
      'a.csv:1: the first line is blank (platform error 118)',
    ],
    [
      'a bad row of a file with carriage returns alone',
      'a,b\r1,2\r3\r',
      'a.csv:3: the row has 1 column',
    ],
    [
      'a bad row after mixed line ends',
      'a,b\r\n1,2\n"x\ry",2\r\r\n3\n',
      'a.csv:6: the row has 1 column',
    ],
    [
      'an instruction for spreadsheets',
      'sep=;\r\na;b\r\n1;2\r\n',
      'a.csv:1: the first line, "sep=", is an instruction for spreadsheets. Remove it',
    ],
    [
      'a row of another length than the first',
      '1,2\n3\n',
      'a.csv:2: the row has 1 column, but the first row has 2',
      { csv: { header: false } },
    ],
    [
      'a header of data',
      '1,Ada,1\n2,Bob,2\n',
      'a.csv:1: columns 1 and 3 have the same name "1". Is the header missing?',
    ],
    [
      'a header without names',
      ',,\n1,2,3\n',
      'a.csv:1: column 1 has no name (platform error 118). Is the header missing?',
    ],
    [
      'no rows, and no header expected',
      '\n\n',
      'a.csv: there are no rows (platform error 106)',
      { csv: { header: false } },
    ],
  ])('%s', async (_, text, says, options = {}) => {
    const { found, errors } = await check(text, { windowBytes: 1024, ...options });
    expect(found).toContainEqual(expect.stringContaining(`error: ${says}`));
    expect(errors).toBe(1);
  });

  test('a row of more than 16 MiB is one row, and an error; one of 2 MiB is only advised against', async () => {
    const text = (bytes: number) => `a,b\n1,${'x'.repeat(bytes)}\n2,y\n`;
    const [long, longer] = [
      await check(text(2 ** 21), { deep: true }),
      await check(text(2 ** 24), { deep: true }),
    ];
    expect([long.rows, long.errors, longer.rows, longer.errors]).toEqual([2, 0, 2, 1]);
    expect(longer.found[0]).toContain('error: a.csv:2: the row is longer than 16.8 MB');
  });

  test('text in another charset names the usual one, and says that others cannot be recognized', async () => {
    const windows = await check({ 'a.csv': Buffer.from('a;b\r\nM\xfcller;5 \x80\r\n', 'latin1') });
    expect(windows.found).toEqual([
      expect.stringContaining('pass its charset: perhaps windows-1252 (western European)'),
    ]);
    const names = ['windows-1252', 'Cp1252', 'ISO8859_1', 'Cp437'];
    for (const charset of names) {
      const { found } = await check(
        { 'a.csv': Buffer.from('a;b\nM\xfc;5\n', 'latin1') },
        { csv: { charset } },
      );
      expect(found).toEqual([]);
    }
  });
});

test('options that CSV cannot have are rejected with their field', () => {
  const wrong: [object, string][] = [
    [{ delimiter: '' }, 'csv.delimiter'],
    [{ delimiter: 'a\nb' }, 'csv.delimiter'],
    [{ quote: '""' }, 'csv.quote'],
    [{ quote: '\n' }, 'csv.quote'],
    [{ quote: ',' }, 'csv.quote'],
    [{ escape: 'ab' }, 'csv.escape'],
    [{ escape: ',' }, 'csv.escape'],
    [{ header: 'true' }, 'csv.header'],
    [{ nullMarker: null }, 'csv.nullMarker'],
  ];
  for (const [csv, field] of wrong) {
    expect(() => validateIngestOptions({ datasetId: 'd', csv })).toThrow(
      expect.objectContaining({ field }),
    );
  }
  const { csv } = validateIngestOptions({
    datasetId: 'd',
    csv: { quote: '', escape: '', nullMarker: '' },
  });
  expect(csv).toEqual({ quote: '', escape: '', nullMarker: '' });
});

test('a repeated header and a byte order mark are found wherever chunks end, at their lines', () => {
  const text = 'id,b\r\n1,id,b\r\nid,b\nid,bc\n\ufeffid,b\rid,b\n\nx\ufeff\nid,b';
  const bytes = Buffer.from(text);
  for (let step = 1; step <= bytes.length; step++) {
    const joins = new CsvJoins(Buffer.from('id,b'));
    const scanner = new CsvScanner({ delimiter: 44, quote: 34, escape: 92 }, () => {});
    for (let at = 0; at < bytes.length; at += step) {
      const chunk = bytes.subarray(at, at + step);
      joins.push(chunk, scanner.line);
      scanner.push(chunk);
    }
    joins.end(scanner.line);
    expect([step, joins.headers.count, joins.marks.count]).toEqual([step, 3, 1]);
    if (step === bytes.length) expect(joins.headers.lines).toEqual([3, 6, 9]);
  }
});

test('equal rows of a file without a header do not repeat one', async () => {
  const { found } = await check('1,2\n1,2\n1,2\n');
  expect(found).toEqual([expect.stringContaining('looks like data')]);
});

import { describe, expect, test } from '@jest/globals';
import { formatFinding } from '../../src/preflight/findings.js';
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

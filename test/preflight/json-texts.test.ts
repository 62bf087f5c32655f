import { describe, expect, test } from '@jest/globals';
import { preflight } from '../../src/preflight/preflight.js';
import type { PreflightOptions } from '../../src/preflight/types.js';
import { useFolder } from '../support/sources.js';

const createSource = useFolder();
const check = async (text: string | Buffer, options: PreflightOptions = {}) => {
  const result = await preflight([await createSource('a.json', text)], options);
  const rejected = result.findings.filter(({ effect }) => effect === 'row-rejected');
  return { ...result, rejected: rejected.reduce((sum, { count }) => sum + count, 0) };
};
const bytes = (...parts: (string | number[] | Buffer)[]): Buffer =>
  Buffer.concat(
    parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))),
  );

const ACCEPTED = [
  ...[
    '[]',
    '[[]   ]',
    '[""]',
    '["a"]',
    '[null]',
    '[false]',
    '[1]',
    '[ 1 ]',
    '[1 , 2]',
    '[-0]',
    '[-1]',
  ],
  ...[
    '[0e1]',
    '[0e+1]',
    '[1E22]',
    '[1E-2]',
    '[1.5e3]',
    '[123.456789]',
    '[-1.5]',
    '[20e1]',
    '[1e-2]',
  ],
  ...[
    '["\\u0060\\u012a\\u12AB"]',
    '["\\ud801\\udc37"]',
    '["\\"\\\\\\/\\b\\f\\n\\r\\t"]',
    '["\\u0000"]',
  ],
  ...[
    '["\u007f"]',
    '["\u2028\u2029"]',
    '["é€𝄞"]',
    '["\ufeff"]',
    '["a/*b*/c"]',
    '["\\ud800"]',
    '[" "]',
  ],
  ...[
    '{}',
    '{"":0}',
    '{"a":{}}',
    '{"a":1,"a":2}',
    '{"a":"b","c":[]}',
    '{"\\u0000":1}',
    '{"a" : 1}',
  ],
];
const REJECTED = [
  ...[
    '',
    '[1',
    '["a"',
    '[1,',
    '[,1]',
    '[1,,2]',
    '[1,]',
    '[,]',
    '["a",,]',
    '[1 true]',
    '["a" 1]',
    '[3[4]]',
  ],
  ...[
    '[1:2]',
    '["": 1]',
    '[-]',
    '[--1]',
    '[+1]',
    '[.5]',
    '[-.5]',
    '[1.]',
    '[1.e1]',
    '[0.e1]',
    '[01]',
    '[-01]',
  ],
  ...[
    '[1e]',
    '[1e+]',
    '[1eE2]',
    '[0x1]',
    '[1_000]',
    '[1 000]',
    '[Infinity]',
    '[-NaN]',
    '[nul]',
    '[True]',
  ],
  ...[
    '[a]',
    '["\\x00"]',
    '["\\u00A"]',
    '["\\uD83D\\u"]',
    '["\\"]',
    "['a']",
    '["\t"]',
    '["a\0b"]',
    '["a',
  ],
  ...[
    '[\u00a0]',
    '[\u2060]',
    '[\v1]',
    '[1\f]',
    '[1]\u2028',
    '{[',
    '{,',
    '{"a"}',
    '{"a":}',
    '{"a" 1}',
  ],
  ...[
    '{"a"::1}',
    '{"a":1,}',
    '{"a":1,,"b":2}',
    "{'a':1}",
    '{a:1}',
    '{1:1}',
    '{"a":1 "b":2}',
    '{"a":"b"}#',
  ],
  ...[
    '{"a":1}}',
    '[1]]',
    '[1]x',
    '{"a":[}',
    '[{]}',
    '{"a":1}/**/',
    '// a',
    '[1] // a',
    '<null>',
    '𝄞',
  ],
];

describe('JSON texts are accepted and rejected as RFC 8259 says, as a line and in an array', () => {
  test.each([
    [ACCEPTED, true],
    [REJECTED, false],
  ])('%j', async (texts, isAccepted) => {
    const found: string[] = [];
    for (const text of texts) {
      const line = await check(`{"x":0}\n{"x":${text}}\n`);
      const element = await check(`[{"x":0},\n{"x":${text}}]`);
      const isGood = [line.errors, element.errors].map((errors) => errors === 0);
      if (isGood.some((good) => good !== isAccepted)) found.push(`${text}: ${isGood}`);
    }
    expect(found).toEqual([]);
  });

  test.each<[string, Buffer]>([
    ['a lone continuation byte', bytes('{"a":"', [0x81], '"}')],
    ['a character that is cut off', bytes('{"a":"', [0xe0, 0xff], '"}')],
    ['an overlong slash', bytes('{"a":"', [0xc0, 0xaf], '"}')],
    ['a surrogate in UTF-8', bytes('{"a":"', [0xed, 0xa0, 0x80], '"}')],
    ['Latin-1', bytes('{"a":"', [0xe9], '"}')],
    ['a byte in a name', bytes('{"', [0xff], '":1}')],
  ])('%s is an encoding error of its row', async (_, text) => {
    const { findings, rejected, rows } = await check(bytes('{"a":1}\n', text, '\n', text));
    expect({ rejected, rows }).toEqual({ rejected: 2, rows: 3 });
    expect(findings).toMatchObject([{ rule: 'encoding', line: 2, count: 2 }]);
    expect((await check(bytes('[', text, ']'))).findings).toMatchObject([{ rule: 'encoding' }]);
  });
});

describe('blanks and line ends are those of JSON', () => {
  test.each<[string, string, number, number[]]>([
    ['carriage returns alone', '{"a":1}\r{"a":2}\rx\r', 3, [3]],
    ['line ends of all kinds', '{"a":1}\r\n\r\n{"a":2}\n\rx\r{"a":4}', 4, [5]],
    ['\\r\\r\\n', '{"a":1}\r\r\nx\r\r\n', 2, [3]],
    ['no-break spaces', '\u00a0\n{"a":1}\n{"a":1}\u00a0\n', 3, [1, 3]],
    ['other spaces', '{"a":1}\n\v\n\f\n\u2003\n\u2028\n', 5, [2, 3, 4, 5]],
    ['a byte order mark at a later line', '{"a":1}\n\ufeff{"a":2}\n', 2, [2]],
    ['tabs and blanks', ' \t\n\t{"a":1} \n \r\n', 1, []],
  ])('with %s, the rows and lines are right', async (_, text, rows, lines) => {
    for (const options of [{}, { deep: true, windowBytes: 8 }]) {
      const result = await check(text, options);
      const places = result.findings.flatMap(({ places }) => places.map(({ line }) => line));
      expect([...new Set(places)].sort()).toEqual(lines);
      expect([result.rows, result.rejected]).toEqual([rows, lines.length]);
    }
  });

  test('an array may come after any number of blanks', async () => {
    const text = `${' \n'.repeat(70_000)}[{"a":1},{"a":2}]`;
    const options = { deep: true, windowBytes: 1024 };
    expect(await check(text, options)).toMatchObject({ rows: 2, errors: 0, isMultiLineJson: true });
  });
});

describe('the message says how a usual mistake is fixed', () => {
  test.each<[string, string, string]>([
    ['a comma after each row', '{"a":1},\n{"a":2},\n', 'Remove the comma at the end of each line'],
    ['a comma in an object', '{"a":1,}\n', 'Remove the comma before }.'],
    ['a comma after the last element', '[{"a":1},\n]', 'Remove the comma before it.'],
    ['no comma between elements', '[{"a":1}\n{"a":2}]', 'Put a comma between two elements.'],
    ['two objects on a line', '{"a":1} {"a":2}\n', 'Write each object on its own line.'],
    ['NaN', '{"a":NaN}\n', 'Write null in place of NaN.'],
    ['Python', '{"a":None}\n', 'json.dumps()'],
    ['single quotes', "{'a':1}\n", 'Use double quotes'],
    ['a comment', '{"a":1} // first\n', 'JSON has none'],
    ['a no-break space', '{"a":\u00a01}\n', 'JSON does not allow it'],
    ['joined files', '{"a":1}\n\ufeff{"a":2}\n', 'Remove the byte order mark'],
  ])('%s', async (_, text, fix) => {
    const { findings } = await check(text);
    expect(findings).toMatchObject([{ level: 'error', message: expect.stringContaining(fix) }]);
    expect(findings[0]?.fix).toBeDefined();
  });
});

test('a row of more than 16 MiB is rejected, and a smaller one is not', async () => {
  const row = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}\n`;
  const text = `${row(2 ** 24)}${row(2 ** 24 + 1)}{"a":1}\n`;
  const { rows, rejected, findings } = await check(text, { deep: true });
  expect({ rows, rejected }).toEqual({ rows: 3, rejected: 1 });
  expect(findings).toContainEqual(expect.objectContaining({ effect: 'row-rejected', line: 2 }));
});

test('an error in each of many rows is one finding with its count and 20 places', async () => {
  const { findings, summary, errors } = await check(`${'{"a":1,}\n'.repeat(5_000)}{"a":\n`);
  expect(findings).toMatchObject([
    { count: 5_000, line: 1 },
    { count: 1, line: 5_001 },
  ]);
  expect(findings[0]?.places).toHaveLength(20);
  expect(summary).toEqual([{ rule: 'syntax', count: 5_001 }]);
  expect(errors).toBe(5_001);
});

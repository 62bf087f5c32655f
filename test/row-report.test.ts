/** Reports of rejected rows as they come from the platform: whole, damaged, and in every form. */
import { describe, expect, test } from '@jest/globals';
import { ParseError, type RowError } from '../src/index.js';
import { readJsonLines } from '../src/resources/json-lines.js';
import { toPointer, toRowError } from '../src/resources/row-error.js';
import { all, clientFor, thrownBy } from './support/client.js';
import { respondWith, useServer } from './support/server.js';

const row = (n: number) => ({ _errors: [{ code: '1401', message: 'bad' }], n });
const line = (n: number) => JSON.stringify(row(n));
const pretty = (n: number) => JSON.stringify(row(n), undefined, 2);

/** The values of all groups, each of which is read to its end before the next. */
async function* flatten(groups: AsyncIterable<Iterable<unknown>>): AsyncGenerator<unknown> {
  for await (const group of groups) yield* group;
}

/** What is read of a file, and the lines that cannot be. */
async function read(text: string, { chunk = 7, isProven = true } = {}) {
  const unreadable: ParseError[] = [];
  async function* body() {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
  }
  const values = await all(
    flatten(readJsonLines({ body: body(), isProven }, 'f', (error) => unreadable.push(error))),
  );
  return { values, lines: unreadable.map((error) => error.line) };
}

describe('a file of rejected rows', () => {
  test.each([
    ['one row a line', `${line(1)}\n${line(2)}\r\n\n${line(3)}`, [1, 2, 3], []],
    ['rows over several lines', `${pretty(1)}\n${line(2)}\n${pretty(3)}\n`, [1, 2, 3], []],
    ['a comma after each row', `${line(1)},\n${line(2)},\n${line(3)}\n`, [1, 2, 3], []],
    ['two rows in a line', `${line(1)}${line(2)}\n${line(3)} ${line(4)}\n`, [1, 2, 3, 4], []],
    ['a list of rows', `[${line(1)},${line(2)}]\n${line(3)}`, [1, 2, 3], []],
    ['a list over several lines', `[\n${line(1)},\n${line(2)}\n]\n${line(3)}`, [1, 2, 3], []],
    ['an unreadable line', `${line(1)}\nnot json\n${line(2)}\n`, [1, 2], [2]],
    ['a row that is cut off in a text', `${line(1).slice(0, 25)}\n${line(2)}\n`, [2], [1]],
    ['a row that is cut off between fields', `{"a":{"b":1},\n${line(2)}\n${line(3)}`, [2, 3], [1]],
    ['a row that is cut off in a list', `{"a":[\n${line(2)}\n${line(3)}`, [2, 3], [1]],
    [
      'a cut row before one over several lines',
      `{\n"a": 1,\n${pretty(2)}\n${line(3)}`,
      [2, 3],
      [1, 2],
    ],
    [
      'a cut row over several lines',
      `${pretty(1).slice(0, -2)}\n${line(2)}\n`,
      [2],
      [1, 2, 3, 4, 5, 6, 7, 8],
    ],
    ['a row that the end of the file cuts', `${line(1)}\n{"a":\n`, [1], [2]],
    ['text after a row', `${line(1)} and more\n${line(2)}`, [1, 2], [1]],
    ['a byte order mark at any line', `\uFEFF${line(1)}\n\uFEFF${line(2)}`, [1, 2], []],
  ])('with %s loses no row that can be read', async (_, text, numbers, lines) => {
    for (const chunk of [1, 7, 100_000]) {
      const result = await read(text, { chunk });
      expect(result.values).toEqual(numbers.map(row));
      expect(result.lines).toEqual(lines);
    }
  });

  test('with a line of over 16 MiB loses that line alone', async () => {
    const text = `${line(1)}\n"${'x'.repeat(17 * 1024 * 1024)}"\n${line(2)}\n`;
    expect(await read(text, { chunk: 1 << 20 })).toEqual({ values: [row(1), row(2)], lines: [2] });
  });

  test('of broken lines alone is read in a time that grows with its size only', async () => {
    const { values, lines } = await read('{"a":[\n'.repeat(3000), { chunk: 1 << 20 });
    expect([values, lines.length]).toEqual([[], 3000]);
  });

  test('whose end may have been cut is an error after all rows before it', async () => {
    const values: unknown[] = [];
    async function* body() {
      yield Buffer.from(`${line(1)}\n${line(2).slice(0, 9)}`);
    }
    const reading = async () => {
      const groups = readJsonLines({ body: body(), isProven: false }, 'f', () => {});
      for await (const one of flatten(groups)) values.push(one);
    };
    expect(await thrownBy(reading())).toMatchObject({ name: 'ParseError', line: 2 });
    expect(values).toEqual([row(1)]);
  });

  test('that is empty, and whose end may have been cut, is an error, and otherwise has no rows', async () => {
    expect(await thrownBy(read('', { isProven: false }))).toMatchObject({
      name: 'ParseError',
      line: 1,
    });
    expect(await read('')).toEqual({ values: [], lines: [] });
    expect(await read(`${line(1)}\n`, { isProven: false })).toEqual({
      values: [row(1)],
      lines: [],
    });
  });
});

describe('the reasons of a row', () => {
  const reasons = (value: unknown) => toRowError(value, 'f')._errors;

  test.each([
    [
      'a list',
      { _errors: [{ code: 1, message: 'm', column: 'a' }] },
      [{ code: '1', message: 'm', column: 'a' }],
    ],
    ['one reason', { _errors: { code: '1', message: 'm' } }, [{ code: '1', message: 'm' }]],
    [
      'lists by step',
      { _errors: { _step: [{ message: 'm' }] } },
      [{ code: '_step', message: 'm' }],
    ],
    [
      'violations with their causes',
      {
        _validationErrors: [
          {
            message: '2 violations',
            causingExceptions: [
              { keyword: 'format', message: 'a', pointerToViolation: '#/x' },
              { message: 'b' },
            ],
          },
        ],
      },
      [
        { code: 'format', message: 'a', column: '#/x' },
        { code: '', message: 'b' },
      ],
    ],
    [
      'a rejected message',
      { type: 't', status: 400, title: 'Invalid', report: { message: 'no header' } },
      [{ code: '400', message: 'Invalid: no header' }],
    ],
  ])('come from %s', (_, value, expected) => expect(reasons(value)).toEqual(expected));

  const PARSED: RowError = { _errors: [], diagnosticFile: 'f', 'a.b': 1 };
  test.each([
    ['person.name', false, '/person/name'],
    ['$.list[0].x', false, '/list/0/x'],
    ['#/timestamp', false, '/timestamp'],
    ['/already/one', false, '/already/one'],
    ['a.b', false, '/a.b'],
    ['person.name', true, '/person.name'],
    ['a/b~c', true, '/a~1b~0c'],
  ])('have the column %s as a JSON pointer', (column, isFlat, pointer) =>
    expect(toPointer(column, PARSED, isFlat)).toBe(pointer),
  );
});

describe('diagnostics.rowErrors()', () => {
  const server = useServer();
  const LIST = { data: ['a', 'b'].map((name) => ({ name, length: '1' })) };
  const play = () =>
    server.play(
      LIST,
      respondWith(200, `${line(1)}\noops\n${line(2)}`),
      respondWith(200, `oops\n${line(3)}\n`),
      { data: [] },
    );

  test('yields all that can be read, and throws the first unreadable line after it', async () => {
    play();
    const rows: unknown[] = [];
    const reading = async () => {
      for await (const one of clientFor(server.origin).diagnostics.rowErrors('b'))
        rows.push(one['n']);
    };
    const error = await thrownBy(reading());
    expect(error).toBeInstanceOf(ParseError);
    expect([rows, error]).toMatchObject([[1, 2, 3], { file: 'a', line: 2 }]);
  });

  test('passes unreadable lines to onUnreadable, and does not throw them', async () => {
    play();
    const seen: string[] = [];
    const onUnreadable = ({ file, line: at }: ParseError) => void seen.push(`${file}:${at}`);
    const rows = await all(clientFor(server.origin).diagnostics.rowErrors('b', { onUnreadable }));
    expect([rows.length, seen]).toEqual([3, ['a:2', 'b:1']]);
  });
});

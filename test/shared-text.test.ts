import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { formatPath, formatSize } from '../src/shared/format.js';
import { parseJson } from '../src/shared/json.js';
import { describeJsonError } from '../src/shared/json-error.js';
import { groupLines, LineSplitter } from '../src/shared/lines.js';
import { chooseCount } from './support/scale.js';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

test.each([
  [
    'Unexpected token \'s\', ..."{"id": sec" is not valid JSON',
    "Unexpected token 's' is not valid JSON",
  ],
  ['"sec" is not valid JSON', 'is not valid JSON'],
  ['JSON Parse error: Unexpected identifier "sec"', 'JSON Parse error: Unexpected identifier'],
  ['JSON Parse error: "\\usec" is not a valid escape', 'JSON Parse error:'],
  ['JSON Parse error: Unexpected EOF', 'JSON Parse error: Unexpected EOF'],
  [
    "Expected ',' or '}' after property value in JSON at position 5",
    "Expected ',' or '}' after property value in JSON at position 5",
  ],
])('the reason why a text is not JSON quotes nothing of it, in any engine: %s', (reason, kept) => {
  const parse = jest.spyOn(JSON, 'parse').mockImplementation(() => {
    throw new SyntaxError(reason);
  });
  try {
    expect(() => parseJson('')).toThrow(new SyntaxError(kept));
  } finally {
    parse.mockRestore();
  }
});

describe('the description of a JSON error', () => {
  test.each([
    ['{"id":1,,}', 'unexpected `,` at column 9'],
    ['{"id":1,}', 'unexpected `}` at column 9'],
    ['{"id":', 'unexpected end at column 7'],
    ['', 'unexpected end at column 1'],
    ['{"id":"a', 'unterminated string at column 7'],
    ["{'id':1}", "unexpected `'` at column 2"],
    ['{"id":NaN}', 'unexpected `NaN` at column 7'],
    ['{"id":01}', 'unexpected `01` at column 7'],
    ['{"id" "a"}', 'unexpected `"` at column 7'],
    ['[1 2]', 'unexpected `2` at column 4'],
    ['[1}', 'unexpected `}` at column 3'],
    ['{"a":1}{"a":2}', 'unexpected `{` at column 8'],
    ['"a\tb"', 'unescaped control character \\u0009 in a string at column 3'],
    ['"a\\x"', 'invalid escape `\\x` at column 3'],
    ['\u202e1', 'unexpected `\\u202e` at column 1'],
    ['🎉', 'unexpected `🎉` at column 1'],
    [`${'x'.repeat(100)}`, `unexpected \`${'x'.repeat(20)}\` at column 1`],
  ])('names the character and the column: %j', (text, expected) => {
    expect(describeJsonError(text)).toBe(expected);
  });

  test('has a column for each text that JSON.parse() does not accept, and for no other', () => {
    const character = fc.constantFrom(...'{}[],:"\\-+.0123eEtrufalsn \t\n\u0000ü', '\\u00e9', '🎉');
    const cut = fc.tuple(fc.json(), fc.nat(), fc.nat(2), fc.array(character, { maxLength: 2 }));
    const edited = cut.map(([json, start, length, insert]) => {
      const at = start % (json.length + 1);
      return json.slice(0, at) + insert.join('') + json.slice(at + length);
    });
    const text = fc.oneof(
      edited,
      fc.array(character).map((all) => all.join('')),
    );
    const property = fc.property(text, (each) => {
      expect({ each, hasColumn: / at column \d+$/.test(describeJsonError(each)) }).toEqual({
        each,
        hasColumn: !isJson(each),
      });
    });
    fc.assert(property, { numRuns: chooseCount({ quick: 1000, deep: 5000 }) });
  });

  test('is found in text that is nested to any depth', () => {
    expect(describeJsonError('['.repeat(1_000_000))).toBe('unexpected end at column 1000001');
  });
});

describe('a line splitter', () => {
  const split = (text: string, chunkBytes: number, maxBytes = 100) => {
    const splitter = new LineSplitter(maxBytes);
    const bytes = Buffer.from(text);
    const lines: [number, string | undefined, boolean][] = [];
    const add = (all: ReturnType<LineSplitter['push']>) => {
      for (const line of all) lines.push([line.number, line.bytes?.toString(), line.isEnded]);
    };
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      const chunk = Uint8Array.from(bytes.subarray(at, at + chunkBytes));
      add(splitter.push(chunk));
      chunk.fill(0x78); // a reader may use its buffer again
    }
    add(splitter.end());
    return lines;
  };

  test.each([1, 2, 3, 100])('yields each line once, whatever the chunks: %i bytes', (chunk) => {
    expect(split('', chunk)).toEqual([]);
    expect(split('a\n\nüb\r\nc', chunk)).toEqual([
      [1, 'a', true],
      [2, '', true],
      [3, 'üb\r', true],
      [4, 'c', false],
    ]);
    expect(split('a\n', chunk)).toEqual([[1, 'a', true]]);
  });

  test.each([1, 3, 100])('yields a line that is too long once, without its bytes: %i', (chunk) => {
    expect(split('abcdefgh\nb\nabcdefgh', chunk, 4)).toEqual([
      [1, undefined, false],
      [2, 'b', true],
      [3, undefined, false],
    ]);
    expect(split('abcd\n', chunk, 4)).toEqual([[1, 'abcd', true]]);
  });
});

describe('blocks of lines', () => {
  const group = async (text: string, chunkBytes: number, maxBytes: number) => {
    async function* chunks() {
      const reused = Buffer.alloc(chunkBytes);
      for (let at = 0; at < text.length; at += chunkBytes) {
        yield reused.subarray(0, reused.write(text.slice(at, at + chunkBytes)));
      }
    }
    const fail = (at: number): never => {
      throw new Error(`too long at ${at}`);
    };
    const blocks: string[] = [];
    for await (const block of groupLines(chunks(), maxBytes, fail)) blocks.push(block.toString());
    return blocks;
  };

  test.each([1, 2, 3, 5, 100])('hold whole lines alone: chunks of %i bytes', async (chunk) => {
    for (const text of ['', '\n', 'ab\nc\n', 'ab\nc', '\n\nabc\nde\nf']) {
      const blocks = await group(text, chunk, 4);
      expect(blocks.join('')).toBe(text === '' || text.endsWith('\n') ? text : `${text}\n`);
      expect(blocks.every((block) => block.endsWith('\n') && block.length <= 4)).toBe(true);
    }
  });

  test.each([1, 3, 100])('are no larger than allowed: chunks of %i bytes', async (chunk) => {
    await expect(group('ab\nabcde\n', chunk, 4)).rejects.toThrow('too long at 3');
    await expect(group('ab\nabcde', chunk, 4)).rejects.toThrow('too long at 3');
  });
});

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1 kB'],
  [1049, '1.0 kB'],
  [999_999, '1.0 MB'],
  [256_000_000, '256 MB'],
  [1_500_000_000_000, '1.5 TB'],
])('a size is printed in powers of 1000: %i', (bytes, expected) => {
  expect(formatSize(bytes)).toBe(expected);
});

test('a path is printed on one line, and a long one is shortened', () => {
  expect(formatPath('a/b.json')).toBe('a/b.json');
  expect(formatPath('')).toBe('""');
  expect(formatPath('a\nb')).toBe('"a\\nb"');
  expect(formatPath('x'.repeat(300))).toBe(`${'x'.repeat(80)}…${'x'.repeat(80)}`);
});

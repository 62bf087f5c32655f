import { describe, expect, test } from '@jest/globals';
import {
  contentRange,
  missingRanges,
  parseRanges,
  parseTotal,
  rangeHeader,
} from '../src/resources/ranges.js';
import type { ByteRange } from '../src/resources/types.js';
import { createRandom } from '../src/shared/random.js';
import { assertPartsCoverFile, planParts, toUsableRanges } from '../src/upload/part-ranges.js';

/** Each byte by itself. */
function countMissing({ start, end }: ByteRange, have: readonly ByteRange[]): number[] {
  const bytes = Array.from({ length: end - start }, (_, at) => start + at);
  return bytes.filter((byte) => !have.some((one) => one.start <= byte && byte < one.end));
}

test('what is missing of a range is each byte that no other range has, in as few ranges as there are gaps', () => {
  const random = createRandom(7);
  const draw = (most: number) => Math.floor(random() * most);
  for (let run = 0; run < 500; run++) {
    const start = draw(6);
    const wanted = { start, end: start + draw(8) };
    const have = Array.from({ length: draw(4) }, () => {
      const from = draw(14);
      return { start: from, end: from + 1 + draw(4) };
    });
    const missing = missingRanges(wanted, have);
    const bytes = missing.flatMap((one) => countMissing(one, []));
    const gaps = bytes.filter((byte) => !bytes.includes(byte - 1));

    expect([wanted, have, bytes]).toEqual([wanted, have, countMissing(wanted, have)]);
    expect(missing.map((one) => one.start)).toEqual(gaps);
  }
});

test.each<[string | null, [number, number][] | undefined]>([
  ['bytes=0-9', [[0, 10]]],
  ['bytes 0-9', [[0, 10]]],
  ['Bytes 0-9/100', [[0, 10]]],
  ['bytes 0-9/*', [[0, 10]]],
  ['bytes 0-9 / 100', [[0, 10]]],
  [
    ' bytes=20-29, 0-9,40-40 ',
    [
      [0, 10],
      [20, 30],
      [40, 41],
    ],
  ],
  [null, undefined],
  ['', undefined],
  ['bytes', undefined],
  ['bytes=', undefined],
  ['bytes=0-', undefined],
  ['bytes=-9', undefined],
  ['bytes=0-9,', undefined],
  ['bytes=0-9, x', undefined],
  ['bytes 0-9/x', undefined],
  ['items=0-9', undefined],
  ['0-9', undefined],
])('a header %j has the ranges %j', (header, ranges) => {
  expect(parseRanges(header)).toEqual(ranges?.map(([start, end]) => ({ start, end })));
});

test.each<[string | null, number | undefined]>([
  ['bytes 0-9/100', 100],
  ['bytes 0-9 / 100 ', 100],
  ['bytes 0-9/0', 0],
  ['bytes 0-9/*', undefined],
  ['bytes 0-9/', undefined],
  ['bytes 0-9/1e3', undefined],
  ['bytes 0-9/20, 10-19/20', undefined],
  ['bytes 0-9/10/20', undefined],
  ['bytes 0-9', undefined],
  ['100', undefined],
  [null, undefined],
])('a header %j has the total %j', (header, total) => {
  expect(parseTotal(header)).toBe(total);
});

test('ranges are written with the last byte that belongs to them', () => {
  expect(contentRange({ start: 5, end: 15 })).toBe('bytes 5-14');
  expect(contentRange({ start: 0, end: 1 }, 100)).toBe('bytes 0-0');
  expect(rangeHeader({ start: 5, end: 15 })).toBe('bytes=5-14');
  expect(rangeHeader({ start: 5 })).toBe('bytes=5-');
});

describe('the parts of a file', () => {
  test('begin where the one before ends, and the last one ends with the file', () => {
    expect([...planParts(25, 10)]).toEqual([
      { start: 0, end: 10 },
      { start: 10, end: 20 },
      { start: 20, end: 25 },
    ]);
    expect([...planParts(20, 10)]).toHaveLength(2);
    expect([...planParts(0, 10)]).toEqual([]);
  });

  test('leave out what has arrived, and stay within the gaps', () => {
    const have = [{ start: 5, end: 12 }];
    expect([...planParts(25, 10, have)]).toEqual([
      { start: 0, end: 5 },
      { start: 12, end: 22 },
      { start: 22, end: 25 },
    ]);
  });

  test('that HEAD shows are of use in any order, up to the end of the file', () => {
    const whole = [
      { start: 10, end: 30 },
      { start: 0, end: 10 },
    ];
    expect(toUsableRanges(whole, 30)).toEqual([...whole].reverse());
    expect(toUsableRanges([], 30)).toEqual([]);
  });

  test.each<[string, ByteRange[]]>([
    ['go beyond the file', [{ start: 0, end: 31 }]],
    [
      'overlap',
      [
        { start: 0, end: 11 },
        { start: 10, end: 20 },
      ],
    ],
    ['are empty', [{ start: 4, end: 4 }]],
    ['begin before the file', [{ start: -1, end: 4 }]],
    ['are not numbers', [{ start: 0, end: Number.NaN }]],
    ['are no whole numbers', [{ start: 0.5, end: 4 }]],
  ])('that %s are of no use', (_, ranges) => {
    expect(toUsableRanges(ranges, 30)).toBeUndefined();
  });

  test('are the file in whichever order they were accepted', () => {
    const parts = [
      { start: 10, end: 30 },
      { start: 0, end: 10 },
    ];
    expect(() => assertPartsCoverFile('a', 30, parts)).not.toThrow();
    expect(() => assertPartsCoverFile('a', 0, [])).not.toThrow();
  });

  test.each<[ByteRange[], string]>([
    [
      [
        { start: 0, end: 10 },
        { start: 20, end: 30 },
      ],
      'bytes 10 to 20 were never accepted',
    ],
    [
      [
        { start: 0, end: 20 },
        { start: 10, end: 30 },
      ],
      'bytes 10 to 20 were accepted twice',
    ],
    [[{ start: 0, end: 20 }], 'bytes 20 to 30 were never accepted'],
    [[], 'bytes 0 to 30 were never accepted'],
  ])('that are %j are not the file', (parts, message) => {
    expect(() => assertPartsCoverFile('a', 30, parts)).toThrow(message);
  });
});

import { describe, expect, test } from '@jest/globals';
import type { ByteRange } from '../src/resources/types.js';
import { assertPartsCoverFile, planParts, toUsableRanges } from '../src/upload/part-ranges.js';

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
    ['are no numbers', [{ start: 0, end: Number.NaN }]],
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

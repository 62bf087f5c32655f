import { afterEach, expect, test } from '@jest/globals';
import { readNumber } from '../../spec-tools/read-number.js';

const NAME = 'A_NUMBER_FOR_THIS_TEST';
afterEach(() => void delete process.env[NAME]);

test('a number for a make target is digits, and has its default if it is not set or empty', () => {
  expect(readNumber(NAME, 30)).toBe(30);
  process.env[NAME] = '';
  expect(readNumber(NAME, 30)).toBe(30);
  process.env[NAME] = '0';
  expect(readNumber(NAME, 30)).toBe(0);
});

test.each(['abc', '1.5', '-1', '1e3', ' '])(
  '%p is rejected by the name of its variable',
  (text) => {
    process.env[NAME] = text;
    expect(() => readNumber(NAME, 30)).toThrow(
      `Invalid ${NAME}: expected a whole number, received ${text}.`,
    );
  },
);

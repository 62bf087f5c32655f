import { expect, test } from '@jest/globals';
import {
  findSurprises,
  type Row,
  renderTable,
  replaceTables,
} from '../../scripts/runtimes/table.js';

const CHECKS = { load: 'loads', stop: 'stops' };
const row = (name: string, results: Record<string, string | undefined>): Row => ({
  name,
  version: '1.2.3',
  results: new Map(Object.entries(results)),
});

test('a runtime on which something does not work is in the table, with the reason below it', () => {
  const rows = [
    row('A', { load: undefined, stop: undefined }),
    row('B', { load: 'Error: broken', stop: undefined }),
    row('C', { load: undefined }),
  ];
  expect(renderTable(rows, CHECKS, {}).split('\n')).toEqual([
    '|  | version | loads | stops |',
    '| --- | --- | --- | --- |',
    '| A | 1.2.3 | yes | yes |',
    '| B | 1.2.3 | **no** | yes |',
    '| C | 1.2.3 | yes | – |',
    '',
    '- B, loads: Error: broken',
  ]);
  expect(renderTable(rows, CHECKS, { 'B: load': 'it has no files' })).toMatch(
    /\n- B, loads: it has no files$/,
  );
});

test('a failure that is not known, a known one that passes and one that nothing checks fail the run', () => {
  const rows = [row('A', { load: 'Error: broken', stop: undefined })];
  expect(findSurprises(rows, { 'A: load': 'known' })).toEqual([]);
  expect(findSurprises(rows, {})).toEqual(['A: load: Error: broken']);
  expect(findSurprises(rows, { 'A: load': 'known', 'A: stop': 'old', 'B: load': 'gone' })).toEqual([
    'A: stop passes: remove its known limit',
    'B: load is not a check: remove its known limit',
  ]);
});

test('only what is between the markers of the page is written', () => {
  const marker = (name: string) => `[${name}]: # "written by make test-runtimes"`;
  const page = `before\n${marker('begin')}\n\nold\n\n${marker('end')}\nafter\n`;
  expect(replaceTables(page, ['one', 'two'])).toBe(
    `before\n${marker('begin')}\n\none\n\ntwo\n\n${marker('end')}\nafter\n`,
  );
  expect(() => replaceTables('without markers', ['one'])).toThrow('Invalid page: expected [begin]');
});

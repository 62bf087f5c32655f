import { expect, test } from '@jest/globals';
import { listStale, mutants } from './client-mutation/check-mutants.js';

test('every client mutant still fits the source: its text stands in its file exactly once', () => {
  expect(listStale()).toEqual([]);
  expect(mutants.length).toBeGreaterThanOrEqual(60);
});

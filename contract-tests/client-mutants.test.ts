import { spawnSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { listStale, mutants } from './client-mutation/check-mutants.js';

test('every client mutant still fits the source: its text stands in its file exactly once', () => {
  expect(listStale()).toEqual([]);
  expect(mutants.length).toBeGreaterThanOrEqual(60);
});

test.each([
  [{ FILES: '' }, 'Invalid FILES: expected files such as src/http/retry-after.ts, received none.'],
  [
    { FILES: 'src/http/retry-after.ts', TESTS: 'test/none.test.ts' },
    'Invalid TESTS: expected files such as test/retry.test.ts, received test/none.test.ts, which does not exist.',
  ],
])('the report of StrykerJS is made of files that exist, and not of %j', (env, message) => {
  const args = ['--import', 'tsx', 'contract-tests/client-mutation/stryker.ts'];
  const { status, stderr } = spawnSync(process.execPath, args, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  expect([status, stderr.trim()]).toEqual([2, message]);
});

import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { bringUpToDate } from '../../scripts/up-to-date.js';

let folder = '';
let made = 0;
let isPossible = true;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-project-'));
  made = 0;
  isPossible = true;
  await write('in', 'one');
  prepare();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Always with the same times: only the contents may count. */
async function write(name: string, text: string): Promise<void> {
  await writeFile(join(folder, name), text);
  await utimes(join(folder, name), 1, 1);
}
function prepare(): boolean {
  const make = () => {
    made++;
    return isPossible;
  };
  return bringUpToDate('product', { inputs: ['in', 'more'], output: 'out', make }, folder);
}

test('what has not changed is not made again', () => {
  expect([prepare(), made]).toEqual([true, 1]);
});

test.each([
  ['an input changes', () => write('in', 'two')],
  ['an input is deleted', () => rm(join(folder, 'in'))],
  ['an input is added', () => write('more', '')],
  ['the output is changed by hand', () => write('out', 'x')],
])('it is made again after %s, whatever the times of the files', async (_, change) => {
  await change();
  expect([prepare(), made]).toEqual([true, 2]);
});

test('what failed is made again, though nothing has changed since', async () => {
  await write('in', 'two');
  isPossible = false;
  expect([prepare(), prepare(), made]).toEqual([false, false, 3]);
});

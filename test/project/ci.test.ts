import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { MAX_CI_SECONDS, TARGETS } from '../../scripts/ci-targets.js';
import { type Outcome, runTargets, summarize, type Target } from '../../scripts/run-targets.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAKEFILE = `
counted:
	@echo '2 passed, 1 failed'; echo 'after it'; exit 1
uncounted:
	@echo $(WORD)
broken:
	@echo '7 passed, 0 failed'; exit 3
endless:
	@echo $$$$ > pid; exec sleep 600
`;

let folder = '';
let output = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-ci-'));
  output = '';
  await writeFile(join(folder, 'Makefile'), MAKEFILE);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function run(...targets: Target[]): Promise<Outcome[]> {
  const write = (text: string) => {
    output += text;
  };
  return runTargets(targets, { folder, write });
}

test('every target runs though an earlier one failed, and the last line counts all of them', async () => {
  const outcomes = await run(
    { run: ['counted'], seconds: 60 },
    { run: ['missing'], seconds: 60 },
    { run: ['uncounted', 'WORD=said'], seconds: 60 },
  );
  expect(outcomes.map(({ passed, failed }) => [passed, failed])).toEqual([
    [2, 1],
    [0, 1],
    [1, 0],
  ]);
  expect(summarize(outcomes).split('\n').at(-1)).toBe('3 passed, 2 failed');
  expect(output).toContain('\nsaid\n');
});

test('a target that fails counts as failed even if it printed that nothing failed', async () => {
  const outcomes = await run({ run: ['broken'], seconds: 60 });
  expect(outcomes).toMatchObject([{ passed: 7, failed: 1 }]);
});

test('no target at all is a failure', () => {
  expect(summarize([])).toContain('\n0 passed, 1 failed');
});

test('the planned and the used seconds of each target are printed', async () => {
  const outcomes = await run({ run: ['uncounted'], seconds: 60 });
  const line = /ok {6}make uncounted: 1 passed, 0 failed, \d+ of 60 s/;
  expect(output).toContain('make uncounted (budget 60 s)');
  expect(output).toMatch(line);
  expect(summarize(outcomes)).toMatch(line);
});

test('a target that uses up its budget is ended with its processes and counts as failed', async () => {
  const outcomes = await run(
    { run: ['endless'], seconds: 0.5 },
    { run: ['uncounted'], seconds: 60 },
  );
  expect(outcomes).toMatchObject([
    { failed: 1, isOverBudget: true },
    { failed: 0, isOverBudget: false },
  ]);
  const pid = readFileSync(join(folder, 'pid'), 'utf8').trim();
  const { stdout: state } = spawnSync('ps', ['-o', 'stat=', '-p', pid], { encoding: 'utf8' });
  // It has ended, even if nothing has collected its exit status yet.
  expect(state.trim()).toMatch(/^(Z.*)?$/);
});

test('every target of CI is in the Makefile, once, and the budgets stay within an hour', () => {
  const known: readonly string[] =
    readFileSync(`${ROOT}Makefile`, 'utf8').match(/^[a-z-]+(?=:)/gm) ?? [];
  const names = TARGETS.map(({ run: [name] }) => name);
  expect(names.filter((name) => !known.includes(name))).toEqual([]);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
  expect(TARGETS.reduce((sum, { seconds }) => sum + seconds, 0)).toBeLessThanOrEqual(
    MAX_CI_SECONDS,
  );
});

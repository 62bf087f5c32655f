/**
 * Runs the client mutants: each is applied to a copy of the project, never to the working tree, and the unit tests
 * that are about its file and then the contract tests run until one fails.
 * Fails when fewer than 95 % are killed, when one no longer fits the source, or when a test that killed one fails
 * without it, too.
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { startPrism } from '../../spec-tools/prism.js';
import { createRandom } from '../../src/shared/random.js';
import { listStale, mutants, ROOT } from './check-mutants.js';
import { Killers } from './killers.js';
import type { Mutant } from './mutant.js';
import { copyProject } from './project-copy.js';
import { type Failure, listContractTests, TestFiles } from './run-tests.js';
import { TestProcess } from './test-process.js';

const LEAST_SHARE = 0.95;
const BUDGET_MS = Number(process.env['BUDGET'] || 2400) * 1000;
const COUNT = Number(process.env['MUTANTS'] || mutants.length);
const SEED = Number(process.env['SEED'] || 1);
const WORKERS = Number(process.env['WORKERS'] || availableParallelism());
/** Whether the tests that noticed mutants are recorded, for later runs. */
const MAY_WRITE = process.env['ACCEPT'] === '1';
const REPORT = join(ROOT, 'coverage/client-mutation.json');
const CONTRACT_TESTS = listContractTests(ROOT);

interface Result {
  mutant: Mutant;
  /** The first test that failed, or `undefined` for a survivor. */
  killedBy: Failure | undefined;
  ms: number;
}

const killers = new Killers(ROOT, mutants);

/** A copy of the project with a process that runs its tests. */
function openCopy() {
  const copy = copyProject(ROOT);
  const process = new TestProcess(copy);
  const tests = new TestFiles(copy, process, (file, ms) => killers.noteTime(file, ms));
  return { copy, tests, close: () => process.close() };
}

async function findKiller(tests: TestFiles, mutant: Mutant): Promise<Failure | undefined> {
  const known = killers.find(mutant);
  if (known !== undefined && (await tests.fails(known))) return known;
  const unit = mutant.tests.map((name) => `test/${name}.test.ts`);
  return (
    (await tests.findFailure(killers.sort(mutant.file, unit))) ??
    (await tests.findFailure(killers.sort(mutant.file, CONTRACT_TESTS)))
  );
}

async function runMutant(copy: string, tests: TestFiles, mutant: Mutant): Promise<Result> {
  const startedMs = Date.now();
  const path = join(copy, mutant.file);
  const original = readFileSync(path, 'utf8');
  // A function, because `$` has a meaning in a replacement text.
  writeFileSync(
    path,
    original.replace(mutant.find, () => mutant.replace),
  );
  try {
    const killedBy = await findKiller(tests, mutant);
    killers.note(mutant, killedBy);
    return { mutant, killedBy, ms: Date.now() - startedMs };
  } finally {
    writeFileSync(path, original);
  }
}

/** As many as are asked for, in an order that the seed decides. */
function pickMutants(): Mutant[] {
  const random = createRandom(SEED);
  const keyed = mutants.map((mutant) => ({ mutant, key: random() }));
  if (COUNT < mutants.length) keyed.sort((a, b) => a.key - b.key);
  const only = process.env['ONLY'] || '';
  const isNew = process.env['NEW'] === '1';
  const isPicked = (mutant: Mutant) =>
    (mutant.file.includes(only) || mutant.fault.includes(only)) &&
    !(isNew && killers.find(mutant) !== undefined);
  return keyed
    .map(({ mutant }) => mutant)
    .filter(isPicked)
    .slice(0, COUNT);
}

function printResult({ mutant, killedBy, ms }: Result, count: number, all: number): void {
  const state = killedBy === undefined ? 'SURVIVED' : 'killed';
  const by = killedBy === undefined ? '' : `, by ${killedBy.file}: ${killedBy.title}`;
  console.log(
    `${count}/${all} ${state} ${mutant.file}: ${mutant.fault} (${(ms / 1000).toFixed(1)} s)${by}`,
  );
}

async function runAll(queue: Mutant[], startedMs: number): Promise<Result[]> {
  const results: Result[] = [];
  const all = queue.length;
  const work = async () => {
    const { copy, tests, close } = openCopy();
    while (queue.length > 0 && Date.now() - startedMs < BUDGET_MS) {
      const mutant = queue.shift();
      if (mutant === undefined) break;
      const result = await runMutant(copy, tests, mutant);
      results.push(result);
      printResult(result, results.length, all);
      if (MAY_WRITE) killers.write(mutants);
    }
    close();
  };
  await Promise.all(Array.from({ length: Math.min(WORKERS, all) }, work));
  return results;
}

/** The killing tests that fail without a mutant, too: what they killed says nothing. */
async function findBroken(results: readonly Result[]): Promise<Failure[]> {
  const { tests, close } = openCopy();
  const broken: Failure[] = [];
  for (const file of new Set(results.flatMap(({ killedBy }) => killedBy?.file ?? []))) {
    const failure = await tests.findFailure([file]);
    if (failure !== undefined) broken.push(failure);
  }
  close();
  return broken;
}

const stale = listStale();
if (stale.length > 0) {
  console.error(`Mutants that no longer fit the source:\n${stale.join('\n')}`);
  process.exit(1);
}
const prism = await startPrism();
process.env['PRISM_ORIGIN'] = prism.origin; // inherited by the tests
const queue = pickMutants();
const startedMs = Date.now();
const results = await runAll(queue, startedMs);
const broken = await findBroken(results);
const survivors = results.filter(({ killedBy }) => killedBy === undefined);
const killed = results.length - survivors.length;
const share = killed / Math.max(1, results.length);
const seconds = Math.round((Date.now() - startedMs) / 1000);
mkdirSync(dirname(REPORT), { recursive: true });
writeFileSync(
  REPORT,
  `${JSON.stringify({ killed, all: results.length, seconds, results }, undefined, 2)}\n`,
);
for (const { mutant } of survivors) console.log(`  survivor: ${mutant.file}: ${mutant.fault}`);
for (const { file, title } of broken) console.log(`  fails without a mutant: ${file}: ${title}`);
const notRun =
  queue.length === 0 ? '' : `, ${queue.length} not run within the budget of ${BUDGET_MS / 1000} s`;
console.log(
  `${killed} of ${results.length} client mutants killed (${(share * 100).toFixed(1)} %) in ${seconds} s${notRun}`,
);
process.exit(share >= LEAST_SHARE && results.length > 0 && broken.length === 0 ? 0 : 1);

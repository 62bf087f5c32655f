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
import { readNumberOrExit } from '../../spec-tools/read-number.js';
import { createRandom } from '../../src/shared/random.js';
import { listStale, mutants, ROOT } from './check-mutants.js';
import { Killers } from './killers.js';
import type { Mutant } from './mutant.js';
import { copyProject } from './project-copy.js';
import { type Failure, listContractTests, TestFiles } from './run-tests.js';
import { TestProcess } from './test-process.js';

const LEAST_SHARE = 0.95;
const BUDGET_MS = readNumberOrExit('BUDGET', 2400) * 1000;
const COUNT = readNumberOrExit('MUTANTS', mutants.length);
const SEED = readNumberOrExit('SEED', 1);
const WORKERS = readNumberOrExit('WORKERS', availableParallelism());
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
  return findConfirmed(tests, killers.sort(mutant.file, unit));
}

const findContractKiller = (tests: TestFiles, { file }: Mutant): Promise<Failure | undefined> =>
  findConfirmed(tests, killers.sort(file, CONTRACT_TESTS));

/** The first test that fails twice: on a busy machine one that measures time may fail without a cause. */
async function findConfirmed(
  tests: TestFiles,
  files: readonly string[],
): Promise<Failure | undefined> {
  for (const file of files) {
    const failure = await tests.findFailure([file]);
    if (failure === undefined) continue;
    if (await tests.fails(failure)) return failure;
    // It may need the tests before it.
    const again = await tests.findFailure([file]);
    if (again !== undefined) return again;
  }
  return undefined;
}

async function runMutant(
  copy: string,
  tests: TestFiles,
  mutant: Mutant,
  find: typeof findKiller,
): Promise<Result> {
  const startedMs = Date.now();
  const path = join(copy, mutant.file);
  const original = readFileSync(path, 'utf8');
  // A function, because `$` has a meaning in a replacement text.
  writeFileSync(
    path,
    original.replace(mutant.find, () => mutant.replace),
  );
  try {
    const killedBy = await find(tests, mutant);
    return { mutant, killedBy, ms: Date.now() - startedMs };
  } finally {
    writeFileSync(path, original);
  }
}

/** As many as are asked for, in an order that the seed decides; of all, those that no killer is known of come first. */
function pickMutants(): Mutant[] {
  const random = createRandom(SEED);
  const keyed = mutants.map((mutant) => ({ mutant, key: random() }));
  const isKnown = (mutant: Mutant) => killers.find(mutant) !== undefined;
  const place = (mutant: Mutant) => (COUNT === mutants.length && isKnown(mutant) ? 1 : 0);
  keyed.sort((a, b) => place(a.mutant) - place(b.mutant) || a.key - b.key);
  const only = process.env['ONLY'] || '';
  const isNew = process.env['NEW'] === '1';
  const isPicked = (mutant: Mutant) =>
    (mutant.file.includes(only) || mutant.fault.includes(only)) && !(isNew && isKnown(mutant));
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

/**
 * The unit tests judge all mutants first, and the contract tests those that are left: to find that no test
 * notices a mutant takes as long as twenty that are noticed.
 */
async function runAll(queue: Mutant[], startedMs: number): Promise<Result[]> {
  const results: Result[] = [];
  const left: Mutant[] = [];
  const all = queue.length;
  const take = (from: Mutant[]) => (Date.now() - startedMs < BUDGET_MS ? from.shift() : undefined);
  const report = (result: Result) => {
    killers.note(result.mutant, result.killedBy);
    results.push(result);
    printResult(result, results.length, all);
    // After each, so that a run that is ended has said what it judged.
    writeReport(results, startedMs);
    if (MAY_WRITE) killers.write(mutants);
  };
  const work = async () => {
    const { copy, tests, close } = openCopy();
    for (let next = take(queue); next !== undefined; next = take(queue)) {
      const result = await runMutant(copy, tests, next, findKiller);
      if (result.killedBy !== undefined) report(result);
      else {
        left.push(next);
        console.log(`no unit test notices ${next.file}: ${next.fault}`);
      }
    }
    for (let next = take(left); next !== undefined; next = take(left))
      report(await runMutant(copy, tests, next, findContractKiller));
    close();
  };
  await Promise.all(Array.from({ length: Math.min(WORKERS, all) }, work));
  queue.push(...left);
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

function writeReport(results: readonly Result[], startedMs: number): void {
  const killed = results.filter(({ killedBy }) => killedBy !== undefined).length;
  const survivors = results.flatMap(({ killedBy, mutant: { file, fault } }) =>
    killedBy === undefined ? [`${file}: ${fault}`] : [],
  );
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  const report = { killed, all: results.length, seconds, survivors, results };
  mkdirSync(dirname(REPORT), { recursive: true });
  writeFileSync(REPORT, `${JSON.stringify(report, undefined, 2)}\n`);
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
for (const { mutant } of survivors) console.log(`  survivor: ${mutant.file}: ${mutant.fault}`);
for (const { file, title } of broken) console.log(`  fails without a mutant: ${file}: ${title}`);
const notRun =
  queue.length === 0 ? '' : `, ${queue.length} not run within the budget of ${BUDGET_MS / 1000} s`;
console.log(
  `${killed} of ${results.length} client mutants killed (${(share * 100).toFixed(1)} %) in ${seconds} s${notRun}`,
);
process.exit(share >= LEAST_SHARE && results.length > 0 && broken.length === 0 ? 0 : 1);

/**
 * `make assertion-check`: removes assertions of the contract tests, one at a time and in a copy of the project, and
 * finds out for each what is lost: a cell of the coverage, or a fault that nothing else notices. Where
 * something else notices the same, that is named. Fails for an assertion of which neither is found.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { document } from '../../spec-tools/bundled-document.js';
import { startPrism } from '../../spec-tools/prism.js';
import { readNumberOrExit } from '../../spec-tools/read-number.js';
import { createRandom } from '../../src/shared/random.js';
import { type Coverage, measureCoverage } from '../coverage/cover.js';
import type { RecordedExchange } from '../coverage/traffic.js';
import { listMutants } from '../mutation/operators.js';
import { type Assertion, listAssertions } from './assertions.js';
import { prepareFaults } from './candidates.js';
import { listFaultsFor } from './fault-lists.js';
import { type Judged, judgeFile } from './judge-file.js';
import { ProjectTests } from './project-tests.js';
import { formatJudged, formatReport, listUnnoticed, toJson } from './report.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const REPORTS = join(ROOT, 'coverage');
const SEED = readNumberOrExit('SEED', 1);
const COUNT = readNumberOrExit('COUNT', 30);
const BUDGET_MS = readNumberOrExit('BUDGET', 1800) * 1000;
const WORKERS = readNumberOrExit('WORKERS', availableParallelism());
/** Parts of the paths of test files, or assertions as `file:line`. */
const ONLY = (process.env['ONLY'] || '').split(',');

const random = createRandom(SEED);
function shuffle<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

const startedMs = Date.now();
const prism = await startPrism();
process.env['PRISM_ORIGIN'] = prism.origin; // inherited by the tests
/** Each has a copy of the project; a file is judged in one of them. */
const workers = Array.from({ length: WORKERS }, () => new ProjectTests(ROOT));
const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const listCode = (folder: string) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name}`);
const listGuides = () =>
  readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
const testFiles = readdirSync(join(ROOT, 'contract-tests'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => `contract-tests/${file}`)
  .sort();
const all = testFiles.flatMap((file) => listAssertions(file, read(file)));
const isWanted = ({ file, line }: Assertion) =>
  ONLY.some((part) => file.includes(part) || `${file}:${line}`.endsWith(part));
const chosen = shuffle(all.filter(isWanted)).slice(0, COUNT);
if (chosen.length === 0) {
  console.error(
    `Invalid ONLY or COUNT: expected some assertions, received ${ONLY.join(',') || 'all files'}, ${COUNT}.`,
  );
  process.exit(2);
}
const sources = {
  root: ROOT,
  read,
  list: listCode,
  document,
  documentMutants: listMutants(document),
  texts: ['Makefile', 'README.md', 'generated/openapi.json', ...listGuides()].map((path) => ({
    path,
    text: read(path),
  })),
  shuffle,
};

/** What all contract tests cover together, once it is asked for. */
let whole: Promise<Coverage> | undefined;
const measureAll = async (tests: ProjectTests) =>
  measureCoverage(document, await tests.recordAll(testFiles));

async function findLostCells(
  tests: ProjectTests,
  before: readonly RecordedExchange[],
  after: readonly RecordedExchange[],
): Promise<string[]> {
  const listCovered = (traffic: readonly RecordedExchange[]) =>
    measureCoverage(document, traffic)
      .cells.filter((cell) => cell.tests.size > 0)
      .map(({ name }) => name);
  const covered = new Set(listCovered(after));
  // All tests are run only where the file itself covers less.
  if (listCovered(before).every((name) => covered.has(name))) return [];
  whole ??= measureAll(tests);
  const { cells } = await whole;
  const own = new Set(before.map(({ test }) => test));
  return cells
    .filter((cell) => cell.tests.size > 0 && [...cell.tests].every((test) => own.has(test)))
    .map(({ name }) => name)
    .filter((name) => !covered.has(name));
}

const hasTime = () => Date.now() - startedMs < BUDGET_MS;
const secondsSinceStart = () => Math.round((Date.now() - startedMs) / 1000);

/** @returns those that were judged, in the order in which they were drawn. */
async function judgeAll(): Promise<Judged[]> {
  const judged: Judged[] = [];
  const report = (one: Judged) => {
    judged.push(one);
    const seconds = secondsSinceStart();
    console.log(`${judged.length}/${chosen.length}, ${seconds} s: ${formatJudged(one)}`);
  };
  const files = new Set(chosen.map((one) => one.file)).values();
  const work = async (tests: ProjectTests) => {
    for (const file of files) {
      if (!hasTime()) return;
      const own = chosen.filter((one) => one.file === file);
      await judgeFile(file, own, {
        tests,
        testFiles,
        findLostCells: (before, after) => findLostCells(tests, before, after),
        hasTime,
        report,
        all: all.filter((one) => one.file === file),
        prepareFaults: (executed) => {
          const test = { path: file, text: read(file) };
          return prepareFaults(test, listFaultsFor(file, executed, sources), shuffle);
        },
      });
    }
  };
  await Promise.all(workers.map(work));
  const place = ({ assertion }: Judged) => chosen.indexOf(assertion);
  return judged.sort((a, b) => place(a) - place(b));
}

const judged = await judgeAll();
const seconds = secondsSinceStart();
const info = { seed: SEED, seconds, total: all.length };
const text = formatReport(judged, info);
mkdirSync(REPORTS, { recursive: true });
writeFileSync(join(REPORTS, 'assertions.txt'), text);
writeFileSync(
  join(REPORTS, 'assertions.json'),
  `${JSON.stringify(toJson(judged, info), undefined, 1)}\n`,
);
console.log(text);
const notRun = chosen.length - judged.length;
if (notRun > 0)
  console.log(`${notRun} assertions were not judged within the budget of ${BUDGET_MS / 1000} s`);
process.exit(listUnnoticed(judged).length === 0 && judged.length > 0 ? 0 : 1);

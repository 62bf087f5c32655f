/**
 * Runs the client mutants: each is applied to a copy of the project, never to the working tree, and the unit tests
 * that are about its file and then the contract tests run until one fails.
 * Fails when fewer than 95 % are killed, or when one no longer fits the source.
 */
import { execFileSync, spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listStale, mutants, ROOT } from './check-mutants.js';
import type { Mutant } from './mutant.js';

const LEAST_SHARE = 0.95;
const BUDGET_MS = Number(process.env['BUDGET'] ?? 900) * 1000;
const COUNT = Number(process.env['MUTANTS'] ?? mutants.length);
const SEED = Number(process.env['SEED'] ?? 1);
const WORKERS = Number(process.env['WORKERS'] ?? availableParallelism());
const REPORT = join(ROOT, 'coverage/client-mutation.json');
/** These are about the document alone, or compile for a long time. */
const NOT_ABOUT_CALLS = 'types|documentation|surface|published|client-mutants';
/** A mutant that makes a test wait for ever is killed, too. */
const MAX_RUN_MS = 180_000;

interface Result {
  mutant: Mutant;
  /** The first test file that failed, or `undefined` for a survivor. */
  killedBy: string | undefined;
  ms: number;
}

/** Tests that are killed need not wait for long: `--bail` ends a run with its first failing file. */
function runJest(
  copy: string,
  project: string,
  patterns: readonly string[],
): Promise<string | undefined> {
  const args = [
    '--experimental-vm-modules',
    'node_modules/jest/bin/jest.js',
    '--selectProjects',
    project,
  ];
  const options = [
    '-w',
    '1',
    '--bail',
    '--testTimeout',
    '20000',
    '--testPathIgnorePatterns',
    NOT_ABOUT_CALLS,
  ];
  const child = spawn(process.execPath, [...args, ...patterns, ...options], {
    cwd: copy,
    env: { ...process.env, FORCE_COLOR: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), MAX_RUN_MS);
  return new Promise((resolve) => {
    child.once('close', (code) => {
      clearTimeout(timer);
      if (code === 0) return resolve(undefined);
      resolve(/^FAIL \w+ (\S+)/m.exec(output)?.[1] ?? `no end within ${MAX_RUN_MS} ms`);
    });
  });
}

async function runMutant(copy: string, mutant: Mutant): Promise<Result> {
  const startedMs = Date.now();
  const path = join(copy, mutant.file);
  const original = readFileSync(path, 'utf8');
  // A function, because `$` has a meaning in a replacement text.
  writeFileSync(
    path,
    original.replace(mutant.find, () => mutant.replace),
  );
  try {
    const unit = mutant.tests.map((name) => `/test/${name}\\.test\\.ts$`);
    const killedBy =
      (await runJest(copy, 'unit', unit)) ?? (await runJest(copy, 'contract', ['contract-tests/']));
    return { mutant, killedBy, ms: Date.now() - startedMs };
  } finally {
    writeFileSync(path, original);
  }
}

/** A copy of all files that git knows, with the installed packages of this one. */
function copyProject(): string {
  const copy = mkdtempSync(join(tmpdir(), 'client-mutation-'));
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '--cached', '--others', '--exclude-standard'],
    { cwd: ROOT },
  );
  for (const file of listed
    .toString()
    .split('\0')
    .filter((name) => name !== '')) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(ROOT, file), join(copy, file));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

/** As many as are asked for, in an order that the seed decides. */
function pickMutants(): Mutant[] {
  let state = SEED >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
  const keyed = mutants.map((mutant) => ({ mutant, key: next() }));
  if (COUNT < mutants.length) keyed.sort((a, b) => a.key - b.key);
  const only = process.env['ONLY'];
  const picked =
    only === undefined ? keyed : keyed.filter(({ mutant }) => mutant.file.includes(only));
  return picked.slice(0, COUNT).map(({ mutant }) => mutant);
}

async function runAll(queue: Mutant[]): Promise<Result[]> {
  const startedMs = Date.now();
  const results: Result[] = [];
  const work = async () => {
    const copy = copyProject();
    try {
      for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
        if (Date.now() - startedMs > BUDGET_MS) {
          queue.unshift(mutant);
          return;
        }
        const result = await runMutant(copy, mutant);
        results.push(result);
        const state = result.killedBy === undefined ? 'SURVIVED' : 'killed  ';
        console.log(
          `${state} ${mutant.file}: ${mutant.fault} (${result.killedBy ?? 'no test failed'}, ${Math.round(result.ms / 1000)} s)`,
        );
      }
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  return results;
}

const stale = listStale();
if (stale.length > 0) {
  console.error(`Mutants that no longer fit the source:\n${stale.join('\n')}`);
  process.exit(1);
}
const queue = pickMutants();
const startedMs = Date.now();
const results = await runAll(queue);
const survivors = results.filter(({ killedBy }) => killedBy === undefined);
const share = (results.length - survivors.length) / Math.max(1, results.length);
const seconds = Math.round((Date.now() - startedMs) / 1000);
mkdirSync(dirname(REPORT), { recursive: true });
writeFileSync(
  REPORT,
  `${JSON.stringify({ killed: results.length - survivors.length, all: results.length, seconds, results }, undefined, 2)}\n`,
);
const notRun =
  queue.length === 0 ? '' : `, ${queue.length} not run within the budget of ${BUDGET_MS / 1000} s`;
console.log(
  `${results.length - survivors.length} of ${results.length} client mutants killed (${(share * 100).toFixed(1)} %) in ${seconds} s${notRun}`,
);
for (const { mutant } of survivors) console.log(`  survivor: ${mutant.file}: ${mutant.fault}`);
process.exit(share >= LEAST_SHARE && results.length > 0 ? 0 : 1);

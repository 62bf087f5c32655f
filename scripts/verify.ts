/**
 * All that CI runs, each step by name. Goes on after a failure, so that one run tells everything,
 * and ends with the line `N passed, N failed`: jest's tests and the named checks.
 *
 * A check is a function of the tree alone: on a tree that passed it, it is not run again. The tests
 * also depend on time and chance, and always run.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

interface Step {
  name: string;
  /** What a person does when it fails. */
  mend: string;
  command: readonly string[];
}

const bin = (file: string) => ['node', `node_modules/${file}`];
const tsx = (file: string) => ['node', '--import', 'tsx', file];
const JEST = ['node', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];

/** The other steps need it. */
const BUILD: Step = {
  name: 'build',
  mend: 'mend the types',
  command: ['make', '--no-print-directory', 'build'],
};

/** The longest first: they run side by side. */
const CHECKS: readonly Step[] = [
  {
    name: 'the packed package compiles and runs for its users',
    mend: 'mend package.json or src/index.ts',
    command: [...JEST, '--selectProjects', 'package'],
  },
  { name: 'package', mend: 'mend package.json', command: tsx('scripts/check-package.ts') },
  {
    name: 'types',
    mend: 'mend the types',
    command: [...bin('typescript/bin/tsc'), '-p', 'tsconfig.json'],
  },
  {
    name: 'generated code is fresh',
    mend: 'make generate',
    command: [...tsx('scripts/generate.ts'), '--check'],
  },
  {
    name: 'imports go one way',
    mend: 'mend the imports',
    command: [
      ...bin('dependency-cruiser/bin/dependency-cruise.mjs'),
      ...['--config', '.dependency-cruiser.cjs', 'src', 'generated'],
    ],
  },
  {
    name: 'code style and lint',
    mend: 'node_modules/.bin/biome check --write .',
    command: ['node_modules/.bin/biome', 'check', '.', '--error-on-warnings'],
  },
  {
    name: 'the contract is the one that was accepted',
    mend: 'make accept-contract, if the change is meant',
    command: tsx('scripts/check-surface.ts'),
  },
  {
    name: 'the document is sound and its examples match their schemas',
    mend: 'mend spec/',
    command: [...bin('@redocly/cli/bin/cli.js'), 'lint', 'main', '--format=stylish'],
  },
];

/** What can be said only after the tests have run. */
const CELLS: Step = {
  name: 'every answer of the contract was run',
  mend: 'add a call to contract-tests/support/calls.ts',
  command: [...tsx('scripts/contract-table.ts'), '--quiet'],
};

const passed: string[] = [];
const failed: string[] = [];

async function run({ name, mend, command }: Step): Promise<void> {
  const [program = '', ...args] = command;
  const began = Date.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.once('error', resolve).once('close', resolve)),
  ]);
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  if (code === 0) {
    passed.push(name);
    console.log(`ok      ${name} (${seconds} s)`);
  } else {
    failed.push(name);
    console.log(`${stdout}${stderr}\nFAILED  ${name} (${seconds} s): ${mend}`);
  }
}

/** Which checks the tree passed as it now is. */
const PASSED = '.cache/passed-checks.json';

/** A hash of every file that git knows or would take, and of what is installed. */
function hashOfTree(): string | undefined {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const hash = createHash('sha256').update(process.version);
  for (const file of [...stdout.split('\0').sort(), 'node_modules/.package-lock.json']) {
    // Not a file that was deleted, nor the folder of another repository.
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) continue;
    hash.update(`\0${file}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function passedBefore(tree: string | undefined): string[] {
  try {
    const known = JSON.parse(readFileSync(PASSED, 'utf8'));
    return tree !== undefined && known.tree === tree ? known.passed : [];
  } catch {
    return []; // there is none, or it was torn
  }
}

async function runChecks(): Promise<void> {
  await run(BUILD);
  const tree = hashOfTree();
  const before = passedBefore(tree);
  const waiting: Step[] = [];
  for (const step of CHECKS) {
    if (!before.includes(step.name)) waiting.push(step);
    else {
      passed.push(step.name);
      console.log(`ok      ${step.name} (nothing has changed since it passed)`);
    }
  }
  const runSome = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) await run(step);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, runSome));
  if (tree !== hashOfTree()) return; // somebody writes while we read
  mkdirSync('.cache', { recursive: true });
  writeFileSync(PASSED, JSON.stringify({ tree, passed }));
}

/** Runs jest with its output shown; gives how many tests passed and failed. */
function runTests(): { passed: number; failed: number } {
  const folder = mkdtempSync(join(tmpdir(), 'aep-batch-verify-'));
  const report = join(folder, 'jest.json');
  const [program = '', ...rest] = JEST;
  const args = [...rest, '--selectProjects', 'unit', 'contract'];
  try {
    // jest repeats its report on stdout with --json; what people read is on stderr.
    const { status } = spawnSync(program, [...args, '--json', `--outputFile=${report}`], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const result = JSON.parse(readFileSync(report, 'utf8'));
    const broken = result.numFailedTests + result.numRuntimeErrorTestSuites;
    const none = result.numPassedTests === 0 || status !== 0 ? 1 : 0;
    return { passed: result.numPassedTests, failed: Math.max(broken, none) };
  } catch (error) {
    console.log(`jest did not run: ${String(error)}`);
    return { passed: 0, failed: 1 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await runChecks();
let tests = { passed: 0, failed: 0 };
if (!process.argv.includes('--checks')) {
  rmSync('.cache/contract-cells', { recursive: true, force: true });
  tests = runTests();
  await run(CELLS);
}
for (const name of failed) console.log(`FAILED  ${name}`);
const bad = failed.length + tests.failed;
console.log(`${passed.length + tests.passed} passed, ${bad} failed`);
process.exitCode = bad === 0 ? 0 : 1;

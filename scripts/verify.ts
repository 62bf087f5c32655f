/**
 * `make test` and `make check`: runs everything that CI runs, each step by name. It continues after a
 * failure, so that one run reports all of them, and ends with the line `N passed, N failed`, which counts
 * the tests and the named checks. The generated code and the build come first: if one of them fails, the
 * steps that need it are skipped, because they would report the same again.
 *
 * A check depends only on the files of the project: it is not repeated on files that passed it. So do the
 * tests of the jest project `files`, which are one check. All other tests also depend on time and chance and
 * always run.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { text } from 'node:stream/consumers';
import { JEST, runJest } from './run-jest.js';

interface Step {
  name: string;
  /** What to do when it fails. */
  fix: string;
  command: readonly string[];
  /** Skipped after a failed build: it runs the built package, or would report what that has reported. */
  needsBuild?: boolean;
}

const bin = (file: string) => ['node', `node_modules/${file}`];
const tsx = (file: string) => ['node', '--import', 'tsx', file];

const GENERATED: Step = {
  name: 'generated code is up to date',
  fix: 'make generate',
  command: [...tsx('scripts/prepare.ts'), 'generated', '--check'],
};
const BUILD: Step = {
  name: 'build',
  fix: 'do what the first line says',
  command: [...tsx('scripts/prepare.ts'), 'dist'],
};

/** Longest first, because they run in parallel. */
const CHECKS: readonly Step[] = [
  {
    name: 'tests about files: the packed package, what compiles, the programs of the documentation',
    fix: 'do what the failed tests say',
    command: [...JEST, '--selectProjects', 'files'],
    needsBuild: true,
  },
  {
    name: 'package',
    fix: 'fix package.json',
    command: tsx('scripts/check-package.ts'),
    needsBuild: true,
  },
  {
    name: 'types',
    fix: 'fix the types',
    command: [...bin('typescript/bin/tsc'), '-p', 'tsconfig.json'],
    needsBuild: true,
  },
  {
    name: 'imports go one way',
    fix: 'fix the imports; the rules are in .dependency-cruiser.cjs',
    command: [
      ...bin('dependency-cruiser/bin/dependency-cruise.mjs'),
      ...['--config', '.dependency-cruiser.cjs'],
      ...['src', 'generated', 'spec-tools', 'scripts', 'contract-tests'],
    ],
  },
  {
    name: 'the words are the standard ones',
    fix: 'write what each line suggests',
    command: tsx('scripts/check-words.ts'),
  },
  {
    name: 'code style and lint',
    fix: 'node_modules/.bin/biome check --write .',
    command: ['node_modules/.bin/biome', 'check', '.', '--error-on-warnings'],
  },
  {
    name: 'the contract is the accepted one',
    fix: 'if the change is intended, make accept-contract',
    command: tsx('scripts/check-surface.ts'),
    needsBuild: true,
  },
  {
    name: 'the document is valid and its examples match their schemas',
    fix: 'fix spec/',
    command: [...bin('@redocly/cli/bin/cli.js'), 'lint', 'main', '--format=stylish'],
  },
];

/** Needs the records of the contract tests. */
const COVERAGE: Step = {
  name: 'the contract tests cover what was accepted',
  fix: 'add a call to contract-tests/, or if the change is intended, make accept-contract',
  command: [...tsx('contract-tests/coverage/main.ts'), '--quiet'],
};

const passed: string[] = [];
const failed: string[] = [];

async function run({ name, fix, command }: Step): Promise<boolean> {
  const [program = '', ...args] = command;
  const start = Date.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise((resolve) => child.once('error', resolve).once('close', resolve)),
  ]);
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  if (code === 0) {
    passed.push(name);
    console.log(`ok      ${name} (${seconds} s)`);
  } else {
    failed.push(name);
    console.log(`${stdout}${stderr}\nFAILED  ${name} (${seconds} s). To fix it: ${fix}`);
  }
  return code === 0;
}

/** The checks that the files passed in their present state. */
const PASSED = '.cache/passed-checks.json';

/** Hashes every file that git tracks or would add, and the installed versions. */
function hashFiles(): string | undefined {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8' });
  if (status !== 0) return undefined;
  const hash = createHash('sha256').update(process.version);
  for (const file of [...stdout.split('\0').sort(), 'node_modules/.package-lock.json']) {
    // Skip deleted files and folders of other repositories.
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) continue;
    hash.update(`\0${file}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function readPassedChecks(hash: string | undefined): string[] {
  try {
    const known = JSON.parse(readFileSync(PASSED, 'utf8'));
    return hash !== undefined && known.hash === hash ? known.passed : [];
  } catch {
    return []; // the file does not exist or is truncated
  }
}

/** @returns whether the project could be built. */
async function runChecks(): Promise<boolean> {
  const isBuilt = (await run(GENERATED)) && (await run(BUILD));
  const hash = hashFiles();
  const passedBefore = readPassedChecks(hash);
  const queue: Step[] = [];
  for (const step of CHECKS) {
    if (passedBefore.includes(step.name)) {
      passed.push(step.name);
      console.log(`ok      ${step.name} (unchanged since it passed)`);
    } else if (isBuilt || !step.needsBuild) {
      queue.push(step);
    }
  }
  const runQueue = async () => {
    for (let step = queue.shift(); step !== undefined; step = queue.shift()) await run(step);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, runQueue));
  if (hash === hashFiles()) {
    mkdirSync('.cache', { recursive: true });
    writeFileSync(PASSED, JSON.stringify({ hash, passed }));
  }
  return isBuilt;
}

const isBuilt = await runChecks();
let tests = { passed: 0, failed: 0 };
if (!process.argv.includes('--checks') && isBuilt) {
  tests = runJest(['--selectProjects', 'unit', 'contract']);
  // Failed tests leave exchanges unrecorded: they are reported once, as failed tests.
  if (tests.failed === 0) await run(COVERAGE);
}
for (const name of failed) console.log(`FAILED  ${name}`);
if (!isBuilt) console.log('skipped everything that needs the step that failed: fix that first');
const failures = failed.length + tests.failed;
console.log(`${passed.length + tests.passed} passed, ${failures} failed`);
process.exitCode = failures === 0 ? 0 : 1;

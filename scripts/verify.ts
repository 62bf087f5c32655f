/**
 * All that CI runs, each step by name. Goes on after a failure, so that one run tells everything,
 * and ends with the line `N passed, N failed`: jest's tests and the named checks.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Step {
  name: string;
  /** What a person does when it fails. */
  mend: string;
  command: readonly string[];
}

const bin = (file: string) => ['node', `node_modules/${file}`];
const tsx = (file: string) => ['node', '--import', 'tsx', file];

const CHECKS: readonly Step[] = [
  {
    name: 'generated code is fresh',
    mend: 'make generate',
    command: [...tsx('scripts/generate.ts'), '--check'],
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
  { name: 'build', mend: 'mend the types', command: ['make', '--no-print-directory', 'build'] },
  {
    name: 'types',
    mend: 'mend the types',
    command: [...bin('typescript/bin/tsc'), '-p', 'tsconfig.json'],
  },
  {
    name: 'code style and lint',
    mend: 'node_modules/.bin/biome check --write .',
    command: ['node_modules/.bin/biome', 'check', '.', '--error-on-warnings'],
  },
  {
    name: 'imports go one way',
    mend: 'mend the imports',
    command: [
      ...bin('dependency-cruiser/bin/dependency-cruise.mjs'),
      ...['--config', '.dependency-cruiser.cjs', 'src', 'generated'],
    ],
  },
  { name: 'package', mend: 'mend package.json', command: tsx('scripts/check-package.ts') },
];

const passed: string[] = [];
const failed: string[] = [];

function run({ name, mend, command }: Step): void {
  const [program = '', ...args] = command;
  const began = Date.now();
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  if (status === 0) {
    passed.push(name);
    console.log(`ok      ${name} (${seconds} s)`);
  } else {
    failed.push(name);
    console.log(`${stdout}${stderr}\nFAILED  ${name} (${seconds} s): ${mend}`);
  }
}

/** What can be said only after the tests have run. */
const AFTER_TESTS: readonly Step[] = [
  {
    name: 'every answer of the contract was run',
    mend: 'add a call to contract-tests/support/calls.ts',
    command: [...tsx('scripts/contract-table.ts'), '--quiet'],
  },
];

/** Runs jest with its output shown; gives how many tests passed and failed. */
function runTests(): { passed: number; failed: number } {
  const folder = mkdtempSync(join(tmpdir(), 'aep-batch-verify-'));
  const report = join(folder, 'jest.json');
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
  const args = [...jest, '--json', `--outputFile=${report}`];
  try {
    // jest repeats its report on stdout with --json; what people read is on stderr.
    const { status } = spawnSync('node', args, { stdio: ['ignore', 'ignore', 'inherit'] });
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

const withTests = !process.argv.includes('--checks');
for (const step of CHECKS) run(step);
if (withTests) rmSync('.cache/contract-cells', { recursive: true, force: true });
const tests = withTests ? runTests() : { passed: 0, failed: 0 };
if (withTests) for (const step of AFTER_TESTS) run(step);
for (const name of failed) console.log(`FAILED  ${name}`);
const bad = failed.length + tests.failed;
console.log(`${passed.length + tests.passed} passed, ${bad} failed`);
process.exitCode = bad === 0 ? 0 : 1;

/**
 * `make stryker FILES=<files of src/>`: the faults that StrykerJS draws itself, put into these files of a copy of the
 * project, and which of them no test notices. A report for whoever changes such a file: no gate, and no part of CI.
 * The tests are those that noticed the listed faults of these files, or those that `TESTS` names.
 * StrykerJS requires Node 22; the tests run on the Node of the project.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { fetchPackages } from '../../spec-tools/fetch-packages.js';
import { readNumberOrExit } from '../../spec-tools/read-number.js';
import { mutants } from './check-mutants.js';
import { Killers } from './killers.js';
import { copyProject } from './project-copy.js';

const ROOT = resolve('.');
const PINS = 'contract-tests/client-mutation/stryker';
const REPORT = join(ROOT, 'coverage/stryker.html');
/** No test may take longer with a fault: it counts as noticed. */
const TIMEOUT_MS = 20_000;

const listWords = (text = ''): string[] => text.split(/[\s,]+/).filter((word) => word !== '');

function assertFiles(name: string, paths: readonly string[], example: string): void {
  const missing = paths.find((path) => !existsSync(path));
  if (paths.length > 0 && missing === undefined) return;
  const received = missing === undefined ? 'none' : `${missing}, which does not exist`;
  console.error(`Invalid ${name}: expected files such as ${example}, received ${received}.`);
  process.exit(2);
}

const files = listWords(process.env['FILES']);
assertFiles('FILES', files, 'src/http/retry-after.ts');
const killers = new Killers(ROOT, mutants);
const known = mutants
  .filter(({ file }) => files.includes(file))
  .flatMap((mutant) => killers.find(mutant)?.file ?? []);
const named = listWords(process.env['TESTS']);
const tests = named.length > 0 ? named : [...new Set(known)];
assertFiles('TESTS', tests, 'test/retry.test.ts');

const fetched = fetchPackages(PINS, '.cache/stryker');
if (fetched === undefined) {
  console.log('stryker: skipped, because the npm registry cannot be reached');
  process.exit();
}
const copy = copyProject(ROOT);
const projects = tests.every((file) => file.startsWith('test/')) ? 'unit' : 'unit contract';
const jest = 'node --experimental-vm-modules node_modules/jest/bin/jest.js';
mkdirSync(join(ROOT, 'coverage'), { recursive: true });
writeFileSync(
  join(copy, 'stryker.config.json'),
  JSON.stringify({
    testRunner: 'command',
    commandRunner: { command: `${jest} --selectProjects ${projects} --bail -- ${tests.join(' ')}` },
    mutate: files,
    // In the copy: what is active is chosen by a variable of the environment.
    inPlace: true,
    concurrency: readNumberOrExit('WORKERS', availableParallelism()),
    timeoutMS: TIMEOUT_MS,
    plugins: [],
    allowConsoleColors: false,
    reporters: ['clear-text', 'html'],
    clearTextReporter: { logTests: false },
    htmlReporter: { fileName: REPORT },
  }),
);
const { status } = spawnSync(
  fetched.locate('node-22', 'bin/node'),
  [fetched.locate('@stryker-mutator/core', 'bin/stryker.js'), 'run', 'stryker.config.json'],
  { cwd: copy, stdio: 'inherit' },
);
console.log(`${REPORT} shows each fault in its line.`);
process.exitCode = status ?? 1;

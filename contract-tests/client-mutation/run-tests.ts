/** Runs test files in a copy of the project up to the first failure. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';

export interface Failure {
  /** Relative to the copy. */
  file: string;
  title: string;
}

/** These are about the document or the tools alone. */
const NOT_ABOUT_CALLS = new Set([
  ...['surface', 'facts', 'published', 'mock', 'bundle'],
  ...['mutation', 'client-mutants', 'assertion-check'],
]);
/** What kills most often or takes least comes first. */
const FIRST = ['requests', 'encoded-ids', 'create-batch', 'guard', 'responses', 'simulator'];
/** A mutant that makes a test wait for ever is killed, too. */
const MAX_RUN_MS = 180_000;
const TOOLS = 'contract-tests/client-mutation';
/** The Jest projects that files may be in. */
const findProjects = (files: readonly string[]): string[] =>
  files.every((file) => file.startsWith('test/')) ? ['unit'] : ['contract', 'files'];

const running = new Set<number>();
process.once('exit', () => {
  for (const pid of running) endGroup(pid);
});

/** The contract tests that call the client, in the order in which to run them. */
export function listContractTests(root: string): string[] {
  const place = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return readdirSync(join(root, 'contract-tests'))
    .flatMap((file) => /^(.*)\.test\.ts$/.exec(file)?.[1] ?? [])
    .filter((name) => !NOT_ABOUT_CALLS.has(name))
    .sort((a, b) => place(a) - place(b))
    .map((name) => `contract-tests/${name}.test.ts`);
}

/** The first failure of these files, in their order; `undefined` if all pass. */
export async function findFailure(
  copy: string,
  files: readonly string[],
  env: JestRun['env'] = {},
): Promise<Failure | undefined> {
  const found = join(copy, '.cache/first-failure.json');
  rmSync(found, { force: true });
  const { code, isLate, output } = await runJest(copy, {
    files,
    maxMs: MAX_RUN_MS,
    env: { ...env, FIRST_FAILURE: found },
    options: ['--reporters', `./${TOOLS}/first-failure-reporter.js`],
  });
  if (isLate) return { file: files.join(' '), title: `no end within ${MAX_RUN_MS / 1000} s` };
  if (code === 0) return undefined;
  return readFailure(copy, found, output);
}

export interface JestRun {
  /** In the order in which they run. */
  files: readonly string[];
  options: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** It is ended after so long. */
  maxMs: number;
}

/** Runs test files of a copy in one process, and ends whatever they started. */
export async function runJest(
  copy: string,
  { files, options, env, maxMs }: JestRun,
): Promise<{ code: number | null; isLate: boolean; output: string }> {
  const jest = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js', '--runInBand'];
  const common = [
    ...['--selectProjects', ...findProjects(files), '--runTestsByPath', ...files],
    ...['--testTimeout', '20000', '--cacheDirectory', join(copy, '.cache/jest')],
    ...['--testSequencer', `./${TOOLS}/in-given-order.js`],
  ];
  const child = spawn(process.execPath, [...jest, ...common, ...options], {
    cwd: copy,
    // A group of its own, and a folder for what tests write: nothing is left of a run that ends early.
    detached: true,
    env: {
      ...process.env,
      ...env,
      ORDER: JSON.stringify(files),
      TMPDIR: join(copy, '.cache/tmp'),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('Jest did not start.');
  running.add(pid);
  let output = '';
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    endGroup(pid);
  }, maxMs);
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  clearTimeout(timer);
  endGroup(pid);
  running.delete(pid);
  return { code, isLate, output };
}

function readFailure(copy: string, found: string, output: string): Failure {
  try {
    const { file, title } = JSON.parse(readFileSync(found, 'utf8')) as Failure;
    return { file: relative(copy, file), title };
  } catch (cause) {
    throw new Error(`Jest ended without a failed test:\n${output}`, { cause });
  }
}

/** Tests start processes, which outlive a run that ends early. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}

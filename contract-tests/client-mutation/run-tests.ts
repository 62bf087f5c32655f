/** Runs test files in a copy of the project up to the first failure. */
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JestRun, TestProcess } from './test-process.js';

export interface Failure {
  /** Relative to the copy. */
  file: string;
  title: string;
}

/** These are about the document or the tools alone. */
const NOT_ABOUT_CALLS = new Set([
  'surface',
  'facts',
  'published',
  'mock',
  'bundle',
  'mutation',
  'client-mutants',
]);
/** What kills most often or takes least comes first. */
const FIRST = ['requests', 'encoded-ids', 'create-batch', 'guard', 'responses', 'simulator'];
/** A mutant that makes a test file wait for ever is killed, too. */
const MAX_FILE_MS = 180_000;
const STOP_AT_FAILURE = fileURLToPath(new URL('stop-at-failure-environment.js', import.meta.url));

/** The contract tests that call the client, in the order in which to run them. */
export function listContractTests(root: string): string[] {
  const place = (name: string) => (FIRST.includes(name) ? FIRST.indexOf(name) : FIRST.length);
  return readdirSync(join(root, 'contract-tests'))
    .flatMap((file) => /^(.*)\.test\.ts$/.exec(file)?.[1] ?? [])
    .filter((name) => !NOT_ABOUT_CALLS.has(name))
    .sort((a, b) => place(a) - place(b))
    .map((name) => `contract-tests/${name}.test.ts`);
}

/** Test files in a copy of the project. */
export class TestFiles {
  readonly #copy: string;
  readonly #process: TestProcess;
  readonly #onPassed: (file: string, ms: number) => void;

  /** @param onPassed gets how long a file took of which no test failed. */
  constructor(
    copy: string,
    process: TestProcess,
    onPassed: (file: string, ms: number) => void = () => undefined,
  ) {
    this.#copy = copy;
    this.#process = process;
    this.#onPassed = onPassed;
  }

  /** The first failure of these files, in their order; `undefined` if all pass. */
  async findFailure(
    files: readonly string[],
    env: JestRun['env'] = {},
  ): Promise<Failure | undefined> {
    for (const file of files) {
      const startedMs = Date.now();
      const failure = await this.#runOne(file, env, {});
      if (failure !== undefined) return failure;
      this.#onPassed(file, Date.now() - startedMs);
    }
    return undefined;
  }

  /** Whether one test of a file fails. A test that there is not does not. */
  async fails({ file, title }: Failure): Promise<boolean> {
    const testNamePattern = `^${title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`;
    const failure = await this.#runOne(file, {}, { testNamePattern });
    return failure !== undefined;
  }

  async #runOne(
    file: string,
    env: JestRun['env'] = {},
    options: Record<string, unknown>,
  ): Promise<Failure | undefined> {
    const { tests, isSuccess, error } = await this.#process.run({
      files: [file],
      env,
      maxMs: MAX_FILE_MS,
      options: { testEnvironment: STOP_AT_FAILURE, ...options },
    });
    if (error !== undefined) return { file, title: error };
    const failed = tests.find(({ status }) => status === 'failed');
    if (failed !== undefined)
      return { file: relative(this.#copy, failed.file), title: failed.fullName };
    return isSuccess ? undefined : { file, title: 'the file as a whole' };
  }
}

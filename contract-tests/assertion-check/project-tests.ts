/** A copy of the project whose test files are run one at a time, with whatever was changed in it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { copyProject } from '../client-mutation/project-copy.js';
import { type Failure, TestFiles } from '../client-mutation/run-tests.js';
import { type JestRun, TestProcess } from '../client-mutation/test-process.js';
import { type RecordedExchange, readTraffic } from '../coverage/traffic.js';
import { FAILED_LINES } from './assertions.js';

/** What a run of one test file showed. */
export interface FileRun {
  /** Tests that failed otherwise than at a softened assertion, such as in the guard of their traffic. */
  failedTests: string[];
  /** The lines of softened assertions that failed. */
  failedLines: ReadonlySet<number>;
  /** Whether it came to no test at all. */
  isBroken: boolean;
  /** Why its process did not come to an end. */
  error?: string | undefined;
  traffic: RecordedExchange[];
}

type CoverageReport = Record<
  string,
  { statementMap: Record<string, { start: { line: number } }>; s: Record<string, number> }
>;

/** Of each file, the numbers of its lines. */
export type ExecutedLines = ReadonlyMap<string, ReadonlySet<number>>;

/** Where faults may be put into. */
const FOLDERS = ['src', 'spec-tools', 'contract-tests', 'scripts'];

/** No file takes near as long; a fault that makes a test wait for ever ends with it. */
export const MAX_RUN_MS = 240_000;
const MAX_ALL_MS = 600_000;
/** What a file counts as that was not run yet. */
const USUAL_MS = 3000;

export class ProjectTests {
  readonly #copy: string;
  readonly #root: string;
  readonly #process: TestProcess;
  readonly #tests: TestFiles;
  readonly #times = new Map<string, number>();
  /** Of runs with another document. */
  #env: JestRun['env'] = {};

  constructor(root: string) {
    this.#root = root;
    this.#copy = copyProject(root);
    this.#process = new TestProcess(this.#copy);
    const noteTime = (file: string, ms: number) => void this.#times.set(file, ms);
    this.#tests = new TestFiles(this.#copy, this.#process, noteTime);
  }

  read(file: string): string {
    return readFileSync(join(this.#root, file), 'utf8');
  }

  /** Does the work while files of the copy have other texts. */
  async withTexts<T>(texts: ReadonlyMap<string, string>, work: () => Promise<T>): Promise<T> {
    for (const [file, text] of texts) writeFileSync(join(this.#copy, file), text);
    // One Prism serves all runs, but for those with another document.
    if (texts.has('generated/openapi.json')) this.#env = { PRISM_ORIGIN: undefined };
    try {
      return await work();
    } finally {
      this.#env = {};
      for (const file of texts.keys()) writeFileSync(join(this.#copy, file), this.read(file));
    }
  }

  /** Runs a test file. */
  async run(file: string, options: JestRun['options'] = {}, maxMs = MAX_RUN_MS): Promise<FileRun> {
    const lines = this.#toCache('failed-lines.txt');
    writeFileSync(lines, '');
    const { tests, error } = await this.#process.run({
      files: [file],
      maxMs,
      options,
      env: { ...this.#env, [FAILED_LINES]: lines },
    });
    const failed = tests.filter(({ status }) => status === 'failed');
    return {
      failedTests: failed.map(({ fullName }) => fullName),
      failedLines: new Set(readFileSync(lines, 'utf8').split('\n').filter(Boolean).map(Number)),
      isBroken: tests.length === 0,
      error,
      traffic: readTraffic(this.#toCache('contract-traffic/')),
    };
  }

  /** Runs a test file, and finds the lines that it executes, of each file that faults may be put into. */
  async runMeasured(
    file: string,
    options: JestRun['options'] = {},
  ): Promise<FileRun & { executed: ExecutedLines }> {
    const folder = this.#toCache('executed');
    const run = await this.run(file, {
      ...options,
      coverage: true,
      coverageProvider: 'v8',
      coverageReporters: ['json'],
      coverageDirectory: folder,
      // Not `collectCoverageFrom`, with which Jest reads each file of the project.
      coveragePathIgnorePatterns: ['/node_modules/', '\\.test\\.ts$'],
    });
    if (run.error !== undefined) throw new Error(`${file}: ${run.error}`);
    const report = JSON.parse(
      readFileSync(join(folder, 'coverage-final.json'), 'utf8'),
    ) as CoverageReport;
    const isCode = (path: string) => FOLDERS.some((folder) => path.startsWith(`${folder}/`));
    const executed = Object.entries(report).map(([path, { statementMap, s }]) => {
      const lines = Object.entries(statementMap).filter(([id]) => (s[id] ?? 0) > 0);
      const numbers = new Set(lines.map(([, { start }]) => start.line));
      return [relative(this.#copy, path), numbers] as const;
    });
    return {
      ...run,
      executed: new Map(executed.filter(([path, lines]) => isCode(path) && lines.size > 0)),
    };
  }

  /** What all of these files record in one run. */
  async recordAll(files: readonly string[]): Promise<RecordedExchange[]> {
    await this.#process.run({ files, maxMs: MAX_ALL_MS });
    return readTraffic(this.#toCache('contract-traffic/'));
  }

  /** The first test that fails among these files; those come first that took least when they were last run. */
  findFailure(files: readonly string[]): Promise<Failure | undefined> {
    const time = (file: string) => this.#times.get(file) ?? USUAL_MS;
    return this.#tests.findFailure(
      [...files].sort((a, b) => time(a) - time(b)),
      this.#env,
    );
  }

  /** Whether one test fails. */
  fails(test: Failure): Promise<boolean> {
    return this.#tests.fails(test);
  }

  #toCache(name: string): string {
    return join(this.#copy, '.cache', name);
  }
}

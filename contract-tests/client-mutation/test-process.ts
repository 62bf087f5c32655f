/** A process that runs test files in a copy of the project: Jest is loaded once, and each run has its modules anew. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface JestRun {
  /** All of one project. */
  files: readonly string[];
  /** Command line options of Jest by their names, such as `testTimeout`. */
  options?: Readonly<Record<string, unknown>>;
  /** Variables of the environment; one that is `undefined` is removed. */
  env?: Readonly<Record<string, string | undefined>>;
  /** The process is ended after so long. */
  maxMs: number;
}

export interface JestResult {
  /** `file` is absolute. */
  tests: { file: string; fullName: string; status: string }[];
  isSuccess: boolean;
  /** What went wrong with the process: it took too long, or ended by itself. */
  error?: string;
}

const WORKER = fileURLToPath(new URL('jest-worker.js', import.meta.url));
const TEST_TIMEOUT_MS = 20_000;
/** Modules of runs that ended stay in memory for a while. */
const MAX_RUNS = 30;

const running = new Set<number>();
process.once('exit', () => {
  for (const pid of running) endGroup(pid);
});

/** The Jest projects that files may be in. */
const findProjects = (files: readonly string[]): string[] =>
  files.every((file) => file.startsWith('test/')) ? ['unit'] : ['contract', 'files'];

export class TestProcess {
  readonly #copy: string;
  #child: ChildProcess | undefined;
  #runs = 0;
  #changed: Record<string, string | null> = {};

  constructor(copy: string) {
    this.#copy = copy;
  }

  /** @throws where Jest cannot be run. */
  async run({ files, options = {}, env = {}, maxMs }: JestRun): Promise<JestResult> {
    if (this.#runs >= MAX_RUNS) this.close();
    this.#child ??= this.#start();
    this.#runs += 1;
    const child = this.#child;
    return await new Promise((resolve, reject) => {
      const end = (result: JestResult) => {
        clearTimeout(timer);
        child.removeAllListeners('message').removeAllListeners('exit');
        if (result.error !== undefined) this.close();
        resolve(result);
      };
      const fail = (error: string) => end({ tests: [], isSuccess: false, error });
      const timer = setTimeout(() => fail(`no end within ${maxMs / 1000} s`), maxMs);
      child.once('message', (result: JestResult & { broken?: string }) => {
        if (result.broken === undefined) return end(result);
        // Jest itself has failed, which says nothing about the tests.
        this.close();
        clearTimeout(timer);
        reject(new Error(result.broken));
      });
      child.once('exit', (code, signal) => fail(`the process ended with ${signal ?? code}`));
      const all = { selectProjects: findProjects(files), testTimeout: TEST_TIMEOUT_MS, ...options };
      child.send({ files, options: all, env: this.#change(env) });
    });
  }

  /** Ends the process, and whatever its tests started. */
  close(): void {
    const pid = this.#child?.pid;
    this.#child?.removeAllListeners();
    this.#child = undefined;
    this.#runs = 0;
    this.#changed = {};
    if (pid === undefined) return;
    endGroup(pid);
    running.delete(pid);
    const files = join(this.#copy, '.cache/tmp');
    rmSync(files, { recursive: true, force: true, maxRetries: 3 });
    mkdirSync(files);
  }

  #start(): ChildProcess {
    const child = fork(WORKER, {
      cwd: this.#copy,
      // A group of its own, and a folder for what tests write: nothing is left of a run that ends early.
      detached: true,
      env: { ...process.env, TMPDIR: join(this.#copy, '.cache/tmp') },
      execArgv: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    if (child.pid === undefined) throw new Error('Jest did not start.');
    running.add(child.pid);
    return child;
  }

  /** The variables to set, with those of the run before as they were. */
  #change(env: JestRun['env'] = {}): Record<string, string | null> {
    const before = Object.keys(this.#changed).map((name) => [name, process.env[name] ?? null]);
    const now = Object.entries(env).map(([name, value]) => [name, value ?? null]);
    this.#changed = Object.fromEntries(now);
    return Object.fromEntries([...before, ...now]);
  }
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left.
  }
}

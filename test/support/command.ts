/**
 * The command against a simulator: in this process, or the built one as a child process where the rule is
 * about processes (signals, pipes, standard input). A child takes 250 ms to start.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import { openStreams } from '../../src/cli/output.js';
import { run as runProgram } from '../../src/cli/program.js';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/testing/index.js';
import { findFastFolder } from './fast-folder.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const MAIN = join(ROOT, 'dist/src/cli/main.js');

const SCHEMA = JSON.parse(readFileSync(join(ROOT, 'docs/json-output.schema.json'), 'utf8'));
const ajv = new Ajv({ strict: true, strictRequired: false }).addSchema(SCHEMA, 'output');
/** Never to be printed anywhere. */
export const SECRETS = ['simulator-client-secret'];

export interface Ended {
  /** The exit code; `undefined` where a signal ended it. */
  code: number | undefined;
  stdout: string;
  stderr: string;
  /** The one object on stdout. */
  json(): Record<string, unknown>;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has written to stdout so far. */
  stdout(): string;
  /** Resolves once stderr has this text. */
  waitForText(text: string): Promise<void>;
}

export interface RunOptions {
  env?: Record<string, string | undefined>;
  /** Standard input; none without it. */
  input?: string | undefined;
  /** A file that stdout goes to, opened once for the run. */
  stdoutFile?: string;
  /** A shell command that runs the call as "$@". */
  shell?: string;
}

/** A working folder, and a simulator that commands called through it reach. */
export class Desk {
  simulator!: Simulator;
  folder = '';
  #running: ChildProcess[] = [];
  #last: Promise<unknown> = Promise.resolve();

  async open(options: SimulatorOptions = {}): Promise<void> {
    this.folder = await mkdtemp(join(findFastFolder(), 'aep-batch-command-'));
    this.simulator = await startSimulator(options);
  }

  async close(): Promise<void> {
    for (const child of this.#running) if (child.exitCode === null) child.kill('SIGKILL');
    await this.simulator.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Starts another simulator in place of the first. */
  async restart(options: SimulatorOptions): Promise<void> {
    await this.simulator.stop();
    this.simulator = await startSimulator(options);
  }

  file(name: string, text: string): Promise<void> {
    return writeFile(join(this.folder, name), text);
  }

  get environment(): Record<string, string | undefined> {
    const { PATH } = process.env;
    const state = { HOME: this.folder, XDG_STATE_HOME: join(this.folder, 'state') };
    return { PATH, ...state, ...this.simulator.env };
  }

  /** Starts the built command as a child process. */
  start(args: readonly string[], { env, input, shell }: RunOptions = {}): Running {
    if (!existsSync(MAIN)) throw new Error('The command is not built: run make build.');
    const call = [process.execPath, MAIN, ...args];
    const [program = '', ...rest] =
      shell === undefined ? call : ['bash', '-c', shell, 'bash', ...call];
    const child = spawn(program, rest, {
      cwd: this.folder,
      env: { ...this.environment, ...env },
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    });
    this.#running.push(child);
    child.stdin?.end(input);
    return watch(child, args);
  }

  /** Runs the command, in this process if standard input, the shell and the system do not matter. */
  run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
    const { env = {}, input, shell, stdoutFile } = options;
    const readsInput = args.some((arg) => arg === '-' || arg.startsWith('/dev/'));
    const isOwnEnv = Object.keys(env).every((name) => /^(?:AEP_|XDG_|NO_COLOR$)/.test(name));
    const needsProcess = input !== undefined || shell !== undefined || readsInput || !isOwnEnv;
    return needsProcess || (args[0] === 'simulate' && stdoutFile === undefined)
      ? this.start(args, options).ended
      : this.#runHere(args, { ...this.environment, ...env }, stdoutFile);
  }

  /** One after another, because a process has one environment and one working folder. */
  #runHere(
    args: readonly string[],
    env: Record<string, string | undefined>,
    stdoutFile?: string,
  ): Promise<Ended> {
    const ended = this.#last.then(() => runInFolder(this.folder, args, env, stdoutFile));
    this.#last = ended.catch(() => undefined);
    return ended;
  }
}

async function runInFolder(
  folder: string,
  args: readonly string[],
  env: Record<string, string | undefined>,
  stdoutFile?: string,
): Promise<Ended> {
  const before = { folder: process.cwd(), env: process.env };
  const fd = stdoutFile === undefined ? undefined : openSync(stdoutFile, 'w');
  const [stdout, stderr] = [collect(fd), collect()];
  process.chdir(folder);
  process.env = env;
  try {
    const code = await runProgram(args, openStreams(stdout.stream, stderr.stream));
    return toEnded(code, stdout.text(), stderr.text());
  } finally {
    process.chdir(before.folder);
    process.env = before.env;
    if (fd !== undefined) closeSync(fd);
  }
}

/** A stream that is no terminal, and the text written to it. */
function collect(fd?: number) {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  // The command writes to a descriptor itself, where there is one.
  const output = fd === undefined ? stream : Object.assign(stream, { fd });
  return { stream: output, text: () => Buffer.concat(chunks).toString() };
}

/** @throws if a secret was printed */
function toEnded(
  code: number | undefined,
  stdout: string,
  stderr: string,
  mayShowSecrets = false,
): Ended {
  const shown = SECRETS.filter((secret) => `${stdout}${stderr}`.includes(secret));
  if (!mayShowSecrets && shown.length > 0) throw new Error(`it prints ${shown}`);
  const json = () => JSON.parse(stdout) as Record<string, unknown>;
  return { code, stdout, stderr, json };
}

function watch(child: ChildProcess, args: readonly string[]): Running {
  let stdout = '';
  let stderr = '';
  const listeners: (() => void)[] = [];
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
    for (const listener of listeners) listener();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      for (const listener of listeners) listener();
      try {
        resolve(toEnded(code ?? undefined, stdout, stderr, args[0] === 'simulate'));
      } catch (error) {
        reject(error);
      }
    });
  });
  const waitForText = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const listener = () => {
        if (stderr.includes(text)) resolve();
        else if (child.exitCode !== null || child.signalCode !== null)
          reject(new Error(`stderr never had ${text}:\n${stderr}`));
      };
      listeners.push(listener);
      listener();
    });
  return { child, ended, waitForText, stdout: () => stdout };
}

/** A desk for each test of a file. */
export function useDesk(options: SimulatorOptions = {}): Desk {
  const desk = new Desk();
  beforeEach(() => desk.open(options));
  afterEach(() => desk.close());
  return desk;
}

interface LogLine {
  time: string;
  level: string;
  message: string;
  progress?: Record<string, unknown>;
  finding?: Record<string, unknown>;
}

/** The lines of stderr with `--log-format json`, each of them as the schema has it. */
export function expectLog(stderr: string): LogLine[] {
  const validate = ajv.getSchema('output#/definitions/logLine') as ValidateFunction;
  return stderr
    .trimEnd()
    .split('\n')
    .map((text) => {
      const line: unknown = JSON.parse(text);
      expect([text, validate(line), validate.errors]).toEqual([text, true, null]);
      return line as LogLine;
    });
}

/** One object and nothing else on stdout, as the schema has it. */
export function expectJson(ended: Ended, name: string): Record<string, unknown> {
  const lines = ended.stdout.trimEnd().split('\n');
  expect(lines).toHaveLength(1);
  const value = ended.json();
  const validate = ajv.getSchema(`output#/definitions/${name}`) as ValidateFunction;
  expect([validate(value), validate.errors]).toEqual([true, null]);
  return value;
}

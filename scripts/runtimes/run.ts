/** Runs programs of the consumer and reads which of their checks passed. */
import { spawnSync } from 'node:child_process';

const LIMIT_MS = 60_000;

/** The reason why it failed, or `undefined` if it passed. */
export type Result = string | undefined;

export interface Program {
  folder: string;
  command: readonly string[];
}

/** @returns the result of a program that passes if its exit code is 0. */
export function runOnce({ folder, command }: Program): Result {
  const { status, output } = run(folder, command);
  return status === 0 ? undefined : summarize(output) || `exit code ${status}`;
}

/**
 * @returns the result of each expected check of a program that prints one line of JSON for each. Those that it did
 * not come to have failed for the reason that it ended.
 */
export function runChecks(
  { folder, command }: Program,
  checks: readonly string[],
): Map<string, Result> {
  const { status, output } = run(folder, command);
  const seen = new Map<string, Result>();
  for (const line of output.split('\n')) {
    if (!line.startsWith('{"check":')) continue;
    const { check, reason } = JSON.parse(line);
    seen.set(check, reason);
  }
  const end = summarize(output) || `ended early with exit code ${status}`;
  return new Map(checks.map((check) => [check, seen.has(check) ? seen.get(check) : end]));
}

function run(
  folder: string,
  command: readonly string[],
): { status: number | null; output: string } {
  const [program = '', ...args] = command;
  // Nothing of this make, such as NODE_OPTIONS, applies to a user's runtime; Deno keeps its cache with the consumer.
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    DENO_DIR: `${folder}/.deno`,
    DENO_NO_UPDATE_CHECK: '1',
    DO_NOT_TRACK: '1',
    CI: '1',
    NO_COLOR: '1',
  };
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: folder,
    env,
    encoding: 'utf8',
    timeout: LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  if (error !== undefined && status === null) return { status, output: error.message };
  return { status, output: `${stdout}\n${stderr}` };
}

/** The first line that names an error. */
function summarize(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  return lines.find((line) => /error|cannot|unexpected/i.test(line)) ?? '';
}

/**
 * Runs targets of make one after the other, each within its budget, and counts what passed and failed. A
 * failed target does not stop those after it, so that one run reports everything.
 */
import { type ChildProcess, spawn } from 'node:child_process';

export interface Target {
  /** As after `make`: the target, then variables. */
  run: readonly [name: string, ...variables: string[]];
  /** It is ended, and counts as failed, when it has run for so long. */
  seconds: number;
}

export interface Outcome {
  name: string;
  plannedSeconds: number;
  usedSeconds: number;
  passed: number;
  failed: number;
  isOverBudget: boolean;
}

export interface RunOptions {
  /** The folder of the Makefile. */
  folder?: string;
  write(text: string): void;
}

const COUNT = /^(\d+) passed, (\d+) failed$/gm;
/** More than a target prints after its count. */
const KEPT_CHARACTERS = 65_536;
const CLOSE_MS = 5_000;

export async function runTargets(
  targets: readonly Target[],
  options: RunOptions,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const target of targets) {
    options.write(`\n=== make ${target.run.join(' ')} (budget ${target.seconds} s)\n`);
    const outcome = await runTarget(target, options);
    options.write(`=== ${formatOutcome(outcome)}\n`);
    outcomes.push(outcome);
  }
  return outcomes;
}

async function runTarget(target: Target, { folder, write }: RunOptions): Promise<Outcome> {
  // Variables of this make, such as its job server, are not those of the targets.
  const { MAKEFLAGS: _flags, MFLAGS: _old, MAKELEVEL: _level, ...env } = process.env;
  const start = Date.now();
  const child = spawn('make', ['--no-print-directory', ...target.run], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    // An own process group, so that everything that the target started can be ended.
    detached: true,
  });
  let output = '';
  const receive = (text: string): void => {
    write(text);
    output = (output + text).slice(-KEPT_CHARACTERS);
  };
  child.stdout.setEncoding('utf8').on('data', receive);
  child.stderr.setEncoding('utf8').on('data', receive);
  const { code, isOverBudget } = await waitForEnd(child, target.seconds * 1000);
  const isOk = code === 0 && !isOverBudget;
  return {
    name: target.run.join(' '),
    plannedSeconds: target.seconds,
    usedSeconds: (Date.now() - start) / 1000,
    isOverBudget,
    ...count(output, isOk),
  };
}

async function waitForEnd(
  child: ChildProcess,
  limitMs: number,
): Promise<{ code: number | undefined; isOverBudget: boolean }> {
  let isOverBudget = false;
  const end = (): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // the group has ended
    }
  };
  const timer = setTimeout(() => {
    isOverBudget = true;
    end();
  }, limitMs);
  // Without this, Ctrl+C would leave the group running.
  process.once('exit', end);
  const code = await new Promise<number | undefined>((resolve) => {
    child.once('error', () => resolve(undefined));
    child.once('close', (status) => resolve(status ?? undefined));
    // A process that left the group may keep the output open.
    child.once('exit', () => isOverBudget && setTimeout(resolve, CLOSE_MS, undefined).unref());
  });
  clearTimeout(timer);
  process.off('exit', end);
  return { code, isOverBudget };
}

/** Uses the last line `N passed, N failed`; a target without one counts as one. */
function count(output: string, isOk: boolean): { passed: number; failed: number } {
  const last = [...output.matchAll(COUNT)].at(-1);
  if (last === undefined) return isOk ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  const failed = Number(last[2]);
  return { passed: Number(last[1]), failed: isOk ? failed : Math.max(failed, 1) };
}

export function formatOutcome(outcome: Outcome): string {
  const { name, plannedSeconds, usedSeconds, passed, failed, isOverBudget } = outcome;
  const time = `${usedSeconds.toFixed(0)} of ${plannedSeconds} s`;
  const ended = isOverBudget ? '; ended because its budget was used up' : '';
  return `${failed === 0 ? 'ok    ' : 'FAILED'}  make ${name}: ${passed} passed, ${failed} failed, ${time}${ended}`;
}

/** Every target's result, then the line `N passed, N failed` over all of them. */
export function summarize(outcomes: readonly Outcome[]): string {
  const sum = (key: 'passed' | 'failed' | 'plannedSeconds' | 'usedSeconds') =>
    outcomes.reduce((total, outcome) => total + outcome[key], 0);
  const seconds = `${sum('usedSeconds').toFixed(0)} of ${sum('plannedSeconds')} s used`;
  const failed = outcomes.length === 0 ? 1 : sum('failed');
  return [
    ...outcomes.map(formatOutcome),
    `all targets: ${seconds}`,
    `${sum('passed')} passed, ${failed} failed`,
  ].join('\n');
}

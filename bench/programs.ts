/** Other programs as peers: their time, processor time and peak memory. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

/** The unit of the processor times in /proc. */
const TICKS_PER_SECOND = 100;
const SAMPLE_MS = 20;

export interface Measured {
  seconds: number;
  cpuSeconds: number;
  peakKiB: number;
}

/** Whether it is installed; one line says that it is skipped if it is not. */
export function isInstalled(program: string): boolean {
  const isThere = spawnSync(program, ['--version']).status === 0;
  if (!isThere)
    console.log(`${program} is skipped: it is not installed (apt-get install ${program}).`);
  return isThere;
}

/** The first line of what it says of its version. */
export const readVersion = (program: string): string =>
  spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.split('\n')[0]?.trim() ?? '';

/**
 * Runs it to its end. Its memory and processor time are sampled while it runs.
 * @param input a file that it reads as its standard input.
 * @param variables the only ones that it has, beside PATH, so that none of this machine configures it.
 */
export async function measureProgram(
  [program = '', ...args]: readonly string[],
  input?: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<Measured & { stdout: string }> {
  const stdin = input === undefined ? 'ignore' : openSync(input, 'r');
  const start = performance.now();
  const child = spawn(program, args, {
    stdio: [stdin, 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], ...variables },
  });
  let stdout = '';
  let peakKiB = 0;
  let ticks = 0;
  child.stdout?.on('data', (chunk) => {
    stdout += String(chunk);
  });
  const sample = () => {
    try {
      const [, peak] =
        /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8')) ?? [];
      peakKiB = Math.max(peakKiB, Number(peak ?? 0));
      const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(' ');
      ticks = Number(stat[13]) + Number(stat[14]);
    } catch {} // the process has exited
  };
  sample();
  const watch = setInterval(sample, SAMPLE_MS);
  const [code] = await once(child, 'close');
  const seconds = (performance.now() - start) / 1000;
  clearInterval(watch);
  if (typeof stdin === 'number') closeSync(stdin);
  if (code !== 0) throw new Error(`${program} exited with ${code}.`);
  return { seconds, cpuSeconds: ticks / TICKS_PER_SECOND, peakKiB, stdout };
}

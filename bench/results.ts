/** Publishes what a benchmark has measured. */
import { spawnSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { formatSection } from './report/markdown.js';
import { writeReport, writeResult } from './report/results.js';
import type { Benchmark, Measurement } from './report/types.js';

/** The share of the cores above which other programs disturb a measurement. */
const BUSY_SHARE = 0.75;

/** What is measured. */
const MEASURED = ['src', 'spec'];

/** Before the benchmark adds its own load, and before files change while it runs. */
const [loadBefore = 0] = loadavg();
const commit = readCommit();

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const [low = Number.NaN, high = low] = [sorted[Math.ceil(half) - 1], sorted[Math.floor(half)]];
  return (low + high) / 2;
}

/** Writes bench/results/<name>.json and the report, and prints the section. Exit code 1 if a goal is missed. */
export function publish(benchmark: Benchmark): void {
  const result = { ...benchmark, measurement: describeMachine() };
  writeResult(result);
  writeReport();
  console.log(formatSection(result));
  if (benchmark.goals.some(({ isMet }) => !isMet)) process.exitCode = 1;
}

function describeMachine(): Measurement {
  const [cpu] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    node: process.versions.node,
    cores: cpus().length,
    ...(cpu === undefined ? {} : { cpu: cpu.model.trim() }),
    ...(commit === undefined ? {} : { commit }),
    ...(loadBefore > BUSY_SHARE * cpus().length ? { isBusy: true } : {}),
  };
}

/** The last revision that changed what is measured, with `+` if the files differ from it. */
function readCommit(): string | undefined {
  const git = (...args: string[]) => spawnSync('git', args, { encoding: 'utf8' });
  const { status, stdout } = git('log', '-1', '--format=%h', '--abbrev=7', '--', ...MEASURED);
  if (status !== 0 || stdout === '') return undefined;
  const isChanged = git('status', '--porcelain', '--', ...MEASURED).stdout !== '';
  return `${stdout.trim()}${isChanged ? '+' : ''}`;
}

/** The results in bench/results/, one file for each benchmark, and bench/RESULTS.md, which is written from them. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatReport } from './markdown.js';
import type { Result } from './types.js';

export const FOLDER = 'bench/results';
export const REPORT = 'bench/RESULTS.md';

/** The order of the report; others follow by their names. */
const ORDER: readonly string[] = [
  ...['small-calls', 'one-put', 'parts', 'large-files', 'small-files', 'sources', 'killed'],
  ...['json-lines', 'csv', 'rows-by-schema', 'rejected-rows', 'contract', 'earlier-build'],
];

const rank = (name: string): number => (ORDER.includes(name) ? ORDER.indexOf(name) : ORDER.length);

/** All that were measured, in the order of the report. */
export function readResults(folder = FOLDER): Result[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file): Result => JSON.parse(readFileSync(join(folder, file), 'utf8')))
    .sort((a, b) => rank(a.name) - rank(b.name));
}

export function writeResult(result: Result, folder = FOLDER): void {
  mkdirSync(folder, { recursive: true });
  const json = JSON.stringify(result, (_, value) => roundNumber(value), 2);
  writeFileSync(join(folder, `${result.name}.json`), `${json}\n`);
}

const roundNumber = (value: unknown): unknown =>
  typeof value === 'number' ? Number(value.toPrecision(5)) : value;

export const formatResults = (): string => formatReport('Benchmarks', readResults());

export const writeReport = (): void => writeFileSync(REPORT, formatResults());

/**
 * Reads the same JSON Lines of 60 MB with `checkFiles(…, { deep: true })`, with Node's own tools and with jq, in
 * turns. Fails if a goal is missed.
 */
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { checkFiles } from '../src/index.js';
import { isInstalled, measureProgram, readVersion } from './programs.js';
import { median, publish } from './results.js';
import { timeCall, withFolder } from './run.js';

const MEGABYTES = Number(process.env['MEGABYTES'] ?? 60);
const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
/** What the check has to be, as a multiple of the speed of others. */
const GOALS: Readonly<Record<string, number>> = {
  'jq -e .': 3,
  'jq -n, counts': 1,
  'readline and JSON.parse': 0.5,
};

const row = (at: number) =>
  JSON.stringify({
    _id: `id-${at}`,
    person: { name: `Name ${at}`, email: `user${at}@example.com` },
    address: { city: `City, ${at % 97}`, lines: ['first "line"', 'second line'] },
    amount: (at * 7) % 1000,
    updated: '2024-05-01T10:00:00Z',
  });

/** Each fails unless it has read every row. @returns seconds of the processor, which other programs do not change. */
const READERS: Readonly<Record<string, (path: string, rows: number) => Promise<number>>> = {
  'check --deep': (path, rows) =>
    timeCall(async () => expectRows(rows, (await checkFiles(path, { deep: true })).rows ?? 0)),
  'readline and JSON.parse': (path, rows) =>
    timeCall(async () => {
      let count = 0;
      for await (const line of createInterface({ input: createReadStream(path) })) {
        JSON.parse(line);
        count++;
      }
      expectRows(rows, count);
    }),
  'jq -e .': async (path) =>
    (await measureProgram(['sh', '-c', 'exec jq -e . > /dev/null'], path)).cpuSeconds,
  'jq -n, counts': async (path, rows) => {
    const count = ['jq', '-n', 'reduce inputs as $row (0; . + 1)'];
    const { stdout, cpuSeconds } = await measureProgram(count, path);
    expectRows(rows, Number(stdout));
    return cpuSeconds;
  },
};

function expectRows(expected: number, count: number): void {
  if (count !== expected) throw new Error(`Invalid rows: expected ${expected}, received ${count}.`);
}

async function measure(path: string, rows: number, names: readonly string[]) {
  const seconds = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of names) {
      const taken = await READERS[name]?.(path, rows);
      // The first round warms up.
      if (round > 0) seconds.get(name)?.push(taken ?? Number.NaN);
    }
  }
  return seconds;
}

await withFolder(async (folder) => {
  const hasJq = isInstalled('jq');
  const names = Object.keys(READERS).filter((name) => hasJq || !name.startsWith('jq'));
  const count = Math.ceil((MEGABYTES * 1e6) / (row(500_000).length + 1));
  const path = join(folder, 'rows.jsonl');
  await writeFile(path, Array.from({ length: count }, (_, at) => `${row(at)}\n`).join(''));
  const seconds = await measure(path, count, names);
  const compare = (name: string, other: string) =>
    median((seconds.get(name) ?? []).map((time, at) => (seconds.get(other)?.[at] ?? 0) / time));
  const reference = hasJq ? 'jq -e .' : 'readline and JSON.parse';
  publish({
    name: 'json-lines',
    title: 'JSON Lines',
    command: 'make bench-json-lines',
    description: `Reads a file of ${MEGABYTES} MB, with rows of ${row(500_000).length} bytes: ${ROUNDS} rounds in which all readers alternate, after one to warm up; medians of processor time.
\`check --deep\` checks UTF-8, every row and its size, and names lines; the others parse each row${
      hasJq
        ? ` (${readVersion('jq')}: \`jq -e . > /dev/null\`
and \`jq -n 'reduce inputs as $row (0; . + 1)'\`)`
        : ''
    }.`,
    goals: Object.entries(GOALS)
      .filter(([name]) => names.includes(name))
      .map(([name, least]) => ({
        text: `speed: at least ${least} × ${name}`,
        measured: `${compare('check --deep', name).toFixed(2)} ×`,
        isMet: compare('check --deep', name) >= least,
      })),
    tables: [
      {
        header: ['reader', `× ${reference}`, 'MB/s of processor time'],
        rows: names.map((name) => [
          name,
          compare(name, reference).toFixed(2),
          (MEGABYTES / median(seconds.get(name) ?? [])).toFixed(0),
        ]),
      },
    ],
    plots: [
      {
        kind: 'bars',
        title: `speed, × ${reference}`,
        better: 'more',
        bars: names.map((name) => ({
          label: name,
          value: compare(name, reference),
          isOurs: name.startsWith('check'),
        })),
        goal: { value: GOALS[reference] ?? 0, text: `at least ${GOALS[reference]}` },
      },
    ],
  });
});

/**
 * Reads the same CSV file of 60 MB with `checkFiles(…, { deep: true })` and with three CSV readers, in
 * turns, by the platform's rules where a reader has them. Fails if a goal is missed.
 */
import { createReadStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse';
import papa from 'papaparse';
import { inferSchema, initParser } from 'udsv';
import { checkFiles } from '../src/index.js';
import { median, publish } from './results.js';

const MEGABYTES = Number(process.env['MEGABYTES'] ?? 60);
const ROUNDS = Number(process.env['ROUNDS'] ?? 5);
const CHUNK_BYTES = 1024 * 1024;
/** What the check has to be, as a multiple of csv-parse on the clean file. */
const GOALS = { clean: 3, faulty: 1.5 };

const FAULTY = 'check --deep, a fault in every row';

const HEADER = 'id,name,email,city,amount,updated';
const row = (at: number) =>
  `${at},Name ${at},user${at}@example.com,"City, ${at % 97}",${(at * 7) % 1000}.5,2024-05-01T10:00:00Z`;

type Reader = (path: string) => Promise<number>;

/** Each returns the number of rows without the header. */
const READERS: Readonly<Record<string, Reader>> = {
  'check --deep': async (path) => (await checkFiles(path, { deep: true })).rows ?? 0,
  'csv-parse': (path) => {
    let rows = -1;
    const parser = parse({
      escape: '\\',
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
      on_record: () => {
        rows++;
        return null;
      },
    });
    return new Promise((resolve) => {
      parser.on('error', () => resolve(rows)).on('end', () => resolve(rows));
      createReadStream(path, { highWaterMark: CHUNK_BYTES }).pipe(parser).resume();
    });
  },
  PapaParse: async (path) => {
    let rows = -1;
    const text = await readFile(path, 'utf8');
    papa.parse(text, {
      delimiter: ',',
      escapeChar: '\\',
      skipEmptyLines: true,
      step: () => rows++,
    });
    return rows;
  },
  uDSV: async (path) => {
    const text = await readFile(path, 'utf8');
    return initParser(inferSchema(text)).stringArrs(text).length;
  },
};

const folder = await mkdtemp(join(tmpdir(), 'aep-batch-bench-csv-'));
const write = async (name: string, text: string): Promise<string> => {
  const path = join(folder, `${name}.csv`);
  await writeFile(path, text);
  return path;
};

async function writeRows(name: string, ending: string): Promise<string> {
  const count = Math.ceil((MEGABYTES * 1e6) / (row(500_000).length + ending.length + 1));
  const rows = Array.from({ length: count }, (_, at) => `${row(at)}${ending}`);
  return write(name, [HEADER, ...rows, ''].join('\n'));
}

/** The seconds of each reader, in each round. */
async function measure(path: string, names: readonly string[]): Promise<Map<string, number[]>> {
  const seconds = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of names) {
      const start = performance.now();
      await READERS[name]?.(path);
      // The first round warms up.
      if (round > 0) seconds.get(name)?.push((performance.now() - start) / 1000);
    }
  }
  return seconds;
}

/** Small files in which a reader may lose rows, with the number of rows that they have by docs/csv.md. */
async function countRows(): Promise<Record<string, string[]>> {
  const rows = Array.from({ length: 100 }, (_, at) => row(at));
  const files: [string, string, number][] = [
    ['backslash', '1,x,x,"c:\\\\",1,x', 101],
    ['open', '1,x,x,"open,1,x', 101],
  ];
  const counts: Record<string, string[]> = {};
  for (const [name, bad, expected] of files) {
    // Without quotes after the open one it would end only with the file.
    const others = name === 'open' ? rows.map((each) => each.replaceAll('"', '')) : rows;
    const at = name === 'open' ? others.length : 50;
    const path = await write(
      name,
      [HEADER, ...others.slice(0, at), bad, ...others.slice(at)].join('\n'),
    );
    for (const reader of Object.keys(READERS)) {
      const found = await READERS[reader]?.(path);
      counts[reader] = [...(counts[reader] ?? []), `${found} of ${expected}`];
    }
  }
  return counts;
}

try {
  const clean = await writeRows('clean', '');
  const faulty = await writeRows('faulty', ',one more');
  const names = Object.keys(READERS);
  const seconds = await measure(clean, names);
  const faultySeconds = await measure(faulty, ['check --deep', 'csv-parse']);
  const counts = await countRows();
  const reference = seconds.get('csv-parse') ?? [];
  const ratio = (times: readonly number[] = []) =>
    median(times.map((time, round) => (reference[round] ?? Number.NaN) / time));
  const speed = (times: readonly number[] = []) => `${Math.round(MEGABYTES / median(times))}`;
  const line = (name: string, times: readonly number[] | undefined, lost: string[] = ['', '']) => [
    name,
    ratio(times).toFixed(2),
    speed(times),
    ...lost,
  ];
  const times = [...seconds, [FAULTY, faultySeconds.get('check --deep') ?? []]] as const;
  const goal = (text: string, measured: readonly number[] | undefined, least: number) => ({
    text: `${text}: at least ${least} × csv-parse`,
    measured: `${ratio(measured).toFixed(1)} ×`,
    isMet: ratio(measured) >= least,
  });
  publish({
    name: 'csv',
    title: 'CSV',
    command: 'make bench-csv',
    description: `Reads a file of ${MEGABYTES} MB: ${ROUNDS} rounds in which all readers alternate, after one to warm up; medians. \`check --deep\` finds the dialect, checks
UTF-8 and every row, and names lines; the others split rows into values. Rows: two small files, one with \`"c:\\\\"\` in the
middle, one that ends inside a quote; a reader that counts fewer rows has lost some.`,
    goals: [
      goal('a clean file', seconds.get('check --deep'), GOALS.clean),
      goal('a fault in every row', faultySeconds.get('check --deep'), GOALS.faulty),
    ],
    tables: [
      {
        header: [
          ...['reader', '× csv-parse', 'MB/s'],
          ...['rows after `"c:\\\\"`', 'rows with an open quote'],
        ],
        rows: times.map(([name, measured]) => line(name, measured, counts[name])),
      },
    ],
    plots: [
      {
        kind: 'bars',
        title: 'speed, × csv-parse',
        better: 'more',
        bars: times.map(([name, measured]) => ({
          label: name,
          value: ratio(measured),
          isOurs: name.startsWith('check'),
        })),
        goal: { value: GOALS.clean, text: `at least ${GOALS.clean}` },
      },
    ],
  });
} finally {
  await rm(folder, { recursive: true, force: true });
}

/**
 * Measures ingests: the memory for large files and for many small ones, and the speed of uploads in parts
 * compared with `curl -T` and the AWS SDK. The arguments select the benchmarks; default: all.
 */
import { createHash } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { startSimulatorProcess } from '../test/support/simulator-process.js';
import type { Ingested } from './ingest-client.js';
import { measureParts } from './parts.js';
import { publish } from './results.js';
import { Client, withFolder } from './run.js';

const GIB = 1024 ** 3;
const MAX_MB = 96;
const FILES = 25_000;
const FOLDERS = 25;

/** Writes rows of 1 KiB, each with its number, so that no two parts are equal. Returns the sha256. */
function writeRows(path: string, bytes: number): string {
  const ROW = 1024;
  const rows = Buffer.alloc(1024 * ROW);
  const digits = (number: number) => String(number).padStart(9, '0');
  for (let at = 0; at < rows.length; at += ROW) {
    const start = `{"row":"${digits(0)}","text":"`;
    rows.write(`${start}${'x'.repeat(ROW - start.length - 3)}"}\n`, at);
  }
  const hash = createHash('sha256');
  const file = openSync(path, 'w');
  for (let row = 0; row * ROW < bytes; row += 1024) {
    for (let at = 0; at < 1024; at++) rows.write(digits(row + at), at * ROW + 8, 'latin1');
    hash.update(rows);
    writeSync(file, rows);
  }
  closeSync(file);
  return hash.digest('hex');
}

/** Runs an ingest in its own process, into a simulator in another one. */
async function runIngest(path: string) {
  const simulator = await startSimulatorProcess();
  const client = new Client(
    'ingest-client.js',
    undefined,
    JSON.stringify(simulator.clientOptions),
    path,
  );
  try {
    const ingested = await client.work<Ingested>('go');
    const files = await simulator.files(ingested.batchId);
    return { ingested, files, mostRequests: await simulator.mostRequests() };
  } finally {
    client.close();
    await simulator.stop();
  }
}

async function measureLarge(): Promise<void> {
  const sources: { gib: number; peakMb: number; mostRequests: number; isRight: boolean }[] = [];
  for (const gib of [0.5, 1, 2, 4, 5]) {
    await withFolder(async (folder) => {
      const path = join(folder, 'rows.jsonl');
      const sha256 = writeRows(path, gib * GIB);
      const { ingested, files, mostRequests } = await runIngest(path);
      const hashes = [ingested.sha256, ...files.map((file) => file.sha256)];
      const equal = hashes.length === 2 && hashes.every((one) => one === sha256);
      const isRight = equal && files[0]?.sizeBytes === gib * GIB && ingested.outcome === 'success';
      sources.push({ gib, peakMb: (ingested.peakKiB * 1024) / 1e6, mostRequests, isRight });
    });
  }
  const smallest = sources[0]?.peakMb ?? Number.NaN;
  const growth = (sources.find(({ gib }) => gib === 4)?.peakMb ?? Number.NaN) / smallest;
  const peakMb = Math.max(...sources.map((source) => source.peakMb));
  const right = sources.filter(({ isRight }) => isRight).length;
  publish({
    name: 'large-files',
    title: 'Ingest of large files',
    command: 'make bench-ingest ONLY=large',
    description: `One JSON Lines file with \`client.ingest()\`, sha256 on, parts of 64 MiB, 4 concurrent requests, into
the simulator in its own process. Equal: the sha256 of the source, in the simulator and in the receipt
are the same.`,
    goals: [
      {
        text: `peak memory below ${MAX_MB} MB`,
        measured: `${peakMb.toFixed(0)} MB`,
        isMet: peakMb < MAX_MB,
      },
      {
        text: 'peak memory for 4 GiB: at most 1.10 × that for 0.5 GiB',
        measured: `${growth.toFixed(2)} ×`,
        isMet: growth <= 1.1,
      },
      {
        text: 'the bytes are equal',
        measured: `${right} of ${sources.length}`,
        isMet: right === sources.length,
      },
    ],
    tables: [
      {
        header: ['source', 'peak MB', '× 0.5 GiB', 'max. requests', 'bytes'],
        rows: sources.map((source) => [
          `${source.gib} GiB`,
          source.peakMb.toFixed(0),
          (source.peakMb / smallest).toFixed(2),
          `${source.mostRequests}`,
          source.isRight ? 'equal' : '**DIFFERENT**',
        ]),
      },
    ],
    plots: [
      {
        kind: 'lines',
        title: 'peak memory, MB',
        x: 'size of the file, GiB',
        series: [
          {
            label: 'ours',
            points: sources.map((source) => [source.gib, source.peakMb] as const),
            isOurs: true,
          },
        ],
        goal: { value: MAX_MB, text: `below ${MAX_MB}` },
      },
    ],
  });
}

async function measureSmall(): Promise<void> {
  await withFolder(async (folder) => {
    for (let index = 0; index < FILES; index++) {
      const into = join(folder, `day-${index % FOLDERS}`);
      if (index < FOLDERS) mkdirSync(into);
      const row = { row: index, text: 'a row in a small file of about a hundred bytes '.repeat(2) };
      writeFileSync(join(into, `rows-${index}.jsonl`), `${JSON.stringify(row).slice(0, 98)}"}\n`);
    }
    const { ingested, files, mostRequests } = await runIngest(folder);
    const isComplete = ingested.files === FILES && files.length === FILES;
    if (!isComplete || ingested.outcome !== 'success')
      throw new Error('Not all files were ingested.');
    publishSmall(ingested, mostRequests);
  });
}

function publishSmall({ memory, peakKiB, descriptors, seconds }: Ingested, most: number): void {
  const takeMemory = (count: number) =>
    (memory.find(({ files }) => files >= count)?.bytes ?? Number.NaN) / 1e6;
  const growth = takeMemory(FILES) / takeMemory(5000);
  const { before, after } = descriptors;
  publish({
    name: 'small-files',
    title: `Ingest of ${FILES.toLocaleString('en')} small files`,
    command: 'make bench-ingest ONLY=small',
    description: `100 bytes each, in ${FOLDERS} folders, sha256 on, 4 concurrent requests, into the simulator in its own process.`,
    goals: [
      {
        text: 'memory after all files: at most 1.10 × that after 5,000',
        measured: `${growth.toFixed(2)} ×`,
        isMet: growth <= 1.1,
      },
      { text: 'at most 4 requests in flight', measured: `${most}`, isMet: most <= 4 },
      {
        text: 'no more open descriptors after than before',
        measured: `${before}, then ${after}`,
        isMet: after <= before,
      },
    ],
    tables: [
      {
        header: ['', 'measured'],
        rows: [
          ...[5000, 15_000, FILES].map((count) => [
            `resident MB after ${count.toLocaleString('en')} files`,
            takeMemory(count).toFixed(0),
          ]),
          ['peak MB', ((peakKiB * 1024) / 1e6).toFixed(0)],
          ['maximum requests in flight', `${most}`],
          ['descriptors before, maximum, after', `${before}, ${descriptors.most}, ${after}`],
          ['files per second', (FILES / seconds).toFixed(0)],
        ],
      },
    ],
    plots: [
      {
        kind: 'lines',
        title: 'resident memory, MB',
        x: 'uploaded files, thousands',
        series: [
          {
            label: 'ours',
            points: memory
              .filter(({ files }) => files % 5000 < 500)
              .map(({ files, bytes }) => [Math.round(files / 1000), bytes / 1e6] as const),
            isOurs: true,
          },
        ],
      },
    ],
  });
}

const all: Record<string, () => Promise<void>> = {
  large: measureLarge,
  small: measureSmall,
  parts: measureParts,
};
const wanted = process.argv.slice(2);
for (const [name, work] of Object.entries(all)) {
  if (wanted.length === 0 || wanted.includes(name)) await work();
}

/**
 * Measures ingests: the memory for large files and for many small ones, and the speed of uploads in parts
 * compared with `curl -T` and the AWS SDK. The arguments select the benchmarks; default: all.
 */
import { createHash } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSimulatorProcess } from '../test/support/simulator-process.js';
import { type Measured, uploadWithCurl, writeFile } from './curl.js';
import type { Ingested } from './ingest-client.js';
import { median, publish, table } from './results.js';
import { Client, startServer } from './run.js';

const GIB = 1024 ** 3;
const MAX_MB = 96;

const withFolder = async (work: (folder: string) => Promise<void>) => {
  const folder = mkdtempSync(join(tmpdir(), 'aep-batch-bench-'));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const toMegabytes = (bytes: number) => (bytes / 1e6).toFixed(0);
const formatGoal = (met: boolean) => (met ? 'met' : '**missed**');

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
  const rows: string[][] = [];
  const peaks: number[] = [];
  for (const gib of [0.5, 4, 5]) {
    await withFolder(async (folder) => {
      const path = join(folder, 'rows.jsonl');
      const sha256 = writeRows(path, gib * GIB);
      const { ingested, files, mostRequests } = await runIngest(path);
      const hashes = [ingested.sha256, ...files.map((file) => file.sha256)];
      const equal = hashes.length === 2 && hashes.every((one) => one === sha256);
      const isRight = equal && files[0]?.sizeBytes === gib * GIB && ingested.outcome === 'success';
      peaks.push(ingested.peakKiB * 1024);
      rows.push([
        `${gib} GiB`,
        toMegabytes(ingested.peakKiB * 1024),
        ((ingested.peakKiB * 1024) / (peaks[0] ?? 0)).toFixed(2),
        `${mostRequests}`,
        isRight ? 'equal' : '**DIFFERENT**',
      ]);
      if (!isRight) process.exitCode = 1;
    });
  }
  const [small = 0, ...others] = peaks;
  const below = Math.max(...peaks) < MAX_MB * 1e6;
  const flat = (others[0] ?? 0) <= 1.1 * small;
  publish(
    'Ingest of large files',
    'make bench-ingest ONLY=large',
    `One JSON Lines file with \`client.ingest()\`, sha256 on, parts of 64 MiB, 4 concurrent requests, into
the simulator in its own process. Equal: the sha256 of the source, in the simulator and in the receipt
are the same. Goals: peak below ${MAX_MB} MB: ${formatGoal(below)}; for 4 GiB at most 1.10 × that for 0.5 GiB: ${formatGoal(flat)}.`,
    table(['source', 'peak MB', '× 0.5 GiB', 'max. requests', 'bytes'], rows),
  );
}

async function measureSmall(): Promise<void> {
  const FILES = 25_000;
  const FOLDERS = 25;
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
    const at = (count: number) =>
      ingested.memory.find(({ files: done }) => done >= count)?.bytes ?? Number.NaN;
    const peak = ingested.peakKiB * 1024;
    const { before, most, after } = ingested.descriptors;
    const flat = at(FILES) <= 1.1 * at(5000);
    const few = mostRequests <= 4;
    publish(
      'Ingest of 25,000 small files',
      'make bench-ingest ONLY=small',
      `100 bytes each, in ${FOLDERS} folders, sha256 on, 4 concurrent requests, into the simulator in its own process.
Goals: memory after 25,000 files at most 1.10 × that after 5,000: ${formatGoal(flat)}; at most 4 requests in
flight: ${formatGoal(few)}; no more open descriptors after than before: ${formatGoal(after <= before)}.`,
      table(
        ['', 'measured'],
        [
          ...[5000, 15_000, 25_000].map((count) => [
            `resident MB after ${count.toLocaleString('en')} files`,
            toMegabytes(at(count)),
          ]),
          ['peak MB', toMegabytes(peak)],
          ['maximum requests in flight', `${mostRequests}`],
          ['descriptors before, maximum, after', `${before}, ${most}, ${after}`],
          ['files per second', (FILES / ingested.seconds).toFixed(0)],
        ],
      ),
    );
  });
}

async function measureParts(): Promise<void> {
  const ROUNDS = 5;
  const PEERS = ['curl', 'ours', 'ours-sha256', 'aws', 'aws-plain'] as const;
  const LABELS: Record<(typeof PEERS)[number], string> = {
    curl: '`curl -T`, one request, without `Expect`',
    ours: '**ours**: `files.upload()`, 64 MiB × 4, sha256 off',
    'ours-sha256': '**ours**, sha256 on',
    aws: '@aws-sdk/lib-storage, 8 MiB × 4',
    'aws-plain': '@aws-sdk/lib-storage, no checksums, unsigned',
  };
  const server = await startServer(undefined);
  const rounds: Measured[][] = [];
  try {
    await withFolder(async (folder) => {
      const path = join(folder, 'x.parquet');
      writeFile(path, 2 * GIB);
      await uploadWithCurl(path, server.origin); // warms the page cache
      for (let round = 0; round < ROUNDS; round++) {
        const measured: Measured[] = [];
        for (const peer of PEERS) {
          if (peer === 'curl') {
            measured.push(await uploadWithCurl(path, server.origin));
            continue;
          }
          const client = new Client('parts-client.js', undefined, peer, server.origin, path);
          measured.push(await client.work<Measured>('go'));
          client.close();
        }
        rounds.push(measured);
      }
    });
  } finally {
    server.close();
  }
  const compareSpeed = (peer: number, than: number) =>
    median(rounds.map((round) => (round[than]?.seconds ?? 0) / (round[peer]?.seconds ?? 0)));
  const peak = (peer: number) =>
    Math.max(...rounds.map((round) => round[peer]?.peakKiB ?? 0)) * 1024;
  const cpu = (peer: number) =>
    median(rounds.map((round) => (round[peer]?.cpuSeconds ?? 0) / (round[0]?.cpuSeconds ?? 0)));
  const rows = PEERS.map((name, peer) => [
    LABELS[name],
    compareSpeed(peer, 0).toFixed(2),
    compareSpeed(peer, 3).toFixed(1),
    toMegabytes(peak(peer)),
    cpu(peer).toFixed(1),
  ]);
  publish(
    'A file of 2 GiB in parts',
    'make bench-ingest ONLY=parts',
    `A file in the page cache, over loopback, to a server in ${server.language} that discards it and supports S3 multipart
uploads; ${ROUNDS} rounds, medians; maxima of the memory. Goals without sha256: 0.85 × \`curl -T\`:
${formatGoal(compareSpeed(1, 0) >= 0.85)}; 5 × lib-storage with its defaults: ${formatGoal(compareSpeed(1, 3) >= 5)}, and below ${MAX_MB} MB: ${formatGoal(peak(1) < MAX_MB * 1e6)}.`,
    table(['bytes per second', '× curl', '× lib-storage', 'peak MB', 'CPU × curl'], rows),
  );
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

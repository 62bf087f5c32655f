/**
 * Measures loads on a queue: the memory of the program that enqueues 100,000 files, and how much faster four workers
 * are than one, against a simulator that delays each response. `FILES=<n>` takes another number of files for the
 * workers. Skipped in one line without a Redis server.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Queue } from 'bullmq';
import { HOW_TO_GET_REDIS, hasRedis, type RedisServer, startRedis } from '../spec-tools/redis.js';
import { findFastFolder } from '../test/support/fast-folder.js';
import { type SimulatorProcess, startSimulatorProcess } from '../test/support/simulator-process.js';
import type { Enqueued } from './fleet-client.js';
import { publish } from './results.js';
import { Client } from './run.js';

const ENQUEUED_FILES = 100_000;
const ENQUEUED_FOLDERS = 400;
const MAX_MB = 300;
const FILES = Number(process.env['FILES'] ?? 20_000);
const BATCHES = 20;
const WORKERS = 4;
const CONCURRENCY = 16;
const DELAY_MS = 50;
const POLL_MS = 100;
/** With two cores. */
const MIN_RATIO = 2.5;

const WORKER = fileURLToPath(new URL('../../../test/support/fleet-worker.js', import.meta.url));

function writeFiles(root: string, files: number, folders: number): void {
  for (let folder = 0; folder < folders; folder++) {
    mkdirSync(join(root, `day=${folder}`), { recursive: true });
    for (let file = 0; file < files / folders; file++) {
      writeFileSync(join(root, `day=${folder}`, `${file}.jsonl`), `{"_id":"${folder}-${file}"}\n`);
    }
  }
}

const toTarget = ({ clientOptions }: SimulatorProcess) => {
  const { orgId, sandbox, origin } = clientOptions;
  return { orgId, sandbox, origin };
};

async function enqueue(
  redis: RedisServer,
  target: object,
  root: string,
  maxBatchFiles: number,
): Promise<Enqueued> {
  const texts = [redis.connection, target].map((value) => JSON.stringify(value));
  const client = new Client('fleet-client.js', undefined, ...texts, root);
  try {
    return await client.work<Enqueued>(maxBatchFiles);
  } finally {
    client.close();
  }
}

/** Enqueues a load of as many files as are in the folder, and has workers carry it out. */
async function run(root: string, workers: number) {
  const redis = await startRedis('--appendonly', 'yes');
  const random = { seed: 1, rate: 1, actions: [{ delayMs: DELAY_MS }] };
  const simulator = await startSimulatorProcess({ random });
  const queue = new Queue('aep-batch', { connection: redis.connection });
  const processes: ChildProcess[] = [];
  try {
    const { load } = await enqueue(redis, toTarget(simulator), root, FILES / BATCHES);
    const FLEET = JSON.stringify({
      client: simulator.clientOptions,
      connection: redis.connection,
      worker: { roots: [root], concurrency: CONCURRENCY, pollIntervalMs: 200 },
    });
    const start = performance.now();
    for (let at = 0; at < workers; at++) {
      const env = { ...process.env, FLEET };
      processes.push(spawn(process.execPath, [WORKER], { env, stdio: 'ignore' }));
    }
    for (;;) {
      const { failed = 0, ...counts } = await queue.getJobCounts();
      if (failed > 0) throw new Error(`${failed} jobs failed`);
      if (Object.values(counts).every((count) => count === 0)) break;
      await delay(POLL_MS);
    }
    return { files: load.files, seconds: (performance.now() - start) / 1000 };
  } finally {
    for (const child of processes) {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    }
    await queue.close();
    await redis.stop();
    await simulator.stop();
  }
}

async function measureEnqueue(root: string): Promise<Enqueued> {
  const redis = await startRedis('--appendonly', 'yes');
  try {
    const target = {
      orgId: 'BENCH@AdobeOrg',
      sandbox: 'bench',
      origin: 'https://platform.invalid',
    };
    return await enqueue(redis, target, root, ENQUEUED_FILES / 10);
  } finally {
    await redis.stop();
  }
}

async function measure(folder: string): Promise<void> {
  const [large, small] = [join(folder, 'large'), join(folder, 'small')];
  writeFiles(large, ENQUEUED_FILES, ENQUEUED_FOLDERS);
  const enqueued = await measureEnqueue(large);
  rmSync(large, { recursive: true });
  writeFiles(small, FILES, BATCHES);
  const loadBefore = loadavg()[0] ?? 0;
  const one = await run(small, 1);
  const all = await run(small, WORKERS);
  const peakMb = (enqueued.peakKiB * 1024) / 1e6;
  const ratio = one.seconds / all.seconds;
  const isRight = [one, all].every(({ files }) => files === FILES);
  publish({
    name: 'fleet',
    title: 'Loads on a queue',
    command: 'make bench-fleet',
    description: `The peak memory of a program that enqueues ${ENQUEUED_FILES.toLocaleString('en')} files in ${ENQUEUED_FOLDERS} folders, and the time from the start of the workers to the end of the last of ${BATCHES} batches with ${FILES.toLocaleString('en')} files of 30 bytes. Each worker has concurrency ${CONCURRENCY}; Redis, the workers and the simulator, which delays each response by ${DELAY_MS} ms, share the machine, whose load was ${loadBefore.toFixed(1)} before. A batch is completed 2.5 s after its last file, when it is on the disk of Redis.`,
    goals: [
      {
        text: `peak memory below ${MAX_MB} MB for ${ENQUEUED_FILES.toLocaleString('en')} files`,
        measured: `${peakMb.toFixed(0)} MB`,
        isMet: peakMb < MAX_MB && enqueued.load.files === ENQUEUED_FILES,
      },
      {
        text: `${WORKERS} workers on 2 cores: at least ${MIN_RATIO} × one`,
        measured: `${ratio.toFixed(2)} ×`,
        isMet: ratio >= MIN_RATIO && isRight,
      },
    ],
    tables: [
      {
        header: ['workers', '× one', 'files per second'],
        rows: [
          ['1', '1.00', (FILES / one.seconds).toFixed(0)],
          [`${WORKERS}`, ratio.toFixed(2), (FILES / all.seconds).toFixed(0)],
        ],
      },
      {
        header: ['enqueue', 'measured'],
        rows: [
          ['peak MB', peakMb.toFixed(0)],
          ['files per second', (ENQUEUED_FILES / enqueued.seconds).toFixed(0)],
        ],
      },
    ],
    plots: [
      {
        kind: 'bars',
        title: 'files per second, × one worker',
        better: 'more',
        bars: [
          { label: '1 worker', value: 1, isOurs: true },
          { label: `${WORKERS} workers`, value: ratio, isOurs: true },
        ],
        goal: { value: MIN_RATIO, text: `at least ${MIN_RATIO}` },
      },
    ],
  });
}

if (hasRedis) {
  const folder = mkdtempSync(join(findFastFolder(), 'aep-batch-bench-'));
  await measure(folder).finally(() => rmSync(folder, { recursive: true, force: true }));
} else {
  console.log(HOW_TO_GET_REDIS);
}

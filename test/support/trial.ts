/**
 * A small load whose owner and workers do what comes to their minds: whatever order that comes in, the load has to end,
 * with each batch loaded as a whole or not at all.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { type RedisServer, startRedis } from '../../spec-tools/redis.js';
import {
  cancelLoad,
  type EnqueueOptions,
  enqueueLoad,
  readQueuedLoad,
  retryFailed,
} from '../../src/bullmq/index.js';
import { createRandom } from '../../src/shared/random.js';
import { type Simulator, startSimulator } from '../../src/testing/index.js';
import { describeJobs, writeFiles } from './fleet.js';
import { findOpenBatches, inspectPlatform } from './fleet-platform.js';
import { WorkerProcesses } from './worker-processes.js';

export interface TrialOptions {
  readonly seed: number;
  readonly seconds: number;
  readonly isCancelled: boolean;
  readonly report?: ((line: string) => void) | undefined;
}

const SIZE = { files: 300, batches: 10 };
const WORKERS = 3;
const LOAD_ID = 'trial';
const PATIENCE_SECONDS = 120;
/** Files that are rejected for good until somebody tries them again. */
const REJECTED = [20, 60, 61, 150, 280];

/** @returns what is not as it has to be. */
export async function runTrial(options: TrialOptions): Promise<string[]> {
  const root = await mkdtemp(join(tmpdir(), 'aep-batch-trial-'));
  const redis = await startRedis('--appendonly', 'yes');
  const simulator = await startSimulator({
    random: { seed: options.seed, rate: 0.05 },
    quirks: { duplicateStatus: options.seed % 4 < 2 ? 422 : 201 },
  });
  simulator.faults.add(
    ...REJECTED.map((nth) => ({
      when: { operation: 'uploadFile' as const, nth },
      then: { status: 403 },
    })),
  );
  const queue = new Queue('aep-batch', { connection: redis.connection });
  queue.on('error', () => undefined);
  const workers = new WorkerProcesses({ simulator, redis, root, report: options.report }, WORKERS);
  try {
    const { sources } = await writeFiles(root, { ...SIZE, seed: options.seed });
    const { orgId, sandbox } = simulator.clientOptions;
    const target = { orgId, sandbox, origin: simulator.origin };
    const enqueue = () =>
      enqueueLoad(queue, root, {
        datasetId: 'd1',
        target,
        loadId: LOAD_ID,
        skipLoaded: options.seed % 2 === 0,
        maxBatchFiles: SIZE.files / SIZE.batches,
        largeFileThresholdBytes: 600,
        partSizeBytes: 250,
      } satisfies EnqueueOptions);
    // Two programs that enqueue the same load at once.
    await Promise.all([enqueue(), enqueue()]);
    await disturb(options, { redis, queue, workers, enqueue });
    if (options.isCancelled) await cancelLoad(queue, LOAD_ID);
    const left = await waitForEnd(queue, options.isCancelled);
    const wrong = left === undefined ? [] : [left];
    if (!options.isCancelled)
      return [...wrong, ...(await inspectPlatform(simulator, sources, SIZE.batches))];
    return [...wrong, ...(await inspectCancelled(simulator))];
  } finally {
    await workers.end();
    await queue.close();
    await redis.stop();
    await simulator.stop();
    await rm(root, { recursive: true, force: true });
  }
}

interface Parts {
  readonly redis: RedisServer;
  readonly queue: Queue;
  readonly workers: WorkerProcesses;
  readonly enqueue: () => Promise<unknown>;
}

async function disturb({ seed, seconds, report }: TrialOptions, parts: Parts): Promise<void> {
  const { redis, queue, workers, enqueue } = parts;
  const random = createRandom(seed + 7);
  const draw = () => Math.floor(random() * workers.count);
  const events: Record<string, () => Promise<unknown> | unknown> = {
    kill: () => workers.kill(draw()),
    'kill two': () => [workers.kill(draw()), workers.kill(draw())],
    stop: () => workers.stop(draw()),
    wake: () => workers.wake(),
    'cut connections': () => cutConnections(redis),
    'restart Redis': () => workers.restartRedis(),
    'retry failed': () => retryFailed(queue, LOAD_ID),
    'enqueue again': enqueue,
  };
  const names = Object.keys(events);
  const until = performance.now() + seconds * 1000;
  while (performance.now() < until) {
    await delay(200 + 800 * random());
    const name = names[Math.floor(random() * names.length)] ?? '';
    report?.(`event: ${name}`);
    await events[name]?.();
  }
  workers.wake();
}

async function cutConnections({ connection }: RedisServer): Promise<void> {
  const admin = new Redis(connection);
  admin.on('error', () => undefined);
  await admin.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  admin.disconnect();
}

/** @returns what is left, if anything. */
async function waitForEnd(queue: Queue, isCancelled: boolean): Promise<string | undefined> {
  for (let polls = 0; polls < PATIENCE_SECONDS * 4; polls++) {
    const load = await readQueuedLoad(queue, LOAD_ID);
    const counts = Object.values(await queue.getJobCounts());
    if (load?.state === 'ended' && counts.every((count) => count === 0)) return undefined;
    if (load?.state === 'held' && !isCancelled) await retryFailed(queue, LOAD_ID);
    await delay(250);
  }
  const { state, batches, failures } = (await readQueuedLoad(queue, LOAD_ID)) ?? {};
  return `left: ${await describeJobs(queue)} ${JSON.stringify({ state, batches, failures })}`;
}

/** What was completed before is loaded; everything else is aborted. */
async function inspectCancelled(simulator: Simulator): Promise<string[]> {
  const wrong = await findOpenBatches(simulator);
  const completed = new Set<string>();
  for (const { operation, path, status = 0 } of simulator.log) {
    const batchId = /\/import\/batches\/([^/?]+)/.exec(path)?.[1] ?? '';
    if (operation === 'batchAction' && path.includes('COMPLETE') && status < 300)
      completed.add(batchId);
  }
  for (const batchId of completed) {
    const status = simulator.status(batchId);
    if (status !== 'success') wrong.push(`${batchId} was completed, and is ${status}`);
    const { length } = simulator.files(batchId);
    if (length !== SIZE.files / SIZE.batches) wrong.push(`${batchId} has ${length} files`);
  }
  return wrong;
}

/**
 * A load on a fleet of worker processes that are killed and stopped, with a Redis that is killed, too. However that
 * goes, the platform has to hold each file once, in batches that were completed once.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { type RedisServer, startRedis } from '../../spec-tools/redis.js';
import { enqueueLoad } from '../../src/bullmq/index.js';
import { createRandom } from '../../src/shared/random.js';
import { startSimulator } from '../../src/testing/index.js';
import { inspectPlatform } from './fleet-platform.js';
import { LOCK_MS, WorkerProcesses } from './worker-processes.js';

export interface FleetOptions {
  readonly seed: number;
  readonly workers: number;
  readonly files: number;
  readonly batches: number;
  /** The share of requests that go wrong. */
  readonly faultRate: number;
  /** For how many seconds one worker is killed each second. */
  readonly killSeconds: number;
  /** The seconds after which Redis is killed, and started again with what is on its disk. */
  readonly redisKills: readonly number[];
  /** The second after which one worker is stopped, beyond its lock, and then woken. */
  readonly stopAt: number;
  readonly report?: (line: string) => void;
}

export interface FleetResult {
  /** What is not as it has to be. */
  readonly wrong: string[];
  readonly seconds: number;
  readonly kills: number;
}

const PLAN = { largeFileThresholdBytes: 600, partSizeBytes: 250 };
/** What begins the keys of budgets. */
const COUNTERS = 'aep-batch:bull:aep-batch:budget';
/** The longest that a load may take after the last kill. */
const PATIENCE_SECONDS = 180;

export async function runFleet(options: FleetOptions): Promise<FleetResult> {
  const root = await mkdtemp(join(tmpdir(), 'aep-batch-fleet-'));
  const redis = await startRedis('--appendonly', 'yes');
  const { seed, faultRate: rate } = options;
  const simulator = await startSimulator({ random: { seed, rate } });
  const queue = new Queue('aep-batch', { connection: redis.connection });
  queue.on('error', () => undefined);
  let workers: WorkerProcesses | undefined;
  try {
    const { sources, bytes } = await writeFiles(root, options);
    const maxBatchFiles = options.files / options.batches;
    const target = { ...simulator.clientOptions, origin: simulator.origin };
    const { orgId, sandbox, origin } = target;
    const budget = toBudget(bytes, options);
    const load = { datasetId: 'd1', target: { orgId, sandbox, origin }, maxBatchFiles, ...PLAN };
    const enqueued = await enqueueLoad(queue, root, load);
    const startedMs = performance.now();
    const limits = new Limits(redis.connection, budget);
    const { report } = options;
    workers = new WorkerProcesses({ simulator, redis, root, budget, report }, options.workers);
    const kills = await disturb(workers, options, limits);
    const isDone = await waitUntilDrained(queue);
    const seconds = (performance.now() - startedMs) / 1000;
    const wrong = isDone ? [] : [`jobs are left: ${await describeJobs(queue)}`];
    wrong.push(...(await limits.end()));
    wrong.push(...(await inspectPlatform(simulator, sources, enqueued.batches)));
    return { wrong, seconds, kills };
  } finally {
    await workers?.end();
    await queue.close();
    await redis.stop();
    await simulator.stop();
    await rm(root, { recursive: true, force: true });
  }
}

export async function writeFiles(
  root: string,
  { files, batches, seed }: Pick<FleetOptions, 'files' | 'batches' | 'seed'>,
) {
  const random = createRandom(seed);
  const sources = new Map<string, string>();
  let bytes = 0;
  const perFolder = files / batches;
  for (let at = 0; at < files; at++) {
    const folder = `p${String(Math.floor(at / perFolder)).padStart(3, '0')}`;
    if (at % perFolder === 0) await mkdir(join(root, folder));
    const line = `{"file":${at},"text":"${'x'.repeat(Math.floor(random() * 40))}"}\n`;
    const text = line.repeat(1 + Math.floor(random() * 15));
    await writeFile(join(root, folder, `${at}.jsonl`), text);
    bytes += text.length;
    sources.set(`${folder}/${at}.jsonl`, createHash('sha256').update(text).digest('hex'));
  }
  return { sources, bytes };
}

/** With room for what is sent again, and not for much more. */
const toBudget = (bytes: number, { batches }: FleetOptions) => ({
  bytesPerHour: 3 * bytes,
  batchesPerDay: 2 * batches,
});

/** Compares the counters of a budget with its limits, while the load runs. */
class Limits {
  readonly #redis: Redis;
  readonly #windowBytes: number;
  readonly #batchesPerDay: number;
  readonly #wrong = new Set<string>();

  constructor(connection: RedisServer['connection'], budget: ReturnType<typeof toBudget>) {
    this.#redis = new Redis({ ...connection, maxRetriesPerRequest: null });
    this.#redis.on('error', () => undefined);
    this.#windowBytes = Math.floor(budget.bytesPerHour / 2);
    this.#batchesPerDay = budget.batchesPerDay;
  }

  async check(): Promise<number> {
    const keys = await this.#redis.keys(`${COUNTERS}:*`);
    for (const key of keys) {
      const limit = key.startsWith(`${COUNTERS}:bytes:`) ? this.#windowBytes : this.#batchesPerDay;
      const count = Number(await this.#redis.get(key));
      if (count > limit) this.#wrong.add(`${key} is ${count}, above ${limit}`);
    }
    return keys.length;
  }

  async end(): Promise<string[]> {
    const count = await this.check();
    this.#redis.disconnect();
    return [...this.#wrong, ...(count === 2 ? [] : [`${count} counters`])];
  }
}

/** Kills and stops, as planned. @returns how many workers were killed. */
async function disturb(
  workers: WorkerProcesses,
  { killSeconds, redisKills, stopAt, seed }: FleetOptions,
  limits: Limits,
): Promise<number> {
  const random = createRandom(seed + 1);
  const draw = () => Math.floor(random() * workers.count);
  let kills = 0;
  for (let second = 1; second <= killSeconds; second++) {
    await delay(1000);
    await limits.check();
    if (redisKills.includes(second)) await workers.restartRedis();
    if (second === stopAt) workers.stop(draw());
    if (second === stopAt + Math.ceil((2.5 * LOCK_MS) / 1000)) workers.wake();
    if (workers.kill(draw())) kills++;
  }
  workers.wake();
  return kills;
}

export async function waitUntilDrained(queue: Queue): Promise<boolean> {
  for (let polls = 0; polls < PATIENCE_SECONDS * 10; polls++) {
    const { failed = 0, ...counts } = await queue.getJobCounts();
    if (failed > 0) return false;
    if (Object.values(counts).every((count) => count === 0)) return true;
    await delay(100);
  }
  return false;
}

export async function describeJobs(queue: Queue): Promise<string> {
  const failed = await queue.getFailed(0, 3);
  const reasons = failed.map(({ id, failedReason }) => `${id}: ${failedReason}`);
  return `${JSON.stringify(await queue.getJobCounts())} ${reasons.join('; ')}`;
}

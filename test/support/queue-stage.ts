/** A queue of loads on a Redis of its own, with a platform, workers and files for each test. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, jest } from '@jest/globals';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { type RedisServer, startRedis } from '../../spec-tools/redis.js';
import {
  type ClientSource,
  createLoadWorker,
  type EnqueueOptions,
  enqueueLoad,
  type LoadWorker,
  type LoadWorkerOptions,
  type QueuedLoad,
  readQueuedLoad,
} from '../../src/bullmq/index.js';
import { type BatchClient, type ClientOptions, createBatchClient } from '../../src/index.js';
import {
  type Fault,
  type FaultAction,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../src/testing/index.js';

/** More than any load here takes on a machine that is busy with other tests. */
const MAX_POLLS = 2400;
const TEST_TIMEOUT_MS = 120_000;

/** What the keys of a load begin with. */
export const toLoadKey = (loadId: string): string => `aep-batch:bull:aep-batch:load:${loadId}`;

/** All that Redis holds. */
export async function dumpRedis(redis: Redis): Promise<unknown[]> {
  const readers: Record<string, (key: string) => Promise<unknown>> = {
    string: (key) => redis.get(key),
    hash: (key) => redis.hgetall(key),
    list: (key) => redis.lrange(key, 0, -1),
    set: (key) => redis.smembers(key),
    zset: (key) => redis.zrange(key, '0', '-1'),
    stream: (key) => redis.xrange(key, '-', '+'),
  };
  const keys = await redis.keys('*');
  return Promise.all(keys.map(async (key) => [key, await readers[await redis.type(key)]?.(key)]));
}

export class QueueStage {
  redis!: RedisServer;
  /** A connection of the test's own. */
  admin!: Redis;
  queue!: Queue;
  folder = '';
  simulator!: Simulator;
  client!: BatchClient;
  /** Called after the test. */
  readonly closers: (() => void)[] = [];
  readonly #workers: LoadWorker[] = [];
  readonly #clients: BatchClient[] = [];

  async open(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'aep-batch-bullmq-'));
    this.queue = new Queue('aep-batch', { connection: this.redis.connection });
    this.admin = new Redis(this.redis.connection);
  }

  async close(): Promise<void> {
    for (const close of this.closers.splice(0)) close();
    await Promise.all(this.#workers.splice(0).map((worker) => worker.close()));
    await this.queue.close();
    await this.admin.flushall();
    this.admin.disconnect();
    await Promise.all(this.#clients.splice(0).map((client) => client.close()));
    await this.simulator.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  readonly start = async (options: SimulatorOptions = {}): Promise<void> => {
    this.simulator = await startSimulator(options);
    this.client = this.clientWith({});
  };

  /** Another client of the same simulator, which is closed after the test. */
  readonly clientWith = (options: Partial<ClientOptions>): BatchClient => {
    const client = createBatchClient({ ...this.simulator.clientOptions, ...options });
    this.#clients.push(client);
    return client;
  };

  /** A client whose access token the platform rejects. */
  readonly rejectedClient = (): BatchClient =>
    this.clientWith({ apiKey: 'simulator-client-id', credentials: () => 'wrong' });

  /** The nth request of an operation goes wrong. */
  readonly fail = (operation: Fault['when']['operation'], nth: number, then: FaultAction): void =>
    this.simulator.faults.add({ when: { operation, nth }, then });

  readonly write = async (count: number): Promise<void> => {
    for (let at = 0; at < count; at++)
      await writeFile(join(this.folder, `${at}.jsonl`), `{"n":${at}}\n`.repeat(20));
  };

  readonly enqueue = (options: Partial<EnqueueOptions> = {}) =>
    enqueueLoad(this.queue, this.folder, { datasetId: 'd1', target: this.client, ...options });

  readonly work = (options: LoadWorkerOptions = {}, source: ClientSource = this.client) => {
    const worker = createLoadWorker(source, this.redis.connection, {
      roots: [this.folder],
      lockMs: 2000,
      pollIntervalMs: 50,
      ...options,
    });
    this.#workers.push(worker);
    return worker;
  };

  readonly waitUntil = async (isDone: () => Promise<boolean>): Promise<void> => {
    for (let polls = 0; polls < MAX_POLLS; polls++) {
      if (await isDone()) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(JSON.stringify(await this.queue.getJobCounts()));
  };

  readonly isDrained = async (): Promise<boolean> => {
    const { failed = 0, ...counts } = await this.queue.getJobCounts();
    return failed > 0 || Object.values(counts).every((count) => count === 0);
  };

  readonly read = async (loadId: string): Promise<QueuedLoad> => {
    const load = await readQueuedLoad(this.queue, loadId);
    if (load === undefined) throw new Error(`there is no load ${loadId}`);
    return load;
  };

  readonly waitForState = async (loadId: string, state: QueuedLoad['state']) => {
    await this.waitUntil(async () => (await this.read(loadId)).state === state);
    return this.read(loadId);
  };

  readonly called = (operation: string) =>
    this.simulator.log.filter((entry) => entry.operation === operation);
}

export function useQueue(): QueueStage {
  const stage = new QueueStage();
  jest.setTimeout(TEST_TIMEOUT_MS);
  beforeAll(async () => {
    stage.redis = await startRedis();
  });
  afterAll(() => stage.redis.stop());
  beforeEach(() => stage.open());
  afterEach(() => stage.close());
  return stage;
}

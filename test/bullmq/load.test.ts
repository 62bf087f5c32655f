import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Queue } from 'bullmq';
import {
  createLoadWorker,
  enqueueLoad,
  type LoadWorker,
  type LoadWorkerOptions,
} from '../../src/bullmq/index.js';
import { type BatchClient, createBatchClient } from '../../src/index.js';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/testing/index.js';
import { HOW_TO_GET_REDIS, hasRedis, type RedisServer, startRedis } from '../support/redis.js';

if (!hasRedis) console.log(HOW_TO_GET_REDIS);
const describeWithRedis = hasRedis ? describe : describe.skip;

describeWithRedis('loads on a queue', () => {
  let redis: RedisServer;
  let folder = '';
  let queue: Queue;
  let simulator: Simulator;
  let client: BatchClient;
  const workers: LoadWorker[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aep-batch-bullmq-'));
    queue = new Queue('aep-batch', { connection: redis.connection });
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.close()));
    await queue.obliterate({ force: true });
    await queue.close();
    await client.close();
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const start = async (options: SimulatorOptions = {}) => {
    simulator = await startSimulator(options);
    client = createBatchClient(simulator.clientOptions);
  };
  const work = (options: LoadWorkerOptions = {}) => {
    const worker = createLoadWorker(client, redis.connection, {
      roots: [folder],
      lockMs: 2000,
      pollIntervalMs: 50,
      ...options,
    });
    workers.push(worker);
    return worker;
  };
  const write = async (count: number) => {
    for (let at = 0; at < count; at++)
      await writeFile(join(folder, `${at}.jsonl`), `{"n":${at}}\n`.repeat(20));
  };
  const waitUntil = async (isDone: () => Promise<boolean>) => {
    for (let polls = 0; polls < 400; polls++) {
      if (await isDone()) return;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(JSON.stringify(await queue.getJobCounts()));
  };
  const isDrained = async () => {
    const { failed = 0, ...counts } = await queue.getJobCounts();
    return failed > 0 || Object.values(counts).every((count) => count === 0);
  };

  test('a worker takes a load from files to a batch that is loaded', async () => {
    await start();
    await write(12);
    const options = {
      datasetId: 'd1',
      target: client,
      largeFileThresholdBytes: 100,
      partSizeBytes: 60,
    };
    const load = await enqueueLoad(queue, folder, { ...options, maxBatchFiles: 6 });
    expect(load).toMatchObject({ files: 12 });
    work();
    await waitUntil(isDrained);
    expect((await queue.getFailed()).map((job) => job.failedReason)).toEqual([]);
    const created = simulator.log.filter(({ operation }) => operation === 'createBatch');
    expect(created.length).toBe(load.batches);
  });
});

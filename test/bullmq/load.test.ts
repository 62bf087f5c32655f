import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import {
  HOW_TO_GET_REDIS,
  hasRedis,
  type RedisServer,
  startRedis,
} from '../../spec-tools/redis.js';
import {
  type ClientSource,
  cancelLoad,
  createLoadWorker,
  type EnqueueOptions,
  enqueueLoad,
  type IngestTarget,
  type LoadWorker,
  type LoadWorkerOptions,
  type QueuedLoad,
  readQueuedLoad,
  retryFailed,
} from '../../src/bullmq/index.js';
import { type BatchClient, createBatchClient } from '../../src/index.js';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/testing/index.js';

if (!hasRedis) console.log(HOW_TO_GET_REDIS);
const describeWithRedis = hasRedis ? describe : describe.skip;

describeWithRedis('loads on a queue', () => {
  let redis: RedisServer;
  let folder = '';
  let queue: Queue;
  let simulator: Simulator;
  let client: BatchClient;
  const workers: LoadWorker[] = [];
  const closers: (() => void)[] = [];

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aep-batch-bullmq-'));
    queue = new Queue('aep-batch', { connection: redis.connection });
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) close();
    await Promise.all(workers.splice(0).map((worker) => worker.close()));
    await queue.close();
    const admin = new Redis(redis.connection);
    await admin.flushall();
    admin.disconnect();
    await client.close();
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const start = async (options: SimulatorOptions = {}) => {
    simulator = await startSimulator(options);
    client = createBatchClient(simulator.clientOptions);
  };
  const toTarget = ({ origin, orgId, sandbox }: IngestTarget) => ({ origin, orgId, sandbox });
  const work = (options: LoadWorkerOptions = {}, source: ClientSource = client) => {
    const worker = createLoadWorker(source, redis.connection, {
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

  const enqueue = (options: Partial<EnqueueOptions> = {}) =>
    enqueueLoad(queue, folder, { datasetId: 'd1', target: client, ...options });
  const read = async (loadId: string) => {
    const load = await readQueuedLoad(queue, loadId);
    if (load === undefined) throw new Error(`there is no load ${loadId}`);
    return load;
  };
  const waitForState = async (loadId: string, state: QueuedLoad['state']) => {
    await waitUntil(async () => (await read(loadId)).state === state);
    return read(loadId);
  };
  const called = (operation: string) =>
    simulator.log.filter((entry) => entry.operation === operation);
  const uploads = () => called('uploadFile').length;
  const loaded = () =>
    simulator.log
      .flatMap(({ operation, path }) =>
        operation === 'batchAction' && path.endsWith('COMPLETE') ? (path.split('/')[5] ?? []) : [],
      )
      .map((part) => part.replace(/\?.*/, ''));

  test('a worker takes a load from files to batches that are loaded, in parts where files are large', async () => {
    await start();
    await write(12);
    const receipts = join(folder, '..', `${basename(folder)}-receipts`);
    const parts = { largeFileThresholdBytes: 100, partSizeBytes: 60 };
    const { loadId, batches, files } = await enqueue({ ...parts, maxBatchFiles: 6 });
    expect(files).toBe(12);
    work({ receipts });
    const load = await waitForState(loadId, 'ended');
    expect(load).toMatchObject({
      outcome: 'success',
      batches: { total: batches, ended: batches },
      files: { total: 12, uploaded: 12, failed: 0 },
    });
    const written = await Promise.all(
      (await readdir(receipts)).map(async (name) =>
        JSON.parse(await readFile(join(receipts, name), 'utf8')),
      ),
    );
    await rm(receipts, { recursive: true });
    expect(written.flatMap((receipt) => receipt.files)).toHaveLength(12);
    for (const { batchId, files: inBatch } of written) {
      const held = simulator.files(batchId);
      for (const { path, sha256 } of inBatch)
        expect(await held.find((file) => file.path === path)?.sha256()).toBe(sha256);
    }
    expect(Object.values(await queue.getJobCounts()).every((count) => count === 0)).toBe(true);
  });

  test('a load that is enqueued twice is loaded once, and stays as it is after it has ended', async () => {
    await start();
    await write(3);
    const first = await enqueue();
    expect(await enqueue()).toEqual(first);
    work();
    await waitForState(first.loadId, 'ended');
    await enqueue();
    await waitUntil(isDrained);
    expect(called('createBatch')).toHaveLength(1);
    expect(uploads()).toBe(3);
  });

  test('an id that is taken by a load of other files is rejected', async () => {
    await start();
    await write(1);
    await enqueue({ loadId: 'nightly' });
    await writeFile(join(folder, 'more.jsonl'), '{"n":1}\n');
    await expect(enqueue({ loadId: 'nightly' })).rejects.toThrow('is a load of other files');
  });

  test('a load that a full Redis has half of is completed by enqueuing it again', async () => {
    await start();
    await write(20);
    const admin = new Redis(redis.connection);
    try {
      const used = Number(/used_memory:(\d+)/.exec(await admin.info('memory'))?.[1]);
      await admin.config('SET', 'maxmemory', String(used + 20_000));
      await expect(
        enqueue({ maxBatchFiles: 1, maxOpenBatches: 20, loadId: 'full' }),
      ).rejects.toThrow('OOM');
      await admin.config('SET', 'maxmemory', '0');
    } finally {
      await admin.config('SET', 'maxmemory', '0');
      admin.disconnect();
    }
    const { batches } = await enqueue({ maxBatchFiles: 1, maxOpenBatches: 20, loadId: 'full' });
    work({ concurrency: 8 });
    const { receipts } = await waitForState('full', 'ended');
    expect(receipts).toHaveLength(batches);
    expect(uploads()).toBe(20);
  });

  test('a worker whose client is for another sandbox fails the job before any call', async () => {
    await start();
    await write(1);
    const { loadId } = await enqueue({ target: { ...toTarget(client), sandbox: 'other' } });
    const worker = work();
    const { failures } = await waitForState(loadId, 'held');
    expect(failures[0]?.reason).toContain(
      'is for sandbox other, and the client of this worker has',
    );
    expect(simulator.log).toEqual([]);
    await worker.close();
    const others = createBatchClient({ ...simulator.clientOptions, sandbox: 'other' });
    work({}, () => others);
    expect(await retryFailed(queue, loadId)).toBe(1);
    expect(await waitForState(loadId, 'ended')).toMatchObject({ outcome: 'success' });
    await others.close();
  });

  test('a job of a newer version is failed with words that say what to do', async () => {
    await start();
    await write(1);
    const { loadId } = await enqueue();
    const [job] = await queue.getWaiting();
    await job?.updateData({ ...job.data, version: 99 });
    work();
    const { failures } = await waitForState(loadId, 'held');
    expect(failures[0]?.reason).toContain(
      'version 99, and this worker carries out version 1. Update',
    );
    expect(simulator.log).toEqual([]);
  });

  test('a file that is missing holds its batch open until it is there again', async () => {
    await start();
    const inner = join(folder, 'inner');
    await mkdir(inner);
    await writeFile(join(inner, '1.jsonl'), '{"n":1}\n');
    const { loadId } = await enqueue();
    // Moving the file itself would change it.
    await rename(inner, `${inner}-away`);
    work();
    // The batch is not created as long as a file of its plan is missing.
    const held = await waitForState(loadId, 'held');
    expect(held.failures[0]?.reason).toContain('1.jsonl cannot be read');
    expect(loaded()).toEqual([]);
    await rename(`${inner}-away`, inner);
    await retryFailed(queue, loadId);
    expect(await waitForState(loadId, 'ended')).toMatchObject({ outcome: 'success' });
  });

  test('a file that was given up holds its batch open, even if its job is removed', async () => {
    await start();
    await write(3);
    const { loadId } = await enqueue();
    simulator.faults.add({ when: { operation: 'uploadFile', nth: 2 }, then: { status: 403 } });
    const worker = work({ concurrency: 1 });
    const held = await waitForState(loadId, 'held');
    expect(held).toMatchObject({ files: { failed: 1 } });
    expect(held.failures[0]?.path).toMatch(/jsonl$/);
    await waitUntil(async () => (await read(loadId)).files.uploaded === 2);
    expect(loaded()).toEqual([]);
    const [job] = await queue.getFailed();
    await job?.remove();
    const ended = await waitForState(loadId, 'ended');
    expect(ended).toMatchObject({ outcome: 'success', files: { uploaded: 3 } });
    await worker.close();
  });

  test('a file outside the folders of the worker is not read', async () => {
    await start();
    await write(1);
    const { loadId } = await enqueue();
    work({ roots: [join(folder, 'inner')] });
    const { failures } = await waitForState(loadId, 'held');
    expect(failures[0]?.reason).toContain('is outside the folders that this worker may read');
    expect(uploads()).toBe(0);
  });

  test('a cancelled load is aborted, and cannot be enqueued again under its id', async () => {
    await start();
    await write(3);
    const { loadId } = await enqueue();
    simulator.faults.add({ when: { operation: 'uploadFile', nth: 1 }, then: { status: 403 } });
    work();
    await waitForState(loadId, 'held');
    expect(await cancelLoad(queue, loadId)).toBe(true);
    const { receipts, outcome } = await waitForState(loadId, 'ended');
    expect(outcome).toBe('cancelled');
    expect(simulator.status(receipts[0]?.batchId ?? '')).toBe('aborted');
    await expect(enqueue()).rejects.toThrow('was cancelled');
  });

  test('a worker whose credentials are rejected stops, and leaves its jobs to others', async () => {
    await start();
    await write(2);
    const { loadId } = await enqueue();
    const other = createBatchClient({
      ...simulator.clientOptions,
      apiKey: 'simulator-client-id',
      credentials: () => 'wrong',
    });
    const worker = work({}, other);
    await waitUntil(async () => worker.failure !== undefined);
    await worker.close();
    await other.close();
    expect((await read(loadId)).state).toBe('running');
    work();
    expect(await waitForState(loadId, 'ended')).toMatchObject({ outcome: 'success' });
  });

  test('a file that is larger than a window of the budget is rejected when it is enqueued', async () => {
    await start();
    await write(1);
    const budget = { bytesPerHour: 100 };
    await expect(enqueue({ budget })).rejects.toThrow("half an hour's budget is 50");
    expect(await queue.getJobCounts()).toMatchObject({ waiting: 0 });
  });

  test('a spent budget delays the files that exceed it, and nothing of them is sent', async () => {
    await start();
    await write(4);
    const { loadId, bytes } = await enqueue();
    work({ budget: { bytesPerHour: bytes } }); // half of the load each half hour
    await waitUntil(async () => {
      const { delayed } = await queue.getJobCounts('delayed');
      return delayed === 2 && (await read(loadId)).files.uploaded === 2;
    });
    expect(uploads()).toBe(2);
    expect(loaded()).toEqual([]);
  });

  test('a spent budget of batches delays their creation', async () => {
    await start();
    await write(6);
    const { loadId } = await enqueue({ maxBatchFiles: 2 });
    work({ budget: { batchesPerMinute: 10, batchesPerDay: 2 } });
    await waitUntil(async () => (await read(loadId)).batches.ended === 2);
    expect(called('createBatch')).toHaveLength(2);
  });

  test('a response that asks to wait stops all workers of the queue for so long', async () => {
    await start();
    await write(1);
    const { loadId } = await enqueue();
    simulator.faults.add({
      when: { operation: 'createBatch', nth: 1 },
      then: { status: 429, headers: { 'retry-after': '20' } },
    });
    const impatient = createBatchClient({ ...simulator.clientOptions, maxRetries: 0 });
    work({}, impatient);
    await waitUntil(async () => (await queue.getRateLimitTtl(1)) > 15_000);
    await impatient.close();
    expect((await read(loadId)).state).toBe('running');
    await queue.removeRateLimitKey();
  });

  test('a URL is loaded without a root, and its query is in Redis only encrypted', async () => {
    await start();
    const text = '{"n":1}\n';
    const server = createServer(({ headers }, response) => {
      const [, from = '0', to = ''] = /bytes=(\d+)-(\d*)/.exec(headers.range ?? '') ?? [];
      const part = text.slice(Number(from), to === '' ? undefined : Number(to) + 1);
      const range = `bytes ${from}-${Number(from) + part.length - 1}/${text.length}`;
      response.writeHead(206, { etag: '"1"', 'content-range': range });
      response.end(part);
    }).listen(0, '127.0.0.1');
    closers.push(() => {
      server.closeAllConnections();
      server.close();
    });
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/rows.jsonl?signature=presigned-secret`;
    const put = (options: Partial<EnqueueOptions> = {}) =>
      enqueueLoad(queue, [url], { datasetId: 'd1', target: client, ...options });
    await expect(put()).rejects.toThrow('stored only encrypted');
    const urlKey = 'a key of the environment';
    const { loadId } = await put({ urlKey });
    const admin = new Redis(redis.connection);
    const stored = await admin.hgetall(`aep-batch:bull:aep-batch:load:${loadId}:1:files`);
    admin.disconnect();
    expect(JSON.stringify(stored)).toContain('rows.jsonl');
    expect(JSON.stringify(stored)).not.toContain('presigned-secret');
    const worker = work({ roots: [] });
    const { failures } = await waitForState(loadId, 'held');
    expect(failures[0]?.reason).toContain('Set AEP_URL_KEY');
    await worker.close();
    await retryFailed(queue, loadId);
    work({ roots: [], urlKey });
    expect(await waitForState(loadId, 'ended')).toMatchObject({ outcome: 'success' });
  });

  test('a worker that is closed gives back what does not end in time', async () => {
    await start();
    await write(2);
    const { loadId } = await enqueue();
    simulator.faults.add(
      { when: { operation: 'uploadFile', nth: 1 }, then: 'hang' },
      { when: { operation: 'uploadFile', nth: 2 }, then: 'hang' },
    );
    const worker = work({ closeTimeoutMs: 50, lockMs: 60_000 });
    await waitUntil(async () => uploads() === 2);
    await worker.close();
    // Its locks would have lasted for a minute.
    work();
    expect(await waitForState(loadId, 'ended')).toMatchObject({ outcome: 'success' });
  });
});

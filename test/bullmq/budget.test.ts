import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { SharedBudget } from '../../src/bullmq/budget/budget.js';
import { describeWithRedis } from '../support/describe-with-redis.js';
import { useQueue } from '../support/queue-stage.js';

const COUNTERS = 'aep-batch:bull:aep-batch:budget';

describeWithRedis('a budget for all workers of a queue', () => {
  const stage = useQueue();
  const { called, enqueue, fail, read, start, waitForState, waitUntil, work, write } = stage;
  const uploads = () => called('uploadFile').length;
  const readBytes = async () =>
    Number(await stage.admin.get(`${COUNTERS}:bytes:${stage.client.orgId}`));
  /** As if half an hour had passed. */
  const endWindow = async () => {
    await stage.admin.del(`${COUNTERS}:bytes:${stage.client.orgId}`);
    for (const job of await stage.queue.getDelayed()) await job.promote();
  };
  const countDelayed = async () => (await stage.queue.getJobCounts('delayed'))['delayed'];

  test('a file that is larger than a window of the budget is rejected when it is enqueued', async () => {
    await start();
    await write(1);
    const budget = { bytesPerHour: 100 };
    await expect(enqueue({ budget })).rejects.toThrow("half an hour's budget is 50");
    expect(await stage.queue.getJobCounts()).toMatchObject({ waiting: 0 });
  });

  test('a spent budget delays the files that exceed it, and nothing of them is sent', async () => {
    await start();
    await write(4);
    const { loadId, bytes } = await enqueue();
    work({ budget: { bytesPerHour: bytes } }); // half of the load each half hour
    await waitUntil(async () => {
      const { delayed } = await stage.queue.getJobCounts('delayed');
      return delayed === 2 && (await read(loadId)).files.uploaded === 2;
    });
    expect(uploads()).toBe(2);
    expect(called('batchAction')).toEqual([]);
  });

  test('a compressed file counts in a budget with all that it unpacks to', async () => {
    await start();
    for (const name of ['1.jsonl.gz', '2.jsonl.gz'])
      await writeFile(join(stage.folder, name), gzipSync('{"n":1}\n'.repeat(1000)));
    const { loadId } = await enqueue();
    work({ concurrency: 1, budget: { bytesPerHour: 20_000 } }); // the first has 8000, and as it is stored far less
    await waitUntil(async () => {
      const { delayed } = await stage.queue.getJobCounts('delayed');
      return delayed === 1 && (await read(loadId)).files.uploaded === 1;
    });
    expect(uploads()).toBe(1);
    expect(await readBytes()).toBe(8000);
  });

  test('a spent budget of batches delays their creation', async () => {
    await start();
    await write(6);
    const { loadId } = await enqueue({ maxBatchFiles: 2 });
    work({ budget: { batchesPerMinute: 10, batchesPerDay: 2 } });
    await waitUntil(async () => (await read(loadId)).batches.ended === 2);
    expect(called('createBatch')).toHaveLength(2);
  });

  test('what is refused is not counted, not even by a worker that dies meanwhile', async () => {
    await start();
    const budget = new SharedBudget(stage.admin, COUNTERS, { bytesPerHour: 200 });
    expect(await budget.takeBytes(stage.client, 60)).toMatchObject({ delayMs: 0 });
    expect((await budget.takeBytes(stage.client, 41)).delayMs).toBeGreaterThan(1_000_000);
    expect(await readBytes()).toBe(60);
  });

  test('what was taken and not sent is given back, unless its window has ended', async () => {
    await start();
    const budget = new SharedBudget(stage.admin, COUNTERS, { bytesPerHour: 200 });
    const taken = await budget.takeBytes(stage.client, 60);
    await budget.giveBackBytes(stage.client, 50, taken);
    expect(await readBytes()).toBe(10);
    await stage.admin.del(`${COUNTERS}:bytes:${stage.client.orgId}`);
    await budget.giveBackBytes(stage.client, 10, taken);
    await budget.takeBytes(stage.client, 100);
    expect(await readBytes()).toBe(100);
    await budget.giveBackBytes(stage.client, 50, { ...taken, windowEndsMs: performance.now() });
    expect(await readBytes()).toBe(100);
  });

  test('a batch that one limit refuses is given back to the other', async () => {
    await start();
    const limits = { batchesPerMinute: 9, batchesPerDay: 1 };
    const budget = new SharedBudget(stage.admin, COUNTERS, limits);
    expect(await budget.takeBatch(stage.client)).toBe(0);
    expect(await budget.takeBatch(stage.client)).toBeGreaterThan(80_000_000);
    expect(await stage.admin.get(`${COUNTERS}:minute:${stage.client.orgId}`)).toBe('1');
  });

  test('bytes that are sent again count again, and wait once the budget is spent', async () => {
    await start();
    await write(1);
    const { loadId, bytes } = await enqueue();
    fail('uploadFile', 1, { status: 500 });
    work({ budget: { bytesPerHour: 3 * bytes } });
    await waitUntil(async () => uploads() === 1 && (await countDelayed()) === 1);
    expect(await readBytes()).toBe(bytes);
    await endWindow();
    await waitForState(loadId, 'ended');
    expect(uploads()).toBe(2);
  });

  test('a file that is larger than a window goes part by part, in as many windows as it takes', async () => {
    await start();
    await write(1);
    const parts = { largeFileThresholdBytes: 50, partSizeBytes: 50, concurrency: 1 };
    const { loadId, bytes } = await enqueue({ ...parts, budget: { bytesPerHour: 200 } });
    expect(bytes).toBe(160);
    work({ budget: { bytesPerHour: 200 } });
    await waitUntil(async () => (await countDelayed()) === 1);
    expect(called('uploadFilePart')).toHaveLength(2);
    expect(await readBytes()).toBe(100);
    await endWindow();
    await waitForState(loadId, 'ended');
    expect(called('uploadFilePart')).toHaveLength(4);
    expect(await readBytes()).toBe(60);
  });

  test('a request that no window takes gives up its file with words that say what to do', async () => {
    await start();
    await write(1);
    const { loadId } = await enqueue();
    work({ budget: { bytesPerHour: 200 } });
    const { failures } = await waitForState(loadId, 'held');
    expect(failures[0]?.reason).toContain('requests of 160 bytes');
    expect(uploads()).toBe(0);
  });

  test('a response that asks to wait stops all workers of the queue for so long', async () => {
    await start();
    await write(1);
    const { loadId } = await enqueue();
    fail('createBatch', 1, { status: 429, headers: { 'retry-after': '20' } });
    work({}, stage.clientWith({ maxRetries: 0 }));
    await waitUntil(async () => (await stage.queue.getRateLimitTtl(1)) > 15_000);
    expect((await read(loadId)).state).toBe('running');
    await stage.queue.removeRateLimitKey();
  });

  test('a response that asks to wait stops all workers of the queue, even if its call is made again', async () => {
    await start();
    await write(1);
    const { loadId } = await enqueue();
    fail('createBatch', 1, { status: 429, headers: { 'retry-after': '20' } });
    work({ closeTimeoutMs: 10 });
    await waitUntil(async () => (await stage.queue.getRateLimitTtl(1)) > 15_000);
    expect((await read(loadId)).state).toBe('running');
    await stage.queue.removeRateLimitKey();
  });
});

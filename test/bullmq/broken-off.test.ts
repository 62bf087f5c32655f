import { expect, test } from '@jest/globals';
import {
  cancelLoad,
  enqueueLoad,
  openLoadQueue,
  readQueuedLoad,
  retryFailed,
} from '../../src/bullmq/index.js';
import { describeWithRedis } from '../support/describe-with-redis.js';
import { toLoadKey, useQueue } from '../support/queue-stage.js';

describeWithRedis('a load on a queue whose workers broke off', () => {
  const stage = useQueue();
  const { called, enqueue, fail, isDrained, read, start, waitForState, waitUntil, work, write } =
    stage;

  /** A load of one batch that is completed and not ended, and that no worker has. */
  const leaveCompleted = async () => {
    await start({ outcomes: { d1: { states: ['processing'] } } });
    await write(1);
    const { loadId } = await enqueue();
    const worker = work();
    const key = toLoadKey(loadId);
    await waitUntil(async () => (await stage.admin.hexists(`${key}:1:facts`, 'completedAt')) === 1);
    await worker.close();
    return { loadId, key };
  };

  test('a batch whose worker died right after it was completed takes no place of others', async () => {
    const { key } = await leaveCompleted();
    await stage.admin.hdel(`${key}:1:facts`, 'completedAt');
    await stage.admin.sadd(`${key}:open`, 1);
    work();
    await waitUntil(async () => (await stage.admin.hexists(`${key}:1:facts`, 'completedAt')) === 1);
    expect(await stage.admin.scard(`${key}:open`)).toBe(0);
  });

  test('a batch that is completed is loaded, although its load was cancelled before that was recorded', async () => {
    const { loadId, key } = await leaveCompleted();
    await stage.admin.rpop(`${key}:1:steps`);
    await cancelLoad(stage.queue, loadId);
    work();
    await waitUntil(
      async () => (await stage.admin.lindex(`${key}:1:steps`, -1))?.includes('completed') === true,
    );
    expect(called('batchAction')).toHaveLength(1);
    expect((await read(loadId)).failures).toEqual([]);
  });

  test('a worker that polls a batch stops as well once its credentials are rejected', async () => {
    await leaveCompleted();
    const worker = work({}, stage.rejectedClient());
    await waitUntil(async () => worker.failure !== undefined);
  });

  test('nothing of a load expires before all its batches have ended', async () => {
    await start();
    await write(2);
    const { loadId } = await enqueue({ maxBatchFiles: 1 });
    fail('uploadFile', 1, { status: 403 });
    const worker = work({ keepReceiptsMs: 60_000 });
    await waitUntil(async () => (await read(loadId)).batches.ended === 1);
    await waitForState(loadId, 'held');
    const keys = await stage.admin.keys('aep-batch:*');
    const lives = () => Promise.all(keys.map((key) => stage.admin.pttl(key)));
    expect(new Set(await lives())).toEqual(new Set([-1]));
    await retryFailed(stage.queue, loadId);
    await waitForState(loadId, 'ended');
    await waitUntil(isDrained);
    await worker.close();
    // -2: it is not there any more.
    expect((await lives()).filter((ms) => ms === -1)).toEqual([]);
  });

  test('a job whose reason was lost is tried again', async () => {
    await start();
    await write(1);
    const { loadId } = await enqueue();
    fail('uploadFile', 1, { status: 403 });
    work();
    await waitForState(loadId, 'held');
    await waitUntil(async () => (await stage.queue.getFailedCount()) === 1);
    await stage.admin.del(`${toLoadKey(loadId)}:1:failed`);
    const { state, failures } = await read(loadId);
    expect([state, failures[0]?.path]).toEqual(['held', '0.jsonl']);
    expect(await retryFailed(stage.queue, `${loadId}-b1`)).toBeUndefined();
    expect(await retryFailed(stage.queue, loadId)).toBe(1);
    expect(await waitForState(loadId, 'ended')).toMatchObject({ outcome: 'success' });
  });

  test('a load that a full Redis has half of is completed by enqueuing it again', async () => {
    await start();
    await write(20);
    const { admin } = stage;
    try {
      const used = Number(/used_memory:(\d+)/.exec(await admin.info('memory'))?.[1]);
      await admin.config('SET', 'maxmemory', String(used + 20_000));
      await expect(
        enqueue({ maxBatchFiles: 1, maxOpenBatches: 20, loadId: 'full' }),
      ).rejects.toThrow('no memory left: load full is enqueued only in part');
      await admin.config('SET', 'maxmemory', '0');
    } finally {
      await admin.config('SET', 'maxmemory', '0');
    }
    const { batches } = await enqueue({ maxBatchFiles: 1, maxOpenBatches: 20, loadId: 'full' });
    work({ concurrency: 8 });
    const { receipts } = await waitForState('full', 'ended');
    expect(receipts).toHaveLength(batches);
    expect(called('uploadFile')).toHaveLength(20);
  });

  test('a Redis that goes away while a load is enqueued is an error, and what is missing is added later', async () => {
    await start();
    await write(2);
    const connection = { ...stage.redis.connection, retryStrategy: () => 5 };
    const queue = await openLoadQueue(connection);
    const options = { datasetId: 'd1', target: stage.client, loadId: 'gone' };
    const addBulk = queue.addBulk.bind(queue);
    queue.addBulk = async (jobs) => {
      await stage.redis.kill();
      return addBulk(jobs);
    };
    await expect(enqueueLoad(queue, stage.folder, options)).rejects.toThrow(
      'Redis cannot be reached any more: load gone is enqueued only in part',
    );
    await expect(readQueuedLoad(queue, 'gone')).rejects.toThrow('Do it again once it can');
    await stage.redis.restart();
    await queue.close();
    await enqueue(options);
    work();
    expect(await waitForState('gone', 'ended')).toMatchObject({ outcome: 'success' });
  });

  test('a worker that is closed gives back what does not end in time', async () => {
    await start();
    await write(2);
    const { loadId } = await enqueue();
    fail('uploadFile', 1, 'hang');
    fail('uploadFile', 2, 'hang');
    const worker = work({ closeTimeoutMs: 50, lockMs: 60_000 });
    await waitUntil(async () => called('uploadFile').length === 2);
    await worker.close();
    // Its locks would have lasted for a minute.
    work();
    expect(await waitForState(loadId, 'ended')).toMatchObject({ outcome: 'success' });
  });

  test('parts that a worker has sent before it was closed are not sent again', async () => {
    await start();
    await write(1);
    const parts = { largeFileThresholdBytes: 50, partSizeBytes: 40, concurrency: 1 };
    const { loadId } = await enqueue(parts);
    fail('uploadFilePart', 3, 'hang');
    const worker = work({ closeTimeoutMs: 50, lockMs: 60_000 });
    await waitUntil(async () => called('uploadFilePart').length === 3);
    await worker.close();
    work();
    expect(await waitForState(loadId, 'ended')).toMatchObject({ outcome: 'success' });
    expect(called('uploadFilePart')).toHaveLength(5);
  });

  test('where a worker has a client for each target, credentials that are rejected stop the others not', async () => {
    await start();
    await write(1);
    const { origin, orgId } = stage.client;
    const { loadId } = await enqueue({ loadId: 'rejected' });
    await enqueue({ loadId: 'other', target: { origin, orgId, sandbox: 'other' } });
    const wrong = stage.rejectedClient();
    const others = stage.clientWith({ sandbox: 'other' });
    const worker = work({}, ({ sandbox }) => (sandbox === 'other' ? others : wrong));
    const held = await waitForState(loadId, 'held');
    expect(held.failures[0]?.reason).toContain('401');
    expect(await waitForState('other', 'ended')).toMatchObject({ outcome: 'success' });
    await worker.close();
    work();
    expect(await retryFailed(stage.queue, loadId)).toBe(1);
    expect(await waitForState(loadId, 'ended')).toMatchObject({ outcome: 'success' });
  });

  test('a worker whose credentials are rejected stops, and leaves its jobs to others', async () => {
    await start();
    await write(2);
    const { loadId } = await enqueue();
    const worker = work({}, stage.rejectedClient());
    await waitUntil(async () => worker.failure !== undefined);
    await worker.close();
    const { env, origin } = stage.simulator;
    const { AEP_CLIENT_ID: clientId = '', AEP_SCOPES = '' } = env;
    const credentials = { clientId, clientSecret: 'of another', scopes: [AEP_SCOPES], origin };
    const second = work({}, stage.clientWith({ credentials }));
    await waitUntil(async () => second.failure !== undefined);
    await second.close();
    const { state, stoppedWorker, failures } = await read(loadId);
    expect([state, failures]).toEqual(['held', []]);
    expect(stoppedWorker).toContain('401');
    work();
    const ended = await waitForState(loadId, 'ended');
    expect(ended).toMatchObject({ outcome: 'success', failures: [] });
    expect(ended.stoppedWorker).toBeUndefined();
  });
});

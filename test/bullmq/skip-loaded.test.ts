import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { retryFailed } from '../../src/bullmq/index.js';
import { describeWithRedis } from '../support/describe-with-redis.js';
import { toLoadKey, useQueue } from '../support/queue-stage.js';

describeWithRedis('a load on a queue that skips what is loaded', () => {
  const stage = useQueue();
  const { called, enqueue, fail, isDrained, read, start, waitForState, waitUntil, work, write } =
    stage;
  const options = { skipLoaded: true, loadId: 'once' };
  const uploads = () => called('uploadFile').length;
  const readPlan = async () =>
    JSON.parse((await stage.admin.get(`${toLoadKey('once')}:1:plan`)) ?? '{}');
  /** A batch of another ingest that is to have the files of the first batch. */
  const createRival = async () => {
    const { externalId } = await readPlan();
    return (await stage.client.batches.create({ datasetId: 'd1', externalId })).id;
  };
  /** A load whose only batch has been created, and whose file was given up. */
  const holdBatch = async () => {
    await start({ quirks: { duplicateStatus: 201 } });
    await write(1);
    await enqueue(options);
    fail('uploadFile', 1, { status: 403 });
    work();
    await waitForState('once', 'held');
    const steps = await stage.admin.lrange(`${toLoadKey('once')}:1:steps`, 0, -1);
    return JSON.parse(steps[0] ?? '{}').batchId as string;
  };

  test('a batch whose files are loaded is not sent again, and its receipt names the batch that has them', async () => {
    await start();
    await write(2);
    const path = join(stage.folder, '0.jsonl');
    const first = await stage.client.ingest(path, { datasetId: 'd1', skipLoaded: true });
    await enqueue({ ...options, maxBatchFiles: 1 });
    work();
    const { outcome, receipts, files } = await waitForState('once', 'ended');
    expect([outcome, files.uploaded]).toEqual(['success', 1]);
    expect(receipts.map((receipt) => receipt.outcome).sort()).toEqual(['skipped', 'success']);
    const skipped = receipts.find((receipt) => receipt.outcome === 'skipped');
    expect(skipped).toMatchObject({ batchId: first.batchId, fileCount: 1, sizeBytes: 160 });
    expect([uploads(), called('createBatch').length]).toEqual([2, 2]);
  });

  test('the same load under another id is skipped, and loaded again where that is forced', async () => {
    await start();
    await write(3);
    await enqueue({ ...options, pack: true });
    work();
    await waitForState('once', 'ended');
    await enqueue({ ...options, pack: true, loadId: 'again' });
    expect((await waitForState('again', 'ended')).outcome).toBe('skipped');
    await enqueue({ ...options, pack: true, loadId: 'forced', force: true });
    expect((await waitForState('forced', 'ended')).outcome).toBe('success');
    expect([uploads(), called('createBatch').length]).toEqual([2, 2]);
  });

  test('files that another ingest is sending wait until it is known how that ends', async () => {
    await start();
    await write(1);
    await enqueue(options);
    const rival = await createRival();
    work();
    await waitUntil(async () => (await stage.queue.getDelayedCount()) === 1);
    const [job] = await stage.queue.getDelayed();
    expect(job?.failedReason).toContain(`Batch ${rival} with the same files is loading`);
    expect((await read('once')).state).toBe('running');
    stage.simulator.setStatus(rival, 'staging');
    await job?.promote();
    await waitUntil(async () =>
      Boolean(await stage.admin.hexists(`${toLoadKey('once')}:1:facts`, 'waitsSince')),
    );
    stage.simulator.setStatus(rival, 'failed');
    expect((await waitForState('once', 'ended')).outcome).toBe('success');
    expect(uploads()).toBe(1);
  });

  test('a batch that is processed for too long elsewhere is reported as timed out', async () => {
    await start();
    await write(1);
    await enqueue(options);
    const rival = await createRival();
    stage.simulator.setStatus(rival, 'staging');
    work({ waitTimeoutMs: 1 });
    const { outcome, receipts } = await waitForState('once', 'ended');
    expect([outcome, receipts[0]?.batchId]).toEqual(['timed-out', rival]);
    expect(uploads()).toBe(0);
  });

  test('of two batches with the same files the one that is first is loaded, and the other is aborted', async () => {
    const own = await holdBatch();
    const rival = await createRival();
    stage.simulator.setStatus(rival, 'success');
    await retryFailed(stage.queue, 'once');
    const { outcome, receipts } = await waitForState('once', 'ended');
    expect([outcome, receipts[0]?.batchId]).toEqual(['skipped', rival]);
    expect(stage.simulator.status(own)).toBe('aborted');
    await waitUntil(isDrained);
  });

  test('where the batch that was first is not loaded after all, the files go into a new one', async () => {
    const own = await holdBatch();
    const rival = await createRival();
    stage.simulator.setStatus(rival, 'staging');
    await retryFailed(stage.queue, 'once');
    await waitUntil(async () => stage.simulator.status(own) === 'aborted');
    stage.simulator.setStatus(rival, 'failed');
    const { outcome, receipts, files } = await waitForState('once', 'ended');
    expect([outcome, files.uploaded]).toEqual(['success', 1]);
    expect([own, rival]).not.toContain(receipts[0]?.batchId);
    const [held] = stage.simulator.files(receipts[0]?.batchId ?? '');
    expect(held?.path).toBe('0.jsonl');
  });

  test('a batch that was aborted by a worker which then died is replaced by a new one', async () => {
    const own = await holdBatch();
    await stage.client.batches.abort(own);
    const key = `${toLoadKey('once')}:1`;
    const [file] = JSON.parse((await stage.admin.hget(`${key}:files`, '0')) ?? '[]');
    const { sha256 } = file.hashed;
    const uploaded = { type: 'uploaded', batchId: own, path: file.path, sha256 };
    await stage.admin.hset(`${key}:uploaded`, '0', JSON.stringify(uploaded));
    await stage.admin.rpush(`${key}:steps`, JSON.stringify({ type: 'aborted', batchId: own }));
    await retryFailed(stage.queue, 'once');
    const { outcome, receipts } = await waitForState('once', 'ended');
    expect([outcome, receipts[0]?.externalId]).toEqual(['success', (await readPlan()).externalId]);
    expect((await readPlan()).content.number).toBe(2);
    await waitUntil(isDrained);
  });

  test('a batch whose creation was not recorded is found again, and no second one is created', async () => {
    await holdBatch();
    await stage.admin.del(`${toLoadKey('once')}:1:steps`);
    await (await stage.queue.getJob('once-b1'))?.remove({ removeChildren: true });
    await enqueue(options);
    expect((await waitForState('once', 'ended')).outcome).toBe('success');
    expect(called('createBatch')).toHaveLength(1);
  });
});

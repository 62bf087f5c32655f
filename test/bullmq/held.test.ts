import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { cancelLoad, enqueueLoad, openLoadQueue, retryFailed } from '../../src/bullmq/index.js';
import { describeWithRedis } from '../support/describe-with-redis.js';
import { useQueue } from '../support/queue-stage.js';

describeWithRedis('a load on a queue that is not loaded as a whole', () => {
  const stage = useQueue();
  const { called, enqueue, fail, read, start, waitForState, waitUntil, work, write } = stage;

  test('a load is held once nothing is left but files that the platform rejects, and goes on when they are retried', async () => {
    await start({ outcomes: { d1: { states: ['processing'] } } });
    await write(3);
    const { loadId } = await enqueue({ maxBatchFiles: 2 });
    fail('uploadFile', 1, { status: 413 });
    work({ concurrency: 1 });
    await waitUntil(async () => (await read(loadId)).files.uploaded === 2);
    const running = await read(loadId);
    expect([running.state, running.files.failed]).toEqual(['running', 1]);
    expect(running.failures[0]).toMatchObject({ reason: expect.stringContaining('413') });
    const [processing = ''] = called('batchAction').map(({ path }) => path.split('/').at(-1) ?? '');
    stage.simulator.setStatus(processing.replace(/\?.*/, ''), 'success');
    await waitForState(loadId, 'held');
    expect(called('batchAction')).toHaveLength(1);
    expect(await retryFailed(stage.queue, loadId)).toBe(1);
    await waitUntil(async () => called('batchAction').length === 2);
    expect(await read(loadId)).toMatchObject({ state: 'running', failures: [] });
  });

  test('a load that waits for its budget is cancelled at once', async () => {
    await start();
    await write(2);
    const { loadId, bytes } = await enqueue();
    work({ budget: { bytesPerHour: bytes } });
    await waitUntil(async () => (await stage.queue.getDelayedCount()) === 1);
    await cancelLoad(stage.queue, loadId);
    expect(await waitForState(loadId, 'ended')).toMatchObject({ outcome: 'cancelled' });
  });

  test('a file that is rejected just after its load was cancelled does not hold its batch', async () => {
    await start();
    await write(2);
    const { loadId } = await enqueue();
    fail('uploadFile', 1, { status: 503, headers: { 'retry-after': '1' } });
    fail('uploadFile', 2, { status: 403 });
    work({ concurrency: 1 });
    await waitUntil(async () => called('uploadFile').length === 1);
    await cancelLoad(stage.queue, loadId);
    expect(await waitForState(loadId, 'ended')).toMatchObject({ outcome: 'cancelled' });
    await waitUntil(stage.isDrained);
  });

  test('a link that leads out of the folders of a worker is not followed', async () => {
    await start();
    await mkdir(join(stage.folder, 'root'));
    await write(1);
    await symlink(join(stage.folder, '0.jsonl'), join(stage.folder, 'root', 'link.jsonl'));
    const source = join(stage.folder, 'root', 'link.jsonl');
    const { loadId } = await enqueueLoad(stage.queue, source, {
      datasetId: 'd1',
      target: stage.client,
    });
    work({ roots: [join(stage.folder, 'root')] });
    const { failures } = await waitForState(loadId, 'held');
    expect(failures[0]?.reason).toContain('is outside the folders');
    expect(called('uploadFile')).toEqual([]);
  });

  test('each batch has a file for its receipt, even if loads of two queues have one id, or are cancelled', async () => {
    await start();
    await write(1);
    const receipts = join(stage.folder, 'receipts');
    const loadId = 'nightly';
    const file = join(stage.folder, '0.jsonl');
    const load = { datasetId: 'd1', target: stage.client, loadId };
    const other = await openLoadQueue(stage.redis.connection, { queue: 'other' });
    await enqueueLoad(stage.queue, file, load);
    await enqueueLoad(other, file, { ...load, externalId: 'other' });
    work({ receipts });
    work({ receipts, queue: 'other' });
    await waitUntil(async () => (await readdir(receipts).catch(() => [])).length === 2);
    await other.close();
    await enqueueLoad(stage.queue, file, { ...load, loadId: 'cancelled' });
    await cancelLoad(stage.queue, 'cancelled');
    const { receipts: kept } = await waitForState('cancelled', 'ended');
    const name = `cancelled-b1-${kept[0]?.batchId ?? 'cancelled'}.json`;
    expect(JSON.parse(await readFile(join(receipts, name), 'utf8'))).toMatchObject(kept[0] ?? {});
  });
});

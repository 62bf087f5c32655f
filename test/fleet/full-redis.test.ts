import { expect, test } from '@jest/globals';
import { describeWithRedis } from '../support/describe-with-redis.js';
import { useQueue } from '../support/queue-stage.js';

describeWithRedis('a Redis without memory', () => {
  const stage = useQueue();
  const { called, enqueue, isDrained, start, waitForState, waitUntil, work, write } = stage;

  test('keeps what workers have done, and they go on once it has some', async () => {
    await start();
    await write(400);
    const { loadId, batches } = await enqueue({ maxBatchFiles: 200 });
    const { admin } = stage;
    const used = Number(/used_memory:(\d+)/.exec(await admin.info('memory'))?.[1]);
    work({ concurrency: 4 });
    await admin.config('SET', 'maxmemory', String(used + 300_000));
    try {
      await waitUntil(async () => {
        const stats = await admin.info('stats');
        return Number(/total_error_replies:(\d+)/.exec(stats)?.[1]) > 3;
      });
      expect(await isDrained()).toBe(false);
    } finally {
      await admin.config('SET', 'maxmemory', '0');
    }
    for (let tries = 0; tries < 4; tries++) await waitForState(loadId, 'ended').catch(() => 0);
    expect(await waitForState(loadId, 'ended')).toMatchObject({
      outcome: 'success',
      files: { uploaded: 400, failed: 0 },
    });
    expect(called('createBatch')).toHaveLength(batches);
  }, 120_000);
});

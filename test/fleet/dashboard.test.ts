import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, test } from '@jest/globals';
import { describeWithRedis } from '../support/describe-with-redis.js';
import { useQueue } from '../support/queue-stage.js';

/** Where examples/bull-board is installed; missing where the registry could not be reached. */
const { DASHBOARD } = process.env;

(DASHBOARD === undefined ? describe.skip : describeWithRedis)(
  'the dashboard of the example',
  () => {
    const stage = useQueue();

    const startDashboard = async () => {
      const child = spawn(process.execPath, ['server.js'], {
        cwd: String(DASHBOARD),
        env: { ...process.env, REDIS_PORT: String(stage.redis.port), PORT: '0' },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const exit = once(child, 'exit');
      stage.closers.push(() => child.kill('SIGKILL'));
      const [url] = await Promise.race([once(createInterface(child.stdout), 'line'), exit]);
      return { child, exit, url: String(url) };
    };

    test('shows the jobs of a load, and tries again what was given up', async () => {
      await stage.start();
      await stage.write(3);
      stage.fail('uploadFile', 2, { status: 403 });
      const { loadId } = await stage.enqueue();
      stage.work();
      await stage.waitForState(loadId, 'held');
      await stage.waitUntil(async () => (await stage.queue.getFailedCount()) === 1);
      const { child, exit, url } = await startDashboard();
      const page = await fetch(url);
      const html = await page.text();
      expect([page.status, html]).toEqual([200, expect.stringContaining('<title>Bull Dashboard')]);
      const scripts = [...html.matchAll(/<script[^>]* src="(static\/[^"]+)"/g)];
      expect(scripts.length).toBeGreaterThan(0);
      for (const [, path = ''] of scripts)
        expect([path, (await fetch(`${url}/${path}`)).status]).toEqual([path, 200]);
      const shown = await fetch(`${url}/api/queues?activeQueue=aep-batch&status=failed&page=1`);
      const { queues } = (await shown.json()) as { queues: Shown[] };
      expect(queues[0]?.counts).toMatchObject({ failed: 1, 'waiting-children': 1 });
      const [job] = queues[0]?.jobs ?? [];
      expect(job?.failedReason).toContain('403');
      await fetch(`${url}/api/queues/aep-batch/${job?.id}/retry`, { method: 'PUT' });
      expect(await stage.waitForState(loadId, 'ended')).toMatchObject({ outcome: 'success' });
      child.kill('SIGTERM');
      expect(await exit).toEqual([null, 'SIGTERM']);
    });
  },
);

/** A queue as the API of the dashboard has it. */
interface Shown {
  counts: Record<string, number>;
  jobs: { id: string; failedReason: string }[];
}

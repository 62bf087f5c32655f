import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import * as library from '../../src/bullmq/index.js';
import { describeWithRedis } from '../support/describe-with-redis.js';
import { useQueue } from '../support/queue-stage.js';

const EXAMPLE = new URL('../../examples/bull-board/', import.meta.url);
const SERVER = fileURLToPath(new URL('server.js', EXAMPLE));
const readPackage = async (url: URL) => JSON.parse(await readFile(url, 'utf8'));
const isInstalled = () => {
  try {
    createRequire(SERVER).resolve('@bull-board/api');
    return true;
  } catch {
    return false;
  }
};

test('the dashboard of the example needs what its package names, in the versions that the queue is tested with', async () => {
  execFileSync(process.execPath, ['--check', SERVER]);
  const text = await readFile(SERVER, 'utf8');
  const { dependencies } = await readPackage(new URL('package.json', EXAMPLE));
  const { devDependencies } = await readPackage(new URL('../../package.json', import.meta.url));
  const names = [...text.matchAll(/from '((?:@[\w-]+\/)?[\w-]+)/g)].map(([, name = '']) => name);
  expect(names.filter((name) => !(name in dependencies))).toEqual([]);
  for (const name of ['bullmq', 'ioredis', 'rate-limiter-flexible'])
    expect([name, dependencies[name]]).toEqual([name, devDependencies[name]]);
  const [, imported = ''] = /import \{ (.*) \} from 'aep-batch\/bullmq'/.exec(text) ?? [];
  for (const name of imported.split(', ')) expect(library).toHaveProperty(name);
});

// Not installed with this project: `npm install` in the folder of the example.
(isInstalled() ? describeWithRedis : describe.skip)('the dashboard of the example', () => {
  const stage = useQueue();

  test('shows the jobs of a load', async () => {
    await stage.start();
    await stage.write(1);
    await stage.enqueue();
    const env = { ...process.env, REDIS_PORT: String(stage.redis.port), PORT: '0' };
    const child = spawn(process.execPath, [SERVER], { env, stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(child, 'exit');
    try {
      const [url] = await once(createInterface(child.stdout), 'line');
      const response = await fetch(`${url}/api/queues`);
      const { queues } = (await response.json()) as { queues: { counts: object }[] };
      expect(queues[0]?.counts).toMatchObject({ waiting: 1 });
    } finally {
      child.kill('SIGKILL');
      await exit;
    }
  });
});

import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import * as library from '../src/bullmq/index.js';

const EXAMPLE = new URL('../examples/bull-board/', import.meta.url);
const SERVER = fileURLToPath(new URL('server.js', EXAMPLE));
const readPackage = async (url: URL) => JSON.parse(await readFile(url, 'utf8'));
test('the dashboard of the example needs what its package names, in the versions that the queue is tested with', async () => {
  execFileSync(process.execPath, ['--check', SERVER]);
  const text = await readFile(SERVER, 'utf8');
  const { dependencies } = await readPackage(new URL('package.json', EXAMPLE));
  const { devDependencies } = await readPackage(new URL('../package.json', import.meta.url));
  const names = [...text.matchAll(/from '((?:@[\w-]+\/)?[\w-]+)/g)].map(([, name = '']) => name);
  expect(names.filter((name) => !(name in dependencies))).toEqual([]);
  for (const name of ['bullmq', 'ioredis', 'rate-limiter-flexible'])
    expect([name, dependencies[name]]).toEqual([name, devDependencies[name]]);
  const [, imported = ''] = /import \{ (.*) \} from 'aep-batch\/bullmq'/.exec(text) ?? [];
  for (const name of imported.split(', ')) expect(library).toHaveProperty(name);
});

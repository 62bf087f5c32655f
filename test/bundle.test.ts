import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bundle, CA_FILE, SOURCE, usePlatform, useProxy } from './support/proxies.js';

const platform = usePlatform();
const proxy = useProxy({ onwardPort: () => platform.port });

const PROGRAM = `
import { createBatchClient } from ${JSON.stringify(SOURCE)};
const client = createBatchClient({
  ...{ orgId: 'ORG@AdobeOrg', sandbox: 'prod', apiKey: 'a', credentials: 'b', origin: 'https://platform.invalid' },
});
console.log((await client.batches.get('b1')).status);
await client.close();
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-bundle-'));
  await writeFile(join(folder, 'program.ts'), PROGRAM);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a program that esbuild bundles as one ES module runs, through a proxy, too', async () => {
  const program = await bundle(join(folder, 'program.ts'), join(folder, 'program.mjs'));
  const env = {
    ...{ PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: CA_FILE },
    HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
  };
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program], {
    ...{ cwd: folder, env, timeout: 20_000 },
  });

  expect({ stdout, stderr }).toEqual({ stdout: 'success\n', stderr: '' });
  expect(proxy.heads).toHaveLength(1);
});

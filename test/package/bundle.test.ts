import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ESBUILD = join(ROOT, 'node_modules/esbuild/bin/esbuild');

const PROGRAM = `
import { createBatchClient } from ${JSON.stringify(join(ROOT, 'src/index.ts'))};
import { startSimulator } from ${JSON.stringify(join(ROOT, 'src/testing/index.ts'))};
const simulator = await startSimulator();
const client = createBatchClient(simulator.clientOptions);
const options = { datasetId: 'd', pollIntervalMs: 1 };
const { outcome } = await client.ingest(process.argv.slice(2), options);
console.log(outcome);
await client.close();
await simulator.stop();
`;

/** Its one call goes through a proxy, which refuses it: the name of the origin is never resolved. */
const BEHIND_PROXY = `
import { createServer } from 'node:http';
import { createBatchClient } from ${JSON.stringify(join(ROOT, 'src/index.ts'))};
const proxy = createServer().on('connect', (request, socket) => {
  socket.end('HTTP/1.1 503 Service Unavailable\\r\\n\\r\\n');
});
await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
process.env.HTTPS_PROXY = 'http://127.0.0.1:' + proxy.address().port;
const client = createBatchClient({
  orgId: 'O@AdobeOrg', sandbox: 'dev', apiKey: 'a-key-of-ours', credentials: 'a-token-of-ours',
  origin: 'https://platform.invalid', maxRetries: 0,
});
await client.batches.get('b1').catch(({ name, message }) => console.log(name, message));
await client.close();
proxy.close();
`;

/** Away from the project, so that nothing is found that was not bundled. */
let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-bundle-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function bundle(entry: string, name: string, ...more: string[]): Promise<string> {
  const file = join(folder, name);
  const form = ['--bundle', '--format=esm', '--platform=node', '--log-level=warning'];
  const built = await run(ESBUILD, [entry, ...form, `--outfile=${file}`, ...more]);
  expect(`${built.stdout}${built.stderr}`).toBe('');
  return file;
}

test('the library and the simulator work in one bundle, with every reader that they load late', async () => {
  await writeFile(join(folder, 'program.ts'), PROGRAM);
  const file = await bundle(join(folder, 'program.ts'), 'program.mjs');
  const sources = { 'rows.jsonl': '{"a":1}\n', 'rows.csv': 'a,b\n1,2\n', 'rows.json': '[{"a":1}]' };
  for (const [name, text] of Object.entries(sources)) {
    await writeFile(join(folder, name), text);
    const { stdout, stderr } = await run(process.execPath, [file, name], { cwd: folder });
    expect([name, stdout, stderr]).toEqual([name, 'success\n', '']);
  }
  const parquet = join(ROOT, 'test/fixtures/three-rows.parquet');
  const { stdout } = await run(process.execPath, [file, parquet], { cwd: folder });
  expect(stdout).toBe('success\n');
});

test('a bundled program reaches the platform through a proxy', async () => {
  await writeFile(join(folder, 'behind-proxy.ts'), BEHIND_PROXY);
  const file = await bundle(join(folder, 'behind-proxy.ts'), 'behind-proxy.mjs');
  const { stdout, stderr } = await run(process.execPath, [file], { cwd: folder });

  expect(stderr).toBe('');
  expect(stdout).toMatch(/^ConnectionError GET https:\/\/platform\.invalid.* the proxy .* 503/);
});

test('the command works in a bundle that can require, as some of its parts are CommonJS', async () => {
  // Under another name: a dependency of the command declares `createRequire` itself.
  const banner =
    "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);";
  const file = await bundle(join(ROOT, 'src/cli/main.ts'), 'command.mjs', `--banner:js=${banner}`);
  await writeFile(join(folder, 'rows.jsonl'), '{"a":1}\n');
  const checked = await run(process.execPath, [file, 'check', 'rows.jsonl', '--json'], {
    cwd: folder,
  });

  expect(JSON.parse(checked.stdout)).toMatchObject({ errors: 0, format: 'json' });
  expect((await run(process.execPath, [file, '--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

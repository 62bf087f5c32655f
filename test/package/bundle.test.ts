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

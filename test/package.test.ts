import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pack } from '../scripts/pack.js';
import { useServer } from './support/server.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const server = useServer();
/** npm and four compilers, on a machine that may be busy. */
const SLOW_MS = 120_000;

/** What somebody writes on the first day: it compiles and runs from the tarball alone. */
const PROGRAM = `
import { type BatchStatus, createBatchClient, PermissionError } from 'aep-batch';
import { type LogEntry, startSimulator } from 'aep-batch/testing';
const client = createBatchClient({
  orgId: 'ORG@AdobeOrg',
  sandbox: 'prod',
  apiKey: 'the-api-key',
  credentials: async () => 'the-access-token',
  origin: process.env.AEP_ORIGIN ?? '',
});
try {
  const batch = await client.batches.create({ datasetId: 'd', inputFormat: { format: 'json' } });
  const status: BatchStatus = batch.status;
  console.log(batch.id, status);
} catch (error) {
  if (error instanceof PermissionError) console.error(error.code);
  throw error;
}
const simulator = await startSimulator({ faults: [{ when: { operation: 'getToken' }, then: 'reset' }] });
const rehearsal = createBatchClient({ ...simulator.clientOptions, credentials: 'unknown', apiKey: 'a' });
await rehearsal.batches.get('b1').catch((error: Error) => console.log(error.name));
const log: readonly LogEntry[] = simulator.log;
console.log(log.map(({ status }) => status).join());
await rehearsal.close();
await simulator.stop();
`;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-consumer-'));
  // All that it needs comes as a tarball from this machine, so that npm asks nobody.
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'));
  const packages = Object.entries(lock.packages as Record<string, { dev?: boolean }>)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path]) => path);
  const types = ['@types/node', 'undici-types'].map((name) => `node_modules/${name}`);
  const folders = ['.', ...new Set([...packages, ...types].map((path) => `./${path}`))];
  const tarballs = folders.map((path) => pack(folder, path));
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  await write('package.json', '{"name":"consumer","private":true,"type":"module"}');
  await write('program.ts', PROGRAM);
  const options = { strict: true, skipLibCheck: false, target: 'es2022', module: 'nodenext' };
  const all = { ...options, types: ['node'], exactOptionalPropertyTypes: true };
  await write('tsconfig.json', JSON.stringify({ compilerOptions: all, files: ['program.ts'] }));
  const args = ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', ...tarballs];
  await run('npm', args, { cwd: folder });
}, SLOW_MS);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the packed tarball, installed offline into an empty folder', () => {
  test.each(['typescript-5.4', 'typescript', 'typescript-6.0', 'typescript-7.0'])(
    'compiles and runs a first program with %s',
    async (compiler) => {
      server.answer = (_, response) => {
        const answer = { id: 'b1', status: 'loading' };
        response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      };
      const tsc = join(ROOT, 'node_modules', compiler, 'bin', 'tsc');
      const compiled = await run('node', [tsc, '-p', '.'], { cwd: folder }).catch((error) => error);
      expect(compiled.stdout).toBe('');

      const env = { ...process.env, AEP_ORIGIN: server.origin };
      const { stdout } = await run('node', ['program.js'], { cwd: folder, env });
      expect(stdout).toBe('b1 loading\nAuthenticationError\n401\n');
      await rm(join(folder, 'program.js'));
    },
    SLOW_MS,
  );
});

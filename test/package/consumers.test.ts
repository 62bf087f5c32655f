import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { pack } from '../../scripts/pack.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** npm and four compilers, on a machine that may be busy. */
const SLOW_MS = 120_000;

/** What somebody writes on the first day: it compiles and runs from the tarball alone. */
const PROGRAM = `
import { type BatchStatus, createBatchClient, PermissionError } from 'aep-batch';
import { telemetry } from 'aep-batch/opentelemetry';
import { type RowFinding, RowSchema } from 'aep-batch/schema';
import { type LogEntry, startSimulator } from 'aep-batch/testing';
const client = createBatchClient({
  orgId: 'ORG@AdobeOrg',
  sandbox: 'prod',
  apiKey: 'the-api-key',
  credentials: async () => 'the-access-token',
  origin: process.env.AEP_ORIGIN ?? '',
  telemetry: telemetry(),
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
const schema = RowSchema.from({ type: 'object', properties: { age: { type: 'integer' } } });
const [finding]: readonly RowFinding[] = schema.check({ age: 'old' });
console.log(finding?.rule, finding?.path);
await rehearsal.close();
await simulator.stop();
`;

const COMPILERS = ['typescript-5.4', 'typescript', 'typescript-6.0', 'typescript-7.0'];
/** The result of each; all run at the same time. */
const outcomes = new Map<string, Promise<string>>();

let folder = '';
/** Its responses are the same for all tests: the programs run when they are compiled. */
const server = createServer((_, response) => {
  const created = { id: 'b1', status: 'loading' };
  response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(created));
});
beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-consumer-'));
  // All that it needs comes as a tarball from this machine, so that npm asks nobody.
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8'));
  const packages = Object.entries(lock.packages as Record<string, { dev?: boolean }>)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path]) => path);
  // The peer that an entry of the package needs, and types.
  const names = ['@opentelemetry/api', '@types/node', 'undici-types'];
  const types = names.map((name) => `node_modules/${name}`);
  const folders = ['.', ...new Set([...packages, ...types].map((path) => `./${path}`))];
  const tarballs = pack(folder, ...folders);
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  await write('package.json', '{"name":"consumer","private":true,"type":"module"}');
  await write('program.ts', PROGRAM);
  const options = { strict: true, skipLibCheck: false, target: 'es2022', module: 'nodenext' };
  const all = { ...options, types: ['node'], exactOptionalPropertyTypes: true };
  await write('tsconfig.json', JSON.stringify({ compilerOptions: all, files: ['program.ts'] }));
  // Types with optional fields mean something else without that option.
  const lax = { ...all, exactOptionalPropertyTypes: false, noEmit: true };
  await write('tsconfig.lax.json', JSON.stringify({ compilerOptions: lax, files: ['program.ts'] }));
  const args = ['install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', ...tarballs];
  await run('npm', args, { cwd: folder });
  for (const compiler of COMPILERS) outcomes.set(compiler, compileAndRun(compiler));
}, SLOW_MS);

/** Compiles the program and runs it; says what the compiler and the program printed. */
async function compileAndRun(compiler: string): Promise<string> {
  const tsc = join(ROOT, 'node_modules', compiler, 'bin', 'tsc');
  const args = [tsc, '-p', '.', '--outDir', compiler];
  const compiled = await run('node', args, { cwd: folder }).catch((error) => error);
  const laxArgs = [tsc, '-p', 'tsconfig.lax.json'];
  const checked = await run('node', laxArgs, { cwd: folder }).catch((error) => error);
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const env = { ...process.env, AEP_ORIGIN: origin };
  const ran = await run('node', [`${compiler}/program.js`], { cwd: folder, env });
  return compiled.stdout + checked.stdout + ran.stdout;
}

afterAll(async () => {
  await Promise.allSettled(outcomes.values());
  server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the packed tarball, installed offline into an empty folder', () => {
  test.each(COMPILERS)(
    'compiles a first program with %s, whether or not optional properties are exact, and runs it',
    async (compiler) => {
      expect(await outcomes.get(compiler)).toBe(
        'b1 loading\nAuthenticationError\n401\ntype /age\n',
      );
    },
    SLOW_MS,
  );
});

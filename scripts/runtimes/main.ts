/**
 * `make test-runtimes`: installs the packed tarball and nothing else, runs a smoke suite on each runtime, bundler and
 * test runner, and writes docs/runtimes.md. Ends with the line `N passed, N failed`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Fetched, fetchPackages } from '../../spec-tools/fetch-packages.js';
import { createConsumer } from './consumer.js';
import { KNOWN_LIMITS } from './known-limits.js';
import { runChecks, runOnce } from './run.js';
import { findSurprises, type Row, renderTable, replaceTables } from './table.js';
import { tryTools } from './tools.js';

const PAGE = 'docs/runtimes.md';
const RUNTIME_CHECKS = {
  simulator: 'simulator',
  ingest: 'ingest',
  resume: 'resume',
  command: 'command',
  require: '`require()`',
  test: '`node:test`',
};
const TOOL_CHECKS = {
  simulator: 'simulator',
  ingest: 'ingest',
  resume: 'resume',
  proxy: 'behind a proxy',
  test: 'runs a test',
};
const SMOKE = ['simulator', 'ingest', 'resume', 'command'];

interface Runtime {
  name: string;
  package: string;
  binary: string;
  /** Before the path of a program. */
  run: readonly string[];
  test: readonly string[];
}

const NODES: readonly Runtime[] = ['20', '22', '24', '26'].map((major) => ({
  name: `Node ${major}`,
  package: `node-${major}`,
  binary: 'bin/node',
  run: [],
  test: ['--test'],
}));
const RUNTIMES: readonly Runtime[] = [
  ...NODES,
  {
    name: 'Bun',
    package: '@oven/bun-linux-x64',
    binary: 'bin/bun',
    run: ['--no-install'],
    test: ['test'],
  },
  {
    name: 'Deno',
    package: '@deno/linux-x64-glibc',
    binary: 'deno',
    run: ['run', '--allow-all', '--no-remote'],
    // It looks for the types of Node otherwise.
    test: ['test', '--allow-all', '--no-remote', '--no-check'],
  },
];

function tryRuntime(runtime: Runtime, consumer: string, fetched: Fetched): Row {
  const binary = fetched.locate(runtime.package, runtime.binary);
  const start = [binary, ...runtime.run];
  const main = join(consumer, 'node_modules/aep-batch/dist/src/cli/main.js');
  const smoke = [...start, 'smoke.mjs', ...start, main];
  const results = runChecks({ folder: consumer, command: smoke }, SMOKE);
  const require = [...start, 'smoke.cjs'];
  for (const [check, result] of runChecks({ folder: consumer, command: require }, ['require'])) {
    results.set(check, result);
  }
  const test = [binary, ...runtime.test, 'rows.test.mjs'];
  results.set('test', runOnce({ folder: consumer, command: test }));
  return { name: runtime.name, version: fetched.readVersion(runtime.package), results };
}

/** @returns why nothing was tried, or `undefined`. */
async function tryAll(folder: string): Promise<string | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return 'the binaries of the runtimes are those for Linux on x64';
  const fetched = fetchPackages('scripts/runtimes/packages', '.cache/runtimes');
  const consumer = fetched && createConsumer(folder);
  if (fetched === undefined || consumer === undefined) return 'the npm registry cannot be reached';
  const runtimes = RUNTIMES.map((runtime) => tryRuntime(runtime, consumer, fetched));
  const tools = await tryTools(consumer, fetched);
  const tables = [
    renderTable(runtimes, RUNTIME_CHECKS, KNOWN_LIMITS),
    renderTable(tools, TOOL_CHECKS, KNOWN_LIMITS),
  ];
  report([...runtimes, ...tools], tables);
  return undefined;
}

function report(rows: readonly Row[], tables: readonly string[]): void {
  const page = readFileSync(PAGE, 'utf8');
  const written = replaceTables(page, tables);
  if (written !== page) {
    writeFileSync(PAGE, written);
    console.log(`${PAGE} has changed: commit it`);
  }
  console.log(tables.join('\n\n'));
  const surprises = findSurprises(rows, KNOWN_LIMITS);
  for (const line of surprises) console.log(`FAILED ${line}`);
  const count = rows.reduce((sum, { results }) => sum + results.size, 0);
  console.log(`${Math.max(count - surprises.length, 0)} passed, ${surprises.length} failed`);
  process.exitCode = surprises.length === 0 ? 0 : 1;
}

const folder = mkdtempSync(join(tmpdir(), 'aep-batch-runtimes-'));
try {
  const skipped = await tryAll(folder);
  if (skipped !== undefined) console.log(`skipped: ${skipped}\n0 passed, 0 failed`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

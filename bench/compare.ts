/**
 * Compares this build with an earlier one, which it checks out and builds: small calls, one PUT, parts and
 * ingests, with the two builds alternating in one run. `compare.js [revision] [only]`; by default the last commit
 * that changed the version. Fails if this build is slower than 0.95 of the other.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startSimulatorProcess } from '../test/support/simulator-process.js';
import { writeFile } from './curl.js';
import { median, publish } from './results.js';
import { Client, startServer } from './run.js';

const ROUNDS = 11;
const GOAL = 0.95;
const MIB = 1024 ** 2;
const SMALL_FILES = 1000;
const CALLS_PER_ROUND = 1000;
const WARM_UP_CALLS = 10_000;
/** Process starts per build, because what V8 compiles, and when, differs between processes. */
const LAUNCHES = 3;
/** Measures only what has this text in its name, and prints it instead of publishing. */
const ONLY = process.argv[3] ?? '';
/** Client and server share a core, so that waking up another core is not measured. */
const CORE = 0;

interface Measured {
  seconds: number;
  peakKiB: number;
}
/** One round: the earlier build, then this one. */
type Round = readonly [before: Measured, after: Measured];

const ratio = (rounds: readonly Round[]) =>
  median(rounds.map(([before, after]) => before.seconds / after.seconds));
const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();

/** Builds the earlier revision in its own folder, with the installed packages of this one. */
function buildEarlier(revision: string): string {
  const folder = resolve('.cache/compare', revision);
  if (existsSync(join(folder, 'dist/src/index.js'))) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const archive = execFileSync('git', ['archive', revision], { maxBuffer: 2 ** 30 });
  execFileSync('tar', ['-x', '-C', folder], { input: archive });
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  const tsc = resolve('node_modules/typescript/bin/tsc');
  try {
    execFileSync('node', [tsc, '-p', 'tsconfig.build.json', '--noEmitOnError', 'false'], {
      cwd: folder,
    });
  } catch {
    // A type package may no longer be installed; tsc writes the JavaScript anyway.
  }
  return folder;
}

const revision = git(
  'rev-parse',
  process.argv[2] || git('log', '-1', '--format=%H', '-S"version"', '--', 'package.json'),
);
const builds = [buildEarlier(revision), resolve('.')] as const;

async function alternate(measure: (build: string) => Promise<Measured>): Promise<Round[]> {
  const rounds: Round[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    // The order changes every round.
    const [first, second] = round % 2 === 0 ? [0, 1] : [1, 0];
    const measured: Measured[] = [];
    for (const which of [first, second]) measured[which] = await measure(builds[which as 0 | 1]);
    rounds.push([measured[0] as Measured, measured[1] as Measured]);
  }
  return rounds;
}

async function measureOnce(build: string, kind: string, options: object, path: string) {
  const client = new Client(
    'compare-client.js',
    undefined,
    build,
    kind,
    JSON.stringify(options),
    path,
  );
  try {
    return await client.work<Measured>('go');
  } finally {
    client.close();
  }
}

async function measureSmallCalls(options: (origin: string) => object): Promise<Round[]> {
  const server = await startServer(CORE);
  const json = JSON.stringify(options(server.origin));
  const rounds: Round[] = [];
  for (let launch = 0; launch < LAUNCHES; launch++) {
    const clients = builds.map(
      (build) => new Client('compare-client.js', CORE, build, 'calls', json),
    );
    for (const client of clients) await client.work(WARM_UP_CALLS);
    for (let round = 0; round < ROUNDS; round++) {
      const measured: Measured[] = [];
      for (const client of clients) measured.push(await client.work<Measured>(CALLS_PER_ROUND));
      rounds.push([measured[0] as Measured, measured[1] as Measured]);
    }
    for (const client of clients) client.close();
  }
  server.close();
  return rounds;
}

const benchOptions = (origin: string) => ({
  orgId: 'BENCH@AdobeOrg',
  sandbox: 'prod',
  credentials: {
    clientId: 'bench-client-id',
    clientSecret: 'bench-secret',
    scopes: 'openid',
    origin,
  },
  origin,
});

function writeSmallFiles(folder: string): void {
  mkdirSync(folder);
  for (let index = 0; index < SMALL_FILES; index++) {
    writeFileSync(
      join(folder, `rows-${index}.jsonl`),
      `{"row":${index},"text":"${'x'.repeat(70)}"}\n`,
    );
  }
}

async function measureIngest(path: string, kind = 'ingest'): Promise<Round[]> {
  const simulator = await startSimulatorProcess();
  try {
    return await alternate((build) => measureOnce(build, kind, simulator.clientOptions, path));
  } finally {
    await simulator.stop();
  }
}

/** Writes identical lines of JSON, which are enough for a measurement. */
function writeRows(path: string, bytes: number): void {
  const row = `{"text":"${'x'.repeat(1000)}"}\n`;
  const block = row.repeat(1000);
  for (let at = 0; at < bytes; at += block.length) writeFileSync(path, block, { flag: 'a' });
}

const folder = mkdtempSync(join(tmpdir(), 'aep-batch-compare-'));
const works: [string, Round[]][] = [];
try {
  const large = join(folder, 'x.parquet');
  writeFile(large, 1024 * MIB);
  const rows = join(folder, 'rows.jsonl');
  writeRows(rows, 512 * MIB);
  writeSmallFiles(join(folder, 'small'));
  const server = await startServer(undefined);
  const options = benchOptions(server.origin);
  const measures: Record<string, () => Promise<Round[]>> = {
    'small calls': () => measureSmallCalls(benchOptions),
    'one PUT of 1 GiB': () => alternate((build) => measureOnce(build, 'put', options, large)),
    '1 GiB in parts': () => alternate((build) => measureOnce(build, 'parts', options, large)),
    'ingest of 512 MiB': () => measureIngest(rows),
    [`ingest of ${SMALL_FILES} small files`]: () => measureIngest(join(folder, 'small')),
    'the same, again in one process': () => measureIngest(join(folder, 'small'), 'ingest again'),
  };
  for (const [name, measure] of Object.entries(measures)) {
    if (!name.includes(ONLY)) continue;
    works.push([name, await measure()]);
    if (ONLY !== '') console.log(name, ratio(works.at(-1)?.[1] ?? []).toFixed(3));
  }
  server.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const peak = (rounds: readonly Round[], which: 0 | 1) => {
  const kib = Math.max(...rounds.map((round) => round[which].peakKiB));
  return kib === 0 ? '' : ((kib * 1024) / 1e6).toFixed(0);
};
if (ONLY !== '') process.exit();
const slowest = works.toSorted(([, a], [, b]) => ratio(a) - ratio(b))[0];
if (slowest === undefined) throw new Error('Nothing was measured.');
publish({
  name: 'earlier-build',
  title: 'This build and an earlier one',
  command: `make bench-compare BASE=${revision.slice(0, 7)}`,
  description: `The two builds alternate for ${ROUNDS} rounds (small calls: ${LAUNCHES} × ${ROUNDS}). Medians of the ratios per round, maxima of
the memory. An upload or an ingest includes the import of the library. The earlier build is ${revision.slice(0, 7)}.`,
  goals: [
    {
      text: `speed: none below ${GOAL} × the earlier build`,
      measured: `${ratio(slowest[1]).toFixed(2)} × (${slowest[0]})`,
      isMet: ratio(slowest[1]) >= GOAL,
    },
  ],
  tables: [
    {
      header: ['work', '× earlier', 'peak MB earlier', 'peak MB now'],
      rows: works.map(([name, rounds]) => [
        name,
        ratio(rounds).toFixed(2),
        peak(rounds, 0),
        peak(rounds, 1),
      ]),
    },
  ],
  plots: [
    {
      kind: 'bars',
      title: 'speed, × the earlier build',
      better: 'more',
      bars: works.map(([name, rounds]) => ({ label: name, value: ratio(rounds), isOurs: true })),
      goal: { value: GOAL, text: `at least ${GOAL}` },
    },
  ],
});

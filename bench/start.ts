/**
 * What a program pays before its first call: the time to import the main entry, which is that of a process that imports it
 * less that of one that imports nothing, the time to start the command, and the sizes of bundles and of an installation.
 * Fails if a goal is missed.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type EntrySize, measureEntry } from '../scripts/entry-size.js';
import { median, publish } from './results.js';

const ROUNDS = Number(process.env['ROUNDS'] ?? 20);
/** On a slow machine fewer rounds are made, but not fewer than are needed for a median. */
const MAX_MS = 90_000;
const MIN_ROUNDS = 5;
const GOALS = { importMs: 30, bundleKilobytes: 30 };
const COMMAND = resolve('dist/src/cli/main.js');

const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1);

/** How long a process takes from its start to its end. */
function timeProcess(...args: string[]): number {
  const start = performance.now();
  execFileSync(process.execPath, args, { stdio: 'ignore' });
  return performance.now() - start;
}

/** The bytes of a package that is installed with nothing but its dependencies. */
function measureInstallation(): { bytes: number; packages: number } {
  const lines = execFileSync('npm', ['ls', '--omit=dev', '--omit=peer', '--all', '--parseable'], {
    encoding: 'utf8',
  });
  const [, ...dependencies] = lines.trim().split('\n');
  const packed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    encoding: 'utf8',
  });
  const [{ unpackedSize = 0 } = {}] = JSON.parse(packed);
  const bytes = dependencies.reduce((sum, folder) => sum + measureFolder(folder), unpackedSize);
  return { bytes, packages: dependencies.length + 1 };
}

function measureFolder(folder: string): number {
  const entries = readdirSync(folder, { withFileTypes: true });
  // What is installed inside of a package is a package of the list, too.
  const own = entries.filter(({ name }) => name !== 'node_modules');
  return own.reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? measureFolder(path) : statSync(path).size);
  }, 0);
}

const folder = mkdtempSync(join(tmpdir(), 'aep-batch-start-'));
const [empty, entryProgram] = [join(folder, 'empty.mjs'), join(folder, 'entry.mjs')];
const programs: Readonly<Record<string, readonly string[]>> = {
  empty: [empty],
  entry: [entryProgram],
  version: [COMMAND, '--version'],
  help: [COMMAND, '--help'],
};
const times: Record<string, number[]> = {};
let rounds = 0;
try {
  writeFileSync(empty, '');
  const url = pathToFileURL(resolve('dist/src/index.js')).href;
  writeFileSync(entryProgram, `import ${JSON.stringify(url)};`);
  timeProcess(entryProgram); // the files are read from the disk once
  const startMs = performance.now();
  const isTimeLeft = () => rounds < MIN_ROUNDS || performance.now() - startMs < MAX_MS;
  for (; rounds < ROUNDS && isTimeLeft(); rounds++) {
    for (const [name, args] of Object.entries(programs)) {
      times[name] = [...(times[name] ?? []), timeProcess(...args)];
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const time = (name: string) => median(times[name] ?? []);
const row = (name: string, program: string) => [
  name,
  time(program).toFixed(0),
  (time(program) / time('empty')).toFixed(1),
];
const importMs = time('entry') - time('empty');
const sizeRow = (name: string, { minifiedBytes, gzippedBytes }: EntrySize) => [
  name,
  kilobytes(minifiedBytes),
  kilobytes(gzippedBytes),
];
const entry = await measureEntry("export * from './dist/src/index.js'", true);
const client = await measureEntry("export { createBatchClient } from './dist/src/index.js'", true);
const whole = await measureEntry("export * from './dist/src/index.js'", false);
const installed = measureInstallation();

publish({
  name: 'start',
  title: 'Start, bundle and installation',
  command: 'make bench-start',
  description: `Medians of ${rounds} processes each, in turns with an empty program; the time of the import is that of a program that imports the
main entry less that of the empty one. Bundles are those of esbuild, minified.
A bundler that splits code puts what is imported late into files of their own, which count only for the last row of the
bundles; one that does not has all of it in one file. An installation has ${installed.packages} packages and
${(installed.bytes / 1e6).toFixed(1)} MB.`,
  goals: [
    {
      text: `the main entry imported within ${GOALS.importMs} ms`,
      measured: `${importMs.toFixed(0)} ms`,
      isMet: importMs <= GOALS.importMs,
    },
    {
      text: `its bundle at most ${GOALS.bundleKilobytes} kB gzipped`,
      measured: `${kilobytes(entry.gzippedBytes)} kB`,
      isMet: entry.gzippedBytes <= GOALS.bundleKilobytes * 1000,
    },
  ],
  tables: [
    {
      header: ['time', 'ms', '× empty'],
      rows: [
        row('an empty program', 'empty'),
        row('a program that imports the main entry', 'entry'),
        row('`aep-batch --version`', 'version'),
        row('`aep-batch --help`', 'help'),
      ],
    },
    {
      header: ['bundle', 'kB', 'kB gzipped'],
      rows: [
        sizeRow('all of the main entry', entry),
        sizeRow('`createBatchClient` alone', client),
        sizeRow('with all that is imported late', whole),
      ],
    },
  ],
  plots: [],
});

/**
 * What a program pays before its first call: the time to import the main entry and to start the command, each less that of
 * an empty module, and the sizes of bundles and of an installation. Fails if a goal is missed.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type EntrySize, measureEntry } from '../scripts/entry-size.js';
import { median, publish } from './results.js';

const ROUNDS = Number(process.env['ROUNDS'] ?? 20);
const GOALS = { importMs: 30, bundleKilobytes: 30 };
const COMMAND = resolve('dist/src/cli/main.js');

const kilobytes = (bytes: number) => (bytes / 1000).toFixed(1);

/** How long an import takes in a process of its own. */
function timeImport(path: string): number {
  const program = `const start = performance.now();
    await import(${JSON.stringify(pathToFileURL(path).href)});
    console.log(performance.now() - start);`;
  const args = ['--input-type=module', '-e', program];
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

function timeCommand(...args: string[]): number {
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
const works: Readonly<Record<string, () => number>> = {
  empty: () => timeImport(join(folder, 'empty.mjs')),
  entry: () => timeImport(resolve('dist/src/index.js')),
  process: () => timeCommand(join(folder, 'empty.mjs')),
  version: () => timeCommand(COMMAND, '--version'),
  help: () => timeCommand(COMMAND, '--help'),
};
const times: Record<string, number[]> = {};
try {
  writeFileSync(join(folder, 'empty.mjs'), '');
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, measure] of Object.entries(works)) {
      times[name] = [...(times[name] ?? []), measure()];
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

const time = (name: string) => median(times[name] ?? []);
const row = (name: string, work: string, base: string) => [
  name,
  time(work).toFixed(0),
  (time(work) / time(base)).toFixed(1),
];
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
  description: `Medians of ${ROUNDS} processes each, in turns with an empty module and an empty program. Bundles are those of esbuild, minified.
A bundler that splits code puts what is imported late into files of their own, which count only for the last row of the
bundles; one that does not has all of it in one file. An installation has ${installed.packages} packages and
${(installed.bytes / 1e6).toFixed(1)} MB.`,
  goals: [
    {
      text: `the main entry imported within ${GOALS.importMs} ms`,
      measured: `${time('entry').toFixed(0)} ms`,
      isMet: time('entry') <= GOALS.importMs,
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
        row('import of the main entry', 'entry', 'empty'),
        row('import of an empty module', 'empty', 'empty'),
        row('`aep-batch --version`', 'version', 'process'),
        row('`aep-batch --help`', 'help', 'process'),
        row('an empty program', 'process', 'process'),
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

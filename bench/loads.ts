/**
 * Measures the memory of loads of many batches: the plan of a dry run, and the heap while 100,000 small files are
 * uploaded. `FILES=<n>` takes another number of files.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findFastFolder } from '../test/support/fast-folder.js';
import { startSimulatorProcess } from '../test/support/simulator-process.js';
import type { MeasuredLoad } from './loads-client.js';
import { publish } from './results.js';
import { Client } from './run.js';

const FOLDERS = 400;
const FILES = Math.ceil(Number(process.env['FILES'] ?? 100_000) / FOLDERS) * FOLDERS;
const FILE_BYTES = 1000;
const MAX_BYTES_PER_FILE = 1000;
const MAX_PLAN_MB = 200;
const MAX_PLAN_SECONDS = 10;
const COUNT = FILES.toLocaleString('en');

const MAIN = fileURLToPath(new URL('../../../dist/src/cli/main.js', import.meta.url));
const PEAK = `process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS + '\\n'))`;

function writeFiles(root: string): void {
  for (let folder = 0; folder < FOLDERS; folder++) {
    mkdirSync(join(root, `day=${folder}`), { recursive: true });
    for (let file = 0; file < FILES / FOLDERS; file++) {
      const start = `{"_id":"${folder}-${file}","text":"`;
      const text = `${start.padEnd(FILE_BYTES - 3, 'x')}"}\n`;
      writeFileSync(join(root, `day=${folder}`, `${file}.jsonl`), text);
    }
  }
}

/** Plans with the command, in a process of its own. */
function planDry(root: string, env: NodeJS.ProcessEnv) {
  const peakAtExit = `data:text/javascript,${encodeURIComponent(PEAK)}`;
  const args = ['--import', peakAtExit, MAIN, 'ingest', root, '--dataset', 'dataset', '--dry-run'];
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  const seconds = (performance.now() - start) / 1000;
  const peak = /peak (\d+)/.exec(stderr)?.[1];
  if (status !== 0 || peak === undefined) throw new Error(`the dry run failed: ${stderr}`);
  return { seconds, peakMb: (Number(peak) * 1024) / 1e6 };
}

/** Of the most in the heap, from the first half of the files to the second: within a batch it rises and falls again. */
function growth(heap: MeasuredLoad['heap']): number {
  const half = Math.ceil(heap.length / 2);
  const most = (some: MeasuredLoad['heap']) => Math.max(...some.map(({ bytes }) => bytes));
  const files = (heap.at(-1)?.files ?? 0) - (heap[half - 1]?.files ?? 0);
  return Math.max(0, most(heap.slice(half)) - most(heap.slice(0, half))) / files;
}

async function measure(folder: string): Promise<void> {
  const root = join(folder, 'data');
  writeFiles(root);
  const simulator = await startSimulatorProcess({ maxLogEntries: 1 });
  const { clientOptions } = simulator;
  const { orgId, sandbox } = clientOptions;
  const { PATH } = process.env;
  const dry = planDry(root, {
    PATH,
    AEP_ORG_ID: orgId,
    AEP_SANDBOX: sandbox,
    AEP_ACCESS_TOKEN: 'x',
  });
  const client = new Client(
    'loads-client.js',
    undefined,
    ...[JSON.stringify(clientOptions), root, join(folder, 'journal')],
  );
  const loaded = await client.work<MeasuredLoad>('go').finally(() => client.close());
  await simulator.stop();
  const planned = loaded.planBytes / FILES;
  const grown = growth(loaded.heap);
  const isRight = loaded.outcome === 'success' && loaded.files === FILES;
  publish({
    name: 'loads',
    title: `A load of ${COUNT} files`,
    command: 'make bench-loads',
    description: `${COUNT} files of 1 kB in ${FOLDERS} folders: the command plans them (\`--dry-run\`), and the library loads them in ${loaded.batches} batches into the simulator in its own process. The heap is measured after garbage was collected.`,
    goals: [
      {
        text: `planned in less than ${MAX_PLAN_SECONDS} s`,
        measured: `${dry.seconds.toFixed(1)} s`,
        isMet: dry.seconds < MAX_PLAN_SECONDS,
      },
      {
        text: `peak memory of the plan below ${MAX_PLAN_MB} MB`,
        measured: `${dry.peakMb.toFixed(0)} MB`,
        isMet: dry.peakMb < MAX_PLAN_MB,
      },
      {
        text: `the plan takes at most ${MAX_BYTES_PER_FILE} bytes of heap a file`,
        measured: planned.toFixed(0),
        isMet: planned <= MAX_BYTES_PER_FILE,
      },
      {
        text: `the load grows by at most ${MAX_BYTES_PER_FILE} bytes of heap a file`,
        measured: grown.toFixed(0),
        isMet: grown <= MAX_BYTES_PER_FILE && isRight,
      },
    ],
    tables: [
      {
        header: ['', 'measured'],
        rows: [
          ['peak MB of the dry run', dry.peakMb.toFixed(0)],
          ['bytes of heap a planned file', planned.toFixed(0)],
          ['peak MB of the load', ((loaded.peakKiB * 1024) / 1e6).toFixed(0)],
          ['MB of heap, most while it uploads', toMb(loaded.heap)],
        ],
      },
    ],
    plots: [
      {
        kind: 'lines',
        title: 'heap, MB',
        x: 'uploaded files, thousands',
        series: [
          {
            label: 'ours',
            points: loaded.heap.map(({ files, bytes }) => [files / 1000, bytes / 1e6] as const),
            isOurs: true,
          },
        ],
      },
    ],
  });
}

const toMb = (heap: MeasuredLoad['heap']): string =>
  (Math.max(...heap.map(({ bytes }) => bytes)) / 1e6).toFixed(0);

const folder = mkdtempSync(join(findFastFolder(), 'aep-batch-bench-'));
await measure(folder).finally(() => rmSync(folder, { recursive: true, force: true }));

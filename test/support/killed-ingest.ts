/**
 * Ingests that are killed at drawn points and then resumed: each has to end as one batch that was
 * promoted once and holds the same bytes. Used by a test (few, small) and by `bench/` (many, large).
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { mkdtemp, open, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { type ClientOptions, createBatchClient } from '../../src/index.js';
import { createRandom } from '../../src/shared/random.js';
import type { SimulatorOptions } from '../../src/testing/index.js';
import { type SimulatorProcess, startSimulatorProcess } from './simulator-process.js';

const CHILD = fileURLToPath(new URL('./ingest-child.js', import.meta.url));

export interface KillOptions {
  kills: number;
  seed: number;
  fileSizes: readonly number[];
  partSizeBytes: number;
  /** How the platform behaves. */
  simulator?: Pick<SimulatorOptions, 'quirks' | 'faults'>;
  /** Default: a process of its own, whose work does not slow down the ingest. */
  start?: (options?: KillOptions['simulator']) => Promise<KillSimulator>;
  report?: (line: string) => void;
}

export type KillSimulator = Pick<SimulatorProcess, 'clientOptions' | 'files' | 'log' | 'stop'>;

/** Platforms that say little about received parts. With none of them a batch is lost. */
export const PLATFORMS: Record<string, NonNullable<KillOptions['simulator']>> = {
  'HEAD shows ranges': {},
  'HEAD shows no ranges': { quirks: { headFormat: 'none' } },
  'HEAD shows no ranges, and an identical range is an overlap': {
    quirks: { headFormat: 'none', identicalRangeOverlaps: true },
  },
  'every response to INITIALIZE and COMPLETE of a file is lost': {
    quirks: { headFormat: 'none' },
    faults: [{ when: { operation: 'fileAction' }, then: 'reset-after-applying' }],
  },
};

/** How many runs were killed before they ended, and what was wrong with any of them. */
export interface KillResult {
  killed: number;
  wrong: string[];
}

export async function killAndResume(options: KillOptions): Promise<KillResult> {
  const folder = await mkdtemp(join(tmpdir(), 'aep-batch-killed-'));
  const simulator = await (options.start ?? startSimulatorProcess)(options.simulator);
  const random = createRandom(options.seed);
  const result: KillResult = { killed: 0, wrong: [] };
  try {
    const sources = await Promise.all(
      options.fileSizes.map((size, index) => makeFile(join(folder, `source-${index}.jsonl`), size)),
    );
    const hashes = await Promise.all(sources.map(hashFile));
    const run = (kind: string, journal: string) =>
      spawn(process.execPath, [CHILD, kind, journal, `${options.partSizeBytes}`, ...sources], {
        env: { ...process.env, CLIENT: JSON.stringify(simulator.clientOptions) },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
    const whole = await measureJournal(
      options,
      simulator.clientOptions,
      sources,
      join(folder, 'whole'),
    );
    for (let kill = 1; kill <= options.kills; kill++) {
      const journal = join(folder, `journal-${kill}`);
      const before = (await simulator.log()).length;
      const child = run('ingest', journal);
      const point = whole.planned + random() * (whole.done - whole.planned);
      const killed = await killWhenJournalHas(child, journal, point);
      if (killed) result.killed++;
      const receipt = killed ? await readReceipt(run('resume', journal)) : undefined;
      if (receipt === undefined) continue;
      const wrong = await checkResult(simulator, receipt, hashes, before);
      result.wrong.push(...wrong.map((what) => `kill ${kill}: ${what}`));
      options.report?.(
        `${kill} of ${options.kills}: ${wrong.length === 0 ? 'right' : wrong.join('; ')}`,
      );
    }
    return result;
  } finally {
    await simulator.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

interface ChildReceipt {
  batchId: string;
  outcome: string;
  files: { path: string; sha256?: string }[];
}

async function checkResult(
  simulator: KillSimulator,
  { batchId, outcome, files }: ChildReceipt,
  hashes: readonly string[],
  before: number,
): Promise<string[]> {
  const wrong: string[] = [];
  if (outcome !== 'success') wrong.push(`it ended as ${outcome}`);
  const stored = (await simulator.files(batchId)).map(({ sha256 }) => sha256).sort();
  if (stored.join() !== [...hashes].sort().join()) wrong.push('other bytes arrived');
  const hashesInReceipt = files.map(({ sha256 }) => sha256).sort();
  if (hashesInReceipt.join() !== [...hashes].sort().join())
    wrong.push('the receipt has other hashes');
  const log = (await simulator.log()).slice(before);
  const created = log.filter(
    ({ operation, status }) => operation === 'createBatch' && status === 201,
  );
  if (created.length !== 1) wrong.push(`${created.length} batches were created`);
  const completions = log.filter(
    ({ path, status }) => path.includes(`${batchId}?action=COMPLETE`) && status === 200,
  );
  // It may be repeated after a kill, but not more often.
  if (completions.length < 1 || completions.length > 2)
    wrong.push(`completed ${completions.length} times`);
  return wrong;
}

/** Kills as soon as the journal has this length: a point in the work, not in time. */
async function killWhenJournalHas(
  child: ChildProcess,
  journal: string,
  bytes: number,
): Promise<boolean> {
  child.stdout?.resume();
  const exited = once(child, 'exit');
  let hasExited = false;
  exited.then(() => {
    hasExited = true;
  });
  while (!hasExited) {
    const { size } = await stat(journal).catch(() => ({ size: 0 }));
    if (size > bytes) break;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const killed = child.kill('SIGKILL');
  await exited;
  return killed && child.signalCode === 'SIGKILL';
}

/**
 * Ingests to the end, as the processes do. Returns the journal's length up to its plan, before which nothing is
 * sent, and at the end.
 */
async function measureJournal(
  { partSizeBytes }: KillOptions,
  clientOptions: ClientOptions,
  sources: readonly string[],
  journal: string,
) {
  await using client = createBatchClient(clientOptions);
  const parts = { partSizeBytes, largeFileThresholdBytes: partSizeBytes };
  await client.ingest([...sources], { datasetId: 'd1', journal, pollIntervalMs: 10, ...parts });
  const text = await readFile(journal, 'utf8');
  return { planned: text.indexOf('"planned"'), done: text.length };
}

async function readReceipt(child: ChildProcess): Promise<ChildReceipt> {
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the ingest ended with ${code}: ${text}`);
  return JSON.parse(text);
}

async function makeFile(path: string, size: number): Promise<string> {
  const handle = await open(path, 'w');
  const line = (n: number) => `{"n":${n},"text":"${'x'.repeat(200)}"}\n`;
  let written = 0;
  for (let n = 0; written < size; ) {
    let chunk = '';
    while (chunk.length < 1024 * 1024 && written + chunk.length < size) chunk += line(n++);
    await handle.appendFile(chunk);
    written += chunk.length;
  }
  await handle.close();
  return path;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

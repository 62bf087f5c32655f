import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createRandom } from '../../src/shared/random.js';
import { type Simulator, startSimulator } from '../../src/testing/index.js';
import { MAIN } from '../support/command.js';
import { findFastFolder } from '../support/fast-folder.js';
import { isDeep, isFullLoad } from '../support/scale.js';

/** Batches have a tenth of all files. */
const FOLDERS = 400;
const { FILES: files = isFullLoad ? '100000' : '2000' } = process.env;
/** A multiple of the folders, of which each batch has a tenth. */
const FILES = Math.ceil(Number(files) / FOLDERS) * FOLDERS;
const KILLS = isFullLoad ? 20 : 4;
const FILE_BYTES = isFullLoad ? 1000 : 40;
const FAST = ['--poll-interval-ms', '10', '--quiet'];

let folder = '';
let seen = { requests: 0, uploads: 0 };
let simulator: Simulator;
beforeEach(async () => {
  seen = { requests: 0, uploads: 0 };
  folder = await mkdtemp(join(findFastFolder(), 'aep-batch-killed-load-'));
  simulator = await startSimulator({ maxLogEntries: 4 * FILES });
});
afterEach(async () => {
  await simulator.stop();
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

/** @returns the paths of the files, in their order, each with the sha256 of its bytes. */
async function makeFiles(root: string): Promise<string[]> {
  const made: string[] = [];
  for (let day = 0; day < FOLDERS; day++) {
    await mkdir(join(root, `day=${day}`), { recursive: true });
    for (let part = 0; part < FILES / FOLDERS; part++) {
      const path = `day=${day}/${part}.jsonl`;
      const text = `${`{"_id":"${day}-${part}","text":"`.padEnd(FILE_BYTES - 3, 'x')}"}\n`;
      made.push(`${path} ${createHash('sha256').update(text).digest('hex')}`);
      await writeFile(join(root, path), text);
    }
  }
  return made.sort();
}

const start = (args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [MAIN, ...args, ...FAST], {
    cwd: folder,
    env: { PATH: process.env['PATH'], HOME: folder, ...simulator.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });

/** How many uploads the simulator has seen; each request is looked at once. */
function countArrived(): number {
  const { log } = simulator;
  for (; seen.requests < log.length; seen.requests++) {
    if (log[seen.requests]?.operation === 'uploadFile') seen.uploads++;
  }
  return seen.uploads;
}

/** Kills the process once so many files have arrived. @returns its exit code, or null where it was killed. */
async function killAfter(child: ChildProcess, files: number): Promise<number | null> {
  child.stderr?.resume();
  const exited = once(child, 'exit');
  while (child.exitCode === null && child.signalCode === null && countArrived() < files)
    await delay(5);
  child.kill('SIGKILL');
  const [code] = (await exited) as [number | null];
  return code;
}

/** The batches that were completed, how many were created, and how many uploads came after a completion. */
function inspectLog() {
  const completed = new Set<string>();
  let created = 0;
  let late = 0;
  for (const { operation, path, status = 0 } of simulator.log) {
    if (operation === 'createBatch' && status === 201) created++;
    const id = /batches\/([^?/]+)/.exec(path)?.[1] ?? '';
    if (path.includes('?action=COMPLETE') && status === 200) completed.add(id);
    else if (operation === 'uploadFile' && completed.has(id)) late++;
  }
  return { completed, created, late };
}

test(`a load of ${FILES} files in 10 batches that is killed ${KILLS} times loads every file once`, async () => {
  const made = await makeFiles(join(folder, 'data'));
  const random = createRandom(5);
  const points = Array.from({ length: KILLS }, () => random() * FILES).sort((a, b) => a - b);
  const ingest = ['ingest', 'data', '--dataset', 'd1', '--check-rows', 'none', '--journal', 'load'];
  const limit = ['--max-files-per-batch', `${FILES / 10}`];
  let killed = 0;
  let args = [...ingest, ...limit];
  for (const point of points) {
    const code = await killAfter(start(args), point);
    if (code === null) killed++;
    args = ['resume', 'load'];
  }
  expect(killed).toBeGreaterThan(KILLS / 2);
  const last = start(args);
  last.stderr?.resume();
  const [code] = (await once(last, 'exit')) as [number | null];
  expect(code).toBe(0);

  const { completed, created, late } = inspectLog();
  const loaded = [...completed].filter((id) => simulator.status(id) === 'success');
  expect([created, completed.size, loaded.length, late]).toEqual([10, 10, 10, 0]);
  const arrived: string[] = [];
  for (const id of loaded) {
    for (const file of simulator.files(id)) arrived.push(`${file.path} ${await file.sha256()}`);
  }
  // Not `toEqual()`: where they differ, its message would take minutes.
  expect(arrived.sort().join() === made.join()).toBe(true);
}, 1_700_000);

// The same with packed files, each of about 20 of the others; only the deep run has the time for it.
if (isDeep) {
  test(`a load of ${FILES} packed files that is killed ${KILLS} times loads every byte once`, async () => {
    await makeFiles(join(folder, 'data'));
    const random = createRandom(6);
    const pack = ['--pack', '--pack-bytes', `${FILE_BYTES * 30}`, '--max-files-per-batch', '20'];
    const ingest = [
      'ingest',
      'data',
      '--dataset',
      'd1',
      '--check-rows',
      'none',
      '--journal',
      'load',
    ];
    let args = [...ingest, ...pack];
    let killed = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      const code = await killAfter(start(args), countArrived() + 1 + random() * 12);
      if (code === null) killed++;
      else break;
      // Before the plan is written, nothing can be resumed.
      if (countArrived() > 0) args = ['resume', 'load'];
    }
    expect(killed).toBeGreaterThan(KILLS / 4);
    const last = start(args);
    last.stderr?.resume();
    const [code] = (await once(last, 'exit')) as [number | null];
    const { log } = simulator;
    const completed = new Set(
      log
        .filter(({ path, status }) => path.includes('?action=COMPLETE') && status === 200)
        .map(({ path }) => /batches\/([^?/]+)/.exec(path)?.[1] ?? ''),
    );
    const files = [...completed].flatMap((id) => simulator.files(id));
    const bytes = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const names = new Set(files.map(({ path }) => path));
    // Where it ended before the last kill, there is nothing left to be resumed.
    if (killed === KILLS) expect(code).toBe(0);
    expect([bytes, names.size]).toEqual([FILES * FILE_BYTES, files.length]);
    for (const id of completed) expect(simulator.status(id)).toBe('success');
  }, 1_700_000);
}

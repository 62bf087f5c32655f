import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, expect, test } from '@jest/globals';
import { expectJson, expectLog, useDesk } from '../support/command.js';

const desk = useDesk();
const LIMIT = ['--max-files-per-batch', '2'];
const WIDER = ['--max-files-per-batch', '3'];
const FAST = ['--poll-interval-ms', '10', '--check-rows', 'none', '--quiet'];
const INGEST = ['ingest', 'data', '--dataset', 'd1', ...LIMIT, ...FAST];

beforeEach(async () => {
  for (const day of [1, 2, 3]) {
    await mkdir(join(desk.folder, `data/day=${day}`), { recursive: true });
    for (const part of [1, 2])
      await desk.file(`data/day=${day}/${part}.jsonl`, `{"_id":"${day}-${part}"}\n`);
  }
});

const PATHS = [1, 2, 3].flatMap((day) => [1, 2].map((part) => `day=${day}/${part}.jsonl`));

interface Shown {
  batches: { number: number; batchId: string; outcome: string; files: { path: string }[] }[];
  files: { path: string }[];
  [name: string]: unknown;
}

test('ingest loads more files than a batch may hold as several batches, and prints one receipt', async () => {
  const ended = await desk.run([...INGEST, '--json']);
  const json = expectJson(ended, 'ingest') as Shown;
  expect(ended.code).toBe(0);
  const { batches, files, ...receipt } = json;
  expect(receipt).toMatchObject({
    outcome: 'success',
    status: 'success',
    batchId: batches[0]?.batchId,
    fileCount: 6,
    notBegun: 0,
    records: { input: 6, output: 6, failed: 0 },
  });
  expect(batches.map(({ number }) => number)).toEqual([1, 2, 3]);
  for (const { batchId, files: own } of batches) {
    const stored = desk.simulator.files(batchId).map(({ path }) => path);
    expect(own.map(({ path }) => path).sort()).toEqual(stored.sort());
  }
  expect(files.map(({ path }) => path).sort()).toEqual(PATHS);
  expect(batches.flatMap((batch) => batch.files)).toEqual(files);
});

test('the receipt of a load as text lists its batches', async () => {
  const { stdout } = await desk.run(INGEST.filter((flag) => flag !== '--quiet'));
  expect(stdout).toMatch(/^Load aep-batch-\S+: success\n {2}1 +\S+ +success +2 files/);
  expect(stdout).toContain('uploaded: 6 files, 84 bytes, in 3 of 3 batches');
});

test('one line of progress counts the batches and files of the whole load', async () => {
  const { stderr } = await desk.run(INGEST.filter((flag) => flag !== '--quiet'));
  expect(stderr).toMatch(/Uploading: 2 of 6 files, .* of 84 bytes.*, 1 of 3 batches done\n/);
});

test('the log of a load says on each line how many of its batches are done', async () => {
  const args = INGEST.filter((flag) => flag !== '--quiet');
  const { stderr } = await desk.run([...args, '--log-format', 'json']);
  const progress = expectLog(stderr).flatMap((line) => line.progress ?? []);
  expect(progress).toContainEqual(
    expect.objectContaining({ phase: 'upload', batchesDone: 1, batchesTotal: 3 }),
  );
});

test('a load that broke off keeps its journal, and resume --latest loads the rest', async () => {
  desk.simulator.faults.set({ when: { operation: 'uploadFile', nth: 3 }, then: { status: 403 } });
  const failed = await desk.run([...INGEST, '--json']);
  expect(failed.code).toBe(7);
  const { error } = expectJson(failed, 'error') as { error: { name: string; journal: string } };
  expect(error.name).toBe('LoadError');
  expect(failed.stderr).toContain(`To resume: aep-batch resume ${error.journal}`);
  desk.simulator.faults.set();
  const listed = await desk.run(['resume', '--json']);
  expect(expectJson(listed, 'resumable')).toMatchObject({
    resumable: [{ journal: error.journal, batches: 3, loadedBatches: 1, files: 6 }],
  });
  const ended = await desk.run(['resume', '--latest', '--json', '--poll-interval-ms', '10']);
  const { batches, files } = expectJson(ended, 'resume') as Shown;
  expect([ended.code, batches.length]).toEqual([0, 3]);
  expect(files.map(({ path }) => path).sort()).toEqual(PATHS);
  const state = join(desk.folder, 'state/aep-batch');
  expect(await readdir(state)).toEqual(['runs']);
  const { runs } = expectJson(await desk.run(['runs', '--json']), 'runs') as {
    runs: { batches?: unknown[] }[];
  };
  expect(runs[0]?.batches).toEqual(batches.map(({ batchId, outcome }) => ({ batchId, outcome })));
});

test('the exit code of a load is that of its worst batch, and the message says how to load the rest', async () => {
  desk.simulator.outcomes['night-2'] = { states: ['failed'] };
  const args = [...INGEST, '--external-id', 'night', '--journal', 'night.journal'];
  const ended = await desk.run(args);
  expect(ended.code).toBe(4);
  expect(ended.stdout).toContain('in 2 of 3 batches');
  expect(ended.stdout).toContain('To load the rest: aep-batch resume night.journal');
  const resumed = await desk.run(['resume', 'night.journal', '--poll-interval-ms', '10']);
  expect(resumed.code).toBe(0);
});

test('the receipt as JSON has the id and status of the first batch with the outcome of the load', async () => {
  desk.simulator.outcomes['day-2'] = { states: ['failed'] };
  const args = ['--external-id', 'day', '--batch-concurrency', '3', '--journal', 'day.journal'];
  const json = expectJson(await desk.run([...INGEST, ...args, '--json']), 'ingest') as Shown;
  const failed = json.batches.find(({ outcome }) => outcome === 'failed');
  expect(json).toMatchObject({
    outcome: 'failed',
    status: 'failed',
    batchId: failed?.batchId,
    notBegun: 0,
    next: 'aep-batch resume day.journal',
  });
});

const PARTLY = ['--partial-ingestion-percent', '100', '--error-diagnostics', '--json'];

test('errors finds the lines of rejected rows in the files of each batch of a load that has ended', async () => {
  for (const day of [1, 3]) await desk.file(`data/day=${day}/2.jsonl`, '{"_id":"good"}\nbad\n');
  const json = expectJson(await desk.run([...INGEST, ...PARTLY]), 'ingest') as Shown;
  const partly = json.batches.filter(({ outcome }) => outcome === 'success-with-rejects');
  expect(json['next']).toBe(`aep-batch errors ${partly[0]?.batchId}`);
  expect(await readdir(join(desk.folder, 'state/aep-batch'))).toEqual(['runs']);
  for (const { number, batchId } of partly) {
    const found = expectJson(await desk.run(['errors', batchId, '--json']), 'errors');
    expect(found['errors']).toMatchObject([{ file: `day=${number}/2.jsonl`, line: 2 }]);
  }
  expect(partly.map(({ number }) => number)).toEqual([1, 3]);
  const { stdout } = await desk.run(['runs', '--json']);
  expect(stdout).not.toContain('day=1/2.jsonl');
});

test('errors finds the lines of a batch of a load that broke off in its journal, wherever that is', async () => {
  await desk.file('data/day=1/2.jsonl', '{"_id":"good"}\nbad\n');
  desk.simulator.faults.set({ when: { operation: 'uploadFile', nth: 3 }, then: { status: 403 } });
  const failed = await desk.run([...INGEST, ...PARTLY, '--journal', 'night.journal']);
  expect(failed.code).toBe(7);
  desk.simulator.faults.set();
  const listed = expectJson(await desk.run(['list', '--json']), 'list') as {
    batches: { id: string; status: string }[];
  };
  const id = listed.batches.find(({ status }) => status === 'success')?.id ?? '';
  const found = expectJson(await desk.run(['errors', id, '--json']), 'errors');
  expect(found['errors']).toMatchObject([{ file: 'day=1/2.jsonl', line: 2 }]);
});

test('of a load whose files are loaded already the receipt says that they were not sent', async () => {
  const args = [...INGEST.filter((flag) => flag !== '--quiet'), '--skip-loaded'];
  await desk.run(args);
  await desk.file('data/day=3/3.jsonl', '{"_id":"3-3"}\n');
  const { stdout } = await desk.run([...args.filter((one) => !LIMIT.includes(one)), ...WIDER]);
  expect(stdout).toMatch(/uploaded: 3 files, .* in 1 of 3 batches/);
  expect(stdout).toMatch(/not sent: 4 files, 56 bytes, loaded before/);
});

test('a file of the user in the folder of the batches stays, and the folder then serves no other load', async () => {
  const journal = ['--journal', 'night.journal'];
  await desk.run([...INGEST, ...journal]);
  await desk.file('night.journal.batches/notes', 'mine');
  const load = await desk.run([...INGEST, ...journal]);
  expect([load.code, load.stderr]).toEqual([2, expect.stringContaining('with other files in it')]);
  const one = ['ingest', 'data/day=1', '--dataset', 'd1', ...FAST, '--journal', 'night.journal'];
  expect((await desk.run(one)).code).toBe(0);
  expect(await readdir(join(desk.folder, 'night.journal.batches'))).toEqual(['notes']);
});

test('a journal that is named stays, for one batch after a load and for a load after one batch', async () => {
  const journal = ['--journal', 'night.journal'];
  expect((await desk.run([...INGEST, ...journal])).code).toBe(0);
  expect(await readdir(join(desk.folder, 'night.journal.batches'))).toHaveLength(3);
  const one = ['ingest', 'data/day=1', '--dataset', 'd1', ...FAST, ...journal];
  expect((await desk.run(one)).code).toBe(0);
  expect(await readdir(desk.folder)).not.toContain('night.journal.batches');
  expect((await desk.run([...INGEST, ...journal])).code).toBe(0);
});

test('a dry run prints the batches, the files and the hours at the rate of the platform', async () => {
  await writeFile(join(desk.folder, 'data/day=3/1.jsonl'), `{"a":"${'x'.repeat(2000)}"}\n`);
  const args = [...INGEST, '--dry-run'];
  const json = expectJson(await desk.run([...args, '--json']), 'dryRun');
  expect(json).toMatchObject({
    plan: { batchCount: 3, fileCount: 6, sizeBytes: 2079, hours: 2079 / 20e9 },
    batches: [1, 2, 3].map((number) => ({ number, fileCount: 2 })),
  });
  const { stdout } = await desk.run(args);
  expect(stdout).toContain('3 batches {');
  expect(stdout).toMatch(/6 files, 2\.1 kB: about a few minutes at the platform's 20 GB an hour/);
  expect(stdout).toMatch(/ {2}batch 3 +2 files +\S+ kB +day=3\/1\.jsonl +… +day=3\/2\.jsonl/);
  expect(desk.simulator.log).toEqual([]);
});

test('files of one batch go the way of one batch, whatever the limits', async () => {
  const args = ['ingest', 'data', '--dataset', 'd1', ...FAST, '--json'];
  const json = expectJson(await desk.run(args), 'ingest');
  expect(json).not.toHaveProperty('batches');
  expect(json['files']).toHaveLength(6);
});

test.each([{ more: [] }, { more: ['--dry-run'] }])(
  '--replace is refused for several batches, and nothing is sent: %o',
  async ({ more }) => {
    const ended = await desk.run([...INGEST, '--replace', 'b1', ...more]);
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('Invalid replace')]);
    expect(desk.simulator.log).toEqual([]);
  },
);

test('the options of a load are completed, and described in the help', async () => {
  const { stdout: script } = await desk.run(['completion', 'bash']);
  const { stdout: help } = await desk.run(['ingest', '--help']);
  for (const flag of ['--max-files-per-batch', '--max-bytes-per-batch', '--batch-concurrency']) {
    expect(script).toContain(flag);
    expect(help).toContain(flag);
  }
});

test('the commands of the guide on large loads work', async () => {
  await rename(join(desk.folder, 'data'), join(desk.folder, 'exports'));
  const guide = await readFile(new URL('../../docs/loads.md', import.meta.url), 'utf8');
  const commands = [...guide.matchAll(/^aep-batch (.+)$/gm)].map(([, line = '']) =>
    line.split(' '),
  );
  expect(commands).toHaveLength(4);
  for (const args of commands) expect((await desk.run([...args, ...FAST])).code).toBe(0);
  expect(desk.simulator.log.filter(({ path }) => path.includes('COMPLETE'))).toHaveLength(5);
});

test('compressed files are planned as ≈, and a batch that they would make too large is closed', async () => {
  for (const name of ['a', 'b', 'c']) {
    const rows = `{"_id":"${name}","text":"${'x'.repeat(1000)}"}\n`;
    await writeFile(join(desk.folder, 'data', `${name}.jsonl.gz`), gzipSync(rows));
  }
  const args = ['ingest', 'data', '--include', '*.gz', '--dataset', 'd1', ...FAST];
  const limit = ['--max-bytes-per-batch', '2500'];
  const planned = await desk.run([...args, ...limit, '--dry-run']);
  expect(planned.stdout).toMatch(/ {2}3 files, ≈ \d+ bytes: about/);
  const ended = expectJson(await desk.run([...args, ...limit, '--json']), 'ingest') as Shown;
  expect(ended.batches.map(({ files }) => files.map(({ path }) => path))).toEqual([
    ['a.jsonl', 'b.jsonl'],
    ['c.jsonl'],
  ]);
  expect(ended).toMatchObject({ outcome: 'success', sizeBytes: 3 * 1022 });
});

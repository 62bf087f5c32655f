import { readdirSync, statSync } from 'node:fs';
import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, jest, test } from '@jest/globals';
import { RunHistory, readRuns } from '../../src/cli/run-history.js';
import { createLock } from '../../src/ingest/lock.js';
import { expectJson, useDesk } from '../support/command.js';
import { changeSteps } from '../support/journal.js';

jest.setTimeout(20_000); // a machine that may be busy
const desk = useDesk();
const INGEST = ['ingest', 'rows.jsonl', '--dataset', 'd', '--json', '--poll-interval-ms', '1'];
beforeEach(() => desk.file('rows.jsonl', '{"a":1}\n'));
const ingest = (...args: string[]) => desk.run([...INGEST, ...args]);
const runs = async () =>
  expectJson(await desk.run(['runs', '--json']), 'runs')['runs'] as Record<string, unknown>[];
const resumable = async () => {
  const ended = await desk.run(['resume', '--json']);
  return expectJson(ended, 'resumable')['resumable'] as Record<string, string>[];
};
const runsFolder = () => join(desk.folder, 'state', 'aep-batch', 'runs');

/** An ingest that breaks off during its upload, and whose journal stays. */
async function interrupted(...args: string[]) {
  const then = { status: 403, body: { error_code: '403025' } };
  desk.simulator.faults.set({ when: { operation: 'uploadFile' }, then });
  const { error } = (await ingest(...args)).json() as { error: Record<string, string> };
  desk.simulator.faults.set();
  return error;
}

test('runs lists what was loaded, after the journal is gone', async () => {
  const { batchId } = (await ingest()).json();
  const [run, ...more] = await runs();

  expect(more).toEqual([]);
  expect(run).toMatchObject({ command: 'ingest', state: 'ended', outcome: 'success', batchId });
  expect(run).toMatchObject({ datasetId: 'd', sandbox: 'dev', sources: ['rows.jsonl'] });
  expect((await desk.run(['runs'])).stdout).toMatch(/^20\S+ +success +\w+ +d +dev +rows\.jsonl$/m);
});

test('runs lists what is open until it is resumed, with and without a journal of its own', async () => {
  const first = await interrupted();
  const second = await interrupted('--journal', 'mine');
  const open = await runs();

  expect(open.map(({ state, outcome }) => [state, outcome])).toEqual([
    ['open', null],
    ['open', null],
  ]);
  expect(open.map(({ batchId }) => batchId)).toEqual([second['batchId'], first['batchId']]);
  expect((await desk.run(['runs'])).stdout).toContain('aep-batch resume\n');
  await desk.run(['resume', 'mine', '--poll-interval-ms', '1']);
  expect((await runs()).map(({ state }) => state)).toEqual(['ended', 'ended', 'open']);
});

test('a journal of a process that cannot be checked is used only with --take-over', async () => {
  await interrupted('--journal', 'mine');
  const elsewhere = { type: 'claim', ...(await createLock()), pidNamespace: 'pid:[1]' };
  const commands = [
    ['resume', 'mine', '--json', '--poll-interval-ms', '1'],
    [...INGEST, '--journal', 'mine'],
  ];
  for (const command of commands) {
    await changeSteps(join(desk.folder, 'mine'), (steps) => [...steps, elsewhere]);
    const refused = await desk.run(command);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--take-over')]);
    const taken = await desk.run([...command, '--take-over']);
    expect(taken.json()).toMatchObject({ outcome: 'success' });
  }
});

test('a run that failed with a batch records its files, in which errors finds lines', async () => {
  await interrupted('--on-failure', 'leave');
  const [run] = await readRuns(runsFolder());

  expect(run).toMatchObject({ outcome: null, error: 'IngestError' });
  expect(run?.files).toMatchObject([
    { path: 'rows.jsonl', localPath: join(desk.folder, 'rows.jsonl') },
  ]);
});

test('an ingest that sent nothing is not recorded', async () => {
  await ingest('--sandbox', 'Dev');
  await desk.run(['ingest', 'nothing', '--dataset', 'd']);
  expect(await runs()).toEqual([]);
  expect((await desk.run(['runs'])).stdout).toContain('No runs are recorded');
});

/** A run that has just started. */
const record = {
  command: 'ingest',
  origin: 'o',
  orgId: 'o',
  sandbox: 's',
  journal: 'j',
} as const;

test('records are readable by the user alone, hold no secret, and 100 of them are kept', async () => {
  const folder = runsFolder();
  await mkdir(join(desk.folder, 'state'));
  // Several at a time, as several processes would.
  await Promise.all(Array.from({ length: 104 }, () => RunHistory.start(folder, record)));
  await ingest();
  const names = await readdir(folder);

  expect(names).toHaveLength(100);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const name of names) expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
  const newest = await readFile(join(folder, names.sort().at(-1) ?? ''), 'utf8');
  expect(newest).toContain('"outcome":"success"');
  expect(newest).not.toMatch(/simulator-client-secret|bearer|eyJ/i);
});

test('a record that is damaged, foreign or no record is left out', async () => {
  await ingest();
  const names = ['1', '2', '3'].map((digit) => `20260101T000000000Z-0000000${digit}.json`);
  await writeFile(join(runsFolder(), names[0] ?? ''), '{"command":"ing');
  await writeFile(join(runsFolder(), names[1] ?? ''), '{"command":"ingest","journal":5}');
  await symlink('/dev/zero', join(runsFolder(), names[2] ?? ''));

  expect(await readRuns(runsFolder())).toHaveLength(1);
  expect(await runs()).toHaveLength(1);
});

test('a state folder that cannot be written fails no ingest', async () => {
  await writeFile(join(desk.folder, 'state'), 'a file');
  expect((await ingest('--journal', 'j')).code).toBe(0);
  expect(await runs()).toEqual([]);
});

test('resume without a journal lists what can be resumed, and needs no configuration', async () => {
  expect((await desk.run(['resume'])).stdout).toContain('No ingest can be resumed');
  const { batchId, journal } = await interrupted();
  await ingest();
  const [one, ...more] = await resumable();

  expect(more).toEqual([]);
  expect(one).toMatchObject({ journal, batchId, datasetId: 'd', files: 1, uploadedFiles: 0 });
  const bare = { AEP_ORG_ID: undefined, AEP_SANDBOX: undefined, AEP_CLIENT_SECRET: undefined };
  const { stdout, stderr } = await desk.run(['resume'], { env: bare });
  expect(stderr).toBe('');
  expect(stdout).toContain('0 of 1 file');
  expect(stdout).toContain(`To resume the latest: aep-batch resume ${journal}`);
});

test('resume --latest takes the newest of its sandbox', async () => {
  await interrupted();
  const newest = await interrupted();
  await interrupted('--sandbox', 'other');
  const latest = ['resume', '--latest', '--json', '--poll-interval-ms', '1'];
  const ended = await desk.run(latest);

  expect(expectJson(ended, 'resume')).toMatchObject({ batchId: newest['batchId'] });
  expect(await resumable()).toHaveLength(2);
  await desk.run(latest);
  const none = await desk.run(latest);
  expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('1 ingest of other sand')]);
  expect((await desk.run(['resume', 'j', '--latest'])).code).toBe(2);
});

test('a journal that is in use, damaged or of another kind is not offered', async () => {
  const folder = join(desk.folder, 'state', 'aep-batch');
  await interrupted();
  await writeFile(join(folder, 'aep-batch-x.journal'), 'some text\n');
  await writeFile(join(folder, 'other.txt'), 'some text\n');
  expect(await resumable()).toHaveLength(1);
  expect(readdirSync(folder)).toHaveLength(4);

  desk.simulator.faults.set({ when: { operation: 'uploadFile' }, then: 'hang' });
  const before = desk.simulator.log.length;
  const running = desk.start(INGEST);
  const isSent = () =>
    desk.simulator.log.slice(before).some(({ operation }) => operation === 'uploadFile');
  while (!isSent()) await new Promise((resolve) => setTimeout(resolve, 10));
  expect((await runs()).map(({ state }) => state)).toEqual(['running', 'open']);
  expect(await resumable()).toHaveLength(1);
  running.child.kill('SIGKILL');
  await running.ended;
  expect((await runs()).map(({ state }) => state)).toEqual(['open', 'open']);
});

test('a run whose journal is not there yet is running, and one whose process is gone was killed', async () => {
  await RunHistory.start(runsFolder(), record);
  expect(await runs()).toMatchObject([{ state: 'running' }]);
  expect((await runs())[0]).not.toHaveProperty('process');

  const [name = ''] = await readdir(runsFolder());
  const path = join(runsFolder(), name);
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace(/"pid":\d+/, '"pid":4194303'));
  expect(await runs()).toMatchObject([{ state: 'killed' }]);
});

test('a stalled batch can be resumed from the journal of its ingest, a failed one cannot', async () => {
  desk.simulator.outcomes['d'] = { states: ['stalled', 'success'] };
  const { batchId } = (await ingest()).json();
  expect(await resumable()).toMatchObject([{ batchId, completed: true }]);
  const ended = await desk.run(['resume', '--latest', '--json', '--poll-interval-ms', '1']);
  expect(expectJson(ended, 'resume')).toMatchObject({ batchId, outcome: 'success' });

  desk.simulator.outcomes['d'] = { states: ['failed'] };
  await ingest();
  expect(await resumable()).toEqual([]);
});

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { expectJson, useDesk } from '../support/command.js';

jest.setTimeout(20_000); // a machine that may be busy
const desk = useDesk();

const ingest = (...flags: string[]) =>
  desk.run([
    'ingest',
    'rows',
    '--dataset',
    'd1',
    '--skip-loaded',
    '--poll-interval-ms',
    '1',
    ...flags,
  ]);
async function write(...names: string[]) {
  await mkdir(join(desk.folder, 'rows'), { recursive: true });
  for (const name of names) await desk.file(join('rows', name), `{"name":"${name}"}\n`);
}
const sent = () =>
  desk.simulator.log.map(({ operation }) => operation).filter((one) => one === 'createBatch')
    .length;

test('the same command twice sends nothing the second time: exit 0, outcome skipped, and the batch', async () => {
  await write('a.jsonl', 'b.jsonl');
  const first = await ingest('--json');
  const before = desk.simulator.log.length;
  const second = await ingest('--json');
  const third = await ingest();

  const { batchId, externalId } = expectJson(first, 'ingest');
  expect(expectJson(second, 'ingest')).toMatchObject({ batchId, externalId, outcome: 'skipped' });
  expect([first.code, second.code, third.code]).toEqual([0, 0, 0]);
  const writing = desk.simulator.log.slice(before).filter(({ method }) => method !== 'GET');
  expect(writing.map(({ operation }) => operation)).toEqual(['getToken', 'getToken']);
  expect(third.stdout).toBe(
    [
      `Batch ${batchId}: skipped (success)`,
      '  2 rows: 2 loaded, 0 rejected',
      '  These files were loaded before, as this batch: nothing was sent.',
      '  not sent: 2 files, 38 bytes\n',
    ].join('\n'),
  );
  expect(first.stderr).toContain('note: The contents are read twice: now 2 files');
});

test('another machine, without the state of the first, sends nothing either', async () => {
  await write('a.jsonl');
  const { batchId } = expectJson(await ingest('--json'), 'ingest');
  const env = { XDG_STATE_HOME: join(desk.folder, 'elsewhere') };
  const args = ['ingest', 'rows', '--dataset', 'd1', '--skip-loaded', '--json'];

  const second = expectJson(await desk.run(args, { env }), 'ingest');
  expect([second['outcome'], second['batchId']]).toEqual(['skipped', batchId]);
});

test('--force loads the files again, under the next number', async () => {
  await write('a.jsonl');
  const first = expectJson(await ingest('--json'), 'ingest');
  const second = expectJson(await ingest('--json', '--force'), 'ingest');

  expect(second['outcome']).toBe('success');
  expect(second['externalId']).toBe(String(first['externalId']).replace(/-1$/, '-2'));
});

test('a skipped batch that is inactive, or has rejected rows, is described with what to do', async () => {
  await write('a.jsonl');
  desk.simulator.outcomes['d1'] = { states: ['inactive'] };
  await ingest();
  const inactive = await ingest();
  await write('b.jsonl');
  await desk.file('rows/b.jsonl', '{"n":1}\nno JSON\n');
  desk.simulator.outcomes['d1'] = {};
  const partial = ['--partial-ingestion-percent', '50'];
  await ingest(...partial);
  const rejects = await ingest(...partial);

  expect([inactive.code, rejects.code]).toEqual([0, 0]);
  expect(inactive.stdout).toContain('It was loaded, and then taken back');
  expect(inactive.stdout).toContain('load the files again with --skip-loaded --force');
  expect(rejects.stdout).toContain('2 loaded, 1 rejected');
  expect(rejects.stdout).toMatch(/To see the rejected rows: aep-batch errors \w+/);
});

test('files that another ingest is loading are refused: exit 1, the id, and how to go on', async () => {
  await write('a.jsonl');
  desk.simulator.faults.set({ when: { operation: 'uploadFile' }, then: { status: 403 } });
  const broken = await ingest('--json');
  desk.simulator.faults.set();
  const { batchId, journal } = expectJson(broken, 'error')['error'] as Record<string, string>;
  const json = await ingest('--json');
  const text = await ingest();
  const elsewhere = await desk.run(['ingest', 'rows', '--dataset', 'd1', '--skip-loaded'], {
    env: { XDG_STATE_HOME: join(desk.folder, 'elsewhere') },
  });

  expect([json.code, text.code, elsewhere.code]).toEqual([1, 1, 1]);
  expect(expectJson(json, 'error')['error']).toMatchObject({
    name: 'AlreadyLoadingError',
    batchId,
  });
  expect(text.stderr).toContain(
    `It broke off on this machine. To resume it: aep-batch resume ${journal}`,
  );
  expect(elsewhere.stderr).toContain(`\`aep-batch abort ${batchId}\``);
  expect(elsewhere.stderr).not.toContain('on this machine');
  expect(sent()).toBe(1);

  const resumed = await desk.run(['resume', String(journal), '--poll-interval-ms', '1', '--json']);
  expect([resumed.code, expectJson(await ingest('--json'), 'ingest')['outcome']]).toEqual([
    0,
    'skipped',
  ]);
  const runs = await desk.run(['runs', '--json']);
  expect(JSON.stringify(runs.json())).not.toContain('AlreadyLoadingError');
});

test('a batch that has not ended in time ends like a wait for it: exit 6 or 5, and nothing is sent', async () => {
  await write('a.jsonl');
  desk.simulator.outcomes['d1'] = { states: ['staging'] };
  await ingest('--no-wait');
  const late = await ingest('--wait-timeout-ms', '20', '--json');
  const journals = await desk.run(['resume', '--json']);
  desk.simulator.outcomes['d1'] = { states: ['stalled'] };
  await write('b.jsonl');
  await ingest('--no-wait');
  const stalled = await ingest('--json');

  expect([late.code, late.json()['outcome']]).toEqual([6, 'timed-out']);
  expect([stalled.code, stalled.json()['outcome']]).toEqual([5, 'stalled']);
  expect(sent()).toBe(2);
  expect(journals.json()['resumable']).toHaveLength(1);
});

test.each([
  [['--force'], '--force goes with --skip-loaded alone'],
  [
    ['--skip-loaded', '--external-id', 'mine'],
    '--skip-loaded and --external-id cannot be combined',
  ],
])('%j is refused with exit 2, and nothing is sent', async (flags, message) => {
  await write('a.jsonl');
  for (const more of [[], ['--dry-run']]) {
    const ended = await desk.run(['ingest', 'rows', '--dataset', 'd1', ...flags, ...more]);
    expect([ended.code, desk.simulator.log]).toEqual([2, []]);
    expect(ended.stderr).toContain(message);
  }
});

test('standard input cannot be looked for: exit 2, and nothing is read', async () => {
  for (const more of [[], ['--dry-run']]) {
    const message = more.length === 0 ? 'cannot be combined' : 'expected files beside skipLoaded';
    const args = ['ingest', '-', '--dataset', 'd1', '--skip-loaded', ...more];
    const ended = await desk.run(args, { input: '{"n":1}\n' });
    expect([ended.code, desk.simulator.log]).toEqual([2, []]);
    expect(ended.stderr).toContain(message);
  }
});

test('a dry run reads the contents, and shows the external id and the lookup', async () => {
  await write('a.jsonl');
  const dry = (await ingest('--dry-run', '--json')).json();
  const { externalId } = dry['request'] as { externalId: string };
  const text = await ingest('--dry-run');
  const loaded = expectJson(await ingest('--json'), 'ingest');

  expect(loaded['externalId']).toBe(externalId);
  expect(text.stdout).toContain(`/data/foundation/catalog/batches?externalId=${externalId}"`);
  expect(desk.simulator.log.some(({ operation }) => operation === 'createBatch')).toBe(true);
});

test('two commands at the same time load once, whatever the platform does with a second batch', async () => {
  for (const duplicateStatus of [422, 201] as const) {
    Object.assign(desk.simulator.quirks, { duplicateStatus, catalogLagReads: 2 });
    await write(`${duplicateStatus}.jsonl`);
    const args = ['ingest', 'rows', '--dataset', 'd1', '--skip-loaded', '--check-rows', 'none'];
    const both = [1, 2].map(() => desk.start([...args, '--poll-interval-ms', '1', '--json']));
    const ended = await Promise.all(both.map((one) => one.ended));

    const outcomes = ended.map((one) => one.json()['outcome']);
    expect(outcomes.filter((outcome) => outcome === 'success')).toHaveLength(1);
    expect(ended.map(({ code }) => code).filter((code) => code !== 0 && code !== 1)).toEqual([]);
    Object.assign(desk.simulator.quirks, { duplicateStatus: 422, catalogLagReads: 0 });
    const batches = (await desk.run(['list', '--dataset', 'd1', '--json'])).json()['batches'];
    const loaded = (batches as { status: string }[]).filter(({ status }) => status === 'success');
    expect(loaded).toHaveLength(duplicateStatus === 422 ? 1 : 2);
  }
});

test('a load of several batches sends what is new: nothing the second time, one batch for one more file', async () => {
  await write('a.jsonl', 'b.jsonl', 'c.jsonl');
  const load = (...flags: string[]) => ingest('--max-files-per-batch', '2', ...flags);
  const first = await load();
  const before = desk.simulator.log.length;
  const second = await load('--json');
  const writing = desk.simulator.log.slice(before).filter(({ method }) => method !== 'GET');
  await write('d.jsonl');
  const third = await load('--json');

  expect([first.code, second.code, third.code]).toEqual([0, 0, 0]);
  expect(second.json()['outcome']).toBe('skipped');
  expect(writing.map(({ operation }) => operation)).toEqual(['getToken']);
  const { batches } = third.json() as { batches: { outcome: string }[] };
  expect(batches.map(({ outcome }) => outcome).sort()).toEqual(['skipped', 'success']);
  expect(sent()).toBe(3);
});

test('a load that another ingest refuses in a batch ends with exit 1 and the id of its batch', async () => {
  await write('a.jsonl', 'b.jsonl', 'c.jsonl');
  const load = (...flags: string[]) => ingest('--max-files-per-batch', '2', '--json', ...flags);
  desk.simulator.faults.set({ when: { operation: 'uploadFile' }, then: { status: 403 } });
  const broken = await load();
  desk.simulator.faults.set();
  const { batchId, journal } = broken.json()['error'] as Record<string, string>;
  const refused = await load();

  expect([refused.code, refused.json()['error']]).toEqual([
    1,
    expect.objectContaining({ name: 'LoadError', batchId }),
  ]);
  expect(refused.stderr).toContain(`To resume it: aep-batch resume ${journal}`);
  expect(sent()).toBe(1);
});

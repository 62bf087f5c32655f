import { chmod, mkdir, readdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { LOYALTY_DATASET_ID, loyaltyMembers } from '../../src/testing/index.js';
import { useDesk } from '../support/command.js';

jest.setTimeout(30_000); // a machine that may be busy

const [loyalty] = loyaltyMembers.schemas;
const HTML = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<html>Sign in</html>',
};
const desk = useDesk({
  ...loyaltyMembers,
  datasets: {
    ...loyaltyMembers.datasets,
    odd: {
      schemaRef: {
        id: loyalty.$id,
        contentType: 'application/vnd.adobe.xed-full-notext+json; version=1',
      },
    },
    plain: { schemaRef: { id: loyalty.$id, contentType: 'text/plain' } },
    newer: {
      schemaRef: { id: loyalty.$id, contentType: 'application/vnd.adobe.xed+json;version=2' },
    },
    container: { schemaRef: { id: loyalty.$id.replace('/acme/', '/xdm/') } },
    elsewhere: { schemaRef: { id: 'urn:other' } },
    away: { sandbox: 'prod' },
    none: {},
  },
  acceptsAnyDataset: false,
});
const ROWS = '{"_id":"a","_acme":{"loyalty":{"loyaltyPoints":"many"}}}\n';
const run = async (...args: string[]) => {
  await desk.file('rows.jsonl', ROWS);
  const { code, stderr } = await desk.run(args);
  return { code, stderr };
};
const check = (dataset = LOYALTY_DATASET_ID) => run('check', 'rows.jsonl', '--dataset', dataset);
const ingest = (dataset = LOYALTY_DATASET_ID, rows = 'sample') =>
  run(
    ...['ingest', 'rows.jsonl', '--dataset', dataset, '--check-rows', rows],
    ...['--partial-ingestion-percent', '100', '--poll-interval-ms', '1'],
  );
const created = () =>
  desk.simulator.log.filter(({ operation }) => operation === 'createBatch').length;

test.each([
  ['a 404', { status: 404 }, 2],
  ['a 403', { status: 403 }, 7],
  ['a 406', { status: 406 }, 2],
  ['HTML', HTML, 1],
  ['a list', { status: 200, body: [] }, 1],
  [
    'another schema',
    { status: 200, body: { ...loyalty, $id: 'https://ns.adobe.com/acme/schemas/b' } },
    1,
  ],
  ['another version', { status: 200, body: { ...loyalty, version: '2.0' } }, 1],
  [
    'a schema that contradicts itself',
    {
      status: 200,
      body: { ...loyalty, properties: { _id: { type: 'string', 'meta:xdmType': 'int' } } },
    },
    2,
  ],
] as const)(
  '%s of the registry is an error of check that names schema and dataset, and one note of an ingest',
  async (_, then, code) => {
    desk.simulator.faults.set({ when: { operation: 'getSchema' }, then });
    const checked = await check();
    desk.simulator.faults.set({ when: { operation: 'getSchema' }, then });
    const loaded = await ingest();

    expect(checked.code).toBe(code);
    expect(checked.stderr).toContain('533ca5da28087c44344810891b0f03d9');
    expect(loaded.stderr.match(/^note: .*$/gm)).toEqual([
      expect.stringContaining('Rows are not checked by the schema of dataset'),
    ]);
    expect([loaded.code, created()]).toEqual([3, 1]);
  },
);

test.each([
  ['odd', 2, ': /_acme/loyalty/loyaltyPoints'],
  ['plain', 2, ': /_acme/loyalty/loyaltyPoints'],
  ['newer', 2, 'with version 2'],
  ['container', 2, '/global/schemas/'],
  ['elsewhere', 2, 'urn:other'],
  ['away', 2, 'sandbox than dev'],
  ['none', 2, 'names none'],
])(
  'check reads a reference leniently, and says what is wrong with it: %s',
  async (dataset, code, text) => {
    await desk.file('rows.jsonl', ROWS);
    const ended = await desk.run(['check', 'rows.jsonl', '--dataset', dataset]);

    expect([ended.code, `${ended.stdout}${ended.stderr}`]).toEqual([
      code,
      expect.stringContaining(text),
    ]);
  },
);

test('a huge file is no schema', async () => {
  await desk.file('huge.json', '{');
  await truncate(join(desk.folder, 'huge.json'), 2 ** 30);
  const { code, stderr } = await run('check', 'rows.jsonl', '--schema', 'huge.json');

  expect([code, stderr]).toEqual([
    2,
    expect.stringContaining('expected a schema of at most 67.1 MB'),
  ]);
});

test('exactly as many rejected rows as may be are let through by --check-rows all, one more is not', async () => {
  const bad = ROWS.repeat(2);
  const good = '{"_id":"b"}\n';
  const load = async (count: number, percent: string) => {
    await desk.file('mixed.jsonl', bad + good.repeat(count));
    const args = ['ingest', 'mixed.jsonl', '--dataset', LOYALTY_DATASET_ID, '--check-rows', 'all'];
    const flags = ['--partial-ingestion-percent', percent, '--poll-interval-ms', '1'];
    return (await desk.run([...args, ...flags])).code;
  };

  expect([await load(18, '10'), await load(17, '10'), await load(4, '33.3')]).toEqual([3, 2, 2]);
  expect([await load(28, '6.7'), await load(26, '7.1')]).toEqual([3, 2]);
});

test('schemas that cannot be kept are read all the same, and runs at once do not disturb each other', async () => {
  const folder = join(desk.folder, 'state/aep-batch/schemas');
  const codes = await Promise.all([1, 2, 3].map(async () => (await check()).code));
  const files = await readdir(folder);
  for (const name of files) await writeFile(join(folder, name), '{"key":"x","schema":5}');
  const damaged = await check();
  await mkdir(join(desk.folder, 'other/aep-batch'), { recursive: true, mode: 0o700 });
  await writeFile(join(desk.folder, 'other/aep-batch/schemas'), '');
  await chmod(join(desk.folder, 'other/aep-batch'), 0o500);
  const args = ['check', 'rows.jsonl', '--dataset', LOYALTY_DATASET_ID];
  const closed = await desk.run(args, { env: { XDG_STATE_HOME: join(desk.folder, 'other') } });
  await chmod(join(desk.folder, 'other/aep-batch'), 0o700);

  expect(codes).toEqual([2, 2, 2]);
  expect(files.filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect([damaged.code, closed.code]).toEqual([2, 2]);
  expect(closed.stdout).toContain('/_acme/loyalty/loyaltyPoints');
});

import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { LOYALTY_DATASET_ID, loyaltyMembers } from '../../src/testing/index.js';
import { expectJson, useDesk } from '../support/command.js';

jest.setTimeout(20_000); // a machine that may be busy

const SCHEMA_ID = 'https://ns.adobe.com/acme/schemas/533ca5da28087c44344810891b0f03d9';
const broken = {
  $id: 'https://ns.adobe.com/acme/schemas/broken',
  version: '1.0',
  type: 'object',
  properties: { age: { type: 'string', 'meta:xdmType': 'int' } },
};
const datasets = {
  ...loyaltyMembers.datasets,
  broken: { schemaRef: { id: broken.$id } },
  lost: { schemaRef: { id: 'https://ns.adobe.com/acme/schemas/lost' } },
  plain: {},
  elsewhere: { sandbox: 'prod' },
};
const desk = useDesk({
  ...loyaltyMembers,
  datasets,
  schemas: [...loyaltyMembers.schemas, broken],
  acceptsAnyDataset: false,
});

const loyalty = (fields: object) => ({ _id: 'a', _acme: { loyalty: fields } });
const ROWS = [
  loyalty({ loyaltyPoints: 1, memberSince: '2026-01-31T12:00:00Z' }),
  loyalty({ loyaltyPoints: 'many' }),
  loyalty({ loyaltyPoints: 'lots', memberSince: '2026-01-31T12:00:00' }),
  { _id: 'a', personalEmail: { address: true } },
  { _id: 'b', person: null, persn: { name: {} } },
];
const lines = (rows: readonly unknown[]) => rows.map((row) => JSON.stringify(row)).join('\n');
const sent = () => desk.simulator.log.map(({ operation }) => operation);
const save = () => desk.run(['schema', LOYALTY_DATASET_ID, '--out', 'loyalty.json']);

test('schema prints the schema of a dataset, and saves it as check reads it', async () => {
  const shown = await desk.run(['schema', LOYALTY_DATASET_ID]);
  const saved = await desk.run(['schema', LOYALTY_DATASET_ID, '--out', 'loyalty.json', '--json']);
  const text = await readFile(join(desk.folder, 'loyalty.json'), 'utf8');

  expect(shown).toMatchObject({ code: 0 });
  expect(shown.json()).toMatchObject({ $id: SCHEMA_ID, version: '1.4', title: 'Loyalty Members' });
  expect(JSON.parse(text)).toEqual(shown.json());
  expect(expectJson(saved, 'schema')).toEqual({
    out: 'loyalty.json',
    datasetId: LOYALTY_DATASET_ID,
    id: SCHEMA_ID,
    kind: 'record',
    title: 'Loyalty Members',
    version: '1.4',
    eTag: 'loyalty-members-1.4',
  });
});

test('check --schema finds what the rows of JSON Lines and arrays lack, and sends nothing', async () => {
  await save();
  const before = sent().length;
  await desk.file('rows.jsonl', lines(ROWS));
  await desk.file('rows.json', `[${ROWS.map((row) => JSON.stringify(row)).join(',\n')}]`);
  for (const name of ['rows.jsonl', 'rows.json']) {
    const ended = await desk.run(['check', name, '--schema', 'loyalty.json', '--json']);
    const { findings, ...result } = expectJson(ended, 'check');

    expect(ended.code).toBe(2);
    expect(findings).toMatchObject([
      {
        level: 'error',
        effect: 'row-rejected',
        rule: 'type',
        count: 2,
        value: 'many',
        path: '/_acme/loyalty/loyaltyPoints',
        file: name,
        line: 2,
        places: [
          { file: name, line: 2 },
          { file: name, line: 3 },
        ],
      },
      { effect: 'row-rejected', rule: 'date', path: '/_acme/loyalty/memberSince', line: 3 },
      { effect: 'batch-fails', rule: 'type', path: '/personalEmail/address', line: 4 },
      { effect: 'row-rejected', rule: 'null', path: '/person', fix: expect.any(String) },
      { level: 'warning', rule: 'unknown-field', path: '/persn', suggestion: 'person' },
    ]);
    expect(result).toMatchObject({
      rowCounts: { rows: 5, failing: 1, rejected: 3, skipped: 0 },
      schema: { id: SCHEMA_ID, version: '1.4', kind: 'record' },
      summary: expect.arrayContaining([{ rule: 'null', path: '/person', count: 1 }]),
    });
  }
  expect(sent()).toHaveLength(before);
});

test('check --dataset reads the schema, keeps it for this user alone, and uses it offline', async () => {
  await desk.file('rows.jsonl', lines(ROWS));
  const online = await desk.run(['check', 'rows.jsonl', '--dataset', LOYALTY_DATASET_ID]);
  const after = sent();
  const offline = await desk.run([
    ...['check', 'rows.jsonl', '--dataset', LOYALTY_DATASET_ID, '--offline'],
  ]);
  const folder = join(desk.folder, 'state/aep-batch/schemas');
  const files = await readdir(folder);
  const modes = await Promise.all(files.map(async (name) => (await stat(join(folder, name))).mode));

  expect(online).toMatchObject({ code: 2 });
  expect(online.stdout).toContain('rows.jsonl:2: /_acme/loyalty/loyaltyPoints: ');
  expect(online.stdout).toMatch(
    /^5 rows checked by Loyalty Members 1\.4 \(https:.+\), read 20.+Z: 1 would make the batch fail, 3 would be rejected\.$/m,
  );
  expect(offline.code).toBe(2);
  expect(offline.stdout).toContain('rows.jsonl:2: /_acme/loyalty/loyaltyPoints: ');
  expect(offline.stdout).toMatch(
    / 1\.4 \(https:.+\), kept of sandbox dev, read just now \(20.+Z\): /,
  );
  expect(after.filter((operation) => operation?.startsWith('get'))).toEqual([
    ...['getToken', 'getDataset', 'getSchema'],
  ]);
  expect(sent()).toEqual(after);
  expect(files.length).toBeGreaterThan(0);
  expect(modes.map((mode) => mode & 0o777)).toEqual(files.map(() => 0o600));
});

test('--offline and --schema need no account, and --offline says which sandbox a schema of any age is of', async () => {
  await desk.file('rows.jsonl', lines(ROWS.slice(0, 1)));
  const args = ['check', 'rows.jsonl', '--dataset', LOYALTY_DATASET_ID];
  await desk.run([...args, '--identities']);
  await desk.run(args);
  await save();
  const names = Object.keys(desk.environment).filter((name) => name.startsWith('AEP_'));
  const env = Object.fromEntries(names.map((name) => [name, undefined]));
  const folder = join(desk.folder, 'state/aep-batch/schemas');
  for (const name of await readdir(folder)) {
    const kept = JSON.parse(await readFile(join(folder, name), 'utf8'));
    kept.fetchedAtMs -= 3 * 24 * 60 * 60 * 1000;
    await writeFile(join(folder, name), JSON.stringify(kept));
  }
  const before = sent().length;
  const offline = await desk.run([...args, '--offline'], { env });
  const identities = await desk.run([...args, '--offline', '--identities', '--json'], { env });
  const file = await desk.run(['check', 'rows.jsonl', '--schema', 'loyalty.json'], { env });
  const never = await desk.run(['check', 'rows.jsonl', '--dataset', 'd2', '--offline'], { env });
  const elsewhere = await desk.run([...args, '--offline', '--sandbox', 'prod'], { env });

  expect([offline.code, identities.code, file.code]).toEqual([0, 2, 0]);
  expect(offline.stdout).toContain('kept of sandbox dev, read 3 days ago (20');
  expect(expectJson(identities, 'check')['findings']).toContainEqual(
    expect.objectContaining({ path: '/personalEmail' }),
  );
  expect([never.code, elsewhere.code]).toEqual([2, 2]);
  expect(never.stderr).toContain('The schema of dataset d2 was not read before.');
  expect(elsewhere.stderr).toContain('It was kept of sandbox dev.');
  expect(sent()).toHaveLength(before);
});

test('a dataset kept of two sandboxes is asked for with --sandbox, and a damaged file counts as none', async () => {
  await desk.file('rows.jsonl', lines(ROWS.slice(0, 1)));
  const args = ['check', 'rows.jsonl', '--dataset', LOYALTY_DATASET_ID];
  await desk.run(args);
  await desk.run([...args, '--sandbox', 'prod']);
  const env = { AEP_SANDBOX: undefined };
  const both = await desk.run([...args, '--offline'], { env });
  const one = await desk.run([...args, '--offline', '--sandbox', 'prod'], { env });
  const folder = join(desk.folder, 'state/aep-batch/schemas');
  for (const name of await readdir(folder)) await writeFile(join(folder, name), '{"key":');
  const damaged = await desk.run([...args, '--offline']);
  const again = await desk.run(args);

  expect([both.code, one.code, damaged.code, again.code]).toEqual([2, 0, 2, 0]);
  expect(both.stderr).toMatch(/several sandboxes: .*dev.*prod|several sandboxes: .*prod.*dev/);
});

test('what no page of the platform says is set by options', async () => {
  await save();
  const rows = [{ ...loyalty({}), personalEmail: { address: '' }, other: 1 }];
  await desk.file('rows.jsonl', lines([...rows, loyalty({ loyaltyPoints: '12' })]));
  const run = async (...flags: string[]) => {
    const args = ['check', 'rows.jsonl', '--schema', 'loyalty.json', '--json', ...flags];
    const { findings } = expectJson(await desk.run(args), 'check');
    const list = findings as { level: string; rule: string; path: string }[];
    return Object.fromEntries(list.map(({ level, rule, path }) => [`${rule} ${path}`, level]));
  };
  const [plain, strict, quiet] = [
    await run(),
    await run('--strict', '--empty', 'error', '--unknown', 'error'),
    await run('--empty', 'ignore', '--unknown', 'ignore'),
  ];
  const names = [
    ...['empty /personalEmail/address', 'unknown-field /other'],
    'type /_acme/loyalty/loyaltyPoints',
  ];

  expect(names.map((name) => plain[name])).toEqual(['warning', 'warning', 'note']);
  expect(names.map((name) => strict[name])).toEqual(['error', 'error', 'error']);
  expect(names.map((name) => quiet[name])).toEqual([undefined, undefined, 'note']);
});

test('--identities finds rows without the primary identity of the dataset', async () => {
  await desk.file('rows.jsonl', lines([{ _id: 'a' }]));
  const args = ['check', 'rows.jsonl', '--dataset', LOYALTY_DATASET_ID, '--json'];
  const { findings: without } = expectJson(await desk.run(args), 'check');
  const { findings: found } = expectJson(await desk.run([...args, '--identities']), 'check');

  expect(without).toEqual([]);
  expect(found).toContainEqual(
    expect.objectContaining({ path: expect.stringContaining('/personalEmail') }),
  );
});

test.each([
  ['missing.json', undefined, 'Cannot read the schema missing.json: ENOENT'],
  [
    'text.json',
    '{"a":',
    'Invalid text.json: expected a schema as JSON; unexpected end at column 6',
  ],
  ['list.json', '[]', 'Invalid list.json: expected a schema of the Schema Registry'],
  ['rows.json', '{"_id": "a"}', 'Invalid rows.json: expected a schema of the Schema Registry'],
  ['broken.json', JSON.stringify(broken), 'Invalid broken.json at /properties/age'],
])('a file that is no schema is exit code 2 and named: %s', async (name, text, message) => {
  await desk.file('ok.jsonl', '{"_id":"a"}\n');
  if (text !== undefined) await writeFile(join(desk.folder, name), text);
  const ended = await desk.run(['check', 'ok.jsonl', '--schema', name, '--json']);

  expect([ended.code, desk.simulator.log]).toEqual([2, []]);
  expect(expectJson(ended, 'error')['error']).toMatchObject({
    message: expect.stringContaining(message),
  });
});

test('a dataset or schema that is not there is exit code 2, a missing permission 7', async () => {
  await desk.file('ok.jsonl', '{"_id":"a"}\n');
  const run = async (...args: string[]) => {
    const { code, stderr } = await desk.run(args);
    return [code, stderr.replace(/^Sandbox.*\n/, '')];
  };
  for (const first of [['check', 'ok.jsonl', '--dataset'], ['schema']]) {
    expect(await run(...first, 'none')).toEqual([2, expect.stringMatching(/none.*\n.*sandbox/)]);
    expect(await run(...first, 'elsewhere')).toEqual([
      2,
      expect.stringMatching(/sandbox than dev/),
    ]);
    expect(await run(...first, 'lost')).toEqual([
      ...[2, expect.stringContaining('Dataset lost has the schema https://ns.adobe.com/acme/')],
    ]);
    expect(await run(...first, 'plain')).toEqual([2, expect.stringContaining('names none')]);
    expect(await run(...first, 'broken')).toEqual([
      ...[2, expect.stringContaining('/schemas/broken at /properties/age')],
    ]);
  }
  desk.simulator.faults.add({ when: { operation: 'getSchema' }, then: { status: 403 } });
  expect(await run('check', 'ok.jsonl', '--dataset', LOYALTY_DATASET_ID)).toEqual([
    ...[7, expect.stringContaining('Dataset 5c8c3c555033b814b69f947f has the schema')],
  ]);
});

test.each([
  [['--dataset', 'd', '--schema', 'f'], 'Pass either --dataset or --schema, not both.'],
  [['--schema', 'f', '--offline'], '--offline goes with --dataset.'],
  [['--strict'], '--strict goes with --dataset <id> or --schema <file>.'],
  [['--empty', 'error'], '--empty goes with --dataset <id> or --schema <file>.'],
])('options of check that do nothing are rejected: %j', async (flags, message) => {
  const { code, stderr } = await desk.run(['check', 'ok.jsonl', ...flags]);

  expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
});

test('schema --json needs a file, and one that cannot be written is exit code 2', async () => {
  const without = await desk.run(['schema', LOYALTY_DATASET_ID, '--json']);
  const nowhere = await desk.run(['schema', LOYALTY_DATASET_ID, '--out', 'none/schema.json']);

  expect([without.code, nowhere.code]).toEqual([2, 2]);
  expect(without.stderr).toContain('--json needs --out <file>');
  expect(nowhere.stderr).toContain('Cannot write none/schema.json: ENOENT');
});

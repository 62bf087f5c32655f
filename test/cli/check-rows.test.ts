import { expect, jest, test } from '@jest/globals';
import { LOYALTY_DATASET_ID, loyaltyMembers } from '../../src/testing/index.js';
import { expectJson, useDesk } from '../support/command.js';

jest.setTimeout(20_000); // a machine that may be busy
const desk = useDesk({ ...loyaltyMembers });

const points = (loyaltyPoints: unknown) => ({ _id: 'a', _acme: { loyalty: { loyaltyPoints } } });
const lines = (rows: readonly unknown[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const good = (count: number) => Array.from({ length: count }, () => points(1));
const sent = (name: string) =>
  desk.simulator.log.filter(({ operation }) => operation === name).length;
const ingest = (...flags: string[]) => {
  const dataset = flags.includes('--dataset') ? [] : ['--dataset', LOYALTY_DATASET_ID];
  const args = ['ingest', 'rows.jsonl', ...dataset, '--poll-interval-ms', '1'];
  return desk.run([...args, ...flags]);
};
const KINDS = [points('many'), { ...points(1), person: null }, { _acme: {} }];

test('--check-rows all refuses rows that the platform would reject, with each reason, before a batch', async () => {
  await desk.file('rows.jsonl', lines([...good(3), ...KINDS]));
  const ended = await ingest('--check-rows', 'all', '--json');
  const { error } = expectJson(ended, 'error');

  expect([ended.code, sent('createBatch')]).toEqual([2, 0]);
  expect(error).toMatchObject({ name: 'PreflightError' });
  for (const path of ['4: /_acme/loyalty/loyaltyPoints', '5: /person', '6: /_id']) {
    expect(ended.stderr).toContain(`rows.jsonl:${path}: `);
  }
});

test('--check-rows all lets through as many rejected rows as may be, and no row that fails the batch', async () => {
  const partial = ['--check-rows', 'all', '--partial-ingestion-percent', '10'];
  await desk.file('rows.jsonl', lines([...good(18), points('many'), points('lots')]));
  const few = await ingest(...partial);
  await desk.file('rows.jsonl', lines([...good(17), ...KINDS]));
  const many = await ingest(...partial);
  const failing = { ...points(1), personalEmail: { address: true } };
  await desk.file('rows.jsonl', lines([...good(18), failing]));
  const fails = await ingest(...partial);

  expect(few.code).toBe(3);
  expect(few.stderr).toContain('warning: rows.jsonl:19: ');
  expect(many.code).toBe(2);
  expect(many.stderr).toContain('3 of 20 rows (15 %) would be rejected, and at most 10 % may be.');
  expect(many.stderr).toContain('rows.jsonl:18: ');
  expect([fails.code, sent('createBatch')]).toEqual([2, 1]);
});

test('a sample is the default, and only warns', async () => {
  await desk.file('rows.jsonl', lines([points('many'), ...good(200), { _acme: {} }]));
  const ended = await ingest();

  expect(sent('createBatch')).toBe(1);
  expect(ended.stderr).toContain('warning: rows.jsonl:1: /_acme/loyalty/loyaltyPoints: ');
  expect(ended.stderr).not.toContain('/_id');
});

test('--check-rows none and --dry-run read no schema', async () => {
  await desk.file('rows.jsonl', lines(good(1)));
  const none = await ingest('--check-rows', 'none');
  const before = desk.simulator.log.length;
  const dry = await ingest('--dry-run', '--check-rows', 'all');

  expect([none.code, dry.code, sent('getDataset')]).toEqual([0, 0, 0]);
  expect(desk.simulator.log).toHaveLength(before);
});

test('a schema that cannot be read is one note, and a dataset without a schema none', async () => {
  await desk.file('rows.jsonl', lines(good(1)));
  const plain = await ingest('--dataset', 'plain');
  desk.simulator.faults.add({ when: { operation: 'getSchema' }, then: { status: 403 } });
  const forbidden = await ingest();

  expect([plain.code, forbidden.code]).toEqual([0, 0]);
  expect(plain.stderr).not.toMatch(/^note/m);
  expect(forbidden.stderr.match(/^note: .*$/gm)).toEqual([
    expect.stringContaining(`Rows are not checked by the schema of dataset ${LOYALTY_DATASET_ID}`),
  ]);
});

test('--empty, --unknown, --strict and --identities judge the rows of an ingest, too', async () => {
  await desk.file(
    'rows.jsonl',
    lines([{ _id: 'a', other: '', personalEmail: { address: 'a@b.c' } }]),
  );
  const all = ['--check-rows', 'all'];
  const lenient = await ingest(...all, '--unknown', 'ignore');
  const strict = await ingest(...all, '--unknown', 'error');
  await desk.file('rows.jsonl', lines(good(1)));
  const anonymous = await ingest(...all, '--identities');
  const useless = await ingest('--check-rows', 'none', '--strict');

  expect([lenient.code, strict.code, anonymous.code, useless.code]).toEqual([0, 2, 2, 2]);
  expect(lenient.stderr).not.toContain('warning');
  expect(strict.stderr).toContain('rows.jsonl:1: /other: the schema does not have this field');
  expect(anonymous.stderr).toContain('rows.jsonl:1: /personalEmail: the field is required');
  expect(useless.stderr).toContain('--strict goes with --check-rows all or sample.');
});

test('rows that a mapping turns into those of the schema are not checked, which is one note', async () => {
  await desk.file('rows.jsonl', lines(KINDS.slice(0, 1)));
  const label = ['--tag', 'aep_sip_mapper=mapping-set-id:m1'];
  const ended = await ingest('--check-rows', 'all', ...label);

  expect(ended.stderr.match(/^note: .*$/gm)).toEqual([
    expect.stringContaining('Rows are not checked: the label aep_sip_mapper'),
  ]);
  expect([sent('getSchema'), sent('createBatch')]).toEqual([0, 1]);
});

test('before and after look the same: check and errors count rejected rows by the same paths, in the same shape', async () => {
  await desk.file('rows.jsonl', lines([...good(2), ...KINDS, points('lots')]));
  const flags = ['--dataset', LOYALTY_DATASET_ID, '--empty', 'ignore', '--json'];
  const checked = await desk.run(['check', 'rows.jsonl', ...flags]);
  const partial = ['--error-diagnostics', '--partial-ingestion-percent', '100'];
  const loaded = await ingest('--check-rows', 'none', ...partial, '--json');
  const { batchId } = expectJson(loaded, 'ingest');
  const rejected = await desk.run(['errors', String(batchId), '--json']);
  const [before, after] = [
    expectJson(checked, 'check')['summary'],
    expectJson(rejected, 'errors')['summary'],
  ] as { rule?: string; code?: string; path?: string; count: number }[][];
  const toCounts = (summary: typeof before = []) =>
    summary.map(({ path, count }) => `${path} ${count}`).sort();

  expect(toCounts(before)).toEqual(['/_acme/loyalty/loyaltyPoints 2', '/_id 1', '/person 1']);
  expect(toCounts(after)).toEqual(toCounts(before));
});

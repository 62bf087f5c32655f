import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { LOYALTY_DATASET_ID, loyaltyMembers } from '../../src/testing/index.js';
import { expectJson, useDesk } from '../support/command.js';

jest.setTimeout(20_000); // a machine that may be busy

const desk = useDesk({ ...loyaltyMembers, acceptsAnyDataset: false });
const [schema] = loyaltyMembers.schemas;

test('types prints or saves the types of a dataset, or those of a schema in a file', async () => {
  await desk.file('loyalty.json', JSON.stringify(schema));
  const printed = await desk.run(['types', '--schema', 'loyalty.json']);
  expect(desk.simulator.log).toEqual([]);
  const args = ['types', '--dataset', LOYALTY_DATASET_ID, '--out', 'rows.ts', '--json'];
  const saved = await desk.run(args);

  expect(printed).toMatchObject({ code: 0, stderr: '' });
  expect(printed.stdout).toMatch(/^export interface Row \{$/m);
  expect(await readFile(join(desk.folder, 'rows.ts'), 'utf8')).toBe(printed.stdout);
  expect(expectJson(saved, 'types')).toEqual({
    out: 'rows.ts',
    id: schema.$id,
    title: 'Loyalty Members',
    version: '1.4',
    eTag: 'loyalty-members-1.4',
    kind: 'record',
  });
});

test('types needs a schema, and with --json a file', async () => {
  const [none, both, json] = [
    await desk.run(['types']),
    await desk.run(['types', '--dataset', 'd', '--schema', 'f']),
    await desk.run(['types', '--schema', 'f', '--json']),
  ];
  expect([none.code, both.code, json.code]).toEqual([2, 2, 2]);
  expect(none.stderr).toContain('Pass --dataset <id> or --schema <file>.');
  expect(both.stderr).toContain('Pass either --dataset or --schema, not both.');
  expect(json.stderr).toContain('--json needs --out <file>');
});

test('sample prints or saves rows that check accepts, the same ones for the same seed', async () => {
  await desk.file('loyalty.json', JSON.stringify(schema));
  const args = ['sample', '--schema', 'loyalty.json', '--rows', '25', '--seed', '7'];
  const printed = await desk.run(args);
  const saved = await desk.run([...args, '--out', 'rows.jsonl', '--json']);
  const checked = await desk.run([
    ...['check', 'rows.jsonl', '--schema', 'loyalty.json', '--strict', '--deep', '--json'],
  ]);

  expect(printed).toMatchObject({ code: 0, stderr: '' });
  expect(printed.stdout.trimEnd().split('\n')).toHaveLength(25);
  expect(await readFile(join(desk.folder, 'rows.jsonl'), 'utf8')).toBe(printed.stdout);
  expect(expectJson(saved, 'sample')).toMatchObject({ out: 'rows.jsonl', rows: 25, seed: 7 });
  expect(checked.json()).toMatchObject({ findings: [], rows: 25 });
});

test('sample --identities gives rows the primary identity of the dataset', async () => {
  const args = ['--dataset', LOYALTY_DATASET_ID, '--identities'];
  await desk.run(['sample', ...args, '--out', 'rows.jsonl']);
  const checked = await desk.run(['check', 'rows.jsonl', ...args, '--json']);
  expect(checked.json()).toMatchObject({ findings: [], rows: 10 });
});

test('sample --json needs a file', async () => {
  const ended = await desk.run(['sample', '--schema', 'f', '--json']);
  expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('--json needs --out')]);
});

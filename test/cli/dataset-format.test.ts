import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { loyaltyMembers } from '../../src/testing/index.js';
import { expectJson, useDesk } from '../support/command.js';

jest.setTimeout(20_000); // a machine that may be busy

const [loyalty] = loyaltyMembers.schemas;
const text = { type: 'string' };
const flat = {
  $id: 'https://ns.adobe.com/acme/schemas/flat',
  version: '1.0',
  type: 'object',
  'meta:extends': ['https://ns.adobe.com/xdm/data/adhoc'],
  properties: { id: text, name: text },
};
const event = {
  $id: 'https://ns.adobe.com/acme/schemas/event',
  version: '1.0',
  type: 'object',
  'meta:class': 'https://ns.adobe.com/xdm/context/experienceevent',
  properties: { _id: text, timestamp: { type: 'string', format: 'date-time' } },
};
const upsert = { unifiedProfile: ['Enabled : true', 'isUpsert: TRUE'] };
const desk = useDesk({
  ...loyaltyMembers,
  schemas: [...loyaltyMembers.schemas, flat, event],
  datasets: {
    nested: {
      schemaRef: { id: loyalty.$id },
      fileDescription: { format: 'parquet', delimiters: [','] },
      observableSchema: {
        type: 'object',
        properties: { _id: text, person: { type: 'object', properties: { name: {} } } },
      },
    },
    flat: {
      schemaRef: { id: flat.$id },
      fileDescription: {
        format: 'parquet',
        delimiters: [';'],
        quotes: ["'"],
        escapes: ['"'],
        charset: 'ISO-8869-1',
        nullMarkers: ['NULL'],
        header: true,
      },
    },
    same: {
      schemaRef: { id: flat.$id },
      fileDescription: { delimiters: [','], quotes: ['"'], escapes: ['\\'], charset: '' },
    },
    upsert: { schemaRef: { id: loyalty.$id }, tags: upsert },
    events: { schemaRef: { id: event.$id }, tags: upsert },
  },
});

interface Shown {
  level: string;
  rule: string;
  path?: string;
  message: string;
}
const check = async (file: string, dataset: string, ...flags: string[]) => {
  const ended = await desk.run(['check', file, '--dataset', dataset, '--json', ...flags]);
  const { findings, ...json } = expectJson(ended, 'check');
  const list = findings as Shown[];
  const errors = list.filter(({ level }) => level === 'error');
  const warnings = list.filter(({ level }) => level === 'warning');
  return { code: ended.code, errors, warnings, list, json };
};

test('CSV for a schema that is not flat is one error with the ways out, and JSON is taken whatever format the dataset names', async () => {
  await desk.file('rows.csv', '_id,person.name.firstName\na,Ada\nb,Eve\n');
  await desk.file('rows.jsonl', '{"_id":"a"}\n');
  const csv = await check('rows.csv', 'nested');
  const json = await check('rows.jsonl', 'nested');

  expect(csv.code).toBe(2);
  expect(csv.errors).toMatchObject([{ rule: 'file-format', effect: 'batch-fails' }]);
  expect(csv.errors[0]?.message).toContain('aep-batch convert --to parquet');
  expect([json.code, json.list]).toEqual([0, []]);
});

test('a blank in the name of a CSV column is an error', async () => {
  await desk.file('rows.csv', 'id,full name\na,Ada\n');
  const { errors } = await check('rows.csv', 'same');

  expect(errors).toMatchObject([{ rule: 'header', path: '/full name', effect: 'batch-fails' }]);
});

test('CSV that is read otherwise than the dataset describes it is one warning that names each difference', async () => {
  await desk.file('rows.csv', 'id,name\na,"Ada, Lady"\nb,"say \\"x\\""\n');
  const other = await check('rows.csv', 'flat');
  const same = await check('rows.csv', 'same');
  await desk.file('own.csv', "id;name\na;'Ada; Lady'\n");
  const set = ['--charset', 'iso-8859-1', '--null-marker', 'NULL', '--quote', "'", '--escape', '"'];
  const own = await check('own.csv', 'flat', ...set);

  expect(same.warnings).toEqual([]);
  expect(own.warnings).toEqual([]);
  expect(other.warnings).toMatchObject([{ rule: 'file-format' }]);
  const [{ message } = { message: '' }] = other.warnings;
  for (const difference of [
    'the delimiter ";" in place of ","',
    `the quote "'" in place of "\\""`,
    'the escape "\\"" in place of "\\\\"',
    'the null marker "NULL" in place of ""',
    'the charset "ISO-8859-1" in place of "UTF-8"',
  ]) {
    expect(message).toContain(difference);
  }
  expect(other.code).toBe(0);
});

test('rows of upserts need an identity, and their descriptors are read for it', async () => {
  const rows = [
    { _id: 'a', personalEmail: { address: 'a@b.c' } },
    { _id: 'b', identityMap: { ECID: [{ id: '1'.repeat(38), primary: true }] } },
    { _id: 'c', identityMap: { ECID: [] }, personalEmail: {} },
  ];
  await desk.file('rows.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'));
  const { code, errors, warnings } = await check('rows.jsonl', 'upsert');
  const offline = await check('rows.jsonl', 'upsert', '--offline');

  expect(code).toBe(2);
  expect(errors).toMatchObject([{ rule: 'identity', line: 3, count: 1 }]);
  expect(warnings).toContainEqual(
    expect.objectContaining({ rule: 'file-format', message: expect.stringContaining('Parquet') }),
  );
  expect(offline.errors).toEqual(errors);
});

test('events cannot be upserts', async () => {
  await desk.file('rows.jsonl', '{"_id":"a","timestamp":"2026-01-31T12:00:00Z"}\n');
  const { code, errors } = await check('rows.jsonl', 'events');

  expect(code).toBe(2);
  expect(errors).toContainEqual(
    expect.objectContaining({ rule: 'file-format', effect: 'batch-fails' }),
  );
});

test('the fields that the dataset has never had are named beside the findings, and are none of them', async () => {
  const row = { _id: 'a', person: { name: { firstName: 'Ada' }, gender: 'female' } };
  await desk.file('rows.jsonl', JSON.stringify({ ...row, _acme: { loyalty: {} } }));
  const { code, json } = await check('rows.jsonl', 'nested', '--empty', 'ignore');
  const shown = await desk.run(['check', 'rows.jsonl', '--dataset', 'nested']);

  expect([code, json['newFields']]).toEqual([0, ['/_acme', '/person/gender']]);
  expect(shown.stdout).toContain('2 fields that the dataset has never had: /_acme, /person/gender');
});

test('one JSON array above 256 MB is a note', async () => {
  await desk.file('rows.json', '[{"_id":"a"},');
  await truncate(join(desk.folder, 'rows.json'), 256_000_001);
  const json = expectJson(await desk.run(['check', 'rows.json', '--json']), 'check');

  expect(json['findings']).toContainEqual(
    expect.objectContaining({
      level: 'note',
      rule: 'size',
      message: expect.stringContaining('256'),
    }),
  );
});

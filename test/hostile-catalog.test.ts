import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatBatch, formatOutcome } from '../src/cli/batch-text.js';
import { AepBatchError, type Batch, InvalidResponseError } from '../src/index.js';
import { type CatalogMap, findBatch, toBatches } from '../src/resources/catalog.js';
import { summarizeBatch, toOutcome } from '../src/resources/outcome.js';
import { all, clientFor, testClock, thrownBy } from './support/client.js';
import { chooseCount } from './support/scale.js';
import { type Play, respondWith, useServer } from './support/server.js';

const server = useServer();

/** One batch, as a map that was just parsed. */
const parsed = (entry: unknown): CatalogMap => JSON.parse(JSON.stringify({ b1: entry }));
const read = (entry: unknown): Batch | undefined => findBatch(parsed(entry), 'b1');

const isTime = (value: number | undefined) =>
  value === undefined || new Date(value).toISOString() !== '';
const isCount = (value: number | undefined) =>
  value === undefined || (Number.isFinite(value) && value >= 0);
const isText = (value: unknown) => value === undefined || typeof value === 'string';
const isTextList = (value: unknown) =>
  value === undefined || (Array.isArray(value) && value.every((one) => typeof one === 'string'));

/** What the type of a batch promises to those who have no compiler. */
function expectBatch(batch: Batch): void {
  const { created, updated, started, completed, errors, relatedObjects, tags, metrics } = batch;
  for (const time of [created, updated, started, completed]) expect(isTime(time)).toBe(true);
  for (const count of [batch.recordCount, batch.failedRecordCount, batch.size])
    expect(isCount(count)).toBe(true);
  for (const text of [batch.id, batch.status, batch.externalId, batch.createdClient, batch.version])
    expect(isText(text)).toBe(true);
  expect(batch.status).toBeDefined();
  for (const { code, description, rows, recordCount } of errors ?? []) {
    expect([typeof code, isText(description), isTextList(rows), isCount(recordCount)]).toEqual([
      'string',
      true,
      true,
      true,
    ]);
  }
  for (const { type, id, errors: own } of relatedObjects ?? [])
    expect([typeof type, typeof id, own === undefined || Array.isArray(own)]).toEqual([
      'string',
      'string',
      true,
    ]);
  for (const value of Object.values(tags ?? {}))
    expect(['boolean', 'number'].includes(typeof value) || isTextList(value)).toBe(true);
  for (const value of Object.values(metrics ?? {}))
    expect(typeof value === 'string' || Number.isFinite(value)).toBe(true);
  for (const value of Object.values(batch.availableDates ?? {}))
    expect(new Date(value * 1000).toISOString()).not.toBe('');
  const { format, delimiter, header, isMultiLineJson } = batch.inputFormat ?? {};
  for (const text of [format, delimiter]) expect(isText(text)).toBe(true);
  for (const is of [header, isMultiLineJson]) expect([undefined, true, false]).toContain(is);
  expect(isTextList(batch.replay?.predecessors)).toBe(true);
}

/** All that is done with a batch, up to what the command prints. */
function use(batch: Batch): void {
  expectBatch(batch);
  const outcome = toOutcome(batch) ?? ('accepted' as const);
  const suggest = (...args: string[]) => args.join(' ');
  formatBatch(batch, suggest);
  const ended = { batchId: batch.id, status: batch.status, outcome };
  formatOutcome({ ...ended, ...summarizeBatch(batch) }, suggest);
}

describe('an odd value is read where it can mean one thing, and left out elsewhere', () => {
  test.each<[field: string, value: unknown, expected: unknown]>([
    ['created', 9e15, undefined],
    ['created', -1, undefined],
    ['created', '1700000000000', 1_700_000_000_000],
    ['created', 'yesterday', undefined],
    ['created', null, undefined],
    ['created', [], undefined],
    ['created', 0, 0],
    ['completed', {}, undefined],
    ['recordCount', '12', 12],
    ['recordCount', -5, undefined],
    ['failedRecordCount', null, undefined],
    ['size', '1e999', undefined],
    ['errors', {}, []],
    ['errors', null, undefined],
    ['errors', 'it failed', undefined],
    ['errors', [null], []],
    ['errors', ['it failed'], [{ code: '', description: 'it failed' }]],
    ['errors', [{ code: 106 }], [{ code: '106' }]],
    ['errors', { code: '106' }, [{ code: '106' }]],
    [
      'errors',
      [{ code: '1', description: {}, rows: 'r', recordCount: -1 }],
      [{ code: '1', rows: ['r'] }],
    ],
    ['relatedObjects', {}, undefined],
    ['relatedObjects', null, undefined],
    [
      'relatedObjects',
      [null, 5, { type: 'dataSet', id: 'd' }, { type: 'x' }],
      [{ type: 'dataSet', id: 'd' }],
    ],
    ['metrics', [], undefined],
    ['metrics', 'many', undefined],
    [
      'metrics',
      { inputRecordCount: '7', other: null, failureReason: 'x', m: -1 },
      { inputRecordCount: 7, failureReason: 'x', m: -1 },
    ],
    ['metrics', { outputRecordCount: -2, delta: -2.5, far: -9e15 }, { delta: -2.5, far: -9e15 }],
    ['tags', [], undefined],
    [
      'tags',
      { a: 'x', b: null, c: [1, null, 'y'], d: true, e: 5 },
      { a: ['x'], c: ['1', 'y'], d: true, e: 5 },
    ],
    ['inputFormat', null, undefined],
    ['inputFormat', { format: 5, header: 'true', isMultiLineJson: 'maybe' }, { header: true }],
    ['replay', 'no', undefined],
    ['replay', { predecessors: 'b0', reason: null }, { predecessors: ['b0'] }],
    ['availableDates', { startDate: 'x', endDate: 5 }, { endDate: 5 }],
    ['status', 5, 'unknown'],
    ['status', null, 'unknown'],
    ['externalId', 17, '17'],
    ['externalId', {}, undefined],
    ['id', 'other', 'b1'],
  ])('%s: %j', (field, value, expected) => {
    const batch = read({ status: 'success', [field]: value });
    expect(batch?.[field as keyof Batch]).toEqual(expected);
    if (batch !== undefined) use(batch);
  });

  test('what is right stays, and so does what is not known', () => {
    const entry = {
      status: 'teleported',
      created: 1_700_000_000_000,
      recordCount: 5,
      errors: [{ code: '106', description: 'empty' }],
      relatedObjects: [{ type: 'dataSet', id: 'd', novel: 1 }],
      tags: { a: ['b'] },
      novel: { deep: [null] },
    };
    expect(read(entry)).toEqual({ ...entry, id: 'b1' });
  });
});

const FIELDS = [
  ...['status', 'created', 'updated', 'started', 'completed', 'recordCount', 'failedRecordCount'],
  ...[
    'size',
    'errors',
    'relatedObjects',
    'metrics',
    'tags',
    'inputFormat',
    'replay',
    'id',
    'imsOrg',
  ],
  ...[
    'availableDates',
    'externalId',
    'createdClient',
    'version',
    'failedBatchLocation',
    '__proto__',
  ],
];
const oddValue = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom(9e15, -1, 1e308, '12', '-1', {}, [null], [[]], [{}], { code: null }, '', ' '),
  fc.array(fc.record({ code: fc.jsonValue(), description: fc.jsonValue(), type: fc.jsonValue() })),
  fc.record({ inputRecordCount: fc.jsonValue(), failedRecordCount: fc.jsonValue() }),
  fc.array(fc.record({ type: fc.constant('dataSet'), id: fc.string(), errors: fc.jsonValue() })),
);
const oddEntry = fc.dictionary(fc.constantFrom(...FIELDS), oddValue);

test('whatever JSON stands in the fields of a batch, it holds what its type says', () => {
  fc.assert(
    fc.property(oddEntry, (entry) => {
      const [batch] = toBatches(parsed(entry));
      if (batch !== undefined) use(batch);
    }),
    { numRuns: chooseCount({ quick: 200, deep: 1000 }) },
  );
});

test('whatever JSON a response is, a call gives a batch or throws an AepBatchError', async () => {
  const play = (value: unknown): Play => respondWith(200, JSON.stringify(value) ?? '');
  const client = clientFor(server.origin, { maxRetries: 0, clock: testClock() });
  await fc.assert(
    fc.asyncProperty(fc.oneof(oddEntry, fc.jsonValue()), fc.boolean(), async (value, wrapped) => {
      const body = wrapped ? { b1: value } : value;
      server.play(...Array.from({ length: 40 }, () => play(body)));
      const got = await client.batches.get('b1').catch((error: unknown) => error);
      if (!(got instanceof AepBatchError)) use(got as Batch);
      const listed = await all(client.batches.list()).catch((error: unknown) => error);
      if (Array.isArray(listed)) for (const batch of listed) use(batch);
      else expect(listed).toBeInstanceOf(AepBatchError);
    }),
    { numRuns: chooseCount({ quick: 20, deep: 40 }) },
  );
});

test('one odd entry fails no list', async () => {
  const odd = [{ created: 9e15 }, null, 5, [], { errors: {} }, { status: null, metrics: [] }, 'x'];
  const page = Object.fromEntries(odd.map((entry, at) => [`odd${at}`, entry]));
  server.play(
    respondWith(200, { ...page, good: { status: 'success' } }),
    ...Array.from({ length: 3 }, () => respondWith(200, {})),
  );
  const batches = await all(clientFor(server.origin).batches.list());

  expect(batches.map(({ id }) => id)).toContain('good');
  for (const batch of batches) use(batch);
});

describe('ids that no URL can hold', () => {
  test.each(['\ud800', 'a\udc00b'])('%j is rejected before anything is sent', async (id) => {
    const client = clientFor(server.origin);
    const address = { batchId: 'b', datasetId: 'd', path: id };
    const calls: (() => Promise<unknown>)[] = [
      () => client.batches.get(id),
      () => client.batches.create({ datasetId: id }),
      () => client.batches.create({ datasetId: 'd', externalId: id }),
      () => client.batches.create({ datasetId: 'd', tags: { [id]: ['x'] } }),
      () => client.batches.complete(id),
      () => all(client.batches.list({ externalId: id })),
      () => all(client.batches.list({ dataSet: id })),
      () => all(client.batches.files(id)),
      () => client.files.put(address, Buffer.from('x')),
      () => client.files.put({ ...address, batchId: id, path: 'p' }, Buffer.from('x')),
      () => client.files.download('f', id),
      () => client.files.head(id, 'n'),
      () => client.diagnostics.downloadFailed('b', id),
      () => all(client.diagnostics.rowErrors(id)),
      () =>
        client.raw.GET('/data/foundation/catalog/batches', {
          params: { query: { externalId: id } },
        }),
      () => client.ingest({ name: 'a.jsonl', bytes: Buffer.from('{}\n') }, { datasetId: id }),
      () =>
        client.ingest(
          { name: 'a.jsonl', bytes: Buffer.from('{}\n') },
          { datasetId: 'd', externalId: id },
        ),
    ];
    for (const call of calls) {
      const error = (await thrownBy(call())) as Error & { cause?: Error };
      expect([error.name, error.cause?.name]).toContain('InvalidInputError');
    }
    expect(server.seen).toEqual([]);
  });

  test.each(['\ud800', 'a/b', '..', 'a b', '', 5, null, {}])(
    'a batch that is created as %j is no batch of ours',
    async (id) => {
      server.play(respondWith(201, JSON.stringify({ id, status: 'loading' })));
      const error = await thrownBy(clientFor(server.origin).batches.create({ datasetId: 'd' }));
      expect(error).toBeInstanceOf(InvalidResponseError);
    },
  );

  test('a file that is listed under half a character is an invalidResponse response', async () => {
    server.play(respondWith(200, { data: [{ name: '\ud800', length: '1' }] }));
    const error = await thrownBy(all(clientFor(server.origin).diagnostics.failedFiles('b')));
    expect(error).toBeInstanceOf(InvalidResponseError);
  });
});

describe('with a file', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aep-batch-odd-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('a batch that was loaded ends as a success, however odd its entry is', async () => {
    const path = join(folder, 'rows.jsonl');
    await writeFile(path, '{"a":1}\n');
    const oddities = { created: 9e15, errors: {}, relatedObjects: {}, metrics: [], tags: null };
    server.respond = (request, response) => {
      const isCreate = request.method === 'POST' && request.url?.endsWith('/batches') === true;
      const entry = { status: 'success', recordCount: '1', failedRecordCount: null, ...oddities };
      const body = isCreate
        ? { id: 'b1', status: 'loading' }
        : request.method === 'GET'
          ? { b1: entry }
          : undefined;
      response.writeHead(isCreate ? 201 : 200);
      response.end(body === undefined ? '' : JSON.stringify(body));
    };
    const client = clientFor(server.origin, { clock: testClock() });
    const receipt = await client.ingest(path, { datasetId: 'd' });

    expect(receipt).toMatchObject({ outcome: 'success', records: { input: 1, failed: 0 } });
    expect(JSON.parse(JSON.stringify(receipt)).errors).toBeUndefined();
  });

  test('a row of a report has its reasons in a list, whatever the line holds', async () => {
    const deep = `{"_errors":[{"code":1}],"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const lines = [
      '5',
      'null',
      '[]',
      '"x"',
      '{}',
      '{"_errors":{}}',
      '{"_errors":[null,"w"]}',
      deep,
    ];
    lines.push('{"_errors":[{"code":{},"message":5}],"_filename":7,"_corrupt_record":{}}');
    server.respond = (request, response) => {
      const isList = !request.url?.includes('row_errors%2F') && !request.url?.includes('path=f');
      response.end(
        isList ? JSON.stringify({ data: [{ name: 'f', length: '1' }] }) : lines.join('\n'),
      );
    };
    const client = clientFor(server.origin);
    for (const row of await all(client.diagnostics.rowErrors('b'))) {
      expect(Array.isArray(row._errors)).toBe(true);
      for (const { code, message } of row._errors)
        expect([typeof code, typeof message]).toEqual(['string', 'string']);
      expect(isText(row._filename) && isText(row._corrupt_record)).toBe(true);
      expect(() => JSON.stringify(row)).not.toThrow();
    }
    expect(await all(client.rejectedRows('b'))).toHaveLength(lines.length);
  });
});

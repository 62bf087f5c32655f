/** What is imported with the first call of a method: callers notice nothing of it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkFiles, createBatchClient, InvalidInputError } from '../src/index.js';
import { startSimulator } from '../src/testing/index.js';

let folder = '';
let file = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-late-'));
  file = join(folder, 'rows.jsonl');
  await writeFile(file, '{"a":1}\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('what a caller changes after a call changes nothing of that call, although it is imported first', async () => {
  await using simulator = await startSimulator();
  await using client = createBatchClient(simulator.clientOptions);
  const request = { datasetId: 'first', inputFormat: { format: 'json' as const } };
  const paths = [file];
  const options = { datasetId: 'd', pollIntervalMs: 1, tags: { run: ['one'] }, externalId: 'one' };
  const address = { batchId: '', datasetId: 'first', path: 'rows.jsonl' };

  const created = client.batches.create(request);
  request.datasetId = 'second';
  const checked = checkFiles(paths);
  const ingested = client.ingest(paths, options);
  const journal = join(folder, 'load.journal');
  const loaded = client.load(paths, { ...options, externalId: 'load', journal });
  paths.length = 0;
  options.externalId = 'two';
  options.tags.run.push('two');

  const { id } = await created;
  expect((await client.batches.get(id)).relatedObjects).toEqual([{ type: 'dataSet', id: 'first' }]);
  expect((await checked).errors).toBe(0);
  expect((await loaded).fileCount).toBe(1);
  const receipt = await ingested;
  expect(receipt).toMatchObject({ externalId: 'one', outcome: 'success' });
  expect((await client.batches.get(receipt.batchId)).tags).toMatchObject({ run: ['one'] });

  address.batchId = id;
  const upload = { largeFileThresholdBytes: 1_000 };
  const uploaded = client.files.upload(address, file, upload);
  address.path = 'other.jsonl';
  upload.largeFileThresholdBytes = -1;
  expect((await uploaded).path).toBe('rows.jsonl');
});

test('an argument that cannot be used is a rejection, and never thrown by the call itself', async () => {
  await using simulator = await startSimulator();
  await using client = createBatchClient(simulator.clientOptions);
  const unreadable = new Proxy(
    {},
    {
      ownKeys() {
        throw new Error('cannot be read');
      },
    },
  );
  const address = { batchId: 'b', datasetId: 'd', path: 'p' };
  for (const options of [unreadable, { unknown: 1 }, 1, null] as never[]) {
    const calls = [
      () => client.ingest(file, options),
      () => client.load(file, options),
      () => client.resume(file, options),
      () => client.resumeLoad(file, options),
      () => client.files.upload(address, file, options),
      () => client.files.put(address, Buffer.from('x'), options),
      () => client.files.initialize(address, options),
      () => client.files.head('f', 'part', options),
      () => client.datasets.get('d', undefined, options),
      () => client.schemas.get('_tenant.schemas.1', undefined, options),
      () => client.diagnostics.downloadFailed('b', 'rows.jsonl', options),
      () => client.diagnostics.failedFiles('b', options).next(),
      () => client.batches.wait('b', options),
      () => checkFiles(file, options),
    ];
    for (const call of calls) await expect(call()).rejects.toThrow(InvalidInputError);
  }
  expect(simulator.log).toEqual([]);
});

test('the first call of a resource gets its arguments as they were when it was made, and so does each later one', async () => {
  await using simulator = await startSimulator();
  await using client = createBatchClient(simulator.clientOptions);
  for (const path of ['first.jsonl', 'later.jsonl']) {
    const { id: batchId } = await client.batches.create({ datasetId: 'd' });
    const address = { batchId, datasetId: 'd', path };
    const ids = ['d'];
    const calls = [
      client.files.put(address, Buffer.from('{}\n')),
      client.datasets.lastBatches(ids),
    ];
    address.path = 'other.jsonl';
    ids.push('e', 'f,');
    await Promise.all(calls);
    expect(simulator.files(batchId).map((file) => file.path)).toEqual([path]);
  }
});

test('calls that are made while their code is imported all run', async () => {
  await using simulator = await startSimulator();
  await using client = createBatchClient(simulator.clientOptions);
  const { id: batchId } = await client.batches.create({ datasetId: 'd' });
  const puts = ['a', 'b', 'c'].map((path) =>
    client.files.put({ batchId, datasetId: 'd', path }, Buffer.from(path)),
  );
  await Promise.all(puts);
  const paths = simulator.files(batchId).map((file) => file.path);
  expect(paths.sort()).toEqual(['a', 'b', 'c']);
});

test('a source that uses itself as `this` stays the same object', async () => {
  const source = {
    path: 'counted.jsonl',
    fingerprint: () => 'one',
    sizeBytes: 8,
    reads: 0,
    async *read(start = 0, end = 8) {
      this.reads++;
      yield Buffer.from('{"a":1}\n').subarray(start, end);
    },
  };
  await using simulator = await startSimulator();
  await using client = createBatchClient(simulator.clientOptions);
  const options = { datasetId: 'd', pollIntervalMs: 1 };
  await client.ingest(source, options);
  const before = source.reads;
  await client.ingest([source], options);
  expect(before).toBeGreaterThan(0);
  expect(source.reads).toBe(2 * before);
});

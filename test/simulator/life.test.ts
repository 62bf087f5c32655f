import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ConnectionError, createBatchClient } from '../../src/index.js';
import { startSimulator } from '../../src/testing/index.js';
import { thrownBy } from '../support/client.js';
import { bytes } from '../support/simulator.js';
import { startSimulatorProcess } from '../support/simulator-process.js';

const datasetId = 'dataset';
/** tsx has to compile the child on a machine that may be busy. */
const SLOW_MS = 30_000;

describe('the temporary folder', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aep-batch-test-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  test('a stopped simulator leaves no file', async () => {
    await using simulator = await startSimulator({ temporaryFolder: folder });
    await using client = createBatchClient(simulator.clientOptions);
    const inputFormat = { format: 'json' } as const;
    const { id: batchId } = await client.batches.create({ datasetId, inputFormat });
    await client.files.put({ batchId, datasetId, path: 'a' }, bytes('bad\n'));
    await client.files.initialize({ batchId, datasetId, path: 'b' });
    expect(await readdir(folder)).toHaveLength(1);
    await simulator.stop();

    expect(await readdir(folder)).toEqual([]);
  });

  test('a simulator that is stopped during an ingestion leaves no file', async () => {
    await using simulator = await startSimulator({ temporaryFolder: folder });
    await using client = createBatchClient(simulator.clientOptions);
    const inputFormat = { format: 'json' } as const;
    const { id: batchId } = await client.batches.create({ datasetId, inputFormat });
    const rows = bytes('{"a":1}\n'.repeat(400_000));
    await client.files.put({ batchId, datasetId, path: 'a' }, rows);
    await client.batches.complete(batchId);
    const reading = thrownBy(client.batches.get(batchId).then(() => client.batches.get(batchId)));
    await simulator.stop();

    expect(await reading).toBeInstanceOf(ConnectionError);
    expect(await readdir(folder)).toEqual([]);
  });

  test('a simulator whose port is taken leaves no file', async () => {
    await using first = await startSimulator({ temporaryFolder: folder });
    const port = Number(new URL(first.origin).port);

    expect(await thrownBy(startSimulator({ port, temporaryFolder: folder }))).toMatchObject({
      code: 'EADDRINUSE',
    });
    expect(await readdir(folder)).toHaveLength(1);
  });
});

test.each(['hang', { delayMs: 60_000 }] as const)(
  'a request that meets %j is cut when the simulator stops',
  async (fault) => {
    const simulator = await startSimulator({
      faults: [{ when: { operation: 'createBatch' }, then: fault }],
    });
    await using client = createBatchClient({ ...simulator.clientOptions, maxRetries: 0 });
    const creating = thrownBy(client.batches.create({ datasetId }));
    while (!simulator.log.some(({ fault: met }) => met !== undefined))
      await new Promise(setImmediate);
    await simulator.stop();

    expect(await creating).toBeInstanceOf(ConnectionError);
  },
);

test('stop() rejects after a response that the OpenAPI document does not describe', async () => {
  const simulator = await startSimulator({ outcomes: { [datasetId]: { states: ['vanished'] } } });
  const client = createBatchClient(simulator.clientOptions);
  const { id } = await client.batches.create({ datasetId });
  await client.batches.complete(id);
  await client.batches.get(id);
  await client.close();

  expect(simulator.violations).toEqual([expect.stringContaining('getBatch 200: body/')]);
  await expect(simulator.stop()).rejects.toThrow('getBatch 200');
  await expect(simulator.stop()).rejects.toThrow('getBatch 200'); // and again
});

test('faults and quirks are not violations', async () => {
  const simulator = await startSimulator({
    faults: [{ when: { operation: 'getBatch' }, then: { status: 418, body: { tea: true } } }],
    quirks: { duplicateStatus: 409 },
  });
  const client = createBatchClient({ ...simulator.clientOptions, maxRetries: 0 });
  await client.batches.create({ datasetId, externalId: 'a' });
  expect(await thrownBy(client.batches.create({ datasetId, externalId: 'a' }))).toMatchObject({
    status: 409,
  });
  expect(await thrownBy(client.batches.get('a'))).toMatchObject({ status: 418 });
  await client.close();

  await simulator.stop();
  expect(simulator.violations).toEqual([]);
});

test('files() and status() throw a RangeError for a batch that does not exist', async () => {
  await using simulator = await startSimulator();

  expect(() => simulator.files('none')).toThrow('The simulator has no batch none.');
  expect(() => simulator.status('none')).toThrow(RangeError);
});

describe('a simulator in its own process', () => {
  test(
    'uploads go to the disk and not into memory, and the process ends by itself',
    async () => {
      const simulator = await startSimulatorProcess({
        faults: [{ when: { operation: 'listBatches' }, then: 'hang' }],
      });
      const client = createBatchClient({ ...simulator.clientOptions, maxRetries: 0 });
      const { id: batchId } = await client.batches.create({ datasetId });
      const address = { batchId, datasetId, path: 'large' };
      const partBytes = 20 * 1024 * 1024;
      await client.files.initialize(address);
      const before = await simulator.peakMemoryBytes();
      const parts = [3, 1, 0, 2, 4, 5].map((part) =>
        client.files.uploadPart(
          address,
          { start: part * partBytes },
          Buffer.alloc(partBytes, part),
        ),
      );
      await Promise.all(parts);
      await client.files.complete(address);

      const hash = createHash('sha256');
      for (let part = 0; part < 6; part++) hash.update(Buffer.alloc(partBytes, part));
      expect(await simulator.files(batchId)).toEqual([
        { path: 'large', sizeBytes: 6 * partBytes, sha256: hash.digest('hex') },
      ]);
      const grown = (await simulator.peakMemoryBytes()) - before;
      expect(grown).toBeLessThan(80e6); // of 126 MB
      const listing = thrownBy(client.batches.list().next());
      await simulator.stop();

      expect(await listing).toBeInstanceOf(ConnectionError);
      await client.close();
    },
    SLOW_MS,
  );
});

test('an id that is not a string is rejected by name, whatever it is', async () => {
  await using simulator = await startSimulator();
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  for (const id of [Symbol('s'), Object.create(null), proxy, 5]) {
    const says = 'Invalid batchId: expected an id as a string';
    expect(() => simulator.status(id as never)).toThrow(says);
    expect(() => simulator.files(id as never)).toThrow(says);
  }
});

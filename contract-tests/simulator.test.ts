/**
 * The calls of the contract suite against the simulator, in an order in which a platform can answer
 * them. What the document does not promise makes `stop()` reject.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { operations } from '../generated/openapi.js';
import { type BatchClient, createBatchClient } from '../src/index.js';
import { type Simulator, startSimulator } from '../src/testing/index.js';
import { example } from './support/bundled.js';
import { ADDRESS, BATCH_ID, calls, FILE_ID } from './support/calls.js';

type OperationId = keyof operations;

/** Rows of which one cannot be read, so that there is something of everything to ask for. */
const ROWS = new TextEncoder().encode('{"id":"1"}\n{"id":"2"}\nno row\n');
let simulator: Simulator;
let client: BatchClient;
/** The ids that the calls are made with, and those that the simulator gave. */
const ids = new Map<string, string>();

beforeAll(async () => {
  simulator = await startSimulator();
  client = createBatchClient({ ...simulator.clientOptions, maxRetries: 0, fetch: readdressed });
});
afterAll(async () => {
  await client.close();
  await simulator.stop();
});

/** The calls know the ids of the document's examples; the simulator gives ids of its own. */
const readdressed: typeof fetch = (input, init) => {
  let url = String(input);
  for (const [theirs, ours] of ids) url = url.replace(theirs, ours);
  return fetch(url, init);
};

/** Makes the call that the contract suite makes, and gives how the simulator answered it. */
async function run(operation: OperationId, want = { status: 200, bytes: false }) {
  const call = calls.find((one) => one.operation === operation && one.takes(want));
  await call?.run(client);
  const entry = simulator.log.filter((one) => one.operation === operation).at(-1);
  return entry?.status;
}

/** A batch of JSON Lines in the dataset of the calls, which then go to this one. */
async function open(): Promise<void> {
  const { id } = await client.batches.create({
    datasetId: ADDRESS.datasetId,
    inputFormat: { format: 'json' },
    enableErrorDiagnostics: true,
    partialIngestionPercent: 50,
  });
  ids.set(BATCH_ID, id);
  ids.set(FILE_ID, `${id}-1`);
}

describe('the calls of the contract suite, one after another', () => {
  test.each([
    'create-batch-seed-request',
    'create-batch-every-field',
    'create-batch-older-percentage',
  ])('createBatch with %s', async (name) => {
    const body = example<{ datasetId: string }>(name);
    const { response, data } = await client.raw.POST('/data/foundation/import/batches', { body });

    expect(response.status).toBe(201);
    expect(data?.status).toBe('loading');
  });

  const STEPS: [OperationId, number, { status: number; bytes: boolean }?][] = [
    ['createBatch', 201],
    ['uploadFile', 200],
    ['fileAction', 201, { status: 201, bytes: false }],
    ['uploadFilePart', 200],
    ['getReceivedRanges', 200],
  ];
  test('a batch takes files', async () => {
    await open();
    for (const [operation, status, want] of STEPS) {
      expect([operation, await run(operation, want)]).toEqual([operation, status]);
    }
    simulator.quirks.completeFileStatus = 200;
    expect(await run('fileAction')).toBe(200);
  });

  test('and is previewed, completed, followed and listed', async () => {
    await client.files.put({ ...ADDRESS, path: 'profiles.parquet' }, ROWS);
    await client.files.put({ ...ADDRESS, path: 'a' }, ROWS);
    await client.files.put(ADDRESS, ROWS);
    for (const operation of ['previewBatch', 'batchAction', 'getBatch', 'listBatches'] as const) {
      expect([operation, await run(operation)]).toEqual([operation, 200]);
    }
    expect((await client.batches.get(BATCH_ID)).status).toBe('success');
  });

  test('and tells its rejected rows and its files', async () => {
    for (const operation of ['getBatchMeta', 'getFailedFiles', 'listBatchFiles'] as const) {
      expect([operation, await run(operation)]).toEqual([operation, 200]);
    }
    expect(await run('getBatchMeta', { status: 0, bytes: false })).toBe(200);
    expect(await run('getFile')).toBe(200);
  });

  test('whose parts are downloaded, whole and in ranges', async () => {
    const [, profiles, a] = [...simulator.files(ids.get(BATCH_ID) ?? '')].map(({ path }, at) => ({
      path,
      id: `${ids.get(BATCH_ID)}-${at + 1}`,
    }));
    expect([profiles?.path, a?.path]).toEqual(['profiles.parquet', 'a']);
    ids.set(FILE_ID, profiles?.id ?? '');
    expect(await run('headFile')).toBe(200);
    ids.set(FILE_ID, a?.id ?? '');
    expect(await run('getFile', { status: 200, bytes: true })).toBe(200);
    expect(await run('getFile', { status: 206, bytes: true })).toBe(206);
  });

  test('with a token from the simulator', () => {
    expect(simulator.log[0]).toMatchObject({ operation: 'getToken', status: 200 });
  });

  test('and every operation of the document was answered, none against it', () => {
    const answered = new Set(
      simulator.log.filter(({ status = 0 }) => status < 300).map(({ operation }) => operation),
    );
    const all = [...new Set(calls.map(({ operation }) => operation))];
    expect(all.filter((id) => !answered.has(id))).toEqual([]);
    expect(simulator.violations).toEqual([]);
  });
});

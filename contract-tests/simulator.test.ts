/**
 * Runs the calls of the contract suite against the simulator, in an order that a platform accepts.
 * `stop()` rejects if a response of the simulator violated the document.
 */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { operations } from '../generated/openapi.js';
import { example } from '../spec-tools/bundled-document.js';
import { type BatchClient, createBatchClient } from '../src/index.js';
import { type Simulator, startSimulator } from '../src/testing/index.js';
import { ADDRESS, BATCH_ID, calls, FILE_ID } from './support/calls.js';

type OperationId = keyof operations;

/** One row is invalid, so that the batch also has rejected rows. */
const ROWS = new TextEncoder().encode('{"id":"1"}\n{"id":"2"}\nno row\n');
let simulator: Simulator;
let client: BatchClient;
/** Maps the ids that the calls use to the ids that the simulator assigned. */
const ids = new Map<string, string>();

beforeAll(async () => {
  const schemas = [{ ...example<{ $id: string }>('schema-loyalty-members'), version: '1.4' }];
  simulator = await startSimulator({ schemas });
  client = createBatchClient({
    ...simulator.clientOptions,
    maxRetries: 0,
    fetch: fetchWithSimulatorIds,
  });
});
afterAll(async () => {
  await client.close();
  await simulator.stop();
});

/** The calls use the ids of the document's examples; the simulator assigns its own. */
const fetchWithSimulatorIds: typeof fetch = async (input, init) => {
  let url = String(input);
  for (const [exampleId, id] of ids) url = url.replace(exampleId, id);
  const response = await fetch(url, init);
  const id = ids.get(BATCH_ID);
  if (id === undefined || !url.endsWith(`/catalog/batches/${id}`)) return response;
  return new Response((await response.text()).replaceAll(id, BATCH_ID), response);
};

/** Makes a call of the contract suite and returns the status of the simulator's response. */
async function run(operation: OperationId, expected = { status: 200, bytes: false }) {
  const call = calls.find((one) => one.operation === operation && one.handles(expected));
  await call?.run(client);
  const entry = simulator.log.filter((one) => one.operation === operation).at(-1);
  return entry?.status;
}

/** Creates a batch of JSON Lines, and sends the calls that follow to it. */
async function openBatch(): Promise<void> {
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
  test('a batch accepts files', async () => {
    await openBatch();
    for (const [operation, status, response] of STEPS) {
      expect([operation, await run(operation, response)]).toEqual([operation, status]);
    }
    simulator.quirks.completeFileStatus = 200;
    expect(await run('fileAction')).toBe(200);
  });

  test('and is previewed, completed, followed and listed', async () => {
    await client.files.put({ ...ADDRESS, path: 'profiles.parquet' }, ROWS);
    await client.files.put({ ...ADDRESS, path: 'a' }, ROWS);
    await client.files.put(ADDRESS, ROWS);
    const reads = [
      'getBatch',
      'listBatches',
      'listDatasets',
      'getDataset',
      'listLastBatches',
      'getSchema',
      'listDescriptors',
    ] as const;
    for (const operation of ['previewBatch', 'batchAction', ...reads] as const) {
      expect([operation, await run(operation)]).toEqual([operation, 200]);
    }
    expect((await client.batches.get(BATCH_ID)).status).toBe('success');
  });

  test('and lists its rejected rows and its files', async () => {
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

  test('and every operation of the document succeeded without a violation', () => {
    const succeeded = new Set(
      simulator.log.filter(({ status = 0 }) => status < 300).map(({ operation }) => operation),
    );
    const all = [...new Set(calls.map(({ operation }) => operation))];
    expect(all.filter((id) => !succeeded.has(id))).toEqual([]);
    expect(simulator.violations).toEqual([]);
  });
});

/** What people test their own code with, each on a whole load: create, put, complete, wait. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { HttpResponse, http } from 'msw';
import { setupServer } from 'msw/node';
import nodeFetch from 'node-fetch';
import { MockAgent, fetch as undiciFetch } from 'undici';
import { type BatchClient, createBatchClient } from '../src/index.js';
import { type Simulator, startSimulator } from '../src/testing/index.js';

/** It cannot exist: what is not intercepted goes nowhere. */
const ORIGIN = 'https://platform.invalid';
const IMPORT = '/data/foundation/import/batches';
const CATALOG = '/data/foundation/catalog/batches';
const FILE = `${IMPORT}/b1/datasets/d/files/rows.json`;
const realSetTimeout = globalThis.setTimeout;
const ROWS = '{"id":1}\n';
const OPTIONS = {
  orgId: 'ORG@AdobeOrg',
  sandbox: 'dev',
  apiKey: 'key',
  credentials: 'token',
  origin: ORIGIN,
  maxRetries: 0,
};

async function load(client: BatchClient, pollIntervalMs = 1): Promise<string> {
  const { id } = await client.batches.create({ datasetId: 'd', inputFormat: { format: 'json' } });
  await client.files.put({ batchId: id, datasetId: 'd', path: 'rows.json' }, Buffer.from(ROWS));
  await client.batches.complete(id);
  const { outcome } = await client.batches.wait(id, { pollIntervalMs });
  await client.close();
  return outcome;
}

test('nock intercepts the default transport', async () => {
  // As in a program that imports it last: from then on it replaces the functions of `node:http`.
  const { default: nock } = await import('nock');
  nock.disableNetConnect();
  const scope = nock(ORIGIN)
    .post(IMPORT)
    .reply(201, { id: 'b1', status: 'loading' })
    .put(FILE, ROWS)
    .reply(200)
    .post(`${IMPORT}/b1?action=COMPLETE`)
    .reply(200)
    .get(`${CATALOG}/b1`)
    .reply(200, { b1: { id: 'b1', status: 'success' } });
  try {
    expect(await load(createBatchClient(OPTIONS))).toBe('success');
    expect(scope.isDone()).toBe(true);
  } finally {
    nock.cleanAll();
    nock.enableNetConnect();
    nock.restore();
  }
});

test('msw intercepts the default transport', async () => {
  const received: string[] = [];
  const server = setupServer(
    http.post(`${ORIGIN}${IMPORT}`, () =>
      HttpResponse.json({ id: 'b1', status: 'loading' }, { status: 201 }),
    ),
    http.put(`${ORIGIN}${FILE}`, async ({ request }) => {
      received.push(await request.text());
      return new HttpResponse(null, { status: 200 });
    }),
    http.post(`${ORIGIN}${IMPORT}/b1`, () => new HttpResponse(null, { status: 200 })),
    http.get(`${ORIGIN}${CATALOG}/b1`, () =>
      HttpResponse.json({ b1: { id: 'b1', status: 'success' } }),
    ),
  );
  server.listen({ onUnhandledRequest: 'error' });
  try {
    expect(await load(createBatchClient(OPTIONS))).toBe('success');
    expect(received).toEqual([ROWS]);
  } finally {
    server.close();
  }
});

test("undici's fetch with a MockAgent is taken as the fetch option", async () => {
  const agent = new MockAgent();
  agent.disableNetConnect();
  const pool = agent.get(ORIGIN);
  const json = { headers: { 'content-type': 'application/json' } };
  pool
    .intercept({ path: IMPORT, method: 'POST' })
    .reply(201, { id: 'b1', status: 'loading' }, json);
  pool.intercept({ path: FILE, method: 'PUT' }).reply(200);
  pool.intercept({ path: `${IMPORT}/b1?action=COMPLETE`, method: 'POST' }).reply(200);
  const batch = { b1: { id: 'b1', status: 'success' } };
  pool.intercept({ path: `${CATALOG}/b1`, method: 'GET' }).reply(200, batch, json);
  const mocked = (url: unknown, init: unknown) =>
    undiciFetch(url as string, { ...(init as object), dispatcher: agent });
  const fetch = mocked as unknown as typeof globalThis.fetch;
  // A MockAgent does not read a streamed body: an upload says so rather than that it is done.
  const client = createBatchClient({ ...OPTIONS, fetch });
  const { id } = await client.batches.create({ datasetId: 'd' });
  const put = client.files.put(
    { batchId: id, datasetId: 'd', path: 'rows.json' },
    Buffer.from(ROWS),
  );
  const result = await put.then(() => 'done', String);
  await client.batches.complete(id);
  const { outcome } = await client.batches.wait(id, { pollIntervalMs: 1 });
  await client.close();

  expect(result).toContain('without reading the request body');
  expect(outcome).toBe('success');
  agent.assertNoPendingInterceptors();
  await agent.close();
});

describe('against the simulator', () => {
  let simulator: Simulator;
  beforeEach(async () => {
    simulator = await startSimulator();
  });
  afterEach(async () => {
    jest.useRealTimers();
    await simulator.stop();
  });

  test.each([
    ['node-fetch', nodeFetch],
    ['undici', undiciFetch],
    ['Node', globalThis.fetch],
  ])('the fetch of %s loads a batch as the fetch option', async (_, given) => {
    const fetch = given as unknown as typeof globalThis.fetch;

    expect(await load(createBatchClient({ ...simulator.clientOptions, fetch }))).toBe('success');
  });

  test("jest's fake timers drive every wait", async () => {
    simulator.faults.set({ when: { operation: 'createBatch', nth: 1 }, then: { status: 503 } });
    // What sockets need goes on by itself.
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const loading = load(createBatchClient(simulator.clientOptions), 10_000);
    let outcome: string | undefined;
    loading.then(
      (value) => {
        outcome = value;
      },
      (error) => {
        outcome = String(error);
      },
    );
    // Sockets take real time: half a second of the fake clock for each 10 ms of the real one.
    for (let turn = 0; outcome === undefined && turn < 1000; turn++) {
      await new Promise((resolve) => realSetTimeout(resolve, 10));
      await jest.advanceTimersByTimeAsync(500);
    }

    expect(outcome).toBe('success');
  });
});

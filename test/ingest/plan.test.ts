import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type BatchClient, createBatchClient, type IngestOptions } from '../../src/index.js';
import { planIngest } from '../../src/ingest/plan.js';
import { type Simulator, startSimulator } from '../../src/testing/index.js';
import { testClock } from '../support/client.js';
import { findFastFolder } from '../support/fast-folder.js';

let simulator: Simulator;
let client: BatchClient;
let folder = '';
/** The bodies of the requests that created batches. */
let created: unknown[] = [];
/** A batch that was loaded, and so may be replaced. */
let loaded = '';
beforeAll(async () => {
  simulator = await startSimulator();
  await using first = createBatchClient(simulator.clientOptions);
  const options = { datasetId: 'd1', pollIntervalMs: 1 };
  loaded = (await first.ingest({ records: [{ n: 1 }] }, options)).batchId;
});
afterAll(() => simulator.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(findFastFolder(), 'aep-batch-plan-'));
  created = [];
  const watching: typeof fetch = async (url, init) => {
    const isCreate = init?.method === 'POST' && String(url).endsWith('/import/batches');
    if (isCreate) created.push(await new Response(init.body).json());
    return fetch(url, init);
  };
  client = createBatchClient({
    ...simulator.clientOptions,
    clock: testClock(),
    fetch: watching,
  });
});
afterEach(async () => {
  await client.close();
  await rm(folder, { recursive: true, force: true });
});

const FILES: Readonly<Record<string, string | Buffer>> = {
  'good.jsonl': '{"n":1}\n{"n":2}\n',
  'bad.jsonl': '{"n":1}\nnot json\n',
  'array.json': '[{"n":1}]',
  'comma.csv': 'id,name\n1,a\n',
  'semicolon.csv': 'id;name\n1;a\n',
  'latin.csv': Buffer.from('id,name\n1,caf\u00e9\n', 'latin1'),
  'empty.jsonl': '',
};
const OPTIONS: Readonly<Record<string, Partial<IngestOptions>>> = {
  'no options': {},
  'another charset': { csv: { charset: 'iso-8859-1' } },
  'another delimiter': { csv: { delimiter: ';' } },
  'rows that may be rejected': { partialIngestionPercent: 50, errorDiagnostics: true },
  'JSON Lines': { format: 'json', isMultiLineJson: false },
  'a JSON array': { format: 'json', isMultiLineJson: true },
  CSV: { format: 'csv' },
  get 'a batch to replace'() {
    return { replace: [loaded], tags: { team: ['a'] } };
  },
  'a size out of range': { partSizeBytes: 0 },
};
const cases = Object.keys(FILES).flatMap((file) =>
  Object.keys(OPTIONS).map((options): [string, string] => [file, options]),
);

/** The name of the error, or the request that creates the batch. */
const settle = (work: Promise<unknown>) =>
  work.catch((error: Error) => ({ error: error.name, message: error.message }));

describe('a plan and an ingest agree whether a source is accepted, and on the request', () => {
  test.each(cases)('%s with %s', async (name, optionsName) => {
    const path = join(folder, name);
    await writeFile(path, FILES[name] ?? '');
    const options = {
      datasetId: 'd1',
      externalId: `${name} ${optionsName}`,
      ...OPTIONS[optionsName],
      wait: false,
    };
    const plan = await settle(planIngest(path, options, client));
    const start = simulator.log.length;
    const ingest = await settle(client.ingest(path, options));

    if ('error' in (plan as object)) {
      expect(ingest).toEqual(plan);
      expect(simulator.log.length).toBe(start);
      return;
    }
    const { request } = plan as Awaited<ReturnType<typeof planIngest>>;
    expect(ingest).toMatchObject({ outcome: 'accepted', externalId: options.externalId });
    // Each has an owner of its own.
    const tags = { ...request.tags, aep_batch_owner: [expect.stringMatching(/^[0-9a-f-]{36}$/)] };
    expect(created).toEqual([{ ...request, tags }]);
    expect(created).not.toEqual([request]);
  });
});

test('a plan of a stream reads nothing of it, and rejects the options that an ingest rejects', async () => {
  let isRead = false;
  const jsonLines = (function* () {
    isRead = true;
    yield Buffer.from('{"n":1}\n');
  })();
  const plan = await planIngest({ jsonLines }, { datasetId: 'd1' }, client);
  expect([plan.files, plan.request.inputFormat]).toEqual([undefined, { format: 'json' }]);

  const options = { datasetId: 'd1', format: 'csv' } as const;
  const error = await settle(planIngest({ jsonLines }, options, client));
  expect(await settle(client.ingest({ jsonLines }, options))).toEqual(error);
  expect([isRead, created]).toEqual([false, []]);
});

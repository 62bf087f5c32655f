import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  AlreadyLoadingError,
  CatalogDelayError,
  createBatchClient,
  type IngestError,
  type IngestOptions,
} from '../../src/index.js';
import { planIngest } from '../../src/ingest/plan.js';
import type { Fault } from '../../src/testing/index.js';
import { all, clientFor, testClock, thrownBy } from '../support/client.js';
import { client, folder, simulator, useIngest } from '../support/ingest.js';
import { changeSteps, type Step } from '../support/journal.js';
import { useServer } from '../support/server.js';

useIngest('skip-loaded-faults');
afterEach(() => {
  Object.assign(simulator.quirks, {
    duplicateStatus: 422,
    catalogLagReads: 0,
    headFormat: 'equals',
    reinitialize: 'restarts',
    identicalRangeOverlaps: false,
  });
});

const TARGET = { origin: 'http://127.0.0.1:1', orgId: 'SIMULATOR@AdobeOrg', sandbox: 'dev' };
let count = 0;
const ROW = '{"n":1}\n';
/** A file that no test had before, and options for it. */
async function prepare(more: Partial<IngestOptions> = {}) {
  const path = join(folder, `${++count}.jsonl`);
  await writeFile(path, ROW);
  const journal = `${path}.journal`;
  return { path, options: { datasetId: `d${count}`, skipLoaded: true, journal, ...more } };
}
const fault = (operation: Fault['when']['operation'], then: Fault['then'], nth = 1): Fault => ({
  when: { operation, nth },
  then,
});
const batches = () => all(client.batches.list({ dataSet: `d${count}`, orderBy: 'asc:created' }));
const statuses = async () => (await batches()).map(({ status }) => status);
const numbers = async () => (await batches()).map(({ externalId = '' }) => externalId.slice(-2));

test('a batch whose creation was lost, and that the Catalog shows too late, is aborted and keeps nobody from the files', async () => {
  Object.assign(simulator.quirks, { duplicateStatus: 201, catalogLagReads: 5 });
  const { path, options } = await prepare();
  simulator.faults.set(fault('createBatch', 'reset-after-applying'));
  const patient = createBatchClient({ ...simulator.clientOptions, clock: testClock() });
  const receipt = await patient.ingest(path, options);

  expect([receipt.outcome, await statuses()]).toEqual(['success', ['aborted', 'success']]);
});

describe('a resume', () => {
  /** An ingest whose upload was refused; its batch is kept. */
  async function broken(more: Partial<IngestOptions> = {}) {
    const { path, options } = await prepare(more);
    simulator.faults.set(fault('uploadFile', { status: 403 }));
    const error = (await thrownBy(client.ingest(path, options))) as IngestError;
    simulator.faults.set();
    return { path, options, journal: options.journal, batchId: String(error.batchId) };
  }

  test('of a batch that was aborted meanwhile loads the files under the next number', async () => {
    const { journal, batchId } = await broken();
    await client.batches.abort(batchId);
    const receipt = await client.resume(journal);

    expect([receipt.outcome, await statuses()]).toEqual(['success', ['aborted', 'success']]);
    expect(await numbers()).toEqual(['-1', '-2']);
  });

  test('of a batch that was aborted meanwhile sends nothing if another one has the files', async () => {
    const { path, options, journal, batchId } = await broken();
    await client.batches.abort(batchId);
    const other = await client.ingest(path, { ...options, journal: `${journal}-2` });
    const receipt = await client.resume(journal);

    expect(receipt).toMatchObject({ outcome: 'skipped', batchId: other.batchId });
    expect(await statuses()).toEqual(['aborted', 'success']);
    // The journal has ended, so the same ingest may use it again.
    expect((await client.ingest(path, options)).outcome).toBe('skipped');
  });

  test('that is not completed yet gives way to a batch that was', async () => {
    Object.assign(simulator.quirks, { duplicateStatus: 201 });
    const { journal, batchId } = await broken();
    const [first] = await batches();
    const [datasetId, externalId] = [`d${count}`, String(first?.externalId)];
    const inputFormat = { format: 'json' as const };
    const other = await client.batches.create({ datasetId, externalId, inputFormat });
    await client.files.put({ batchId: other.id, datasetId, path: 'x.jsonl' }, Buffer.from(ROW));
    await client.batches.complete(other.id);
    const warnings: string[] = [];
    const receipt = await client.resume(journal, {
      onWarning: ({ message }) => void warnings.push(message),
    });

    expect(receipt).toMatchObject({ outcome: 'skipped', batchId: other.id });
    expect(simulator.status(batchId)).toBe('aborted');
    expect(warnings.join()).toContain(`Batch ${batchId} is aborted, since another ingest loads`);
  });

  test('whose journal lacks the id of the batch finds it, and creates none', async () => {
    const { journal, batchId } = await broken();
    await changeSteps(journal, (steps) =>
      steps.slice(
        0,
        steps.findIndex(({ type }) => type === 'created'),
      ),
    );

    expect((await client.resume(journal)).batchId).toBe(batchId);
    expect(await statuses()).toEqual(['success']);
  });

  test.each<[what: string, change: (step: Step) => object]>([
    [
      'another number',
      (step) => ({ ...step, content: { ...(step['content'] as object), number: 2 } }),
    ],
    ['another id', (step) => ({ ...step, content: { ...(step['content'] as object), id: 'x' } })],
    [
      'a first number of 0',
      (step) => ({ ...step, content: { ...(step['content'] as object), from: 0 } }),
    ],
    ['no content', ({ content: _, ...step }) => ({ ...step, content: 5 })],
  ])('of a journal whose plan has %s is refused', async (_, change) => {
    const { journal } = await broken();
    await changeSteps(journal, (steps) =>
      steps.map((step) => (step['type'] === 'plan' ? change(step) : step)),
    );
    expect(await thrownBy(client.resume(journal))).toMatchObject({ name: 'JournalError' });
  });

  test('of a journal whose file has another sha256 than the content is refused', async () => {
    const { journal } = await broken();
    const hashed = { sha256: '0'.repeat(64), sizeBytes: ROW.length };
    await changeSteps(journal, (steps) =>
      steps.map((step) => (step['type'] === 'file' ? { ...step, hashed } : step)),
    );
    const error = await thrownBy(client.resume(journal));
    expect(error).toMatchObject({ name: 'JournalError' });
    expect(String(error)).toContain('other files than those of the content');
  });
});

test('a file that the platform rejects for good is sent again under the next number', async () => {
  const quirks = {
    identicalRangeOverlaps: true,
    headFormat: 'none',
    reinitialize: 'refused',
  } as const;
  Object.assign(simulator.quirks, quirks);
  const parts = { largeFileThresholdBytes: 1, partSizeBytes: 5, concurrency: 1 };
  const { path, options } = await prepare(parts);
  simulator.faults.set(fault('uploadFilePart', 'reset-after-applying', 2));
  const receipt = await client.ingest(path, options);

  expect([receipt.outcome, await numbers()]).toEqual(['success', ['-1', '-2']]);
  expect(await statuses()).toEqual(['aborted', 'success']);
  expect((await client.ingest(path, options)).outcome).toBe('skipped');
});

test('a batch that the Catalog does not list within a minute is kept, not completed, and a resume completes it', async () => {
  Object.assign(simulator.quirks, { catalogLagReads: 62 });
  const { path, options } = await prepare();
  const error = (await thrownBy(client.ingest(path, options))) as IngestError;

  expect(error).toMatchObject({ name: 'IngestError', batch: 'kept', journal: options.journal });
  expect(error.cause).toBeInstanceOf(CatalogDelayError);
  expect(simulator.status(String(error.batchId))).toBe('loading');
  expect((await client.resume(options.journal)).outcome).toBe('success');
});

test('a batch that cannot be aborted although another one is first is kept, and a resume aborts it', async () => {
  Object.assign(simulator.quirks, { duplicateStatus: 201, catalogLagReads: 2 });
  const { path, options } = await prepare();
  const { request } = await planIngest(path, options, TARGET);
  const first = await client.batches.create(request);
  simulator.faults.set({ when: { operation: 'batchAction' }, then: { status: 400 } });
  const error = await thrownBy(client.ingest(path, options));

  expect(error).toMatchObject({ name: 'IngestError', batch: 'kept', journal: options.journal });
  expect(await statuses()).toEqual(['loading', 'loading']);
  simulator.faults.set();
  const refused = await thrownBy(client.resume(options.journal));
  expect(refused).toBeInstanceOf(AlreadyLoadingError);
  expect(refused).toMatchObject({ batchId: first.id });
  expect(await statuses()).toEqual(['loading', 'aborted']);
  expect(existsSync(options.journal)).toBe(false);
});

describe('a Catalog that lists something else than it was asked for', () => {
  const server = useServer();
  const toEntry = (id: string) => ({ status: 'success', externalId: `other-${id}` });

  test.each([
    ['decides nothing if it ignores the externalId', 100, /lists other ones/, 0],
    ['is read to its end if it has few other batches', 3, /501/, 1],
  ])('%s', async (_, pages, message, creations) => {
    const { path, options } = await prepare();
    server.respond = (request, response) => {
      const start = Number(
        new URL(request.url ?? '', 'http://a.invalid').searchParams.get('start'),
      );
      if (request.method !== 'GET') return void response.writeHead(501).end('{}');
      const ids =
        start >= pages * 100 ? [] : Array.from({ length: 100 }, (__, n) => `b${start + n}`);
      response.end(JSON.stringify(Object.fromEntries(ids.map((id) => [id, toEntry(id)]))));
    };
    const other = clientFor(server.origin, { clock: testClock(), maxRetries: 0 });
    const error = await thrownBy(other.ingest(path, options));

    expect(String(error)).toMatch(message);
    expect(server.seen.filter((call) => call.startsWith('POST'))).toHaveLength(creations);
  });
});

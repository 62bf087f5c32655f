import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { ApiError, IngestError, InvalidInputError } from '../../src/index.js';
import type { Fault } from '../../src/testing/index.js';
import { all, thrownBy } from '../support/client.js';
import { client, folder, simulator, useIngest } from '../support/ingest.js';
import { changeSteps, readSteps, type Step } from '../support/journal.js';

useIngest('owner');
afterEach(() => {
  Object.assign(simulator.quirks, { duplicateStatus: 422, catalogLagReads: 0 });
});

const TAG = 'aep_batch_owner';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** The response to the creation of the nth batch is lost. */
const lost = (nth: number): Fault => ({
  when: { operation: 'createBatch', nth },
  then: 'reset-after-applying',
});

let count = 0;
/** A file, an externalId that no test had before, and the options for both. */
async function prepare(text = '{"n":1}\n') {
  const externalId = `id-${++count}`;
  const path = join(folder, `${externalId}.jsonl`);
  await writeFile(path, text);
  return { path, externalId, options: { datasetId: 'd1', externalId, wait: false } };
}
const find = (externalId: string) => all(client.batches.list({ externalId }));
const owner = async (batchId: string) => (await client.batches.get(batchId)).tags?.[TAG];
const plan = async (journal: string) =>
  (await readSteps(journal)).find(({ type }) => type === 'plan') as Step & {
    request: { tags: Record<string, string[]> };
  };
const names = (batchId: string) => simulator.files(batchId).map(({ path }) => path);

test('each batch of an ingest has an owner of its own beside the labels of the caller, and the journal has it', async () => {
  const { path, options } = await prepare();
  const journal = join(folder, 'one.journal');
  const tags = { team: ['data'] };
  const [one, two] = [
    await client.ingest(path, { ...options, tags, journal }),
    await client.ingest(path, { datasetId: 'd1', wait: false }),
  ];

  const batch = await client.batches.get(one.batchId);
  expect(batch.tags).toMatchObject({ ...tags, [TAG]: [expect.stringMatching(UUID)] });
  expect((await plan(journal)).request.tags[TAG]).toEqual(batch.tags?.[TAG]);
  expect(await owner(two.batchId)).not.toEqual(batch.tags?.[TAG]);
});

test('the label of the owner cannot be given, since two ingests could then have the same', async () => {
  const { path, options } = await prepare();
  const error = await thrownBy(client.ingest(path, { ...options, tags: { [TAG]: ['me'] } }));

  expect(error).toBeInstanceOf(InvalidInputError);
  expect(String(error)).toContain('An ingest sets it itself');
});

describe('where the response to the creation of a batch is lost', () => {
  test.each([0, 2, 3])(
    'an ingest finds its own by the owner, although another has its externalId, and %i reads miss it',
    async (catalogLagReads) => {
      Object.assign(simulator.quirks, { duplicateStatus: 201, catalogLagReads });
      const { path, externalId, options } = await prepare();
      const other = await client.batches.create({ datasetId: 'd1', externalId });
      simulator.faults.set(lost(1));
      const receipt = await client.ingest(path, options);

      const later = await client.batches.create({ datasetId: 'd1', externalId });
      expect(names(receipt.batchId)).toEqual([`${externalId}.jsonl`]);
      for (const { id } of [other, later]) {
        expect(receipt.batchId).not.toBe(id);
        expect([simulator.status(id), names(id)]).toEqual(['loading', []]);
      }
    },
  );

  test.each([400, 409, 422] as const)(
    'an ingest whose externalId another one has fails with %i, and sends nothing to that batch',
    async (duplicateStatus) => {
      Object.assign(simulator.quirks, { duplicateStatus });
      const { path, externalId, options } = await prepare();
      const first = await client.ingest(path, { ...options, onFailure: 'leave' });
      simulator.faults.set({ when: { operation: 'createBatch', nth: 1 }, then: 'reset' });
      const error = await thrownBy(client.ingest(path, options));

      expect(error).toBeInstanceOf(IngestError);
      expect(error).toMatchObject({ batchId: undefined, cause: { status: duplicateStatus } });
      expect((error as IngestError).cause).toBeInstanceOf(ApiError);
      expect((await find(externalId)).map(({ id }) => id)).toEqual([first.batchId]);
    },
  );

  test('two ingests at the same time with one externalId do not load into one batch', async () => {
    Object.assign(simulator.quirks, { duplicateStatus: 201 });
    const { path, externalId, options } = await prepare();
    const second = join(folder, 'second.jsonl');
    await writeFile(second, '{"n":2}\n');
    simulator.faults.set(lost(1), lost(2));
    const receipts = await Promise.all([
      client.ingest(path, options),
      client.ingest(second, options),
    ]);

    expect(receipts.map(({ batchId }) => names(batchId))).toEqual([
      [`${externalId}.jsonl`],
      ['second.jsonl'],
    ]);
  });

  test('a batch that is created without an owner is not confused with that of an ingest', async () => {
    const { path, externalId, options } = await prepare();
    const journal = join(folder, 'kept.journal');
    simulator.faults.set({ when: { operation: 'uploadFile' }, then: { status: 403 } });
    await thrownBy(client.ingest(path, { ...options, journal }));
    simulator.faults.set({ when: { operation: 'createBatch', nth: 1 }, then: 'reset' });
    const error = await thrownBy(client.batches.create({ datasetId: 'd1', externalId }));

    expect(error).toMatchObject({ stateUnknown: true, cause: { name: 'UnknownOutcomeError' } });
    expect(String((error as Error).cause)).toContain('was created by another ingest');
  });
});

describe('a resume whose journal lacks the id of the batch', () => {
  /** A journal that ends before its batch was recorded. */
  async function broken() {
    const { path, externalId, options } = await prepare();
    const journal = join(folder, 'broken.journal');
    simulator.faults.set({ when: { operation: 'uploadFile' }, then: { status: 403 } });
    const error = await thrownBy(client.ingest(path, { ...options, journal }));
    simulator.faults.set();
    await changeSteps(journal, (steps) =>
      steps.slice(
        0,
        steps.findIndex(({ type }) => type === 'created'),
      ),
    );
    return { journal, externalId, batchId: String((error as IngestError).batchId) };
  }

  test('finds the batch by its owner among those with its externalId', async () => {
    Object.assign(simulator.quirks, { duplicateStatus: 201 });
    const { journal, externalId, batchId } = await broken();
    const other = await client.batches.create({ datasetId: 'd1', externalId });
    const receipt = await client.resume(journal, { wait: false });

    expect(receipt.batchId).toBe(batchId);
    expect(simulator.status(other.id)).toBe('loading');
  });

  test('does not load into the batch of another owner', async () => {
    const { journal, externalId, batchId } = await broken();
    await changeSteps(journal, (steps) =>
      steps.map((step) => {
        if (step['type'] !== 'plan') return step;
        const request = step['request'] as object;
        return { ...step, request: { ...request, tags: { [TAG]: ['another'] } } };
      }),
    );
    const error = await thrownBy(client.resume(journal));

    expect(error).toMatchObject({ batch: 'none', cause: { status: 422 } });
    expect([simulator.status(batchId), names(batchId)]).toEqual(['loading', []]);
    expect((await find(externalId)).map(({ id }) => id)).toEqual([batchId]);
  });
});

test('an interrupted stream aborts its own batch, and none of another owner with its externalId', async () => {
  const { options } = await prepare();
  const stale = `${options.externalId}-stale`;
  const journal = join(folder, 'stream.journal');
  const records = [{ n: 1 }];
  await client.ingest({ records }, { ...options, journal });
  await changeSteps(journal, (steps) =>
    steps.slice(0, steps.findIndex(({ type }) => type === 'plan') + 1).map((step) => {
      if (step['type'] !== 'plan') return step;
      const request = { ...(step['request'] as object), externalId: stale };
      return { ...step, externalId: stale, request };
    }),
  );
  const other = await client.batches.create({
    datasetId: 'd1',
    externalId: stale,
    tags: { [TAG]: ['another'] },
  });
  const error = await thrownBy(client.resume(journal));

  expect(error).toBeInstanceOf(InvalidInputError);
  expect(simulator.status(other.id)).toBe('loading');
});

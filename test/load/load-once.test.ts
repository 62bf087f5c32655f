import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { AlreadyLoadingError, LoadError, type LoadReceipt } from '../../src/index.js';
import { all, thrownBy } from '../support/client.js';
import { client, folder, simulator, useIngest } from '../support/ingest.js';

useIngest('load-once');

let count = 0;
let root = '';
beforeEach(async () => {
  root = join(folder, 'exports');
  count++;
  for (const day of [1, 2, 3]) {
    await mkdir(join(root, `day=${day}`), { recursive: true });
    for (const part of [1, 2])
      await writeFile(join(root, `day=${day}/${part}.jsonl`), `{"_id":"${day}-${part}"}\n`);
  }
});
afterEach(() => {
  Object.assign(simulator.quirks, { duplicateStatus: 422, catalogLagReads: 0 });
});

const journalPath = (name: string) => join(folder, `${name}.journal`);
const load = (name: string): Promise<LoadReceipt> =>
  client.load(root, {
    datasetId: `d${count}`,
    skipLoaded: true,
    maxBatchFiles: 2,
    pollIntervalMs: 1,
    journal: journalPath(name),
  });
/** The paths in all batches that were loaded; each is there once. */
async function expectLoadedOnce(): Promise<void> {
  const batches = await all(client.batches.list({ dataSet: `d${count}` }));
  const loaded = batches.filter(({ status }) => status === 'success');
  const paths = loaded.flatMap(({ id }) => simulator.files(id).map(({ path }) => path)).sort();
  const days = [1, 2, 3].flatMap((day) => [1, 2].map((part) => `day=${day}/${part}.jsonl`));
  expect(paths).toEqual(days);
}

test.each([
  [422, 0],
  [422, 3],
  [201, 0],
  [201, 3],
] as const)(
  'two loads of the same files at the same time load each batch once, where a second one gets %i, and %i reads miss it',
  async (duplicateStatus, catalogLagReads) => {
    Object.assign(simulator.quirks, { duplicateStatus, catalogLagReads });
    const results = await Promise.allSettled([load('one'), load('two')]);
    const errors = results.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));

    for (const error of errors) {
      expect(error).toBeInstanceOf(LoadError);
      expect(error.cause).toBeInstanceOf(AlreadyLoadingError);
    }
    Object.assign(simulator.quirks, { duplicateStatus: 422, catalogLagReads: 0 });
    // What was left over by two that refused each other is loaded by the next.
    await load('three');
    await expectLoadedOnce();
  },
);

test('a load that is refused by another one in its middle names its batch, and is resumed once that has ended', async () => {
  // The first load breaks off in its second batch, which stays open.
  simulator.faults.set({ when: { operation: 'uploadFile', nth: 3 }, then: { status: 403 } });
  const first = (await thrownBy(load('first'))) as LoadError;
  simulator.faults.set();
  const refused = (await thrownBy(load('second'))) as LoadError;

  expect(refused).toMatchObject({
    name: 'LoadError',
    batchId: first.batchId,
    batch: 'none',
    stateUnknown: false,
    journal: journalPath('second'),
  });
  expect(refused.cause).toBeInstanceOf(AlreadyLoadingError);
  expect(String(refused)).toContain(`aep-batch abort ${first.batchId}`);

  expect((await client.resumeLoad(journalPath('first'))).outcome).toBe('success');
  const second = await client.resumeLoad(journalPath('second'));
  expect(second.batches.map(({ outcome }) => outcome)).toEqual(['skipped', 'skipped', 'skipped']);
  await expectLoadedOnce();
});

test('a load that is refused in its first batch leaves no journal: run again, it finds out anew', async () => {
  simulator.faults.set({ when: { operation: 'uploadFile', nth: 1 }, then: { status: 403 } });
  const first = (await thrownBy(load('first'))) as LoadError;
  simulator.faults.set();
  const refused = await thrownBy(load('second'));

  expect(refused).toMatchObject({ batchId: first.batchId, journal: undefined });
  expect(existsSync(journalPath('second'))).toBe(false);
  await client.batches.abort(String(first.batchId));
  expect((await load('second')).outcome).toBe('success');
  await expectLoadedOnce();
});

import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import {
  IngestError,
  InvalidInputError,
  JournalError,
  LoadError,
  type LoadedFile,
  type LoadOptions,
  type LoadProgress,
  type LoadReceipt,
  PreflightError,
} from '../../src/index.js';
import type { LogEntry } from '../../src/testing/index.js';
import { all, thrownBy } from '../support/client.js';
import { client, folder, simulator, useIngest } from '../support/ingest.js';
import { changeSteps, readSteps } from '../support/journal.js';

useIngest('load');

let root = '';
let journal = '';
let logged = 0;
beforeEach(async () => {
  root = join(folder, 'exports');
  journal = join(folder, 'load.journal');
  logged = simulator.log.length;
  await makeFiles(4, 3);
});

/** Folders that are a batch each, with a limit of as many files as they have. */
async function makeFiles(folders: number, files: number): Promise<void> {
  for (let day = 1; day <= folders; day++) {
    for (let part = 1; part <= files; part++)
      await write(`day=${day}/part-${part}.jsonl`, `{"_id":"${day}-${part}"}\n`);
  }
}

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), text);
}

const options = (more: Partial<LoadOptions> = {}): LoadOptions => ({
  datasetId: 'd1',
  journal,
  maxBatchFiles: 3,
  pollIntervalMs: 10,
  ...more,
});
const load = (more: Partial<LoadOptions> = {}): Promise<LoadReceipt> =>
  client.load(root, options(more));

const log = (): LogEntry[] => simulator.log.slice(logged);
const count = (operation: string, query = ''): number =>
  log().filter((one) => one.operation === operation && one.path.includes(query)).length;

/** The paths in all batches that were completed. */
const storedPaths = (batchIds: readonly string[]): string[] =>
  batchIds.flatMap((id) => simulator.files(id).map(({ path }) => path)).sort();

const PATHS = ['1', '2', '3', '4'].flatMap((day) =>
  ['1', '2', '3'].map((part) => `day=${day}/part-${part}.jsonl`),
);

test('a load puts every file into one batch, and each batch is completed once', async () => {
  const receipt = await load();
  expect(receipt).toMatchObject({ outcome: 'success', notBegun: 0, fileCount: 12, skipped: 0 });
  expect(
    receipt.batches.map(({ number, outcome, fileCount }) => [number, outcome, fileCount]),
  ).toEqual([1, 2, 3, 4].map((number) => [number, 'success', 3]));
  const ids = receipt.batches.map(({ batchId }) => batchId);
  expect(storedPaths(ids)).toEqual(PATHS);
  expect(count('batchAction', 'COMPLETE')).toBe(4);
});

test('batches have the external id of the load with their number', async () => {
  const { externalId, batches } = await load({ externalId: 'nightly' });
  expect([externalId, ...batches.map((batch) => batch.externalId)]).toEqual([
    'nightly',
    ...[1, 2, 3, 4].map((number) => `nightly-${number}`),
  ]);
});

test('the files of a load are read from its journals with their batch and their sha256', async () => {
  const { batches } = await load();
  const files = await all(client.loadedFiles(journal));
  expect(files.map(({ path }) => path).sort()).toEqual(PATHS);
  const shown: LoadedFile | undefined = files[0];
  expect(shown).toMatchObject({ batchNumber: 1, batchId: batches[0]?.batchId, sizeBytes: 14 });
  const stored = simulator
    .files(batches[0]?.batchId ?? '')
    .find(({ path }) => path === shown?.path);
  expect(shown?.sha256).toBe(await stored?.sha256());
});

test('the files of a load are not listed without those of a batch whose journal was cut off', async () => {
  await load();
  const path = join(`${journal}.batches`, '0002.journal');
  for (const steps of [7, 0]) {
    await changeSteps(path, (before) => before.slice(0, steps));
    const error = await thrownBy(all(client.loadedFiles(journal)));
    expect(error).toBeInstanceOf(JournalError);
    expect(String(error)).toContain('0002.journal');
  }
});

test('batches run one after another', async () => {
  await load();
  const steps = log().flatMap(({ operation, path }) =>
    operation === 'createBatch' ? ['create'] : path.includes('COMPLETE') ? ['complete'] : [],
  );
  expect(steps).toEqual(Array(4).fill(['create', 'complete']).flat());
});

test('with batchConcurrency so many batches run at a time', async () => {
  let running = 0;
  let most = 0;
  simulator.faults.set(
    ...[1, 2, 3, 4].map((nth) => ({
      when: { operation: 'createBatch' as const, nth },
      then: { delayMs: 30 },
    })),
  );
  await load({ batchConcurrency: 2 });
  for (const { operation, path } of log()) {
    if (operation === 'createBatch') running++;
    if (path.includes('COMPLETE')) running--;
    most = Math.max(most, running);
  }
  expect(most).toBe(2);
  expect(count('createBatch')).toBe(4);
});

test('the progress counts all batches, never falls, and ends with everything done', async () => {
  const seen: LoadProgress[] = [];
  await load({ batchConcurrency: 2, onProgress: (progress) => void seen.push(progress) });
  const planned = seen.filter(({ filesTotal }) => filesTotal !== undefined);
  for (const [at, now] of planned.entries()) {
    const before = planned[at - 1] ?? now;
    for (const name of ['filesDone', 'transferredBytes', 'batchesDone'] as const)
      expect(now[name]).toBeGreaterThanOrEqual(before[name]);
  }
  expect(seen[0]?.phase).toBe('preflight');
  expect(seen.filter(({ phase }) => phase === 'done')).toHaveLength(1);
  expect(seen.at(-1)).toMatchObject({
    phase: 'done',
    filesDone: 12,
    filesTotal: 12,
    batchesDone: 4,
    batchesTotal: 4,
    transferredBytes: 168,
    totalBytes: 168,
    current: [],
  });
});

test('after a batch that fails no other is begun, and a resume loads the rest without touching what is loaded', async () => {
  simulator.faults.set({ when: { operation: 'uploadFile', nth: 5 }, then: { status: 403 } });
  const error = await thrownBy(load());
  expect(error).toBeInstanceOf(LoadError);
  expect(error).toMatchObject({ journal, batch: 'kept', failed: [{ number: 2 }] });
  expect((error as Error).message).toMatch(
    /^Batch 2 of 4: .*403.* Batch \S+ is kept\. 1 of 4 batches have ended, and 2 were not begun\. Resume the load with the journal /,
  );
  expect(count('createBatch')).toBe(2);
  simulator.faults.set();
  const before = log().length;
  const receipt = await client.resumeLoad(journal, { pollIntervalMs: 10 });
  expect(receipt).toMatchObject({ outcome: 'success', notBegun: 0 });
  expect(receipt.batches).toHaveLength(4);
  const [first] = receipt.batches;
  const since = log().slice(before);
  expect(since.filter(({ path }) => path.includes(first?.batchId ?? '-'))).toEqual([]);
  expect(count('createBatch')).toBe(4);
  expect(storedPaths(receipt.batches.map(({ batchId }) => batchId))).toEqual(PATHS);
  expect(count('batchAction', 'COMPLETE')).toBe(4);
});

test('batches that run when another one fails come to their end', async () => {
  simulator.faults.set({ when: { operation: 'createBatch', nth: 1 }, then: { status: 403 } });
  const error = await thrownBy(load({ batchConcurrency: 3 }));
  expect(error).toMatchObject({ failed: [{ error: expect.any(IngestError) }] });
  expect((error as Error).message).toContain('2 of 4 batches have ended, and 1 were not begun.');
});

test('a batch that the platform failed is started again by a resume, and keeps the others from being begun', async () => {
  simulator.outcomes['weekly-2'] = { states: ['failed'] };
  const receipt = await load({ externalId: 'weekly' });
  expect(receipt).toMatchObject({ outcome: 'failed', notBegun: 2 });
  expect(receipt.batches.map(({ outcome }) => outcome)).toEqual(['success', 'failed']);
  const warnings: string[] = [];
  const resumed = await client.resumeLoad(journal, {
    pollIntervalMs: 10,
    onWarning: ({ message }) => void warnings.push(message),
  });
  expect(resumed).toMatchObject({ outcome: 'success', notBegun: 0 });
  expect(resumed.batches.map(({ externalId }) => externalId)).toEqual([
    ...['weekly-1', 'weekly-2-2', 'weekly-3', 'weekly-4'],
  ]);
  expect(warnings).toEqual([
    expect.stringMatching(/^Batch 2 of 4: batch \S+ ended as failed: a new batch is started/),
  ]);
  expect(storedPaths(resumed.batches.map(({ batchId }) => batchId))).toEqual(PATHS);
});

test('a resume of a load that is loaded sends nothing and returns the same batches', async () => {
  const { batches } = await load();
  const before = log().length;
  const receipt = await client.resumeLoad(journal);
  expect(receipt.batches).toEqual(batches);
  expect(log()).toHaveLength(before);
});

test('where the first batch cannot be created nothing is left, and the load may be run again', async () => {
  simulator.faults.set({ when: { operation: 'createBatch', nth: 1 }, then: { status: 403 } });
  const error = await thrownBy(load());
  expect(error).toMatchObject({ journal: undefined, batch: 'none', batchId: undefined });
  expect(existsSync(journal) || existsSync(`${journal}.batches`)).toBe(false);
  expect(await load()).toMatchObject({ outcome: 'success' });
});

test('a file that the platform would reject keeps every batch from being created', async () => {
  await write('day=4/part-9.jsonl', '');
  expect(await thrownBy(load())).toBeInstanceOf(PreflightError);
  expect([count('createBatch'), existsSync(journal)]).toEqual([0, false]);
});

test('files of different formats are refused, also where each batch would have one', async () => {
  await rm(join(root, 'day=4'), { recursive: true });
  await write('day=4/a.csv', 'a,b\n1,2\n');
  expect(await thrownBy(load())).toBeInstanceOf(PreflightError);
});

test('a load of more files than a batch may hold is not refused', async () => {
  expect((await load({ maxBatchFiles: 1 })).batches).toHaveLength(12);
});

test('a changed file fails its batch, and no other batch is begun', async () => {
  simulator.faults.set({ when: { operation: 'uploadFile', nth: 5 }, then: { status: 503 } });
  await thrownBy(load({ maxPartRetries: 0 }));
  simulator.faults.set();
  await write('day=2/part-3.jsonl', '{"_id":"changed"}\n');
  const error = await thrownBy(client.resumeLoad(journal));
  expect(String(error)).toContain('part-3.jsonl changed since it was planned');
  expect(count('createBatch')).toBe(2);
});

test('the journal of a load that has not ended is not used for another one', async () => {
  simulator.faults.set({ when: { operation: 'uploadFile', nth: 2 }, then: { status: 403 } });
  await thrownBy(load());
  simulator.faults.set();
  const error = await thrownBy(load());
  expect(error).toBeInstanceOf(JournalError);
  expect(String(error)).toContain('of an ingest that has not ended');
});

test('the journal of a load that has ended is used for the next one', async () => {
  await load();
  const { batches } = await load({ maxBatchFiles: 12 });
  expect(batches).toHaveLength(1);
  expect(await readdir(`${journal}.batches`)).toEqual(['0001.journal']);
  expect(await all(client.loadedFiles(journal))).toHaveLength(12);
});

test('the journal of an ingest that has ended is used for a load', async () => {
  await client.ingest(root, { datasetId: 'd1', journal, pollIntervalMs: 10 });
  expect(await load()).toMatchObject({ outcome: 'success' });
  expect((await readSteps(journal)).map(({ type }) => type)).not.toContain('plan');
});

test('resume() of an ingest refuses the journal of a load, and resumeLoad() that of an ingest', async () => {
  await load();
  expect(await thrownBy(client.resume(journal))).toBeInstanceOf(JournalError);
  const other = join(folder, 'ingest.journal');
  await client.ingest(root, { datasetId: 'd1', journal: other, pollIntervalMs: 10 });
  expect(await thrownBy(client.resumeLoad(other))).toBeInstanceOf(JournalError);
});

test('a journal that ends within its plan says that nothing was sent', async () => {
  await load();
  await changeSteps(journal, (steps) =>
    steps.filter(({ type }) => type === 'load' || type === 'batch'),
  );
  expect(String(await thrownBy(client.resumeLoad(journal)))).toContain(
    'ends within its plan, so nothing was sent',
  );
});

test('while a resume goes on with a batch that had failed, the journal is not used for another load', async () => {
  simulator.outcomes['monthly-4'] = { states: ['failed'] };
  expect((await load({ externalId: 'monthly' })).outcome).toBe('failed');
  simulator.faults.set({ when: { operation: 'uploadFile' }, then: { status: 403 } });
  const error = await thrownBy(client.resumeLoad(journal));
  expect(error).toMatchObject({ batch: 'kept', journal });
  expect(String(error)).toContain('3 of 4 batches have ended.');
  simulator.faults.set();
  expect(String(await thrownBy(load()))).toContain('of an ingest that has not ended');
  const { outcome, batches } = await client.resumeLoad(journal, { pollIntervalMs: 10 });
  expect([outcome, batches[3]?.batchId]).toEqual(['success', (error as LoadError).batchId]);
});

test('an aborted resume fails, also where every batch was begun', async () => {
  simulator.outcomes['yearly-4'] = { states: ['failed'] };
  await load({ externalId: 'yearly' });
  const signal = AbortSignal.abort();
  expect(await thrownBy(client.resumeLoad(journal, { signal }))).toMatchObject({
    name: 'LoadError',
    journal,
    failed: [{ number: 4 }],
  });
});

test('an aborted load begins no other batch and is resumed', async () => {
  const controller = new AbortController();
  const error = await thrownBy(
    load({
      signal: controller.signal,
      onProgress: ({ batchesDone, filesDone }) => {
        if (batchesDone === 1 && filesDone > 3) controller.abort();
      },
    }),
  );
  expect(error).toBeInstanceOf(LoadError);
  expect(count('createBatch')).toBe(2);
  const receipt = await client.resumeLoad(journal, { pollIntervalMs: 10 });
  expect(storedPaths(receipt.batches.map(({ batchId }) => batchId))).toEqual(PATHS);
});

test('with skipLoaded the same load sends nothing, and one more file loads one batch', async () => {
  const given = { datasetId: 'd-once', skipLoaded: true, maxBatchFiles: 4 };
  const first = await load(given);
  expect(first.outcome).toBe('success');
  const before = log().length;
  const again = await load(given);
  expect(again).toMatchObject({ outcome: 'skipped', notBegun: 0 });
  expect(again.batches.map(({ batchId }) => batchId)).toEqual(
    first.batches.map(({ batchId }) => batchId),
  );
  expect(
    log()
      .slice(before)
      .filter(({ method }) => method !== 'GET'),
  ).toEqual([]);
  await write('day=3/part-9.jsonl', '{"_id":"3-9"}\n');
  const { outcome, batches } = await load(given);
  expect(outcome).toBe('success');
  expect(batches.map((batch) => batch.outcome).sort()).toEqual([
    ...['skipped', 'skipped', 'skipped', 'success'],
  ]);
});

test('a load that is not waited for completes every batch', async () => {
  const receipt = await load({ wait: false });
  expect(receipt.outcome).toBe('accepted');
  expect(receipt.batches).toHaveLength(4);
});

test.each([
  { journal: undefined },
  { maxBatchFiles: 25_001 },
  { maxBatchBytes: 0 },
  { batchConcurrency: 17 },
  { replace: ['b1'] },
  { force: true },
  { skipLoaded: true, externalId: 'night' },
  { skipLoaded: true, sha256: false },
  { rowRules: { strict: true } },
])('options that a load cannot use are refused before a file is looked for: %o', async (wrong) => {
  const given = { ...options(), ...wrong } as LoadOptions;
  const missing = join(folder, 'missing');
  expect(await thrownBy(client.load(missing, given))).toBeInstanceOf(InvalidInputError);
  expect(log()).toEqual([]);
});

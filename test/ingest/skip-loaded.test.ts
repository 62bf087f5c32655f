import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import {
  AlreadyLoadingError,
  type Batch,
  createBatchClient,
  type IngestError,
  type IngestOptions,
  InvalidInputError,
  SourceError,
} from '../../src/index.js';
import { localFile } from '../../src/upload/source.js';
import { all, testClock, thrownBy } from '../support/client.js';
import { client, folder, simulator, useIngest } from '../support/ingest.js';
import { changeSteps } from '../support/journal.js';

useIngest('skip-loaded');
const QUIRKS = { duplicateStatus: 422, catalogLagReads: 0 } as const;
afterEach(() => {
  Object.assign(simulator.quirks, QUIRKS);
  for (const id of Object.keys(simulator.outcomes)) delete simulator.outcomes[id];
});

let count = 0;
/** A dataset that no test had before, with options for it. */
const options = (more: Partial<IngestOptions> = {}) => ({
  datasetId: `dataset-${count}`,
  skipLoaded: true,
  ...more,
});
/** A folder with these files. */
async function write(files: Record<string, string> = { 'a.jsonl': '{"n":1}\n' }): Promise<string> {
  const path = join(folder, `load-${++count}`);
  await mkdir(path);
  for (const [name, text] of Object.entries(files)) await writeFile(join(path, name), text);
  return path;
}
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
/** What was sent since: the operations but those that only read. */
const sentSince = (start: number) =>
  simulator.log
    .slice(start)
    .map(({ operation = '' }) => operation)
    .filter((operation) => !['getToken', 'getBatch', 'listBatches'].includes(operation));
/** How a dataset's batches end from now on. */
const endWith = (...states: Batch['status'][]) => {
  simulator.outcomes[`dataset-${count}`] = { states };
};
const loaded = async () => {
  const batches = await all(client.batches.list({ dataSet: `dataset-${count}` }));
  return batches.filter(({ status }) => !['loading', 'aborted', 'failed'].includes(status));
};

test('the same files are loaded once: the second time nothing is sent, and the receipt names the batch', async () => {
  const path = await write({ 'a.jsonl': '{"n":1}\n', 'b.jsonl': '{"n":2}\n' });
  const first = await client.ingest(path, options());
  const start = simulator.log.length;
  const second = await client.ingest(path, options());

  expect([first.outcome, second.outcome]).toEqual(['success', 'skipped']);
  expect(second).toMatchObject({
    batchId: first.batchId,
    externalId: first.externalId,
    status: 'success',
    records: { input: 2, output: 2, failed: 0 },
    files: [
      { path: 'a.jsonl', sizeBytes: 8, sha256: sha256('{"n":1}\n') },
      { path: 'b.jsonl', sizeBytes: 8, sha256: sha256('{"n":2}\n') },
    ],
  });
  expect(sentSince(start)).toEqual([]);
});

test('the externalId is the sha256 over dataset, format, names and contents, and a number', async () => {
  const path = await write({ 'b.jsonl': '{"n":2}\n', 'a.jsonl': '{"n":1}\n' });
  const { externalId } = await client.ingest(path, options());
  const lines = [
    [`dataset-${count}`, { format: 'json', isMultiLineJson: false }],
    ['a.jsonl', sha256('{"n":1}\n')],
    ['b.jsonl', sha256('{"n":2}\n')],
  ];

  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  expect(externalId).toBe(`aep-batch-${sha256(text)}-1`);
});

test.each<[what: string, files: Record<string, string>, more: Partial<IngestOptions>]>([
  ['other contents', { 'a.jsonl': '{"n":2}\n' }, {}],
  ['another name', { 'b.jsonl': '{"n":1}\n' }, {}],
  ['one more file', { 'a.jsonl': '{"n":1}\n', 'b.jsonl': '{"n":1}\n' }, {}],
  ['another dataset', { 'a.jsonl': '{"n":1}\n' }, { datasetId: 'another' }],
])('a load with %s is another one', async (_, files, more) => {
  const same = await write();
  const datasetId = `dataset-${count}`;
  const first = await client.ingest(same, { ...options(), isMultiLineJson: false });
  const second = await client.ingest(await write(files), { ...options(), datasetId, ...more });

  expect(second.outcome).toBe('success');
  expect(second.batchId).not.toBe(first.batchId);
});

test('a load that is read in another way is another one', async () => {
  const path = await write({ 'a.csv': 'id,name\n1,x\n' });
  const first = await client.ingest(path, options({ csv: { nullMarker: 'x' } }));
  const second = await client.ingest(path, options({ csv: { nullMarker: 'y' } }));

  expect([first.outcome, second.outcome]).toEqual(['success', 'success']);
  expect(second.externalId.slice(0, -2)).not.toBe(first.externalId.slice(0, -2));
});

test('where a file is, when it was written and how it is sent makes no other load', async () => {
  const path = await write();
  const datasetId = `dataset-${count}`;
  const { batchId } = await client.ingest(path, options({ tags: { run: ['1'] } }));
  const again = join(await write(), 'a.jsonl');
  await utimes(again, 1, 1);
  const small = { datasetId, largeFileThresholdBytes: 1, partSizeBytes: 5, errorDiagnostics: true };

  expect(await client.ingest(again, options(small))).toMatchObject({ batchId, outcome: 'skipped' });
  const source = { name: 'a.jsonl', bytes: Buffer.from('{"n":1}\n') };
  expect(await client.ingest(source, options({ datasetId }))).toMatchObject({ batchId });
});

describe('a batch with the same files', () => {
  /** A first batch that ends, or stands, like this, and a second ingest of its files. */
  async function second(states: string[], more: Partial<IngestOptions> = {}) {
    const path = await write();
    endWith(...states);
    const first = await client.ingest(path, options({ wait: false }));
    delete simulator.outcomes[`dataset-${count}`];
    const start = simulator.log.length;
    const notes: string[] = [];
    const result = await client.ingest(
      path,
      options({ ...more, onWarning: ({ message }) => void notes.push(message) }),
    );
    return { first, result, sent: sentSince(start), notes };
  }

  test.each([
    [['success']],
    [['active']],
    [['inactive']],
    [['archived']],
    [['retained']],
    [['loaded', 'staging', 'success']],
    [['retrying', 'staged', 'active']],
    [['queued', 'inactive']],
  ])('that is or becomes the last of %j is the load: nothing is sent', async (states) => {
    const { first, result, sent } = await second(states);

    expect(result).toMatchObject({ outcome: 'skipped', batchId: first.batchId });
    expect([result.status, sent]).toEqual([states.at(-1), []]);
  });

  test.each([
    [['failed']],
    [['failure']],
    [['aborted']],
    [['abandoned']],
    [['deleted']],
    [['staging', 'staging', 'failed']],
  ])(
    'that is or becomes the last of %j counts as none: the next number is loaded',
    async (states) => {
      const { first, result } = await second(states);

      expect(result.outcome).toBe('success');
      expect(result.externalId).toBe(first.externalId.replace(/-1$/, '-2'));
    },
  );

  test('that is being processed is waited for with a note', async () => {
    const { first, notes } = await second(['staging', 'staging', 'success']);
    expect(notes.join()).toContain(`Batch ${first.batchId} has the same files and is staging`);
  });

  test('that has stalled decides nothing: the outcome is stalled, and nothing is sent', async () => {
    const { first, result, sent } = await second(['staging', 'stalled']);
    expect([result.outcome, result.batchId, sent]).toEqual(['stalled', first.batchId, []]);
  });

  test('that has not ended when the time is up: the outcome is timed-out, and nothing is sent', async () => {
    const { first, result, sent } = await second(['staging'], { waitTimeoutMs: 5000 });
    expect([result.outcome, result.batchId, sent]).toEqual(['timed-out', first.batchId, []]);
  });

  test('that failed twice leads to the third number', async () => {
    const path = await write();
    endWith('failed');
    await client.ingest(path, options());
    await client.ingest(path, options());
    delete simulator.outcomes[`dataset-${count}`];

    expect((await client.ingest(path, options())).externalId).toMatch(/^aep-batch-[0-9a-f]{64}-3$/);
    expect((await client.ingest(path, options())).outcome).toBe('skipped');
  });

  test('that is loading refuses the ingest with its id and what to do, and is not touched', async () => {
    const path = await write();
    simulator.faults.set({ when: { operation: 'uploadFile' }, then: { status: 403 } });
    const journal = join(folder, 'first.journal');
    const broken = (await thrownBy(client.ingest(path, options({ journal })))) as IngestError;
    simulator.faults.set();
    const start = simulator.log.length;
    const own = join(folder, 'second.journal');
    const error = await thrownBy(client.ingest(path, options({ journal: own })));

    expect(error).toBeInstanceOf(AlreadyLoadingError);
    expect(error).toMatchObject({ batchId: broken.batchId });
    expect(String(error)).toContain(`aep-batch abort ${broken.batchId}`);
    expect([sentSince(start), existsSync(own)]).toEqual([[], false]);
    expect(simulator.status(String(broken.batchId))).toBe('loading');

    // The one that broke off is resumed; then there is nothing more to do.
    expect((await client.resume(journal)).outcome).toBe('success');
    expect((await client.ingest(path, options({ journal: own }))).outcome).toBe('skipped');
  });
});

describe('force', () => {
  test('loads again under the next number, each time', async () => {
    const path = await write();
    const receipts = [];
    for (const force of [true, true, false, true]) {
      const receipt = await client.ingest(path, options({ force }));
      receipts.push([receipt.outcome, receipt.externalId.slice(-2)]);
    }

    expect(receipts).toEqual([
      ['success', '-1'],
      ['success', '-2'],
      ['skipped', '-1'],
      ['success', '-3'],
    ]);
  });

  test('does not wait for a batch that is being processed, and is refused by one that is loading', async () => {
    const path = await write();
    endWith('staging');
    await client.ingest(path, options({ wait: false }));
    delete simulator.outcomes[`dataset-${count}`];
    const second = await client.ingest(path, options({ force: true }));
    expect(second).toMatchObject({ outcome: 'success' });

    const externalId = second.externalId.replace(/-2$/, '-3');
    const { id } = await client.batches.create({ datasetId: `dataset-${count}`, externalId });
    const error = await thrownBy(client.ingest(path, options({ force: true })));
    expect(error).toMatchObject({ name: 'AlreadyLoadingError', batchId: id });
  });

  test('needs skipLoaded', async () => {
    const path = await write();
    const error = await thrownBy(client.ingest(path, { datasetId: 'd', force: true }));
    expect(error).toMatchObject({ name: 'InvalidInputError', field: 'force' });
  });
});

test.each<[string, Partial<IngestOptions>, unknown]>([
  ['externalId', { externalId: 'mine' }, undefined],
  ['sha256', { sha256: false }, undefined],
  ['source', {}, { records: [{ n: 1 }] }],
  ['source', {}, { jsonLines: [Buffer.from('{}\n')] }],
])('skipLoaded cannot be combined with what its %s would be', async (field, more, source) => {
  const path = await write();
  const start = simulator.log.length;
  const error = await thrownBy(client.ingest((source as string) ?? path, options(more)));

  expect(error).toBeInstanceOf(InvalidInputError);
  expect(error).toMatchObject({ field });
  expect(simulator.log).toHaveLength(start);
});

test('a load of many files has one externalId however its files are read, and a signal ends the reading', async () => {
  const names = Array.from({ length: 30 }, (_, n) => `${n}.jsonl`);
  const path = await write(Object.fromEntries(names.map((name) => [name, `{"n":"${name}"}\n`])));
  const first = await client.ingest(path, options());
  expect(await client.ingest(path, options())).toMatchObject({ batchId: first.batchId });

  const abort = new AbortController();
  const start = simulator.log.length;
  const aborted = options({
    datasetId: 'aborted',
    signal: abort.signal,
    onWarning: () => abort.abort(),
  });
  expect(await thrownBy(client.ingest(path, aborted))).toMatchObject({ name: 'AbortError' });
  expect(simulator.log).toHaveLength(start);
});

test('the caller is informed that the contents are read twice', async () => {
  const path = await write();
  const notes: unknown[] = [];
  await client.ingest(path, options({ onWarning: (note) => void notes.push(note) }));
  expect(notes).toEqual([
    { level: 'note', message: expect.stringContaining('read twice: now 1 file with 8 bytes') },
  ]);
});

describe('a file that changes between both reads is an error, and its batch is aborted', () => {
  /** Changes the file when its batch is created, and puts its time back as it was. */
  const ingestChanging = async (path: string, text: string, more: Partial<IngestOptions> = {}) => {
    const changing = createBatchClient({
      ...simulator.clientOptions,
      clock: testClock(),
      onResponse: ({ operation }) => {
        if (operation === 'createBatch') writeFileSync(path, text);
      },
    });
    const error = await thrownBy(changing.ingest(path, options(more)));
    await changing.close();
    return error;
  };

  test.each([
    ['whole', {}],
    ['in parts', { largeFileThresholdBytes: 1, partSizeBytes: 5 }],
  ])('sent %s', async (_, more) => {
    const path = join(await write(), 'a.jsonl');
    const error = await ingestChanging(path, '{"n":2}\n', more);

    expect(error).toMatchObject({ name: 'IngestError', batch: 'aborted' });
    expect((error as IngestError).cause).toBeInstanceOf(SourceError);
    expect(await loaded()).toEqual([]);
    // The new contents are another load.
    expect((await client.ingest(path, options())).outcome).toBe('success');
  });

  test('although nothing but its contents shows it', async () => {
    const path = await write();
    const journal = join(folder, 'changed.journal');
    simulator.faults.set({ when: { operation: 'uploadFile' }, then: { status: 403 } });
    await thrownBy(client.ingest(path, options({ journal })));
    simulator.faults.set();
    await writeFile(join(path, 'a.jsonl'), '{"n":3}\n');
    const identity = (await localFile(join(path, 'a.jsonl'), 'a.jsonl')).fingerprint;
    await changeSteps(journal, (steps) =>
      steps.map((step) => (step['type'] === 'file' ? { ...step, identity } : step)),
    );
    const error = await thrownBy(client.resume(journal));

    expect(error).toMatchObject({ name: 'IngestError', batch: 'aborted' });
    expect(String(error)).toContain('changed after it was read for the first time');
    expect(await loaded()).toEqual([]);
  });
});

describe('two ingests of the same files at the same time', () => {
  const LAGS = [0, 1, 3, 7];
  const STATUSES = [201, 422] as const;

  test.each(STATUSES.flatMap((status) => LAGS.map((lag) => [status, lag] as const)))(
    'load once, where a second batch with the externalId gets %i, and %i reads miss a new batch',
    async (duplicateStatus, catalogLagReads) => {
      Object.assign(simulator.quirks, { duplicateStatus, catalogLagReads });
      const path = await write();
      const results = await Promise.all(
        [1, 2, 3].map(() =>
          client.ingest(path, options()).catch((error: unknown) => error as Error),
        ),
      );

      const ends = results.map((one) => (one instanceof Error ? one.name : one.outcome));
      expect(ends.filter((end) => end === 'success')).toHaveLength(1);
      for (const end of ends) expect(['success', 'skipped', 'AlreadyLoadingError']).toContain(end);
      expect(await loaded()).toHaveLength(1);
      Object.assign(simulator.quirks, QUIRKS);
      const later = await client.ingest(path, options());
      expect([later.outcome, (await loaded()).length]).toEqual(['skipped', 1]);
    },
  );

  test('with the same time of creation keep the one with the smaller id', async () => {
    Object.assign(simulator.quirks, { duplicateStatus: 201 });
    const path = await write();
    // Both look for an earlier batch before either creates one.
    simulator.faults.set({ when: { operation: 'createBatch' }, then: { delayMs: 500 } });
    const fixed = jest.spyOn(Date, 'now').mockReturnValue(1_800_000_000_000);
    await Promise.allSettled([1, 2].map(() => client.ingest(path, options())));
    fixed.mockRestore();
    simulator.faults.set();

    const batches = await all(client.batches.list({ dataSet: `dataset-${count}` }));
    expect(batches.map(({ created }) => created)).toEqual([1_800_000_000_000, 1_800_000_000_000]);
    const [first] = batches.map(({ id }) => id).sort();
    expect((await loaded()).map(({ id }) => id)).toEqual([first]);
  });

  // One of the ids is the smaller one by chance.
  test.each([1, 2, 3, 4, 5, 6])(
    'with the same time of creation load once, although one was about to be completed before the other was there: %i',
    async () => {
      Object.assign(simulator.quirks, { duplicateStatus: 201 });
      const path = await write();
      simulator.faults.set(
        { when: { operation: 'createBatch', nth: 2 }, then: { delayMs: 150 } },
        { when: { operation: 'batchAction', nth: 1 }, then: { delayMs: 300 } },
      );
      const fixed = jest.spyOn(Date, 'now').mockReturnValue(1_800_000_000_000);
      await Promise.allSettled([1, 2].map(() => client.ingest(path, options())));
      fixed.mockRestore();
      simulator.faults.set();

      expect(await loaded()).toHaveLength(1);
    },
  );
});

describe('contents that are read as a stream', () => {
  const source = (path: string, read: () => Uint8Array[]) => ({
    path,
    fingerprint: () => 'v1',
    read,
  });

  test('are the same load as a file with these contents: compressed, or from a program', async () => {
    const path = join(await write(), 'a.jsonl');
    await writeFile(`${path}.gz`, gzipSync('{"n":1}\n'));
    const first = await client.ingest(`${path}.gz`, options());
    const start = simulator.log.length;
    const others = [
      await client.ingest(path, options()),
      await client.ingest(
        source('a.jsonl', () => [Buffer.from('{"n":1}\n')]),
        options(),
      ),
    ];

    const files = [{ path: 'a.jsonl', sizeBytes: 8, sha256: sha256('{"n":1}\n') }];
    const skipped = { outcome: 'skipped', batchId: first.batchId, files };
    expect(others).toEqual([expect.objectContaining(skipped), expect.objectContaining(skipped)]);
    expect(sentSince(start)).toEqual([]);
  });

  test('that differ between both reads are an error, and their batch is aborted', async () => {
    await write();
    let reads = 0;
    const changing = source('b.jsonl', () => [Buffer.from(`{"n":${reads++}}\n`)]);
    const error = await thrownBy(client.ingest(changing, options()));

    expect(error).toMatchObject({ name: 'IngestError', batch: 'aborted' });
    expect(String(error)).toContain('changed after it was read for the first time');
    expect(await loaded()).toEqual([]);
  });
});

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { beforeEach, expect, test } from '@jest/globals';
import {
  createBatchClient,
  type LoadOptions,
  type LoadProgress,
  type LoadReceipt,
} from '../../src/index.js';
import { all, testClock } from '../support/client.js';
import { client, folder, simulator, useIngest } from '../support/ingest.js';
import { changeSteps } from '../support/journal.js';
import { useUrlServer } from '../support/url-server.js';

useIngest('closed-batches');
const server = useUrlServer(Buffer.of());

/** What each file has once it is decompressed. */
const FILE_BYTES = 1000;
/** Room for two files, and not for three. */
const MAX_BYTES = 2500;

let root = '';
let journal = '';
beforeEach(async () => {
  root = join(folder, 'exports');
  journal = join(folder, 'load.journal');
  await mkdir(root);
});

const toRows = (name: string, bytes = FILE_BYTES): string =>
  `{"_id":"${name}","text":"${'x'.repeat(bytes)}`.slice(0, bytes - 3).concat('"}\n');

const write = (name: string, bytes: Uint8Array | string) => writeFile(join(root, name), bytes);

async function writeCompressed(names: readonly string[]): Promise<void> {
  for (const name of names) await write(`${name}.jsonl.gz`, gzipSync(toRows(name)));
}

const options = (more: Partial<LoadOptions> = {}): LoadOptions => ({
  datasetId: 'd1',
  journal,
  maxBatchBytes: MAX_BYTES,
  pollIntervalMs: 10,
  ...more,
});
const load = (more: Partial<LoadOptions> = {}): Promise<LoadReceipt> =>
  client.load(root, options(more));

/** The names and sizes in each batch of a receipt. */
const listStored = ({ batches }: LoadReceipt) =>
  batches.map(({ batchId }) =>
    simulator.files(batchId).map(({ path, sizeBytes }) => [path, sizeBytes]),
  );

const PAIRS = [
  [
    ['a.jsonl', FILE_BYTES],
    ['b.jsonl', FILE_BYTES],
  ],
  [
    ['c.jsonl', FILE_BYTES],
    ['d.jsonl', FILE_BYTES],
  ],
  [['e.jsonl', FILE_BYTES]],
];

test('a batch whose decompressed files would exceed its limit is closed, and the rest goes into further ones', async () => {
  await writeCompressed(['a', 'b', 'c', 'd', 'e']);
  const seen: LoadProgress[] = [];
  const receipt = await load({ onProgress: (now) => void seen.push(now), externalId: 'night' });
  expect(receipt).toMatchObject({
    outcome: 'success',
    notBegun: 0,
    fileCount: 5,
    sizeBytes: 5 * FILE_BYTES,
  });
  expect(listStored(receipt)).toEqual(PAIRS);
  expect(
    receipt.batches.map(({ number, externalId, fileCount, sizeBytes }) => [
      number,
      externalId,
      fileCount,
      sizeBytes,
    ]),
  ).toEqual([
    [1, 'night-1', 2, 2 * FILE_BYTES],
    [2, 'night-2', 2, 2 * FILE_BYTES],
    [3, 'night-3', 1, FILE_BYTES],
  ]);
  const files = await all(client.loadedFiles(journal));
  expect(files.map(({ path, batchNumber }) => `${batchNumber} ${path}`)).toEqual([
    ...['1 a.jsonl', '1 b.jsonl', '2 c.jsonl', '2 d.jsonl', '3 e.jsonl'],
  ]);
  expect(seen.at(-1)).toMatchObject({
    phase: 'done',
    filesDone: 5,
    filesTotal: 5,
    batchesDone: 3,
    batchesTotal: 3,
    transferredBytes: 5 * FILE_BYTES,
  });
  // The compressed bytes are not those that are sent.
  expect(new Set(seen.map(({ totalBytes }) => totalBytes))).toEqual(new Set([undefined]));
});

test('a batch may be filled to its last byte', async () => {
  await writeCompressed(['a', 'b', 'c']);
  const receipt = await load({ maxBatchBytes: 2 * FILE_BYTES });
  expect(receipt.batches.map(({ fileCount }) => fileCount)).toEqual([2, 1]);
});

test('a file that alone exceeds the limit is a batch of its own, as a plain one is', async () => {
  await write('a.jsonl.gz', gzipSync(toRows('a')));
  await write('b.jsonl.br', brotliCompressSync(toRows('b', 4000)));
  await write('c.jsonl', toRows('c'));
  const receipt = await load();
  expect(listStored(receipt)).toEqual([
    [['a.jsonl', FILE_BYTES]],
    [['b.jsonl', 4000]],
    [['c.jsonl', FILE_BYTES]],
  ]);
});

test('a file in parts counts as large as its first part lets expect', async () => {
  // Much more than what is decompressed at a time.
  const rows = Array.from({ length: 700 }, (_, row) => {
    const text = createHash('sha512').update(`${row}`).digest('hex').repeat(8);
    return `{"n":"${row}","text":"${text}"}\n`;
  });
  const text = rows.join('');
  for (const name of ['a', 'b', 'c']) await write(`${name}.jsonl.gz`, gzipSync(text));
  const receipt = await load({
    maxBatchBytes: 2 * text.length + 10,
    partSizeBytes: Math.ceil(text.length / 2),
    largeFileThresholdBytes: 1000,
  });
  expect(receipt.batches.map(({ fileCount }) => fileCount)).toEqual([2, 1]);
});

test('with skipLoaded the batches are planned by what is in the files, and the second load sends nothing', async () => {
  await writeCompressed(['a', 'b', 'c', 'd', 'e']);
  const first = await load({ skipLoaded: true });
  expect(first.outcome).toBe('success');
  const sizes = listStored(first).map((files) => files.length * FILE_BYTES);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_BYTES);
  expect(sizes.reduce((sum, size) => sum + size)).toBe(5 * FILE_BYTES);
  const before = simulator.log.length;
  const second = await load({ skipLoaded: true });
  expect(second.outcome).toBe('skipped');
  const isWrite = ({ method }: { method: string }) => method !== 'GET' && method !== 'HEAD';
  const sent = simulator.log.slice(before).filter(isWrite);
  expect(sent.filter(({ operation }) => operation !== 'getToken')).toEqual([]);
});

test('packed files have a size that is known, and those beside them are counted as they are read', async () => {
  await writeCompressed(['a', 'b']);
  for (const name of ['c', 'd', 'e']) await write(`${name}.jsonl`, toRows(name, 300));
  const receipt = await load({ pack: true, packBytes: FILE_BYTES, maxBatchBytes: 2000 });
  expect(receipt).toMatchObject({ outcome: 'success', sizeBytes: 2900 });
  const sizes = listStored(receipt).map((files) =>
    files.reduce((sum, [, size]) => sum + Number(size), 0),
  );
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2000);
  const paths = (await all(client.loadedFiles(journal))).map(({ path }) => path);
  expect(paths.sort()).toEqual(['a', 'b', 'c', 'd', 'e'].map((name) => `${name}.jsonl`));
});

/** Runs the load up to the nth request of it, and resumes it. */
async function breakOff(nth: number, batchConcurrency: number): Promise<LoadReceipt> {
  const controller = new AbortController();
  let requests = 0;
  const broken = createBatchClient({
    ...simulator.clientOptions,
    clock: testClock(),
    onRequest: () => {
      if (++requests === nth) controller.abort();
    },
  });
  try {
    const own = { onFailure: 'leave' as const, signal: controller.signal, batchConcurrency };
    return await broken.load(root, options(own));
  } catch {
    if (!existsSync(journal)) return await load(); // nothing was sent
    return await client.resumeLoad(journal, { pollIntervalMs: 10 });
  } finally {
    await broken.close();
  }
}

test('wherever a load with closed batches breaks off, a resume loads each file once', async () => {
  await writeCompressed(['a', 'b', 'c', 'd', 'e']);
  for (let nth = 4; nth <= 14; nth++) {
    journal = join(folder, `load-${nth}.journal`);
    const receipt = await breakOff(nth, 1 + (nth % 2));
    expect([receipt.outcome, nth]).toEqual(['success', nth]);
    expect(listStored(receipt)).toEqual(PAIRS);
  }
});

test('a batch that was closed before the load knew of the rest is divided by the resume', async () => {
  await writeCompressed(['a', 'b', 'c']);
  simulator.faults.set({ when: { operation: 'batchAction' }, then: { status: 403 } });
  await expect(load({ onFailure: 'leave' })).rejects.toThrow();
  simulator.faults.set();
  await changeSteps(journal, (steps) => steps.filter(({ type }) => type !== 'divided'));
  const receipt = await client.resumeLoad(journal, { pollIntervalMs: 10 });
  expect(listStored(receipt)).toEqual([PAIRS[0], [['c.jsonl', FILE_BYTES]]]);
});

test('URLs that a closed batch has left are found by new ones, also where the load does not know of them yet', async () => {
  server.bytes = gzipSync(toRows('row'));
  let isExpired = false;
  server.intercept = ({ url = '' }, response) => {
    if (!isExpired || !url.endsWith('sig=old')) return false;
    response.writeHead(403).end();
    return true;
  };
  const toUrls = (sig: string) =>
    ['a', 'b', 'c'].map((name) => `${server.origin}/${name}.jsonl.gz?sig=${sig}`);
  const loadUrls = () => client.load(toUrls('old'), options({ onFailure: 'leave' }));
  simulator.faults.set({ when: { operation: 'batchAction' }, then: { status: 403 } });
  await expect(loadUrls()).rejects.toThrow();
  simulator.faults.set();
  await changeSteps(journal, (steps) => steps.filter(({ type }) => type !== 'divided'));
  isExpired = true;
  const receipt = await client.resumeLoad(journal, { pollIntervalMs: 10, sources: toUrls('new') });
  expect([receipt.outcome, listStored(receipt)]).toEqual([
    'success',
    [PAIRS[0], [['c.jsonl', FILE_BYTES]]],
  ]);
});

test('a batch that was divided, and whose journal does not know it, is damaged: nothing of it is sent', async () => {
  await writeCompressed(['a', 'b', 'c']);
  simulator.faults.set({ when: { operation: 'batchAction' }, then: { status: 403 } });
  await expect(load({ onFailure: 'leave' })).rejects.toThrow();
  simulator.faults.set();
  const first = join(`${journal}.batches`, '0001.journal');
  await changeSteps(first, (steps) => steps.filter(({ type }) => type !== 'closed'));
  const before = simulator.log.length;
  await expect(client.resumeLoad(journal)).rejects.toThrow('does not fit');
  expect(simulator.log.slice(before).filter(({ method }) => method === 'PUT')).toEqual([]);
});

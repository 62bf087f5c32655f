import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeEach, expect, test } from '@jest/globals';
import {
  createBatchClient,
  type IngestOptions,
  InvalidInputError,
  type Receipt,
} from '../../src/index.js';
import { thrownBy } from '../support/client.js';
import { client, folder, simulator, useIngest } from '../support/ingest.js';

useIngest('pack');

let root = '';
beforeEach(async () => {
  root = join(folder, 'exports');
  await mkdir(root, { recursive: true });
});

const write = async (path: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(dirname(join(root, path)), { recursive: true });
  await writeFile(join(root, path), content);
};

const ingest = (more: Partial<IngestOptions> = {}): Promise<Receipt> =>
  client.ingest(root, { datasetId: 'd1', pack: true, pollIntervalMs: 10, ...more });

/** The sha256 of each file in a batch, by its path. */
const stored = async (batchId: string): Promise<Record<string, string>> => {
  const files = simulator.files(batchId);
  const entries = files.map(async (file) => [file.path, await file.sha256()] as const);
  return Object.fromEntries(await Promise.all(entries));
};

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

test('small files of JSON Lines are put together into one file, each with the end of its last line', async () => {
  await write('day=1/a.jsonl', '{"a":1}\n{"a":2}');
  await write('day=2/b.jsonl', '{"b":1}\r\n');
  await write('c.jsonl', '{"c":1}');
  const { batchId, files, packedFiles } = await ingest();
  expect(await stored(batchId)).toEqual({
    'packed.jsonl': sha256('{"c":1}\n{"a":1}\n{"a":2}\n{"b":1}\r\n'),
  });
  expect(files.map(({ path, packed }) => [path, packed])).toEqual([
    ['c.jsonl', { into: 'packed.jsonl', firstLine: 1, lines: 1, skippedLines: 0 }],
    ['day=1/a.jsonl', { into: 'packed.jsonl', firstLine: 2, lines: 2, skippedLines: 0 }],
    ['day=2/b.jsonl', { into: 'packed.jsonl', firstLine: 4, lines: 1, skippedLines: 0 }],
  ]);
  expect(packedFiles).toMatchObject([{ path: 'packed.jsonl', sizeBytes: 33 }]);
});

test('CSV files are packed with those of equal header, which is written once', async () => {
  await write('a.csv', 'id,name\n1,x\n2,y');
  await write('b.csv', '\ufeffid,name\r\n3,"quoted\nline"\r\n');
  await write('c.csv', 'id,age\n4,40\n');
  await write('d.csv', 'id,age\n5,50\n');
  const { batchId, files } = await ingest();
  const contents = await stored(batchId);
  expect(new Set(Object.values(contents))).toEqual(
    new Set(['id,age\n4,40\n5,50\n', 'id,name\n1,x\n2,y\n3,"quoted\nline"\r\n'].map(sha256)),
  );
  expect(files.map(({ path, packed }) => [path, packed?.firstLine, packed?.lines])).toEqual(
    expect.arrayContaining([
      ['a.csv', 1, 3],
      ['b.csv', 4, 2],
    ]),
  );
});

test('Parquet is not packed, and the ingest is refused before anything is sent', async () => {
  await write('a.parquet', 'PAR1\0\0\0\0PAR1');
  const before = simulator.log.length;
  for (const packBytes of [1, 1000]) {
    const error = await thrownBy(ingest({ packBytes }));
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(String(error)).toContain('Parquet');
  }
  expect(simulator.log.slice(before)).toEqual([]);
  await rm(root, { recursive: true });
});

test('a resume sends the same packed file from the files that the journal names, and the batch completes once', async () => {
  const journal = join(folder, 'ingest.journal');
  for (const name of ['a', 'b', 'c']) await write(`${name}.jsonl`, `{"${name}":1}`);
  simulator.faults.set({ when: { operation: 'uploadFile' }, then: { status: 403 } });
  const failed = await thrownBy(ingest({ journal }));
  expect(failed).toMatchObject({ name: 'IngestError', batch: 'kept' });
  simulator.faults.set();
  await write('d.jsonl', '{"d":1}'); // a later file is no part of what was planned
  const { batchId, files, outcome } = await client.resume(journal, { pollIntervalMs: 10 });
  expect(outcome).toBe('success');
  expect(await stored(batchId)).toEqual({
    'packed.jsonl': sha256('{"a":1}\n{"b":1}\n{"c":1}\n'),
  });
  expect(files.map(({ path, packed }) => [path, packed?.firstLine])).toEqual([
    ['a.jsonl', 1],
    ['b.jsonl', 2],
    ['c.jsonl', 3],
  ]);
});

test('a file that changed since it was packed fails the resume, which names it', async () => {
  const journal = join(folder, 'ingest.journal');
  for (const name of ['a', 'b']) await write(`${name}.jsonl`, `{"${name}":1}\n`);
  simulator.faults.set({ when: { operation: 'uploadFile' }, then: { status: 403 } });
  await thrownBy(ingest({ journal }));
  simulator.faults.set();
  await write('b.jsonl', '{"b":2}\n');
  const error = await thrownBy(client.resume(journal));
  expect(error).toMatchObject({ name: 'SourceError', path: join(root, 'b.jsonl') });
});

test('sources of a program are packed, and a resume takes them again by their paths', async () => {
  const journal = join(folder, 'ingest.journal');
  const toSource = (path: string, text: string) => ({
    path,
    sizeBytes: text.length,
    fingerprint: () => `v1 of ${path}`,
    *read(start = 0, end = text.length) {
      yield Buffer.from(text.slice(start, end));
    },
  });
  const sources = [toSource('a.jsonl', '{"a":1}'), toSource('b.jsonl', '{"b":1}')];
  simulator.faults.set({ when: { operation: 'uploadFile' }, then: { status: 403 } });
  const options = { datasetId: 'd1', pack: true, journal, pollIntervalMs: 10 };
  await thrownBy(client.ingest(sources, options));
  simulator.faults.set();
  const missing = await thrownBy(client.resume(journal));
  expect(missing).toMatchObject({ name: 'InvalidInputError', field: 'sources' });
  const { batchId } = await client.resume(journal, { sources, pollIntervalMs: 10 });
  expect(await stored(batchId)).toEqual({ 'packed.jsonl': sha256('{"a":1}\n{"b":1}\n') });
});

test('compressed files are packed by what is in them, and a large one goes as it is', async () => {
  await write('a.jsonl.gz', gzipSync('{"a":1}\n'));
  await write('b.jsonl', '{"b":1}\n');
  await write('large.jsonl', `{"text":"${'x'.repeat(100)}"}\n`);
  await write('large-2.jsonl.gz', gzipSync(`{"text":"${'y'.repeat(100)}"}\n`));
  const { batchId, files } = await ingest({ packBytes: 60 });
  expect(Object.keys(await stored(batchId)).sort()).toEqual([
    'large-2.jsonl',
    'large.jsonl',
    'packed.jsonl',
  ]);
  expect((await stored(batchId))['packed.jsonl']).toBe(sha256('{"a":1}\n{"b":1}\n'));
  expect(files.find(({ path }) => path === 'a.jsonl')?.sha256).toBe(sha256('{"a":1}\n'));
});

test('a packed file in parts has the bytes of its originals, wherever they are divided', async () => {
  const texts = Array.from({ length: 40 }, (_, n) => `{"n":"${'x'.repeat(n * 3)}"}`);
  for (const [n, text] of texts.entries()) await write(`${100 + n}.jsonl`, text);
  const { batchId, packedFiles } = await ingest({
    largeFileThresholdBytes: 500,
    partSizeBytes: 301,
  });
  expect(packedFiles?.[0]?.parts?.length).toBeGreaterThan(5);
  expect(await stored(batchId)).toEqual({ 'packed.jsonl': sha256(`${texts.join('\n')}\n`) });
});

test('CSV that ends within quotes goes as it is, so that it takes in no row of another file', async () => {
  await write('a.csv', 'id,name\n1,x\n');
  await write('b.csv', 'id,name\n2,"open\n');
  await write('c.csv', 'id,name\n3,x\n');
  const { batchId } = await ingest({ partialIngestionPercent: 50 });
  const contents = await stored(batchId);
  expect(contents['b.csv']).toBe(sha256('id,name\n2,"open\n'));
  expect(Object.values(contents)).toContain(sha256('id,name\n1,x\n3,x\n'));
});

test('a file that changes after it was sent fails the ingest before the batch is completed', async () => {
  for (const name of ['a', 'b']) await write(`${name}.jsonl`, `{"${name}":1}\n`);
  const changing = createBatchClient({
    ...simulator.clientOptions,
    onResponse: ({ operation }) => {
      if (operation === 'uploadFile') writeFileSync(join(root, 'b.jsonl'), '{"b":2}\n');
    },
  });
  const before = simulator.log.length;
  const error = await thrownBy(
    changing.ingest(root, { datasetId: 'd1', pack: true, pollIntervalMs: 10 }),
  );
  await changing.close();
  expect(String(error)).toContain(join(root, 'b.jsonl'));
  expect(String(error)).toContain('packed.jsonl');
  const completed = simulator.log.slice(before).filter(({ path }) => path.includes('COMPLETE'));
  expect(completed).toEqual([]);
});

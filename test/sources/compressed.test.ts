import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { checkFiles, PreflightError, SourceError } from '../../src/index.js';
import { readLocal } from '../../src/sources/read-local.js';
import { all, thrownBy } from '../support/client.js';
import { client, folder, simulator, useIngest } from '../support/ingest.js';

useIngest('compressed');

const TEXT = Array.from({ length: 300 }, (_, at) => `{"_id":"${at}","text":"row ${at}"}\n`).join(
  '',
);
const OPTIONS = { datasetId: 'd1' };
/** So small that a few rows are several parts. */
const IN_PARTS = { ...OPTIONS, largeFileThresholdBytes: 0, partSizeBytes: 1000 };
const ROW = Buffer.from('{"_id":"1","text":"zstd"}\n');

const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest('hex');
const stored = async (batchId: string) =>
  Object.fromEntries(
    await Promise.all(
      simulator
        .files(batchId)
        .map(async (file): Promise<[string, string]> => [file.path, await file.sha256()]),
    ),
  );

async function file(name: string, bytes: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, bytes);
  return path;
}

/** A frame of one raw block, as `zstd --no-check` writes what cannot be compressed. */
function zstdFrame(content: Buffer, windowDescriptor?: number): Buffer {
  const magic = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
  const header =
    windowDescriptor === undefined
      ? Buffer.from([0x20, content.length])
      : Buffer.from([0x00, windowDescriptor]);
  const block = Buffer.alloc(3);
  block.writeUIntLE((content.length << 3) | 1, 0, 3);
  return Buffer.concat([magic, header, block, content]);
}
/** Four rows, by `zstd`: one compressed block with its checksum. */
const BY_ZSTD = Buffer.from(
  'KLUv/QRYZQEAFAJ7Il9pZCI6IjEiLCJ0ZXh0Ijoicm93IDEifQoyMzQifQoDAMAWYN+9nmOhekfi',
  'base64',
);

describe('a compressed file is loaded as what is in it, under its name without the extension', () => {
  test.each<[name: string, bytes: Buffer, path: string, text: string | Buffer]>([
    ['a.jsonl.gz', gzipSync(TEXT), 'a.jsonl', TEXT],
    ['A.JSONL.GZ', gzipSync(TEXT), 'A.JSONL', TEXT],
    ['two.jsonl.gz', Buffer.concat([gzipSync(TEXT), gzipSync(TEXT)]), 'two.jsonl', TEXT + TEXT],
    ['padded.jsonl.gz', Buffer.concat([gzipSync(TEXT), Buffer.alloc(512)]), 'padded.jsonl', TEXT],
    ['by-content.jsonl', gzipSync(TEXT), 'by-content.jsonl', TEXT],
    ['a.jsonl.br', brotliCompressSync(TEXT), 'a.jsonl', TEXT],
    ['a.jsonl.zst', zstdFrame(ROW), 'a.jsonl', ROW],
    [
      'two.jsonl.zst',
      Buffer.concat([zstdFrame(ROW), Buffer.from('502a4d180200000000ff', 'hex'), zstdFrame(ROW)]),
      'two.jsonl',
      Buffer.concat([ROW, ROW]),
    ],
    ['rows.csv.gz', gzipSync('a,b\n1,2\n'), 'rows.csv', 'a,b\n1,2\n'],
  ])('%s', async (name, bytes, path, text) => {
    const receipt = await client.ingest(await file(name, bytes), OPTIONS);

    const sizeBytes = Buffer.byteLength(text);
    expect(receipt.files).toEqual([{ path, sizeBytes, sha256: sha256(text) }]);
    expect(await stored(receipt.batchId)).toEqual({ [path]: sha256(text) });
  });
});

describe('contents that are not what their coding says are a clear error before anything is sent', () => {
  const gzip = gzipSync(TEXT);
  const flipped = Buffer.from(gzip);
  flipped.writeUInt8((flipped.at(-6) ?? 0) ^ 1, flipped.length - 6);
  const wide = zstdFrame(ROW, 0x70);
  const damaged = Buffer.from(BY_ZSTD);
  damaged.writeUInt8((damaged.at(-1) ?? 0) ^ 1, damaged.length - 1);

  test.each<[what: string, name: string, bytes: Buffer, says: string]>([
    ['gzip that is cut off', 'a.jsonl.gz', gzip.subarray(0, -3), 'it is cut off'],
    ['gzip with another checksum', 'a.jsonl.gz', flipped, 'it is damaged'],
    [
      'gzip before garbage',
      'a.jsonl.gz',
      Buffer.concat([gzip, Buffer.from('more')]),
      'do not belong',
    ],
    [
      'gzip before zeros and more',
      'a.jsonl.gz',
      Buffer.concat([gzip, Buffer.alloc(9), gzip]),
      'do not belong',
    ],
    ['brotli that is cut off', 'a.jsonl.br', brotliCompressSync(TEXT).subarray(0, -1), 'cut off'],
    ['no brotli', 'a.jsonl.br', Buffer.from(TEXT), 'as brotli'],
    [
      'brotli before garbage',
      'a.jsonl.br',
      Buffer.concat([brotliCompressSync(TEXT), Buffer.from('x')]),
      'do not belong',
    ],
    ['zstd that is cut off', 'a.jsonl.zst', zstdFrame(ROW).subarray(0, -1), 'cut off'],
    ['zstd with another checksum', 'a.jsonl.zst', damaged, 'damaged'],
    ['zstd before garbage', 'a.jsonl.zst', Buffer.concat([zstdFrame(ROW), ROW]), 'do not belong'],
    ['zstd with a large window', 'a.jsonl.zst', wide, 'its window is 16 MB'],
    ['gzip within gzip', 'a.jsonl.gz', gzipSync(gzip), 'this is gzip'],
  ])('%s', async (_, name, bytes, says) => {
    const from = simulator.log.length;
    const error = await thrownBy(client.ingest(await file(name, bytes), OPTIONS));

    expect(error).toBeInstanceOf(PreflightError);
    expect(String(error)).toContain(says);
    expect(simulator.log.length).toBe(from);
  });

  test('a name that promises a coding which the content is not', async () => {
    const error = await thrownBy(client.ingest(await file('a.jsonl.gz', TEXT), OPTIONS));

    expect(error).toBeInstanceOf(SourceError);
    expect(String(error)).toContain('is not gzip');
  });

  test('compressed Parquet', async () => {
    const parquet = await readFile(new URL('../fixtures/three-rows.parquet', import.meta.url));
    const error = await thrownBy(
      client.ingest(await file('a.parquet.gz', gzipSync(parquet)), OPTIONS),
    );

    expect(error).toBeInstanceOf(PreflightError);
    expect(String(error)).toContain('Parquet within gzip');
  });

  test('a file and a compressed one of the same name', async () => {
    await file('in/a.jsonl', TEXT);
    await file('in/a.jsonl.gz', gzipSync(TEXT));
    const error = await thrownBy(client.ingest(join(folder, 'in'), OPTIONS));

    expect(String(error)).toContain('a.jsonl.gz, which would both be a.jsonl in the batch');
    expect(String(error)).toContain('Leave one of them out');
  });

  test('what is damaged after its beginning aborts the batch when it is read', async () => {
    const long = Buffer.from(TEXT.repeat(600));
    const bytes = gzipSync(long, { level: 0 }); // the beginning is whole
    const path = await file('long.jsonl.gz', bytes.subarray(0, -3));
    const error = await thrownBy(client.ingest(path, { ...OPTIONS, partSizeBytes: 1_000_000 }));

    expect(long.length).toBeGreaterThan(2 * 1024 * 1024);
    expect(error).toMatchObject({ batch: 'aborted', cause: { name: 'SourceError' } });
    expect(String(error)).toContain('it is cut off');
    expect(await checkFiles(path, { deep: true })).toMatchObject({ errors: 1 });
  });
});

test('the checksum of zstd is compared with what was decompressed', async () => {
  const receipt = await client.ingest(await file('rows.jsonl.zst', BY_ZSTD), OPTIONS);
  const text = [1, 2, 3, 4].map((n) => `{"_id":"1","text":"row ${n}"}\n`).join('');

  expect(receipt.files).toEqual([
    { path: 'rows.jsonl', sizeBytes: text.length, sha256: sha256(text) },
  ]);
});

test('a compressed file in parts is resumed, and parts that arrived are not sent again', async () => {
  const journal = join(folder, 'a.journal');
  const path = await file('a.jsonl.gz', gzipSync(TEXT));
  simulator.faults.set({ when: { operation: 'uploadFilePart', nth: 6 }, then: { status: 503 } });
  const options = { ...IN_PARTS, journal, concurrency: 1, maxPartRetries: 0 };
  const error = await thrownBy(client.ingest(path, options));
  const from = simulator.log.length;
  const receipt = await client.resume(journal);
  const sent = simulator.log.slice(from).filter(({ method }) => method === 'PATCH');

  expect(error).toMatchObject({ batch: 'kept' });
  expect(sent.length).toBe(Math.ceil(TEXT.length / 1000) - 5);
  expect(await stored(receipt.batchId)).toEqual({ 'a.jsonl': sha256(TEXT) });
});

test('a compressed file that changed since it was planned is not resumed', async () => {
  const journal = join(folder, 'a.journal');
  const path = await file('a.jsonl.gz', gzipSync(TEXT));
  simulator.faults.set({ when: { operation: 'uploadFilePart', nth: 6 }, then: { status: 503 } });
  const options = { ...IN_PARTS, journal, concurrency: 1, maxPartRetries: 0 };
  await thrownBy(client.ingest(path, options));
  await file('a.jsonl.gz', gzipSync(`${TEXT}${TEXT}`));

  expect(await thrownBy(client.resume(journal))).toBeInstanceOf(SourceError);
});

test('a check reads what is in a compressed file, and says that its size is an estimate', async () => {
  const path = await file('bad.jsonl.gz', gzipSync(`${TEXT}no JSON\n`));
  const result = await checkFiles(path);

  expect(result).toMatchObject({ errors: 1, isEstimate: true, format: 'json' });
  expect(result.findings).toContainEqual(
    expect.objectContaining({ file: 'bad.jsonl', line: 301, level: 'error' }),
  );
});

test('the lines of rejected rows are those of what is in the compressed file', async () => {
  const text = `${TEXT}{"_id":1,"text":"bad"}\n{"_id":"last"}\n`;
  const localPath = await file('bad.jsonl.gz', gzipSync(text));
  const report = { _errors: [{ code: 'X' }], _id: 1, text: 'bad' };
  const reports = {
    async *rowErrors() {
      yield { ...report, diagnosticFile: 'report' } as never;
    },
    failedFiles: async function* () {},
    failedRows: async function* () {},
  };
  const { rejectedRows } = await import('../../src/ingest/rejected-rows.js');
  const sources = [{ path: 'bad.jsonl', localPath, sizeBytes: text.length }];

  expect(await all(rejectedRows(reports, 'b', sources))).toMatchObject([{ line: 301, localPath }]);
});

test('what is decompressed does not pile up in memory', async () => {
  const path = join(folder, 'rows.jsonl.gz');
  await writeFile(path, gzipSync(randomBytes(8 * 1024 * 1024).toString('hex'), { level: 1 }));
  const { arrayBuffers } = process.memoryUsage();
  let [most, bytes] = [0, 0];
  for await (const chunk of readLocal(path, 'gzip')) {
    bytes += chunk.length;
    most = Math.max(most, process.memoryUsage().arrayBuffers - arrayBuffers);
  }

  expect(bytes).toBe(16 * 1024 * 1024);
  expect(most).toBeLessThan(5_000_000);
});

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import {
  checkFiles,
  IngestError,
  InvalidInputError,
  PreflightError,
  type Source,
  SourceError,
} from '../../src/index.js';
import { thrownBy } from '../support/client.js';
import { client, folder, simulator, useIngest } from '../support/ingest.js';

useIngest('sources');

const rows = (count: number) =>
  Array.from({ length: count }, (_, at) => `{"_id":"${at}"}\n`).join('');
const TEXT = rows(100);
const BYTES = Buffer.from(TEXT);
/** So small that a few rows are several parts. */
const IN_PARTS = { datasetId: 'd1', largeFileThresholdBytes: 0, partSizeBytes: 100 };

/** A source with these bytes, and what was read of it. */
class Rows implements Source {
  readonly path: string;
  readonly sizeBytes?: number;
  version = 'v1';
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, isStream = false, path = 'rows.jsonl') {
    this.path = path;
    this.#bytes = bytes;
    if (!isStream) this.sizeBytes = bytes.length;
  }

  fingerprint(): string | Promise<string> {
    return this.version;
  }

  async *read(start?: number, end?: number): AsyncGenerator<Uint8Array> {
    // Chunks of an odd size, in one buffer that is used again.
    const buffer = Buffer.alloc(37);
    const bytes = this.#bytes.subarray(start, end);
    for (let at = 0; at < bytes.length; at += 37) {
      const length = bytes.copy(buffer, 0, at, at + 37);
      yield buffer.subarray(0, length);
      await nextTurn();
      buffer.fill(0);
    }
  }
}

const SHA256 = createHash('sha256').update(BYTES).digest('hex');
const PARTS = Math.ceil(BYTES.length / 100);

/** The hashes of what is in a batch, as the simulator has it. */
const stored = (batchId: string) =>
  Promise.all(
    simulator.files(batchId).map(async (file) => ({
      path: file.path,
      sizeBytes: file.sizeBytes,
      sha256: await file.sha256(),
    })),
  );
const ALL = [{ path: 'rows.jsonl', sizeBytes: BYTES.length, sha256: SHA256 }];
const sentParts = (from = 0) =>
  simulator.log
    .slice(from)
    .filter(({ method, fault }) => method === 'PATCH' && fault === undefined);

describe.each([
  ['of a known size', false],
  ['without a size', true],
])('a source %s', (_, isStream) => {
  test('goes whole where it is short, with its size and sha256 in the receipt', async () => {
    const receipt = await client.ingest(new Rows(BYTES, isStream), { datasetId: 'd1' });

    expect(receipt.files).toEqual(ALL);
    expect(await stored(receipt.batchId)).toEqual(ALL);
  });

  test('goes in parts where it is long, each byte once and in its place', async () => {
    const receipt = await client.ingest(new Rows(BYTES, isStream), IN_PARTS);

    expect(receipt.files).toMatchObject(ALL);
    expect(receipt.files[0]?.parts?.length).toBe(PARTS);
    expect(await stored(receipt.batchId)).toEqual(ALL);
  });

  test('sends the same bytes again for a part whose connection broke', async () => {
    simulator.faults.set(
      { when: { operation: 'uploadFilePart', nth: 2 }, then: { resetAfterBytes: 40 } },
      { when: { operation: 'uploadFilePart', nth: 5 }, then: { status: 503 } },
    );
    const receipt = await client.ingest(new Rows(BYTES, isStream), IN_PARTS);

    expect(await stored(receipt.batchId)).toEqual(ALL);
  });

  test('is resumed by its fingerprint, and parts that arrived are not sent again', async () => {
    const journal = join(folder, 'a.journal');
    const then = { status: 503 };
    simulator.faults.set(
      ...[6, 7, 8].map((nth) => ({ when: { operation: 'uploadFilePart', nth }, then }) as const),
    );
    const options = { ...IN_PARTS, journal, concurrency: 1, maxPartRetries: 0 };
    const error = await thrownBy(client.ingest(new Rows(BYTES, isStream), options));
    simulator.faults.set();
    const from = simulator.log.length;
    const receipt = await client.resume(journal, { sources: new Rows(BYTES, isStream) });

    expect(error).toMatchObject({ name: 'IngestError', batch: 'kept', journal });
    expect(sentParts(from).length).toBe(PARTS - 5);
    expect(receipt.files).toMatchObject(ALL);
    expect(await stored(receipt.batchId)).toEqual(ALL);
  });

  test('is not resumed with another fingerprint, nor without the source', async () => {
    const journal = join(folder, 'b.journal');
    simulator.faults.set({ when: { operation: 'uploadFilePart', nth: 3 }, then: { status: 503 } });
    const options = { ...IN_PARTS, journal, concurrency: 1, maxPartRetries: 0 };
    await thrownBy(client.ingest(new Rows(BYTES, isStream), options));
    const changed = new Rows(BYTES, isStream);
    changed.version = 'v2';

    const without = await thrownBy(client.resume(journal));
    const other = await thrownBy(client.resume(journal, { sources: [changed] }));
    const unknown = new Rows(BYTES, isStream, 'other.jsonl');
    const stranger = await thrownBy(client.resume(journal, { sources: [unknown] }));

    expect(without).toBeInstanceOf(InvalidInputError);
    expect(without).toMatchObject({ field: 'sources' });
    expect(other).toBeInstanceOf(SourceError);
    expect(String(other)).toContain('rows.jsonl changed since it was planned');
    expect(stranger).toMatchObject({ field: 'sources' });
    const receipt = await client.resume(journal, { sources: [new Rows(BYTES, isStream)] });
    expect(await stored(receipt.batchId)).toEqual(ALL);
  });

  test('fails the ingest before the batch is completed if its fingerprint changes meanwhile', async () => {
    const source = new Rows(BYTES, isStream);
    let asked = 0;
    source.fingerprint = async () => (++asked > 2 ? 'v2' : 'v1');
    const error = await thrownBy(client.ingest(source, { ...IN_PARTS, sha256: false }));

    expect(error).toMatchObject({ batch: 'aborted', cause: { name: 'SourceError' } });
  });

  test('is checked before anything is sent, as far as its bytes can be read', async () => {
    const source = new Rows(Buffer.from('{"_id":"1"}\nno JSON\n'), isStream);
    const error = await thrownBy(client.ingest(source, { datasetId: 'd1' }));
    const checked = await checkFiles([source]);

    expect(error).toBeInstanceOf(PreflightError);
    expect(checked).toMatchObject({ errors: 1, findings: [{ file: 'rows.jsonl', line: 2 }] });
  });

  test('starts the file again where the platform does not complete it', async () => {
    simulator.faults.set({ when: { operation: 'fileAction', nth: 2 }, then: { status: 400 } });
    const receipt = await client.ingest(new Rows(BYTES, isStream), IN_PARTS);

    expect(await stored(receipt.batchId)).toEqual(ALL);
  });
});

test('several sources and paths go into one batch, and two of one name are refused', async () => {
  const sources = [new Rows(BYTES), new Rows(BYTES, true, 'day=1/more.jsonl')];
  const receipt = await client.ingest(sources, { datasetId: 'd1' });
  const twice = await thrownBy(client.ingest([...sources, new Rows(BYTES)], { datasetId: 'd1' }));

  expect(receipt.files.map(({ path }) => path)).toEqual(['rows.jsonl', 'day=1/more.jsonl']);
  expect(twice).toBeInstanceOf(InvalidInputError);
});

test('only the beginning of a stream is read to check it, and all of it with deep', async () => {
  const row = `{"_id":"1","text":"${'x'.repeat(30_000)}"}\n`;
  const long = Buffer.from(`${row.repeat(100)}no JSON\n`);
  const source: Source = {
    path: 'long.jsonl',
    fingerprint: () => 'v1',
    async *read() {
      for (let at = 0; at < long.length; at += 65_536) yield long.subarray(at, at + 65_536);
    },
  };
  const [start, all] = [await checkFiles(source), await checkFiles(source, { deep: true })];

  expect(long.length).toBeGreaterThan(2 * 1024 * 1024);
  expect(start).toMatchObject({ errors: 0 });
  expect(all).toMatchObject({ errors: 1 });
  expect(all.findings).toContainEqual(expect.objectContaining({ level: 'error', line: 101 }));
});

describe('a source that does not do what it says is a clear error, and its batch is aborted', () => {
  const sized = (read: Source['read'], sizeBytes = BYTES.length): Source => ({
    path: 'rows.jsonl',
    sizeBytes,
    fingerprint: () => 'v1',
    read,
  });
  const stream = (read: Source['read']): Source => ({
    path: 'rows.jsonl',
    fingerprint: () => 'v1',
    read,
  });
  /** Right for both reads before the upload, of its first bytes and of both ends, and then as given. */
  const firstThen = (first: Source['read'], then: Source['read'], reads = 2): Source['read'] => {
    let count = 0;
    return (start, end) => (++count <= reads ? first(start, end) : then(start, end));
  };
  const right: Source['read'] = (start, end) => [BYTES.subarray(start, end)];
  async function* endless() {
    for (;;) {
      yield BYTES;
      await nextTurn();
    }
  }
  async function* broken() {
    yield BYTES.subarray(0, 10);
    throw new Error('the disk is gone');
  }

  test.each<[what: string, source: Source, says: string]>([
    [
      'shorter than its size',
      sized(firstThen(right, () => [BYTES.subarray(0, 50)])),
      'ended after 50',
    ],
    ['longer than its size', sized(firstThen(right, () => [BYTES, BYTES])), 'more than'],
    ['endless in spite of its size', sized(firstThen(right, endless)), 'more than'],
    ['one that ignores the range', sized(firstThen(right, () => [BYTES])), 'more than'],
    ['failing', sized(firstThen(right, broken)), 'rows.jsonl cannot be read: the disk is gone'],
    [
      'a failing stream',
      stream(firstThen(right, broken)),
      'rows.jsonl cannot be read: the disk is gone',
    ],
    ['empty when it is sent', stream(firstThen(right, () => [])), 'rows.jsonl has no bytes'],
    ['text in place of bytes', stream(firstThen(right, () => ['x'] as never)), 'Uint8Arrays'],
    ['no iterable', stream(firstThen(right, () => 5 as never)), 'an iterable of chunks'],
    [
      'a read that throws',
      sized(
        firstThen(right, () => {
          throw new Error('no access');
        }),
      ),
      'rows.jsonl cannot be read: no access',
    ],
  ])('%s', async (_, source, says) => {
    const error = await thrownBy(client.ingest(source, IN_PARTS));

    expect(error).toBeInstanceOf(IngestError);
    expect(error).toMatchObject({ batch: 'aborted', cause: { name: 'SourceError' } });
    expect(String(error)).toContain(says);
  });

  test.each<[what: string, change: object, says: string]>([
    ['no path', { path: '' }, 'source.path'],
    ['a size of text', { sizeBytes: '5' }, 'source.sizeBytes'],
    ['a negative size', { sizeBytes: -1 }, 'source.sizeBytes'],
    ['no fingerprint', { fingerprint: undefined }, 'source.fingerprint'],
    ['no read', { read: 5 }, 'source.read'],
    ['a fingerprint that is empty', { fingerprint: () => '' }, '1 to 1000 characters'],
    ['a fingerprint that is a number', { fingerprint: () => 5 }, '1 to 1000 characters'],
    ['a fingerprint that fails', { fingerprint: () => Promise.reject(new Error('late')) }, 'late'],
  ])('before anything is sent: %s', async (_, change, says) => {
    const from = simulator.log.length;
    const source = { ...sized(right), ...change } as Source;
    const error = await thrownBy(client.ingest(source, IN_PARTS));

    expect(String(error)).toContain(says);
    expect(simulator.log.length).toBe(from);
  });

  test('one that never yields another chunk ends with the signal', async () => {
    const controller = new AbortController();
    const returned: string[] = [];
    const hanging = (): AsyncIterable<Uint8Array> => ({
      [Symbol.asyncIterator]: () => ({
        next: () => {
          setImmediate(() => controller.abort(new Error('enough')));
          return new Promise(() => undefined);
        },
        return: async () => {
          returned.push('return');
          return { done: true, value: undefined };
        },
      }),
    });
    const source = stream(firstThen(right, hanging));
    const options = { ...IN_PARTS, signal: controller.signal };
    const error = await thrownBy(client.ingest(source, options));

    expect(error).toMatchObject({ name: 'IngestError', cause: { message: 'enough' } });
    expect(returned).toEqual(['return']);
  });
});

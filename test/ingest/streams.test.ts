import { createReadStream } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import type { IngestSource } from '../../src/index.js';
import { thrownBy } from '../support/client.js';
import { client, folder, simulator, useIngest } from '../support/ingest.js';

useIngest('streams');

const OPTIONS = { datasetId: 'd1' };
const ROW = { text: 'a row that is long enough' };
const LINE = `${JSON.stringify(ROW)}\n`;
const bytes = (text: string) => new TextEncoder().encode(text);
const ingest = (source: unknown) => client.ingest(source as IngestSource, OPTIONS);

const cyclic: Record<string, unknown> = { ...ROW };
cyclic['deep'] = [{ back: cyclic }];
const throwing = Object.defineProperty({ ...ROW }, 'bad', {
  enumerable: true,
  get() {
    throw new Error('no value today');
  },
});

describe('a record that JSON would change or cannot hold is rejected by its number and path', () => {
  test.each<[what: string, record: unknown, says: string]>([
    ['a string', 'a', 'record 1: expected an object, received "a"'],
    ['an array', [1], 'record 1: expected an object, received an array'],
    ['null', null, 'record 1: expected an object, received null'],
    ['undefined', undefined, 'record 1: expected an object'],
    ['a number', 7, 'record 1: expected an object, received 7'],
    ['a function', () => ROW, 'record 1: expected an object, received a function'],
    ['a BigInt', { a: { b: 5n } }, 'a.b of record 1'],
    ['NaN', { a: [1, Number.NaN] }, 'a[1] of record 1: expected a finite number, received NaN'],
    ['Infinity', { 'a b': -Infinity }, '["a b"] of record 1'],
    ['a boxed NaN', { a: Object(Number.NaN) }, 'a of record 1'],
    ['a nested function', { a: () => 1 }, 'a of record 1'],
    ['a nested symbol', { a: Symbol('x') }, 'a of record 1'],
    ['undefined in an array', { a: [undefined] }, 'a[0] of record 1'],
    ['a gap in an array', { a: new Array(2) }, 'a[0] of record 1'],
    ['a cycle', cyclic, 'no cycle'],
    ['a Map', new Map([['a', 1]]), 'Object.fromEntries'],
    ['a nested Map', { a: new Map() }, 'a of record 1'],
    ['a nested Set', { a: new Set([1]) }, 'a of record 1'],
    ['a Map of another realm', { a: runInNewContext('new Map([[1, 2]])') }, 'a of record 1'],
    ['a RegExp', { a: /x/ }, 'a of record 1'],
    ['an Error', { a: new Error('x') }, 'a of record 1'],
    ['a promise', { a: Promise.resolve(1) }, 'a of record 1'],
    ['a promise as the record', Object.assign(Promise.resolve(1), {}), 'record 1'],
    ['a Buffer', { a: Buffer.from('x') }, 'a of record 1'],
    ['a typed array', { a: new Float64Array(2) }, 'a of record 1'],
    ['an ArrayBuffer', { a: new ArrayBuffer(2) }, 'a of record 1'],
    ['an invalid Date', { a: new Date(Number.NaN) }, 'a of record 1'],
    ['a Date as the record', new Date(0), 'record 1: expected an object after toJSON()'],
    ['a toJSON that throws', { toJSON: () => JSON.parse('{') }, 'record 1'],
    ['a toJSON with NaN', { a: { toJSON: () => ({ b: Number.NaN }) } }, 'a.b of record 1'],
    ['a getter that throws', throwing, 'record 1'],
  ])('%s', async (_, record, says) => {
    const before = simulator.log.length;
    // Not as the first item of a list of promises, which would be awaited.
    const error = await thrownBy(
      ingest({ records: { [Symbol.iterator]: () => [record].values() } }),
    );

    expect(error).toMatchObject({ name: 'InvalidInputError', field: 'records' });
    expect(String(error)).toContain(says);
    expect(simulator.log.length).toBe(before);
  });

  test('and one after the first rows leads to an aborted batch', async () => {
    const records = (async function* () {
      for (let n = 0; n < 10; n++) yield ROW;
      yield { a: 1n };
    })();
    const error = await thrownBy(ingest({ records }));

    expect(error).toMatchObject({ name: 'IngestError', batch: 'aborted' });
    expect(String(error)).toContain('a of record 11');
  });
});

test('records may hold dates, undefined fields, class instances and values with toJSON', async () => {
  class Person {
    readonly name = 'Ada';
    readonly left = undefined;
    #secret = 1;
    get secret() {
      return this.#secret;
    }
  }
  const records = [
    {
      at: new Date(0),
      person: new Person(),
      left: undefined,
      boxed: Object(1),
      url: new URL('a:b'),
    },
    Object.assign(Object.create(null), { n: 1 }),
    { toJSON: () => ({ n: 2 }) },
    runInNewContext('({ n: 3, list: [{}] })'),
  ];
  const receipt = await ingest({ records: new Set(records) });
  expect(receipt.records).toEqual({ input: 4, output: 4, failed: 0 });
});

describe('a chunk that is no bytes is rejected by its number', () => {
  test.each<[what: string, chunk: unknown]>([
    ['a string', LINE],
    ['an object', ROW],
    ['a number', 7],
    ['an ArrayBuffer', new ArrayBuffer(4)],
    ['a Uint16Array', new Uint16Array(4)],
    ['null', null],
    ['undefined', undefined],
  ])('%s', async (_, chunk) => {
    const before = simulator.log.length;
    for (const jsonLines of [
      [chunk],
      (async function* () {
        yield chunk;
      })(),
    ]) {
      const error = await thrownBy(ingest({ jsonLines }));
      expect(error).toMatchObject({ name: 'InvalidInputError', field: 'jsonLines' });
      expect(String(error)).toContain('chunk 1 of jsonLines');
    }
    expect(simulator.log.length).toBe(before);
  });
});

describe('a stream may be', () => {
  test.each<[what: string, make: () => Promise<unknown> | unknown]>([
    ['an array of chunks', () => [bytes(LINE), Buffer.from(LINE)]],
    ['a Node stream', () => Readable.from([Buffer.from(LINE + LINE)])],
    ['a web stream', () => new Blob([LINE, LINE]).stream()],
    [
      'an opened file',
      async () => {
        await writeFile(join(folder, 'rows'), LINE + LINE);
        return createReadStream(join(folder, 'rows'));
      },
    ],
    [
      'one that reuses its buffer',
      () =>
        (function* () {
          const buffer = Buffer.alloc(1);
          for (const byte of Buffer.from(LINE + LINE)) {
            buffer[0] = byte;
            yield buffer;
          }
        })(),
    ],
    ['one that begins with blank lines', () => [bytes('\n \r\n'), bytes('\n'), bytes(LINE + LINE)]],
  ])('%s', async (_, make) => {
    const receipt = await ingest({ jsonLines: await make() });
    expect(receipt.records).toEqual({ input: 2, output: 2, failed: 0 });
  });
});

describe('a source without rows is rejected before a batch is created, and leaves nothing behind', () => {
  test.each<[what: string, source: unknown]>([
    ['no records', { records: [] }],
    ['an async source without records', { records: Readable.from([]) }],
    ['no chunks', { jsonLines: [] }],
    ['empty chunks', { jsonLines: [bytes(''), bytes('')] }],
    ['only blank lines', { jsonLines: [bytes('\n'), bytes(' \t\r\n\n')] }],
  ])('%s', async (_, source) => {
    const before = simulator.log.length;
    const options = { ...OPTIONS, journal: join(folder, 'journal') };
    const error = await thrownBy(client.ingest(source as IngestSource, options));

    expect(error).toMatchObject({ name: 'InvalidInputError', field: 'source' });
    expect(String(error)).toContain('no rows');
    expect(simulator.log.length).toBe(before);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a first row that the platform would reject is found before a batch is created', () => {
  test.each([
    ['one that is not JSON', ['{"a":1\n', '{"a":2}\n', '{"a":3}\n']],
    ['one cut into several chunks', ['{"a":', '1', ';;;;;;;;;;;;;;;', '\n']],
    ['one without a line end', ['nonsense']],
    ['one after blank lines', ['\n\n', '\n', 'nonsense, and long enough\n']],
  ])('%s', async (_, chunks) => {
    const before = simulator.log.length;
    const error = await thrownBy(ingest({ jsonLines: chunks.map(bytes) }));

    expect(error).toMatchObject({ name: 'PreflightError' });
    expect(simulator.log.length).toBe(before);
  });
});

describe('a source that is no iterable is rejected with what to pass instead', () => {
  test.each<[what: string, field: string, source: unknown, says: string]>([
    ['nothing', 'source', undefined, 'expected a path'],
    ['null', 'source', null, 'received null'],
    ['a number', 'source', 7, 'received 7'],
    ['an empty path', 'source', '', 'received ""'],
    ['no paths', 'source', [], 'at least one path'],
    ['a path that is no string', 'source[1]', ['a', 5], 'received 5'],
    ['a URL', 'source', new URL('file:///a'), 'expected a path'],
    ['two kinds at once', 'source', { records: [], jsonLines: [] }, 'expected a path'],
    ['an empty object', 'source', {}, 'expected a path'],
    ['an unknown kind', 'recods', { recods: [] }, 'Did you mean records?'],
    ['records in a string', 'records', { records: '{"a":1}' }, 'iterable'],
    ['records in a function', 'records', { records: async function* () {} }, 'Call it'],
    ['records in a promise', 'records', { records: Promise.resolve([]) }, 'Await it'],
    ['records as bytes', 'records', { records: bytes(LINE) }, '{ name, bytes }'],
    ['one record', 'records', { records: ROW }, 'iterable'],
    ['null for records', 'records', { records: null }, 'received null'],
    ['bytes as a stream', 'jsonLines', { jsonLines: Buffer.from(LINE) }, '{ name, bytes }'],
    ['text as a stream', 'jsonLines', { jsonLines: LINE }, 'iterable'],
    ['bytes without a name', 'name', { bytes: bytes(LINE) }, 'received undefined'],
    ['a name without bytes', 'bytes', { name: 'a.jsonl' }, 'Uint8Array'],
    [
      'a stream under a name',
      'bytes',
      { name: 'a', bytes: Readable.from([]) },
      'cannot be sent again',
    ],
  ])('%s', async (_, field, source, says) => {
    const before = simulator.log.length;
    const error = await thrownBy(ingest(source));

    expect(error).toMatchObject({ name: 'InvalidInputError', field });
    expect(String(error)).toContain(says);
    expect(simulator.log.length).toBe(before);
  });
});

describe('an iterable that fails is a SourceError with the failure as its cause', () => {
  const failure = new Error('the pipe broke');
  test.each<[what: string, source: unknown]>([
    [
      'at once',
      {
        records: {
          [Symbol.iterator]() {
            throw failure;
          },
        },
      },
    ],
    [
      'as a Node stream',
      {
        jsonLines: Readable.from(
          // biome-ignore lint/correctness/useYield: it fails before its first item
          (async function* () {
            throw failure;
          })(),
        ),
      },
    ],
    [
      'at its first item',
      {
        // biome-ignore lint/correctness/useYield: it fails before its first item
        records: (async function* () {
          throw failure;
        })(),
      },
    ],
  ])('%s', async (_, source) => {
    const before = simulator.log.length;
    const error = await thrownBy(ingest(source));

    expect(error).toMatchObject({ name: 'SourceError', cause: failure });
    expect(simulator.log.length).toBe(before);
  });

  test('and later the batch is aborted', async () => {
    const records = (async function* () {
      yield ROW;
      yield ROW;
      throw failure;
    })();
    const error = await thrownBy(ingest({ records }));
    expect(error).toMatchObject({ name: 'IngestError', batch: 'aborted' });
    expect(error).toMatchObject({ cause: { name: 'SourceError', cause: failure } });
  });
});

test('a source that never brings a row is left as soon as the signal is aborted', async () => {
  const before = simulator.log.length;
  const controller = new AbortController();
  const jsonLines = new PassThrough();
  const work = client.ingest({ jsonLines }, { ...OPTIONS, signal: controller.signal });
  controller.abort(new Error('enough'));

  const error = (await thrownBy(work)) as Error;
  expect([error.message, (error.cause as Error | undefined)?.message]).toContain('enough');
  expect(jsonLines.destroyed).toBe(true);
  expect(simulator.log.length).toBe(before);
});

test('a stream is closed when its journal cannot be made', async () => {
  await writeFile(join(folder, 'journal'), 'of another program');
  const jsonLines = Readable.from([Buffer.from(LINE)]);
  const options = { ...OPTIONS, journal: join(folder, 'journal') };
  const error = await thrownBy(client.ingest({ jsonLines }, options));

  expect(error).toMatchObject({ name: 'JournalError' });
  expect(jsonLines.destroyed).toBe(true);
});

describe('options that a stream cannot have are rejected before anything is read', () => {
  test.each([
    ['format', { format: 'csv' }],
    ['format', { format: 'parquet' }],
    ['isMultiLineJson', { isMultiLineJson: true }],
    ['csv', { csv: { delimiter: ';' } }],
  ] as const)('%s', async (field, option) => {
    const before = simulator.log.length;
    const jsonLines = Readable.from([Buffer.from(LINE)]);
    const error = await thrownBy(client.ingest({ jsonLines }, { ...OPTIONS, ...option }));

    expect(error).toMatchObject({ name: 'InvalidInputError', field });
    expect(simulator.log.length).toBe(before);
    expect(jsonLines.readableDidRead).toBe(false);
  });
});

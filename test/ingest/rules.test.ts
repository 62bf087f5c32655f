import * as nodeFs from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import {
  createBatchClient,
  IngestError,
  type IngestOptions,
  type IngestProgress,
} from '../../src/index.js';
import type { Fault, FaultAction } from '../../src/testing/index.js';
import { testClock, thrownBy } from '../support/client.js';
import { client, folder, simulator, useIngest } from '../support/ingest.js';
import { changeSteps, readSteps } from '../support/journal.js';

useIngest('ingest');

const write = async (name: string, text: string | Buffer = '{"a":1}\n') => {
  await mkdir(dirname(join(folder, name)), { recursive: true });
  await writeFile(join(folder, name), text);
  return join(folder, name);
};
const OPTIONS: IngestOptions = { datasetId: 'd1' };
const LINES = (count: number) => Array.from({ length: count }, (_, n) => `{"n":${n}}\n`).join('');
const calls = () => simulator.log.map(({ operation }) => operation);

describe('a source', () => {
  test('that is a folder gives its files under their paths in it, and counts what it passes over', async () => {
    await write('data/b.jsonl');
    await write('data/day=1/a.jsonl');
    for (const mark of ['_SUCCESS', '.a.crc', '_temporary/x.jsonl', '.hidden/y.jsonl'])
      await write(`data/${mark}`);
    await symlink(await write('elsewhere.jsonl'), join(folder, 'data/link.jsonl'));
    const receipt = await client.ingest(join(folder, 'data'), OPTIONS);

    expect(receipt.files.map(({ path }) => path)).toEqual([
      'b.jsonl',
      'day=1/a.jsonl',
      'link.jsonl',
    ]);
    expect(receipt.skipped).toBe(4);
    expect(
      simulator
        .files(receipt.batchId)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['b.jsonl', 'day=1/a.jsonl', 'link.jsonl']);
  });

  test.each<[string, () => Promise<string | string[]>, string]>([
    ['that is not there', async () => join(folder, 'none'), 'cannot be read'],
    [
      'with a link to a folder',
      async () => {
        await write('data/a.jsonl');
        await symlink(folder, join(folder, 'data/loop'));
        return join(folder, 'data');
      },
      'link to a folder',
    ],
    [
      'that is a Delta table',
      async () => {
        await write('data/a.jsonl');
        await write('data/_delta_log/0.json');
        return join(folder, 'data');
      },
      'Delta table',
    ],
    [
      'of marker files alone',
      async () => dirname(await write('data/_SUCCESS')),
      'expected at least one file',
    ],
    [
      'with one name twice',
      async () => [await write('a.jsonl'), await write('x/a.jsonl')],
      'would both be a.jsonl',
    ],
    ['with an empty file', async () => write('empty.jsonl', ''), 'empty'],
  ])('%s is rejected, and nothing is sent', async (_, make, says) => {
    const before = simulator.log.length;
    const error = await thrownBy(client.ingest(await make(), OPTIONS));

    expect(String(error)).toContain(says);
    expect(simulator.log.length).toBe(before);
  });

  test('may be bytes under a name', async () => {
    const receipt = await client.ingest(
      { name: 'mem.jsonl', bytes: Buffer.from('{"a":1}\n') },
      OPTIONS,
    );
    expect(receipt).toMatchObject({
      outcome: 'success',
      records: { input: 1, output: 1, failed: 0 },
    });
  });

  test.each([
    ['at once', (item: object) => item],
    ['with a promise', (item: object) => Promise.resolve(item)],
  ])('may end by any `done` that is truthy, given %s', async (_, give) => {
    let left = 2;
    const next = () => give(left-- > 0 ? { value: { n: 1 } } : { done: 1, value: { n: 2 } });
    const records = { [Symbol.asyncIterator]: () => ({ next }) } as AsyncIterable<object>;
    const receipt = await client.ingest({ records }, OPTIONS);
    expect(receipt.records?.input).toBe(2);
  });

  test('may be records, whose files are cut on line ends and are no larger than a part', async () => {
    const records = (async function* () {
      for (let n = 0; n < 500; n++) yield { n, text: 'x'.repeat(n % 50) };
    })();
    const receipt = await client.ingest({ records }, { ...OPTIONS, partSizeBytes: 2000 });

    expect(receipt.records).toEqual({ input: 500, output: 500, failed: 0 });
    expect(receipt.files[0]?.path).toBe('records-00001.jsonl');
    expect(receipt.files.length).toBeGreaterThan(5);
    expect(Math.max(...receipt.files.map(({ sizeBytes }) => sizeBytes))).toBeLessThanOrEqual(2000);
  });

  test('may be a stream of JSON Lines, cut anywhere, its last line without an end', async () => {
    const bytes = Buffer.from(LINES(100).trimEnd());
    const jsonLines = (async function* () {
      for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
    })();
    const receipt = await client.ingest({ jsonLines }, { ...OPTIONS, partSizeBytes: 100 });
    expect(receipt.records?.input).toBe(100);
  });

  test('that is a record JSON cannot hold fails the ingest, and the batch is aborted', async () => {
    const records = [{ text: 'a first row' }, { text: 'a second row' }, 7];
    const error = await thrownBy(client.ingest({ records }, OPTIONS));
    expect(error).toMatchObject({ name: 'IngestError', batch: 'aborted' });
    expect(error).toMatchObject({ cause: { name: 'InvalidInputError', field: 'records' } });
    expect(String(error)).toContain('record 3');
  });
});

describe('a receipt', () => {
  test('is plain JSON: sizes, hashes, ranges, counts and times', async () => {
    const path = await write('a.jsonl', LINES(300));
    const receipt = await client.ingest(path, {
      ...OPTIONS,
      largeFileThresholdBytes: 500,
      partSizeBytes: 1000,
    });

    expect(JSON.parse(JSON.stringify(receipt))).toEqual(receipt);
    const [file] = receipt.files;
    expect(file).toMatchObject({ path: 'a.jsonl', sizeBytes: 2890 });
    expect(file?.sha256).toBe(await simulator.files(receipt.batchId)[0]?.sha256());
    expect(file?.parts).toEqual([
      { start: 0, end: 1000 },
      { start: 1000, end: 2000 },
      { start: 2000, end: 2890 },
    ]);
    expect(receipt).toMatchObject({ outcome: 'success', status: 'success', sandbox: 'dev' });
    expect(receipt.externalId).toMatch(/^aep-batch-/);
    expect(Date.parse(receipt.endedAt)).toBeGreaterThanOrEqual(Date.parse(receipt.startedAt));
  });

  test.each<[string, string[], string]>([
    ['success', ['staging', 'success'], 'success'],
    ['success', ['retrying', 'active'], 'active'],
    ['failed', ['staging', 'failed'], 'failed'],
    ['stalled', ['staging', 'stalled'], 'stalled'],
  ])('says %s when the batch goes %j', async (outcome, states, status) => {
    simulator.outcomes['moody'] = { states: states as never };
    const receipt = await client.ingest(await write('a.jsonl'), { datasetId: 'moody' });
    expect(receipt).toMatchObject({ outcome, status });
  });

  test('says that the time was up, and accepted where nobody waits', async () => {
    simulator.outcomes['slow'] = { states: ['staging'] };
    const path = await write('a.jsonl');
    expect(await client.ingest(path, { datasetId: 'slow', waitTimeoutMs: 60_000 })).toMatchObject({
      outcome: 'timed-out',
      status: 'staging',
    });
    expect(await client.ingest(path, { datasetId: 'slow', wait: false })).toMatchObject({
      outcome: 'accepted',
    });
  });
});

describe('the wait for the outcome', () => {
  const setUp = () => {
    const clock = testClock();
    const own = createBatchClient({ ...simulator.clientOptions, clock, maxRetries: 0 });
    const warnings: string[] = [];
    const onWarning = ({ message }: { message: string }) => void warnings.push(message);
    return { clock, own, warnings, onWarning };
  };
  const FAILURES: FaultAction[] = ['reset', { status: 503 }, { status: 429 }, { status: 502 }];
  const OUTAGE: Fault[] = FAILURES.map((then, at) => ({
    when: { operation: 'getBatch', nth: at + 1 },
    then,
  }));

  test('goes on after an outage, of which ingest and resume warn', async () => {
    const { own, warnings, onWarning } = setUp();
    const journal = join(folder, 'journal');
    const path = await write('a.jsonl');
    const accepted = await own.ingest(path, { ...OPTIONS, journal, wait: false });
    simulator.faults.set(...OUTAGE);
    const resumed = await own.resume(journal, { onWarning });
    simulator.faults.set(...OUTAGE);
    const receipt = await own.ingest(path, { ...OPTIONS, onWarning });

    expect(resumed).toMatchObject({ outcome: 'success', batchId: accepted.batchId });
    expect(receipt).toMatchObject({ outcome: 'success' });
    expect(warnings).toEqual([
      expect.stringContaining(`${accepted.batchId} cannot be read for now`),
      expect.stringContaining(`${accepted.batchId} can be read again`),
      expect.stringContaining(`${receipt.batchId} cannot be read for now`),
      expect.stringContaining(`${receipt.batchId} can be read again`),
    ]);
    await own.close();
  });

  test('ends when the time that it was given is up', async () => {
    const { clock, own } = setUp();
    simulator.outcomes['slow'] = { states: ['staging'] };
    const options = { datasetId: 'slow', waitTimeoutMs: 60_000 };
    const receipt = await own.ingest(await write('a.jsonl'), options);

    expect(receipt).toMatchObject({ outcome: 'timed-out' });
    expect(clock.slept.reduce((sum, ms) => sum + ms, 0)).toBe(60_000);
    await own.close();
  });
});

test('progress counts accepted bytes, which never fall, up to all there are', async () => {
  simulator.faults.set({
    when: { operation: 'uploadFilePart', nth: 2 },
    then: { resetAfterBytes: 300 },
  });
  const seen: IngestProgress[] = [];
  const path = await write('a.jsonl', LINES(300));
  await client.ingest(path, {
    ...OPTIONS,
    largeFileThresholdBytes: 500,
    partSizeBytes: 1000,
    // The first part is there when the second breaks: before that no ranges are known.
    concurrency: 1,
    onProgress: (progress) => seen.push(progress),
  });

  const accepted = seen.map(({ transferredBytes }) => transferredBytes);
  expect(accepted).toEqual([...accepted].sort((a, b) => a - b));
  expect(seen.at(-1)).toMatchObject({
    phase: 'done',
    transferredBytes: 2890,
    sentBytes: 2890,
    filesDone: 1,
    current: [],
  });
  expect([...new Set(seen.map(({ phase }) => phase))]).toEqual([
    'preflight',
    'create',
    'upload',
    'complete',
    'wait',
    'done',
  ]);
});

describe('when an ingest fails before it is completed', () => {
  const once = (operation: Fault['when']['operation'], then: Fault['then']) =>
    simulator.faults.set({ when: { operation }, then });

  test.each<[string, Fault['then'], 'kept' | 'aborted', 'kept' | 'aborted']>([
    ['503 for ever', { status: 503 }, 'kept', 'aborted'],
    ['a broken line', 'reset', 'kept', 'aborted'],
    ['401', { status: 401 }, 'kept', 'aborted'],
    ['403', { status: 403 }, 'kept', 'aborted'],
    ['408', { status: 408 }, 'kept', 'aborted'],
    ['429', { status: 429 }, 'kept', 'aborted'],
    ['500', { status: 500 }, 'kept', 'aborted'],
    ['400', { status: 400 }, 'aborted', 'aborted'],
    ['413', { status: 413 }, 'aborted', 'aborted'],
  ])(
    'by %s, the batch is kept where a resume may succeed, else aborted',
    async (_, then, withJournal, without) => {
      const path = await write('a.jsonl');
      for (const [journal, expected] of [
        [join(folder, 'j'), withJournal],
        [undefined, without],
      ] as const) {
        once('uploadFile', then);
        const options = journal === undefined ? OPTIONS : { ...OPTIONS, journal };
        const error = (await thrownBy(client.ingest(path, options))) as IngestError;

        expect(error).toBeInstanceOf(IngestError);
        expect(error.batch).toBe(expected);
        expect(simulator.status(error.batchId ?? '')).toBe(
          expected === 'kept' ? 'loading' : 'aborted',
        );
        expect(error.journal).toBe(journal);
      }
    },
  );

  test.each(['abort', 'leave'] as const)('--on-failure %s forces it', async (onFailure) => {
    once('uploadFile', { status: 400 });
    const error = await thrownBy(client.ingest(await write('a.jsonl'), { ...OPTIONS, onFailure }));
    expect(error).toMatchObject({ batch: onFailure === 'abort' ? 'aborted' : 'kept' });
  });

  test('by a signal, it is left where there is a journal', async () => {
    const abort = new AbortController();
    const journal = join(folder, 'j');
    const onProgress = ({ phase }: IngestProgress) =>
      phase === 'upload' && abort.abort(new Error('stop'));
    const options = { ...OPTIONS, journal, signal: abort.signal, onProgress };
    expect(await thrownBy(client.ingest(await write('a.jsonl'), options))).toMatchObject({
      batch: 'kept',
    });
    expect((await client.resume(journal)).outcome).toBe('success');
  });

  test('before there is a batch, it says so', async () => {
    once('createBatch', { status: 400 });
    expect(await thrownBy(client.ingest(await write('a.jsonl'), OPTIONS))).toMatchObject({
      batch: 'none',
    });
  });

  test('by a source that changed, it names it, completes nothing, and aborts', async () => {
    const first = await write('a.jsonl', LINES(10));
    const second = await write('b.jsonl', LINES(20));
    let changed = false;
    const onProgress = ({ filesDone }: IngestProgress) => {
      if (filesDone < 1 || changed) return;
      changed = true;
      nodeFs.appendFileSync(first, '{"late":1}\n');
    };
    const options = { ...OPTIONS, concurrency: 1, onProgress };
    const error = await thrownBy(client.ingest([first, second], options));

    expect(error).toMatchObject({
      name: 'IngestError',
      batch: 'aborted',
      cause: { name: 'SourceError' },
    });
    expect(String(error)).toContain('a.jsonl changed');
  });

  test('a file that was only touched is the same, by its sha256', async () => {
    const path = await write('a.jsonl', LINES(10));
    const onProgress = ({ filesDone }: IngestProgress) => {
      if (filesDone === 1) nodeFs.utimesSync(path, 1, 1);
    };
    expect((await client.ingest(path, { ...OPTIONS, onProgress })).outcome).toBe('success');
  });
});

describe('a journal', () => {
  const interrupted = async (faults: Fault[], options: Partial<IngestOptions> = {}) => {
    const journal = join(folder, 'journal');
    const path = await write('data/a.jsonl', LINES(300));
    simulator.faults.set(...faults);
    const all = {
      ...OPTIONS,
      journal,
      largeFileThresholdBytes: 500,
      partSizeBytes: 1000,
      ...options,
    };
    await thrownBy(client.ingest(path, all));
    simulator.faults.set();
    return { journal, path };
  };
  const BROKEN: Fault[] = [
    { when: { operation: 'uploadFilePart', nth: 3 }, then: { status: 400 } },
  ];
  const leave = { onFailure: 'leave', concurrency: 1 } as const;

  test('holds the plan before the batch is created, and no secret', async () => {
    const { journal } = await interrupted([
      { when: { operation: 'createBatch' }, then: { status: 500 } },
    ]);
    const entries = await readSteps(journal);

    expect(entries.map(({ type }) => type)).toEqual([
      'claim',
      'plan',
      'file',
      'planned',
      'release',
    ]);
    expect(entries[1]).toMatchObject({
      origin: simulator.origin,
      sandbox: 'dev',
      orgId: 'SIMULATOR@AdobeOrg',
    });
    expect(await readFile(journal, 'utf8')).not.toContain('simulator-client-secret');
    expect(nodeFs.statSync(journal).mode & 0o777).toBe(0o600);
  });

  test('resumes with the same batch, and sends no byte that has arrived', async () => {
    const { journal } = await interrupted(BROKEN, leave);
    const before = simulator.log.length;
    const receipt = await client.resume(journal);

    expect(receipt.outcome).toBe('success');
    const after = simulator.log.slice(before).map(({ operation }) => operation);
    expect(after.filter((operation) => operation === 'uploadFilePart')).toHaveLength(1);
    expect(after).not.toContain('createBatch');
    expect(after.filter((operation) => operation === 'batchAction')).toHaveLength(1);
  });

  test('with a torn last line is as one without it', async () => {
    const { journal } = await interrupted(BROKEN, leave);
    await writeFile(journal, `${await readFile(journal, 'utf8')}{"type":"uploaded","path":"a.js`);
    expect((await client.resume(journal)).outcome).toBe('success');
  });

  test.each(['origin', 'orgId', 'sandbox'])('of another %s is rejected', async (field) => {
    const { journal } = await interrupted(BROKEN, leave);
    const other = { origin: 'https://other.invalid', orgId: 'OTHER@AdobeOrg', sandbox: 'other' };
    await changeSteps(journal, (steps) =>
      steps.map((step) =>
        step['type'] === 'plan' ? { ...step, [field]: other[field as keyof typeof other] } : step,
      ),
    );
    expect(await thrownBy(client.resume(journal))).toMatchObject({
      name: 'InvalidInputError',
      field,
    });
  });

  test.each<[string, Parameters<typeof changeSteps>[1], string]>([
    [
      'of a newer version',
      (steps) => steps.map((step) => (step['type'] === 'plan' ? { ...step, version: 3 } : step)),
      'version 3',
    ],
    ['with a step that is not known', (steps) => [...steps, { type: 'later' }], '"later"'],
    [
      'that ends within its plan',
      (steps) => steps.filter(({ type }) => type === 'claim' || type === 'plan'),
      'run the ingest again',
    ],
  ])('%s is rejected', async (_, change, says) => {
    const { journal } = await interrupted(BROKEN, leave);
    await changeSteps(journal, change);
    const error = await thrownBy(client.resume(journal));
    expect(error).toMatchObject({ name: 'JournalError', path: journal });
    expect(String(error)).toContain(says);
  });

  test('of a source that changed is rejected, and names it', async () => {
    const { journal, path } = await interrupted(BROKEN, leave);
    await writeFile(path, LINES(301));
    const error = await thrownBy(client.resume(journal));
    expect(error).toMatchObject({ name: 'SourceError' });
    expect(String(error)).toContain('changed since it was planned');
  });

  test('that is there already is not written over', async () => {
    const journal = await write('journal', 'mine');
    const error = await thrownBy(client.ingest(await write('a.jsonl'), { ...OPTIONS, journal }));
    expect(error).toMatchObject({ name: 'JournalError' });
    expect(await readFile(journal, 'utf8')).toBe('mine');
  });

  test('cannot be had by two at a time', async () => {
    const { journal } = await interrupted(BROKEN, leave);
    const both = await Promise.allSettled([client.resume(journal), client.resume(journal)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(String(both.find(({ status }) => status === 'rejected'))).toBeDefined();
  });

  test('of another host is rejected unless it is taken over', async () => {
    const { journal } = await interrupted(BROKEN, leave);
    const foreign = {
      type: 'claim',
      id: 'x',
      host: 'elsewhere',
      machineId: 'm',
      bootId: 'b',
      pidNamespace: 'pid:[1]',
      pid: 1,
      startTime: '1',
    };
    await changeSteps(journal, (steps) => [foreign, ...steps]);

    expect(String(await thrownBy(client.resume(journal)))).toContain('on host elsewhere');
    expect((await client.resume(journal, { takeOver: true })).outcome).toBe('success');
  });

  test('of a killed owner is free at once', async () => {
    const { journal } = await interrupted(BROKEN, leave);
    const [claim] = await readSteps(journal);
    const dead = { ...claim, id: 'dead', startTime: '1' }; // its pid was given to somebody else
    await changeSteps(journal, (steps) => [dead, ...steps]);
    expect((await client.resume(journal)).outcome).toBe('success');
  });

  test('of a batch that was aborted starts a new one, and says so', async () => {
    const { journal } = await interrupted(BROKEN);
    const warnings: string[] = [];
    const receipt = await client.resume(journal, {
      onWarning: ({ message }) => warnings.push(message),
    });
    expect(receipt.outcome).toBe('success');
    expect(warnings.join()).toContain('a new batch is started');
  });

  test('of a batch that the platform abandoned starts a new one, too', async () => {
    const { journal } = await interrupted(BROKEN, leave);
    const created = (await readSteps(journal)).find(({ type }) => type === 'created');
    const batchId = String(created?.['batchId']);
    simulator.setStatus(batchId, 'abandoned');
    const receipt = await client.resume(journal);

    expect(receipt.outcome).toBe('success');
    expect(receipt.batchId).not.toBe(batchId);
  });

  test('of an ingest that is done returns how it ended, and does nothing', async () => {
    const journal = join(folder, 'done');
    const receipt = await client.ingest(await write('a.jsonl'), { ...OPTIONS, journal });
    const before = calls().length;
    expect(await client.resume(journal)).toMatchObject({
      batchId: receipt.batchId,
      outcome: 'success',
    });
    expect(new Set(calls().slice(before))).toEqual(new Set(['getBatch']));
  });

  test('of a stream that had not ended is given up: the batch is aborted', async () => {
    const journal = join(folder, 'stream');
    const records = (async function* () {
      for (let n = 0; n < 100; n++) yield { n };
      throw new Error('the pipe broke');
    })();
    const options = { ...OPTIONS, journal, partSizeBytes: 100, onFailure: 'leave' } as const;
    const failed = (await thrownBy(client.ingest({ records }, options))) as IngestError;
    const error = await thrownBy(client.resume(journal));

    expect(String(error)).toMatch(/had not ended.*Run the ingest again/);
    expect(simulator.status(failed.batchId ?? '')).toBe('aborted');
  });

  test('of a stream whose batch was aborted is given up, too: what was read is gone', async () => {
    const journal = join(folder, 'stream');
    const jsonLines = Readable.from([
      Buffer.from('{"n":1}\n'.repeat(99)),
      Buffer.from('nonsense\n'),
    ]);
    const options = { ...OPTIONS, journal, partSizeBytes: 100 };
    const failed = (await thrownBy(client.ingest({ jsonLines }, options))) as IngestError;
    expect([failed.batch, failed.journal]).toEqual(['aborted', undefined]);
    expect(failed.message).not.toContain('Resume');
    const before = calls().length;

    const error = await thrownBy(client.resume(journal));
    expect(String(error)).toMatch(/cannot be read.*Run the ingest again/);
    expect(calls().slice(before)).not.toContain('createBatch');
  });

  test('of a stream is no reason to leave a batch that no resume could go on with', async () => {
    const journal = join(folder, 'stream');
    simulator.faults.set({ when: { operation: 'uploadFile', nth: 3 }, then: { status: 401 } });
    const records = Array.from({ length: 50 }, (_, n) => ({ n }));
    const options = { ...OPTIONS, journal, partSizeBytes: 100, maxPartRetries: 0 };
    const failed = (await thrownBy(
      createBatchClient({ ...simulator.clientOptions, maxRetries: 0 }).ingest({ records }, options),
    )) as IngestError;
    simulator.faults.set();

    expect([failed.batch, failed.journal]).toEqual(['aborted', undefined]);
    expect(simulator.status(failed.batchId ?? '')).toBe('aborted');
  });

  test('is none where a file is not one: it stays as it is, to the byte', async () => {
    for (const text of [
      '',
      '{"id":1}\n{"id":2}',
      '{"type":"claim"}\n{"type":"plan"}\n',
      'id,name\n1,a\n',
      'null\n7\n',
    ]) {
      const path = await write('rows.jsonl', text);
      const error = await thrownBy(client.resume(path));

      expect(error).toMatchObject({ name: 'JournalError', path });
      expect(await readFile(path, 'utf8')).toBe(text);
    }
  });

  test('whose sources changed before there was a batch creates none', async () => {
    const path = await write('rows.jsonl', '{"n":1}\n');
    const journal = join(folder, 'journal');
    // Whether a 500 created a batch is not known, so the journal is kept.
    simulator.faults.set({ when: { operation: 'createBatch' }, then: { status: 500 } });
    await thrownBy(client.ingest(path, { ...OPTIONS, journal }));
    simulator.faults.set();
    await write('rows.jsonl', '{"n":1}\n{"n":2}\n');
    const before = calls().length;
    const error = (await thrownBy(client.resume(journal))) as Error;

    expect(error).toMatchObject({ name: 'SourceError' });
    expect(error.message).toMatch(/changed since it was planned.*run the ingest again/);
    expect(calls().slice(before)).not.toContain('createBatch');
  });

  test('of a stream that had ended is resumed from its spool', async () => {
    const journal = join(folder, 'stream');
    simulator.faults.set({ when: { operation: 'batchAction' }, then: { status: 503 } });
    const options = { ...OPTIONS, journal, partSizeBytes: 200 };
    await thrownBy(
      client.ingest({ records: Array.from({ length: 50 }, (_, n) => ({ n })) }, options),
    );
    simulator.faults.set();
    expect(await client.resume(journal)).toMatchObject({
      outcome: 'success',
      records: { input: 50 },
    });
  });
});

describe('rejected rows', () => {
  const BAD = '{"n":1}\n{"n":2\n{"n":3}\nnot json\n{"n":5}\n';
  const partial = { ...OPTIONS, errorDiagnostics: true, partialIngestionPercent: 50 };

  test('are joined to the file and line that they came from, with what to do', async () => {
    const localPath = await write('bad.jsonl', BAD);
    const receipt = await client.ingest(localPath, partial);
    expect(receipt).toMatchObject({
      outcome: 'success-with-rejects',
      records: { input: 5, output: 3, failed: 2 },
    });

    const rows = [];
    for await (const row of client.rejectedRows(receipt.batchId, [
      { path: 'bad.jsonl', localPath },
    ]))
      rows.push(row);
    expect(rows).toMatchObject([
      { file: 'bad.jsonl', line: 2, record: '{"n":2', fix: expect.stringContaining('Correct it') },
      { file: 'bad.jsonl', line: 4, record: 'not json' },
    ]);
  });

  test('that were corrected go in with a new batch, and the good rows remain', async () => {
    const first = await client.ingest(await write('bad.jsonl', BAD), partial);
    const corrected = await client.ingest(
      await write('corrected.jsonl', '{"n":2}\n{"n":4}\n'),
      OPTIONS,
    );

    expect(corrected.records?.output).toBe(2);
    expect(simulator.status(first.batchId)).toBe('success');
  });

  test('replacing the batch would take the good rows with it', async () => {
    const first = await client.ingest(await write('bad.jsonl', BAD), partial);
    await client.ingest(await write('all.jsonl', LINES(5)), {
      ...OPTIONS,
      replace: [first.batchId],
    });

    expect(['inactive', 'deleted']).toContain(simulator.status(first.batchId));
  });
});

describe('files.upload', () => {
  const address = (batchId: string) => ({ batchId, datasetId: 'd1', path: 'a.jsonl' });

  test.each([
    ['whole', 100_000, undefined],
    ['in parts', 1000, 3],
  ])('sends a file %s, and says what it sent', async (_, threshold, parts) => {
    const { id } = await client.batches.create({
      datasetId: 'd1',
      inputFormat: { format: 'json' },
    });
    const path = await write('a.jsonl', LINES(300));
    const plan = { largeFileThresholdBytes: threshold, partSizeBytes: 1000 };
    const uploaded = await client.files.upload(address(id), path, plan);

    expect(uploaded.parts?.length).toBe(parts);
    expect(uploaded.sha256).toBe(await simulator.files(id)[0]?.sha256());
  });
});

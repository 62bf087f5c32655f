import { spawn } from 'node:child_process';
import { getEventListeners, once } from 'node:events';
import * as nodeFs from 'node:fs';
import {
  appendFile,
  chmod,
  type FileHandle,
  mkdir,
  open,
  readFile,
  rm,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import {
  checkFiles,
  createBatchClient,
  IngestError,
  type IngestOptions,
  OpenFile,
} from '../../src/index.js';
import { IngestContext } from '../../src/ingest/context.js';
import { toIngestClient } from '../../src/ingest/ingest-client.js';
import { checkLiveness, createLock } from '../../src/ingest/lock.js';
import { planIngest, toPlanEntries } from '../../src/ingest/plan.js';
import { Progress } from '../../src/ingest/progress.js';
import { runPipeline } from '../../src/ingest/run.js';
import type { Fault, FaultAction } from '../../src/testing/index.js';
import { thrownBy } from '../support/client.js';
import { client, folder, simulator, useIngest } from '../support/ingest.js';
import { changeSteps, journalLine, readSteps } from '../support/journal.js';

useIngest('journal');
afterEach(() => void jest.restoreAllMocks());

const OPTIONS: IngestOptions = {
  datasetId: 'd1',
  largeFileThresholdBytes: 500,
  partSizeBytes: 400,
};
const LINES = (count: number) => Array.from({ length: count }, (_, n) => `{"n":${n}}\n`).join('');
const operationsSince = (start: number) =>
  simulator.log
    .slice(start)
    .map(({ operation, path }) => `${operation} ${path.split('?')[1] ?? ''}`);

async function sources(): Promise<string[]> {
  const paths = ['a.jsonl', 'b.jsonl'].map((name) => join(folder, name));
  await writeFile(paths[0] ?? '', LINES(10));
  await writeFile(paths[1] ?? '', LINES(100)); // in parts
  return paths;
}

/** An ingest that was ended before its batch was completed. */
async function endedIngest(): Promise<string> {
  const journal = join(folder, 'journal');
  simulator.faults.set({ when: { operation: 'batchAction' }, then: { status: 401 } });
  await thrownBy(client.ingest(await sources(), { ...OPTIONS, journal }));
  simulator.faults.set();
  return journal;
}

/** Each batch that was completed since, with its number of files. */
const completedSince = (start: number) =>
  simulator.log.slice(start).flatMap(({ path, status }) => {
    const id = /batches\/(\w+)\?action=COMPLETE/.exec(path)?.[1];
    return id !== undefined && status === 200 ? [id] : [];
  });

/** Has the nth write of an open file fail half done, and all that come after it. */
async function fillDiskAt(nth: number): Promise<{ writes: () => number; empty: () => void }> {
  const probe = await open(join(folder, 'probe'), 'w');
  const prototype: FileHandle = Object.getPrototypeOf(probe);
  await probe.close();
  const write = prototype.write as (
    this: FileHandle,
    bytes: Buffer,
    offset: number,
    length: number,
  ) => Promise<{ bytesWritten: number }>;
  let count = 0;
  let isFull = false;
  const spy = jest.spyOn(prototype, 'write');
  spy.mockImplementation(async function (this: FileHandle, ...args: unknown[]) {
    const [bytes, offset = 0, length = 0] = args as [Buffer, number, number];
    if (++count === nth) {
      isFull = true;
      // A full disk takes what still fits; the next write fails.
      if (length > 1) return write.call(this, bytes, offset, Math.floor(length / 2));
    }
    if (isFull)
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    return write.call(this, bytes, offset, length);
  } as never);
  return { writes: () => count, empty: () => spy.mockRestore() };
}

describe('a disk that is full', () => {
  test('at any write of the journal ends in a loaded batch, or in an error and a resume that loads it', async () => {
    const paths = await sources();
    const ends = { loaded: 0, warned: 0, resumed: 0, notBegun: 0 };
    for (let nth = 1; ; nth++) {
      const journal = join(folder, `journal-${nth}`);
      const start = simulator.log.length;
      const warnings: string[] = [];
      const disk = await fillDiskAt(nth);
      const options = { ...OPTIONS, journal, onWarning: warn };
      function warn({ message }: { message: string }) {
        warnings.push(message);
      }
      const result = await client.ingest(paths, options).catch((error: unknown) => error);
      const wasFull = disk.writes() >= nth;
      disk.empty();
      const actions = operationsSince(start);
      expect(actions.indexOf('batchAction action=ABORT')).toBe(-1);
      if (!(result instanceof Error)) {
        expect(result).toMatchObject({ outcome: 'success' });
        ends.loaded++;
        if (warnings.join().includes('cannot be written')) ends.warned++;
      } else if (nodeFs.existsSync(journal)) {
        expect(result).toMatchObject({ name: 'IngestError', batch: 'kept', journal });
        expect(await client.resume(journal)).toMatchObject({ outcome: 'success' });
        ends.resumed++;
      } else {
        expect(result).toMatchObject({ name: 'JournalError' });
        expect(actions).toEqual([]);
        expect(await client.ingest(paths, { ...OPTIONS, journal })).toMatchObject({
          outcome: 'success',
        });
        ends.notBegun++;
      }
      const completed = new Set(completedSince(start));
      expect(completed.size).toBe(1);
      for (const id of completed) expect(simulator.files(id)).toHaveLength(2);
      if (!wasFull) break;
    }
    // The claim and the plan come before anything is sent. Steps of one turn are written together, so the
    // number of writes after that varies: each kind of end is there, and the last run has no failure.
    expect(ends.notBegun).toBe(2);
    expect(ends.warned).toBeGreaterThanOrEqual(1);
    expect(ends.loaded).toBeGreaterThan(ends.warned);
    expect(ends.resumed).toBeGreaterThanOrEqual(4);
  }, 20_000);

  test('leaves journals that a resume can read, however often it fills up', async () => {
    const journal = await endedIngest();
    for (let attempt = 0; attempt < 3; attempt++) {
      const disk = await fillDiskAt(1); // in the middle of the claim
      expect(await thrownBy(client.resume(journal))).toMatchObject({ name: 'JournalError' });
      disk.empty();
    }
    expect(await client.resume(journal)).toMatchObject({ outcome: 'success' });
  });
});

describe('COMPLETE', () => {
  test.each<[string, FaultAction]>([
    ['is refused', { status: 400 }],
    ['is refused for want of a right', { status: 403 }],
    ['fails for ever', { status: 503 }],
    ['gets no response', 'reset'],
  ])('that %s is never followed by an abort, not even with onFailure: abort', async (_, then) => {
    simulator.faults.set({ when: { operation: 'batchAction' }, then });
    const start = simulator.log.length;
    const paths = await sources();
    const error = await thrownBy(client.ingest(paths, { ...OPTIONS, onFailure: 'abort' }));

    expect(error).toBeInstanceOf(IngestError);
    expect(['kept', 'unknown']).toContain((error as IngestError).batch);
    expect(operationsSince(start)).not.toContain('batchAction action=ABORT');
  });

  test.each([undefined, null, 5, 'initializing', 'LOADING'])(
    'is sent by a resume that reads the status %p, which does not prove that it was sent',
    async (status) => {
      const journal = await endedIngest();
      const created = (await readSteps(journal)).find(({ type }) => type === 'created');
      const batchId = String(created?.['batchId']);
      simulator.faults.set({
        when: { operation: 'getBatch', nth: 1 },
        then: { status: 200, body: { [batchId]: { status, recordCount: 1 } } },
      });
      const start = simulator.log.length;

      expect(await client.resume(journal)).toMatchObject({ outcome: 'success', batchId });
      expect(completedSince(start)).toEqual([batchId]);
    },
  );

  test('is not sent again for a batch that another program completed without all files', async () => {
    const journal = join(folder, 'journal');
    const paths = await sources();
    simulator.faults.set({ when: { operation: 'fileAction' }, then: { status: 403 } });
    const failed = (await thrownBy(
      client.ingest(paths, { ...OPTIONS, journal, concurrency: 1 }),
    )) as IngestError;
    simulator.faults.set();
    await client.batches.complete(failed.batchId ?? '');
    const error = await thrownBy(client.resume(journal));

    expect(error).toMatchObject({ name: 'JournalError', path: journal });
    expect(String(error)).toContain('1 of its 2 files are not recorded as uploaded');
  });

  test('is not sent for a batch that lacks a planned file: the platform would load the others', async () => {
    const own = toIngestClient(client);
    const plan = await planIngest(await sources(), OPTIONS, own);
    const { options } = plan;
    const context = new IngestContext({ client: own, options, progress: new Progress(undefined) });
    await context.recordAll(toPlanEntries(plan));
    const start = simulator.log.length;
    const error = await thrownBy(runPipeline(context, plan.files?.slice(0, 1) ?? []));

    expect(String(error)).toContain('1 of 2 files are recorded as uploaded. b.jsonl is not.');
    expect(completedSince(start)).toEqual([]);
  });
});

describe('a damaged line', () => {
  const flip = (text: string, line: number) => {
    const lines = text.split('\n');
    lines[line] = (lines[line] ?? '').replace('"', "'");
    return lines.join('\n');
  };
  const readNumbers = (text: string, type: string) =>
    text.split('\n').flatMap((line, index) => (line.includes(`"type":"${type}"`) ? [index] : []));

  test('in the middle is an error with its number', async () => {
    const journal = await endedIngest();
    const text = await readFile(journal, 'utf8');
    const [at = 0] = readNumbers(text, 'created');
    await writeFile(journal, flip(text, at));
    const error = await thrownBy(client.resume(journal));

    expect(error).toMatchObject({ name: 'JournalError', path: journal });
    expect(String(error)).toContain(`line ${at + 1} is damaged`);
    expect(await readFile(journal, 'utf8')).toBe(flip(text, at));
  });

  test('directly before a later claim counts as torn', async () => {
    const journal = await endedIngest();
    const text = await readFile(journal, 'utf8');
    const [last = 0] = readNumbers(text, 'release');
    const claim = journalLine({ type: 'claim', ...(await createLock()), pid: 2 ** 22 + 1 });
    await writeFile(journal, `${flip(text, last)}\n${claim}\n`);
    expect(await client.resume(journal)).toMatchObject({ outcome: 'success' });
  });

  test('may be a blank one: it means nothing', async () => {
    const journal = await endedIngest();
    await writeFile(journal, (await readFile(journal, 'utf8')).replaceAll('\n', '\n\n\n'));
    expect(await client.resume(journal)).toMatchObject({ outcome: 'success' });
  });

  test('with checksums of another spelling is damaged', async () => {
    const journal = await endedIngest();
    const text = await readFile(journal, 'utf8');
    for (const change of [
      text.replace(/^(\w{8}) (?=.*"plan")/m, (head) => head.toUpperCase().replace(/^\d+ $/, 'x')),
      text.replace(/^(\w{8}) (?=.*"plan")/m, '$1  '),
      text.replace(/^\w{8} (?=.*"plan")/m, ''),
      text.replaceAll('\n', '\r\n'),
    ]) {
      await writeFile(journal, change);
      expect(await thrownBy(client.resume(journal))).toMatchObject({ name: 'JournalError' });
    }
  });
});

describe('the steps of a journal', () => {
  type Change = (step: Record<string, unknown>) => object | object[];
  const changed: [string, string, Change][] = [
    [
      'concurrency of 0',
      'plan',
      (plan) => ({ ...plan, upload: { ...(plan['upload'] as object), concurrency: 0 } }),
    ],
    [
      'concurrency of 1e9',
      'plan',
      (plan) => ({ ...plan, upload: { ...(plan['upload'] as object), concurrency: 1e9 } }),
    ],
    [
      'a part size of 0',
      'plan',
      (plan) => ({ ...plan, upload: { ...(plan['upload'] as object), partSizeBytes: 0 } }),
    ],
    ['no upload plan', 'plan', ({ upload: _, ...plan }) => plan],
    [
      'no concurrency, which would be the default one',
      'plan',
      (plan) => ({ ...plan, upload: { ...(plan['upload'] as object), concurrency: undefined } }),
    ],
    ['another externalId than the request', 'plan', (plan) => ({ ...plan, externalId: 'other' })],
    [
      'a field of the request that is unknown',
      'plan',
      (plan) => ({ ...plan, request: { ...(plan['request'] as object), datasetID: 'x' } }),
    ],
    ['an origin with a path', 'plan', (plan) => ({ ...plan, origin: `${plan['origin']}/x` })],
    ['a sha256 that is no boolean', 'plan', (plan) => ({ ...plan, sha256: 1 })],
    ['more files than follow', 'plan', (plan) => ({ ...plan, files: 3 })],
    ['fewer files than follow', 'plan', (plan) => ({ ...plan, files: 1 })],
    ['a plan with no files', 'plan', (plan) => ({ ...plan, files: 0 })],
    ['a path with ..', 'file', (file) => ({ ...file, path: '../a.jsonl' })],
    ['one path twice', 'file', (file) => ({ ...file, path: 'a.jsonl' })],
    ['a negative size', 'file', (file) => ({ ...file, sizeBytes: -1 })],
    ['a relative local path', 'file', (file) => ({ ...file, localPath: 'a.jsonl' })],
    [
      'a fingerprint that is no number',
      'file',
      (file) => ({ ...file, identity: { ...(file['identity'] as object), inode: 'x' } }),
    ],
    ['a file of the name of nothing planned', 'uploaded', (step) => ({ ...step, path: 'c.jsonl' })],
    ['a hash that is none', 'uploaded', (step) => ({ ...step, sha256: 'abc' })],
    ['a range outside the file', 'part', (step) => ({ ...step, end: 1e9 })],
    [
      'a range that ends before it starts',
      'part',
      ({ start, end, ...step }) => ({ ...step, start: end, end: start }),
    ],
    ['a second batch', 'created', (step) => [step, step]],
    ['a completion before the batch', 'created', (step) => [{ ...step, type: 'completed' }, step]],
    ['a completion before all files', 'created', (step) => [step, { ...step, type: 'completed' }]],
    [
      'an outcome before the completion',
      'created',
      (step) => [step, { ...step, type: 'outcome', outcome: 'success' }],
    ],
    ['a batch id with a slash', 'created', (step) => ({ ...step, batchId: '../x' })],
    ['no end of the plan', 'planned', () => []],
    ['a pid of 0', 'claim', (step) => ({ ...step, pid: 0 })],
  ];
  test.each(changed)('with %s are rejected, and nothing is sent', async (_, type, change) => {
    const journal = await endedIngest();
    await changeSteps(journal, (steps) =>
      steps.flatMap((step) => (step['type'] === type ? change(step) : step)),
    );
    const start = simulator.log.length;
    const error = await thrownBy(client.resume(journal));

    expect(error).toMatchObject({ name: 'JournalError', path: journal });
    expect(simulator.log.length).toBe(start);
  });

  test.each(['uploaded', 'part', 'initialized', 'completed', 'outcome'])(
    'with "%s" of another ingest of files of the same names are rejected, and nothing is sent',
    async (type) => {
      const other = join(folder, 'other');
      await client.ingest(await sources(), { ...OPTIONS, journal: other });
      const foreign = (await readSteps(other)).filter((step) => step['type'] === type);
      expect(foreign).not.toEqual([]);
      const journal = await endedIngest();
      await changeSteps(journal, (steps) => {
        const at = steps.findIndex((step) => step['type'] === 'release');
        return [...steps.slice(0, at), ...foreign, ...steps.slice(at)];
      });
      const start = simulator.log.length;
      const error = await thrownBy(client.resume(journal));

      expect(error).toMatchObject({ name: 'JournalError', path: journal });
      expect(String(error)).toMatch(/is damaged: it records a step of batch \w+/);
      expect(simulator.log.length).toBe(start);
    },
  );

  test('with an abort after the completion are rejected: that batch is loaded', async () => {
    const journal = join(folder, 'completed');
    await client.ingest(await sources(), { ...OPTIONS, journal });
    await changeSteps(journal, (steps) =>
      steps.flatMap((step) =>
        step['type'] === 'completed' ? [step, { ...step, type: 'aborted' }] : [step],
      ),
    );
    const error = await thrownBy(client.resume(journal));
    expect(String(error)).toContain('is damaged: it records an abort after the completion');
  });

  test('with another batch that has the files, which nobody looked for, are rejected', async () => {
    const journal = await endedIngest();
    await changeSteps(journal, (steps) => {
      const at = steps.findIndex(({ type }) => type === 'created');
      return [...steps.slice(0, at), { type: 'skipped', batchId: 'b1' }];
    });
    const error = await thrownBy(client.resume(journal, { takeOver: true }));
    expect(String(error)).toContain('is damaged: it records files that were not looked for');
  });

  test('that are followed by the journal of another ingest are rejected, and nothing is sent', async () => {
    const other = join(folder, 'other');
    await client.ingest(await sources(), { ...OPTIONS, journal: other });
    const journal = await endedIngest();
    await appendFile(journal, await readFile(other));
    const start = simulator.log.length;
    const error = await thrownBy(client.resume(journal));

    expect(error).toMatchObject({ name: 'JournalError', path: journal });
    expect(simulator.log.length).toBe(start);
  });

  test('without parts of what a crash can lose still load the right bytes once', async () => {
    for (const lost of ['initialized', 'part', 'uploaded', 'created']) {
      const start = simulator.log.length;
      const journal = await endedIngest();
      await changeSteps(journal, (steps) => {
        const at = steps.findIndex(({ type }) => type === lost);
        return steps.slice(0, at);
      });
      expect(await client.resume(journal)).toMatchObject({ outcome: 'success' });
      expect(new Set(completedSince(start)).size).toBe(1);
      await rm(journal);
    }
  });

  test('of version 1 are rejected in one sentence', async () => {
    const journal = join(folder, 'journal');
    const claim = { type: 'claim', id: 'x', host: 'h', bootId: 'b', pid: 1, startTime: '1' };
    await writeFile(journal, `\n${JSON.stringify(claim)}\n\n{"type":"plan","version":1}\n`);
    const error = (await thrownBy(client.resume(journal))) as Error;

    expect(error).toMatchObject({ name: 'JournalError', path: journal });
    expect(error.message).toMatch(/is of version 1, .* run the ingest again/);
  });
});

describe('a large journal', () => {
  test.each([
    ['of one line', 0.6e9, 'longer than any line|not the journal'],
    ['of 2.2 GB', 2.2e9, 'larger than 1 GiB'],
  ])('%s is rejected with a clear error', async (_, size, says) => {
    const journal = await endedIngest();
    await truncate(journal, size); // sparse: it takes no room on the disk
    const error = await thrownBy(client.resume(journal));

    expect(error).toMatchObject({ name: 'JournalError', path: journal });
    expect(String(error)).toMatch(new RegExp(says));
  });

  test('is read line by line', async () => {
    const journal = await endedIngest();
    const steps = await readSteps(journal);
    const part = steps.find(({ type }) => type === 'part') ?? {};
    const lines = `${journalLine(part)}\n`.repeat(5_000);
    const at = steps.findIndex(({ type }) => type === 'part');
    const before = steps.slice(0, at).map(journalLine).join('\n');
    const after = steps.slice(at).map(journalLine).join('\n');
    await writeFile(journal, `${before}\n${lines}${after}\n`);
    expect(await client.resume(journal)).toMatchObject({ outcome: 'success' });
  });
});

describe('a claim', () => {
  test.each<[string, Partial<Awaited<ReturnType<typeof createLock>>>, string]>([
    ['of this process is alive', {}, 'alive'],
    ['of a process that is gone is dead', { pid: 2 ** 22 + 1 }, 'dead'],
    ['of a pid that was given again is dead', { startTime: '1' }, 'dead'],
    ['of a process whose start is not known is alive', { startTime: 'unknown' }, 'alive'],
    ['of another pid namespace cannot be checked', { pidNamespace: 'pid:[1]' }, 'unknown'],
    ['of an unknown pid namespace cannot be checked', { pidNamespace: 'unknown' }, 'unknown'],
    [
      'of another machine with the same name cannot be checked',
      { machineId: 'm', bootId: 'b' },
      'unknown',
    ],
    ['of another host cannot be checked', { host: 'elsewhere', bootId: 'b' }, 'unknown'],
    ['of an unknown boot cannot be checked', { bootId: 'unknown' }, 'unknown'],
  ])('%s', async (_, change, expected) => {
    expect(await checkLiveness({ ...(await createLock()), ...change })).toBe(expected);
  });

  test('of the same machine before it was rebooted is dead', async () => {
    const claim = { ...(await createLock()), machineId: 'm', bootId: 'before' };
    const here = { ...claim, bootId: 'now' };
    expect(await checkLiveness(claim, here)).toBe('dead');
    // Without a machine id, the boot may as well be one of another machine.
    expect(await checkLiveness({ ...claim, machineId: 'before' }, here)).toBe('unknown');
  });

  test('without /proc is checked by host and pid', async () => {
    const unknown = { machineId: 'unknown', bootId: 'unknown', pidNamespace: 'unknown' };
    const claim = { ...(await createLock()), ...unknown, startTime: 'unknown' };
    const here = { host: hostname(), ...unknown };
    expect(await checkLiveness(claim, here)).toBe('alive');
    expect(await checkLiveness({ ...claim, pid: 2 ** 22 + 1 }, here)).toBe('dead');
    expect(await checkLiveness({ ...claim, host: 'elsewhere' }, here)).toBe('unknown');
  });

  test('of a process that was killed and not yet reaped is dead', async () => {
    // The shell becomes a sleep, which never reaps its child.
    const parent = spawn('bash', ['-c', 'sleep 0 & echo $!; exec sleep 30'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exited = once(parent, 'exit');
    try {
      const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
      const claim = { ...(await createLock()), pid: Number(pid), startTime: 'unknown' };
      let liveness = await checkLiveness(claim);
      for (let look = 0; liveness !== 'dead' && look < 100; look++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        liveness = await checkLiveness(claim);
      }
      expect(liveness).toBe('dead');
    } finally {
      expect(parent.kill()).toBe(true);
      await exited;
    }
  });

  test('of a process that cannot be checked is taken over only when asked for', async () => {
    const journal = await endedIngest();
    const foreign = { type: 'claim', ...(await createLock()), pidNamespace: 'pid:[1]', pid: 1234 };
    await changeSteps(journal, (steps) => [...steps, foreign]);
    const text = await readFile(journal, 'utf8');
    const error = String(await thrownBy(client.resume(journal)));

    expect(error).toContain(`Process 1234 on host ${hostname()} may be using`);
    expect(error).toContain('--take-over');
    expect(await readFile(journal, 'utf8')).toBe(text);
    expect(await client.resume(journal, { takeOver: true })).toMatchObject({ outcome: 'success' });
  });

  test('of a live process of this machine is never taken', async () => {
    const journal = await endedIngest();
    const other = spawn('sleep', ['30'], { stdio: 'ignore' });
    const exited = once(other, 'exit');
    try {
      const claim = {
        type: 'claim',
        ...(await createLock()),
        pid: other.pid,
        startTime: 'unknown',
      };
      await changeSteps(journal, (steps) => [...steps, claim]);
      const error = String(await thrownBy(client.resume(journal, { takeOver: true })));
      expect(error).toContain(`Process ${other.pid} on this machine is using`);
    } finally {
      other.kill();
      await exited;
    }
    expect(await client.resume(journal)).toMatchObject({ outcome: 'success' });
  });
});

describe('a journal that was created a moment ago', () => {
  test('is in use once its first line is there', async () => {
    const journal = await endedIngest();
    const claim = journalLine({ type: 'claim', ...(await createLock()) });
    await writeFile(journal, '');
    const resuming = thrownBy(client.resume(journal));
    await new Promise((resolve) => setTimeout(resolve, 50));
    await appendFile(journal, `\n${claim}\n`);

    expect(String(await resuming)).toContain(`Process ${process.pid} on this machine is using`);
  });

  test('and stays empty is called that', async () => {
    const journal = await endedIngest();
    await writeFile(journal, '');
    expect(String(await thrownBy(client.resume(journal)))).toContain(
      'is empty, so nothing was sent',
    );
  });
});

describe('a journal of an ingest that has ended', () => {
  async function* failing() {
    for (let n = 0; n < 10; n++) yield { n };
    throw new Error('the source broke');
  }
  const records = () => ({ records: [{ n: 1 }] });

  test.each<[string, Fault[]]>([
    ['after its batch was created', []],
    [
      'and whose batch could not be created',
      [{ when: { operation: 'createBatch' }, then: { status: 403 } }],
    ],
  ])('since its stream failed %s is used again by the next ingest', async (_, faults) => {
    const journal = join(folder, 'journal');
    simulator.faults.set(...faults);
    await thrownBy(client.ingest({ records: failing() }, { ...OPTIONS, journal }));
    simulator.faults.set();
    const receipt = await client.ingest(records(), { ...OPTIONS, journal });
    expect(receipt.outcome).toBe('success');
  });

  test('is used again by the next ingest', async () => {
    const journal = join(folder, 'journal');
    const paths = await sources();
    const first = await client.ingest(paths, { ...OPTIONS, journal });
    const second = await client.ingest(paths, { ...OPTIONS, journal });
    expect(second.batchId).not.toBe(first.batchId);
    expect(await client.resume(journal)).toMatchObject({ batchId: second.batchId });
  });

  test('is not taken from a process that cannot be checked, unless that is asked for', async () => {
    const journal = join(folder, 'journal');
    const paths = await sources();
    await client.ingest(paths, { ...OPTIONS, journal });
    const foreign = { type: 'claim', ...(await createLock()), pidNamespace: 'pid:[1]' };
    await changeSteps(journal, (steps) => [...steps, foreign]);

    expect(String(await thrownBy(client.ingest(paths, { ...OPTIONS, journal })))).toContain(
      '--take-over',
    );
    const receipt = await client.ingest(paths, { ...OPTIONS, journal, takeOver: true });
    expect(receipt.outcome).toBe('success');
  });

  test('is not one of an ingest that broke off', async () => {
    const journal = await endedIngest();
    const options = { ...OPTIONS, journal, takeOver: true };
    const error = await thrownBy(client.ingest(await sources(), options));
    expect(String(error)).toContain('has not ended. Resume it');
  });
});

describe('a journal that is an empty file', () => {
  test('is taken for a new one', async () => {
    const journal = join(folder, 'journal');
    await writeFile(journal, '', { mode: 0o600 });
    const receipt = await client.ingest(await sources(), { ...OPTIONS, journal });
    expect(await client.resume(journal)).toMatchObject({ batchId: receipt.batchId });
  });

  test('can be used again if nothing was sent', async () => {
    const journal = join(folder, 'journal');
    await writeFile(journal, '', { mode: 0o600 });
    const disk = await fillDiskAt(2); // the plan
    const error = await thrownBy(client.ingest(await sources(), { ...OPTIONS, journal }));
    disk.empty();
    expect(error).toMatchObject({ name: 'JournalError' });
    expect(await client.ingest(await sources(), { ...OPTIONS, journal })).toMatchObject({
      outcome: 'success',
    });
  });
});

describe('a journal that another process has taken over', () => {
  test.each<[string, object[]]>([
    ['and still holds', []],
    ['and released after a step', [{ type: 'ranges-shown' }, { type: 'release', claim: 'other' }]],
  ])('%s ends the ingest before COMPLETE, and the batch is kept', async (_, steps) => {
    const journal = join(folder, 'journal');
    const lock = { ...(await createLock()), id: 'other', pidNamespace: 'pid:[1]' };
    const lines = [{ type: 'claim', ...lock }, ...steps].map(journalLine).join('\n');
    let isTaken = false;
    const start = simulator.log.length;
    const error = (await thrownBy(
      client.ingest(await sources(), {
        ...OPTIONS,
        journal,
        onFailure: 'abort',
        onProgress: ({ filesDone }) => {
          if (isTaken || filesDone === 0) return;
          isTaken = true;
          nodeFs.appendFileSync(journal, `\n${lines}\n`);
        },
      }),
    )) as IngestError;

    expect(error).toMatchObject({ batch: 'kept', journal, cause: { name: 'JournalError' } });
    expect(operationsSince(start).join()).not.toMatch(/batchAction/);
    expect(simulator.status(error.batchId ?? '')).toBe('loading');
  });
});

test('a shortage of file descriptors keeps the batch for a resume', async () => {
  const journal = join(folder, 'journal');
  const shortage = Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
  const path = join(folder, 'large.jsonl');
  await writeFile(path, LINES(20_000)); // small files are read without an open descriptor
  const spy = jest.spyOn(OpenFile, 'open');
  const onProgress = ({ phase }: { phase: string }) => {
    if (phase === 'upload') spy.mockRejectedValue(shortage);
  };
  const error = await thrownBy(client.ingest(path, { ...OPTIONS, journal, onProgress }));
  spy.mockRestore();
  expect(error).toMatchObject({ name: 'IngestError', batch: 'kept', journal });
  expect(await client.resume(journal)).toMatchObject({ outcome: 'success' });
});

test('a stream whose ingest broke off after its end can be resumed more than once', async () => {
  const journal = join(folder, 'journal');
  simulator.faults.set({ when: { operation: 'batchAction' }, then: { status: 401 } });
  const records = Array.from({ length: 50 }, (_, n) => ({ n }));
  await thrownBy(client.ingest({ records }, { ...OPTIONS, journal }));
  await thrownBy(client.resume(journal));
  simulator.faults.set();
  expect(await client.resume(journal)).toMatchObject({ outcome: 'success' });
});

test('a stream whose batch was aborted cannot be sent again: a resume makes no other batch for it', async () => {
  const journal = join(folder, 'journal');
  simulator.faults.set({ when: { operation: 'batchAction' }, then: { status: 401 } });
  const records = [{ n: 1 }];
  const broken = await thrownBy(client.ingest({ records }, { ...OPTIONS, journal }));
  simulator.faults.set();
  await client.batches.abort((broken as IngestError).batchId ?? '');
  const start = simulator.log.length;
  const error = await thrownBy(client.resume(journal));

  expect(error).toMatchObject({ name: 'InvalidInputError', field: 'journal' });
  expect(String(error)).toContain('the stream cannot be read again');
  expect(operationsSince(start).join()).not.toContain('createBatch');
});

test('a signal that outlives many ingests keeps none of their listeners', async () => {
  const { signal } = new AbortController();
  for (let turn = 0; turn < 3; turn++) {
    await client.ingest(await sources(), { ...OPTIONS, signal });
    await client.ingest({ records: [{ n: 1 }] }, { ...OPTIONS, signal });
  }
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

describe('a journal that others can write', () => {
  test.each([0o620, 0o602])('is rejected with the command to run: mode %o', async (mode) => {
    const journal = await endedIngest();
    await chmod(journal, mode);
    const error = await thrownBy(client.resume(journal));
    expect(error).toMatchObject({ name: 'JournalError', path: journal });
    expect(String(error)).toContain(`chmod go-w ${journal}`);
  });
});

describe('a source that is touched while it is sent', () => {
  test.each([
    ['whole', 10_000],
    ['in parts', 100],
  ])('is the same, by its sha256: %s', async (_, largeFileThresholdBytes) => {
    const [, path = ''] = await sources();
    let isTouched = false;
    const receipt = await client.ingest(path, {
      ...OPTIONS,
      largeFileThresholdBytes,
      onProgress: ({ sentBytes }) => {
        if (isTouched || sentBytes === 0) return;
        isTouched = true;
        nodeFs.utimesSync(path, 1, 1);
        nodeFs.chmodSync(path, 0o600);
        nodeFs.linkSync(path, `${path}.link`);
      },
    });
    expect([isTouched, receipt.outcome]).toEqual([true, 'success']);
  });
});

test.each([
  ['whole', 10_000],
  ['in parts', 100],
])(
  'a source that is rewritten before its first byte is read has changed, although its size is the same: %s',
  async (_, largeFileThresholdBytes) => {
    const [, path = ''] = await sources();
    const other = nodeFs.readFileSync(path, 'utf8').replaceAll('1', '2');
    await using rewriting = createBatchClient({
      ...simulator.clientOptions,
      onRequest: ({ operation }) => {
        if (operation === 'uploadFile' || operation === 'fileAction')
          nodeFs.writeFileSync(path, other);
      },
    });
    const ingest = rewriting.ingest(path, { ...OPTIONS, largeFileThresholdBytes });

    await expect(ingest).rejects.toMatchObject({
      cause: { name: 'SourceError' },
      batch: 'aborted',
    });
  },
);

test('names that differ only in case or composition are a warning that names both', async () => {
  const names = ['caf\u00e9.jsonl', 'cafe\u0301.jsonl', 'A.jsonl', 'a.jsonl'];
  await mkdir(join(folder, 'data'));
  for (const name of names) await writeFile(join(folder, 'data', name), LINES(1));
  const { findings, errors } = await checkFiles(join(folder, 'data'));

  expect(errors).toBe(0);
  const messages = findings.map(({ file, message }) => `${file}: ${message}`).join('\n');
  for (const name of names) expect(messages).toContain(name);
});

import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { memorySource } from '../../src/http/body.js';
import { PacedSource } from '../../src/http/pace.js';
import { createBatchClient, type IngestProgress, type Pause } from '../../src/index.js';
import { createPacer, type PaceLimits, Pacer, paceSource } from '../../src/upload/pace.js';
import { clientFor, testClock, thrownBy } from '../support/client.js';
import { client, folder, simulator, useIngest } from '../support/ingest.js';
import { respondWith, useServer } from '../support/server.js';
import { generate, listen, MiB } from '../support/sockets.js';
import { VirtualClock } from '../support/virtual-clock.js';

const HOUR_MS = 3_600_000;
const never = new AbortController().signal;

/** Sends requests of these sizes through a pacer, several at a time, and records when each byte went. */
async function send(limits: PaceLimits, sizes: readonly number[], concurrency = 4) {
  const clock = new VirtualClock();
  const sent: { ms: number; bytes: number }[] = [];
  const pauses: (Pause | undefined)[] = [];
  const pace = new Pacer(limits, clock).paceBytes((pause) => pauses.push(pause));
  const queue = [...sizes];
  const worker = async () => {
    for (let size = queue.shift(); size !== undefined; size = queue.shift()) {
      const permit = await pace?.admit(size, never);
      const slice = Math.min(size, permit?.sliceBytes ?? size);
      for (let at = 0; at < size; at += slice) {
        const bytes = Math.min(slice, size - at);
        await permit?.take(bytes, never);
        sent.push({ ms: clock.nowMs, bytes });
      }
      permit?.end();
    }
  };
  const ended = Promise.all(Array.from({ length: concurrency }, worker));
  await clock.run();
  await ended;
  return { sent, pauses, endMs: clock.nowMs };
}

/** The most that went within any time of this length. */
function mostWithin(sent: readonly { ms: number; bytes: number }[], spanMs: number): number {
  const sums = sent.map(({ ms: from }) =>
    sent.reduce((sum, { ms, bytes }) => sum + (ms >= from && ms < from + spanMs ? bytes : 0), 0),
  );
  return Math.max(0, ...sums);
}

describe('the limits of a run', () => {
  test('hold in every second and every hour, whatever the sizes of requests, and nobody waits for good', async () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 6 }), async (requests, concurrency) => {
        const limits = { maxBytesPerSecond: 200, maxBytesPerHour: 700 };
        const { sent } = await send(limits, requests, concurrency);
        const total = requests.reduce((sum, size) => sum + size, 0);
        expect(sent.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(total);
        expect(mostWithin(sent, HOUR_MS)).toBeLessThanOrEqual(700);
        // Bytes go in slices of 10, and a second may hold a part of the time of one at each end.
        expect(mostWithin(sent, 1000)).toBeLessThanOrEqual(210);
      }),
      { numRuns: 15 },
    );
  });

  test('let a run have all of an hour at once, and all of the next when that is over', async () => {
    const { sent, endMs } = await send({ maxBytesPerHour: 100 }, Array(6).fill(50), 2);
    expect(sent.map(({ ms }) => ms)).toEqual([0, 0, HOUR_MS, HOUR_MS, 2 * HOUR_MS, 2 * HOUR_MS]);
    expect(endMs).toBe(2 * HOUR_MS);
  });

  test('are evenly shared by requests that run at the same time', async () => {
    const { endMs, pauses } = await send({ maxBytesPerSecond: 1000 }, [2000, 2000], 2);
    expect(endMs).toBeGreaterThan(3900);
    expect(endMs).toBeLessThanOrEqual(4000);
    expect(pauses).toEqual([]);
  });

  test('report a pause with its end, and that it is over', async () => {
    const { pauses } = await send({ maxBytesPerHour: 100 }, [100, 60], 2);
    const until = new Date(1_700_000_000_000 + HOUR_MS).toISOString();
    expect(pauses).toEqual([{ limit: 'maxBytesPerHour', until }, undefined]);
  });

  test('count what an attempt has sent, and give back what it has not', async () => {
    const clock = new VirtualClock();
    const pace = new Pacer({ maxBytesPerHour: 100 }, clock).paceBytes(() => undefined);
    const first = await pace?.admit(90, never);
    await first?.take(30, never);
    const waiting = pace?.admit(70, never); // 30 of them were sent, and 60 are still to come
    await clock.run(0);
    first?.end();
    await waiting;
    expect(clock.nowMs).toBe(0);
  });

  test('may be reserved to their last byte by requests at the same time', async () => {
    const clock = new VirtualClock();
    const pace = new Pacer({ maxBytesPerHour: 100 }, clock).paceBytes(() => undefined);
    let admitted = 0;
    const admit = async () => {
      await pace?.admit(50, never);
      admitted++;
    };
    void admit();
    void admit();
    await clock.run(0);
    expect(admitted).toBe(2);
  });

  test('let bytes go an hour after those whose place they take, and not an hour after they came', async () => {
    const clock = new VirtualClock();
    const pace = new Pacer({ maxBytesPerHour: 100 }, clock).paceBytes(() => undefined);
    const use = async () => (await pace?.admit(50, never))?.take(50, never);
    await use();
    await clock.run(600_000);
    await use();
    const third = use();
    await clock.run();
    await third;
    expect(clock.nowMs).toBe(HOUR_MS);
  });

  test('count bytes of the same minute until an hour after the last of them', async () => {
    const clock = new VirtualClock();
    const pace = new Pacer({ maxBytesPerHour: 100 }, clock).paceBytes(() => undefined);
    const use = async (bytes: number) => (await pace?.admit(bytes, never))?.take(bytes, never);
    await use(50);
    await clock.run(30_000);
    await use(50);
    const all = use(100);
    await clock.run();
    await all;
    expect(clock.nowMs).toBe(30_000 + HOUR_MS);
  });

  test('admit one that is larger than the limit once nothing else counts', async () => {
    const { sent } = await send({ maxBytesPerHour: 100 }, [40, 150], 1);
    expect(sent).toEqual([
      { ms: 0, bytes: 40 },
      { ms: HOUR_MS, bytes: 150 },
    ]);
  });

  test('let whoever is aborted leave the queue, and nobody else', async () => {
    const clock = new VirtualClock();
    const pace = new Pacer({ maxBytesPerHour: 100 }, clock).paceBytes(() => undefined);
    await (await pace?.admit(100, never))?.take(100, never);
    const [first, second] = [new AbortController(), new AbortController()];
    const waits = [first, second].map(({ signal }) =>
      thrownBy(pace?.admit(50, signal) ?? never1()),
    );
    const last = pace?.admit(50, never);
    second.abort(new Error('second'));
    expect(await waits[1]).toMatchObject({ message: 'second' });
    first.abort(new Error('first'));
    expect(await waits[0]).toMatchObject({ message: 'first' });
    await clock.run();
    await last;
    expect(clock.nowMs).toBe(HOUR_MS);
  });

  test('let nobody past those who came before, although one in between has left', async () => {
    const clock = new VirtualClock();
    const pace = new Pacer({ maxBytesPerHour: 100 }, clock).paceBytes(() => undefined);
    let admitted = '';
    const use = async (name: string, bytes: number, signal = never) => {
      const permit = await pace?.admit(bytes, signal);
      admitted += name;
      await permit?.take(bytes, never);
    };
    await use('a', 50);
    const leaving = new AbortController();
    const waits = [use('b', 100), thrownBy(use('c', 10, leaving.signal)), use('d', 50)];
    leaving.abort();
    await clock.run(0);
    expect(admitted).toBe('a');
    await clock.run();
    await Promise.all(waits);
    expect(admitted).toBe('abd');
  });

  test('hold for a piece of a part, too, as it is sent again', () => {
    const pace = { admit: async () => Promise.reject(new Error('not yet')) };
    const piece = paceSource(memorySource(Buffer.from('abcdef')), pace).slice(1, 4);
    expect(piece).toBeInstanceOf(PacedSource);
    expect(piece).toMatchObject({ size: 3, pace });
  });

  test('hold for batches, too', async () => {
    const clock = new VirtualClock();
    const pacer = createPacer({ maxBatchesPerMinute: 2 }, clock);
    const times: number[] = [];
    const work = (async () => {
      for (let batch = 0; batch < 5; batch++) {
        await pacer?.admitBatch(never, () => undefined);
        times.push(clock.nowMs);
      }
    })();
    await clock.run();
    await work;
    expect(times).toEqual([0, 0, 60_000, 60_000, 120_000]);
  });

  test('are none where none is set', () => {
    expect(createPacer({}, new VirtualClock())).toBeUndefined();
    expect(createPacer({ maxBytesPerHour: undefined }, new VirtualClock())).toBeUndefined();
  });
});

const never1 = () => Promise.resolve();

describe('an ingest with limits', () => {
  useIngest('pace');

  test('sends a file in parts that an hour has room for, and says when it goes on', async () => {
    const clock = testClock();
    const paced = createBatchClient({ ...simulator.clientOptions, clock });
    const path = join(folder, 'rows.jsonl');
    await writeFile(path, '{"a":1}\n'.repeat(100));
    const pauses: IngestProgress['pause'][] = [];
    const before = simulator.log.length;
    const { files, outcome } = await paced.ingest(path, {
      datasetId: 'd',
      maxBytesPerHour: 300,
      onProgress: ({ pause }) => pauses.push(pause),
    });
    await paced.close();

    expect(outcome).toBe('success');
    expect(files[0]?.parts?.map(({ start, end }) => end - start)).toEqual([300, 300, 200]);
    const uploads = simulator.log
      .slice(before)
      .filter(({ operation }) => operation === 'uploadFilePart');
    expect(uploads).toHaveLength(3);
    expect(clock.slept.filter((ms) => ms > HOUR_MS - 60_000)).toHaveLength(2);
    const limits = new Set(pauses.flatMap((pause) => (pause === undefined ? [] : [pause.limit])));
    expect([...limits]).toEqual(['maxBytesPerHour']);
    expect(pauses.at(-1)).toBeUndefined();
  });

  test('counts the bytes of every attempt', async () => {
    const clock = testClock();
    const paced = createBatchClient({ ...simulator.clientOptions, clock });
    simulator.faults.set({ when: { operation: 'uploadFile', nth: 1 }, then: { status: 503 } });
    const rows = { name: 'rows.json', bytes: new Uint8Array(Buffer.from('{"a":1}\n')) };
    const { outcome } = await paced.ingest(rows, { datasetId: 'd', maxBytesPerHour: 8 });
    await paced.close();

    expect(outcome).toBe('success');
    // The second attempt is as many bytes again.
    expect(clock.slept.some((ms) => ms > HOUR_MS - 60_000)).toBe(true);
  });

  test('that was stopped within a file of parts goes on in parts without a limit', async () => {
    const path = join(folder, 'rows.jsonl');
    const journal = join(folder, 'journal');
    await writeFile(path, '{"a":1}\n'.repeat(100));
    const stop = new AbortController();
    const clock = { ...testClock(), sleep: hangUntilAborted };
    const paced = createBatchClient({ ...simulator.clientOptions, clock });
    const error = await thrownBy(
      paced.ingest(path, {
        datasetId: 'd',
        journal,
        maxBytesPerHour: 300,
        signal: stop.signal,
        onProgress: ({ pause, transferredBytes }) => {
          if (pause !== undefined && transferredBytes === 300) stop.abort(new Error('stopped'));
        },
      }),
    );
    await paced.close();
    expect(error).toMatchObject({ name: 'IngestError', batch: 'kept', journal });

    const { files, outcome } = await client.resume(journal);
    expect(outcome).toBe('success');
    expect(files[0]?.parts?.[0]).toEqual({ start: 0, end: 300 });
    expect(files[0]?.sizeBytes).toBe(800);
  });
});

const hangUntilAborted = (_: number, signal: AbortSignal) =>
  new Promise<void>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

describe('bytes that are held back', () => {
  const server = useServer();

  test('do not time out, however long that takes', async () => {
    // Each pause takes longer than the timeout.
    const sleep = (_: number, signal: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        setTimeout(resolve, 120);
        signal.addEventListener('abort', () => reject(signal.reason));
      });
    const clock = { ...testClock(), sleep };
    const paced = clientFor(server.origin, { timeoutMs: 50, maxRetries: 0, clock });
    server.play(respondWith(200));
    const bytes = randomBytes(60);
    const address = { batchId: 'b', datasetId: 'd', path: 'a' };
    const options = { maxBytesPerSecond: 400, maxPartRetries: 0 };
    await paced.files.upload(address, new Uint8Array(bytes), options);
    await paced.close();

    expect(server.requests[0]?.body).toEqual(bytes);
  });

  test('for an hour are reported to onPause, and so is their end', async () => {
    const paced = clientFor(server.origin, { clock: testClock() });
    server.play(respondWith(503), respondWith(200));
    const pauses: (Pause | undefined)[] = [];
    const address = { batchId: 'b', datasetId: 'd', path: 'a' };
    const options = { maxBytesPerHour: 10, onPause: (pause?: Pause) => pauses.push(pause) };
    await paced.files.upload(address, new Uint8Array(10), options);
    await paced.close();

    expect(server.requests).toHaveLength(2);
    expect(pauses[0]).toMatchObject({ limit: 'maxBytesPerHour' });
    expect(pauses.at(-1)).toBeUndefined();
  });

  test('count for nothing where an attempt has not sent them: the next one goes out at once', async () => {
    let attempts = 0;
    const fetch: typeof globalThis.fetch = (...call) => {
      const error = Object.assign(new Error('nobody listens'), { code: 'ECONNREFUSED' });
      return ++attempts === 1 ? Promise.reject(error) : globalThis.fetch(...call);
    };
    const clock = testClock();
    const paced = clientFor(server.origin, { clock, fetch });
    server.play(respondWith(200));
    const address = { batchId: 'b', datasetId: 'd', path: 'a' };
    await paced.files.upload(address, new Uint8Array(10), { maxBytesPerHour: 10 });
    await paced.close();

    expect(attempts).toBe(2);
    expect(Math.max(...clock.slept)).toBeLessThan(60_000);
  }, 10_000);

  test('still time out where the server stops reading', async () => {
    await using deaf = await listen((socket) => socket.pause());
    const clock = testClock();
    const paced = clientFor(deaf.origin, { timeoutMs: 100, maxRetries: 0, clock });
    const address = { batchId: 'b', datasetId: 'd', path: 'a' };
    const options = { maxBytesPerSecond: 10 ** 9, maxPartRetries: 0 };
    const source = generate(64 * MiB).source;
    expect(await thrownBy(paced.files.upload(address, source, options))).toMatchObject({
      name: 'TimeoutError',
    });
    await paced.close();
    expect(clock.slept.length).toBeGreaterThan(0);
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type BatchClient, createBatchClient, type IngestOptions } from '../src/index.js';
import { type Simulator, startSimulator } from '../src/testing/index.js';
import { testClock, thrownBy } from './support/client.js';
import { findFastFolder } from './support/fast-folder.js';

let simulator: Simulator;
let folder = '';
let file = '';
const open: BatchClient[] = [];
const unhandled: unknown[] = [];
const onUnhandled = (reason: unknown) => unhandled.push(reason);
beforeAll(async () => {
  process.on('unhandledRejection', onUnhandled);
  simulator = await startSimulator();
  folder = await mkdtemp(join(findFastFolder(), 'aep-batch-callbacks-'));
  file = join(folder, 'rows.jsonl');
  // The last line is a warning below: a row that may be rejected.
  await writeFile(file, `${'{"a":1}\n'.repeat(200)}nonsense\n`);
});
afterAll(async () => {
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
  process.off('unhandledRejection', onUnhandled);
});
beforeEach(() => simulator.faults.set());
afterEach(async () => {
  await Promise.all(open.splice(0).map((client) => client.close()));
  await new Promise((resolve) => setImmediate(resolve));
  expect(unhandled.splice(0)).toEqual([]);
});

const connect = (options: object = {}) => {
  const client = createBatchClient({ ...simulator.clientOptions, clock: testClock(), ...options });
  open.push(client);
  return client;
};

/** The ways in which a listener can go wrong, each counting how often it was called. */
const broken = (): Record<string, { calls: number; listener: (event: unknown) => unknown }> => {
  const kinds: Record<string, () => unknown> = {
    throws: () => {
      throw new Error('listener');
    },
    'throws nothing': () => {
      throw undefined;
    },
    rejects: () => Promise.reject(new Error('listener')),
    'never ends': () => new Promise(() => undefined),
    'gives a broken thenable': () => ({
      get then() {
        throw new Error('then');
      },
    }),
  };
  return Object.fromEntries(
    Object.entries(kinds).map(([name, act]) => {
      const one = { calls: 0, listener: () => undefined as unknown };
      one.listener = () => {
        one.calls++;
        return act();
      };
      return [name, one];
    }),
  );
};

describe('a listener that fails decides nothing', () => {
  test.each(Object.keys(broken()))('in an ingest and its resume: one that %s', async (kind) => {
    const [progress, warning, retry, request, response, resumed] = Array.from(
      { length: 6 },
      () => broken()[kind],
    );
    simulator.faults.set({ when: { operation: 'uploadFile', nth: 1 }, then: { status: 503 } });
    const client = connect({
      onRetry: retry?.listener,
      onRequest: request?.listener,
      onResponse: response?.listener,
    });
    const options: IngestOptions = {
      datasetId: 'd',
      partialIngestionPercent: 50,
      journal: join(folder, `journal ${kind}`),
      onProgress: progress?.listener as () => void,
      onWarning: warning?.listener as () => void,
    };
    const receipt = await client.ingest(file, options);
    const again = await client.resume(options.journal ?? '', {
      onProgress: resumed?.listener as () => void,
      onWarning: resumed?.listener as () => void,
    });

    expect([receipt.outcome, again.outcome]).toEqual([
      'success-with-rejects',
      'success-with-rejects',
    ]);
    for (const one of [progress, warning, retry, request, response, resumed]) {
      expect(one?.calls).toBeGreaterThan(0);
    }
  });

  test.each(Object.keys(broken()))('in an upload and a wait: one that %s', async (kind) => {
    const client = connect();
    const [progress, status] = [broken()[kind], broken()[kind]];
    const { id } = await client.batches.create({
      datasetId: 'd',
      inputFormat: { format: 'json' },
    });
    const address = { batchId: id, datasetId: 'd', path: 'a.jsonl' };
    const uploaded = await client.files.upload(address, Buffer.from('{"a":1}\n'), {
      onProgress: progress?.listener as () => void,
    });
    await client.batches.complete(id);
    const { outcome } = await client.batches.wait(id, {
      onStatus: status?.listener as () => void,
    });

    expect([uploaded.sizeBytes, outcome]).toEqual([8, 'success']);
    expect([progress?.calls, status?.calls]).toEqual([1, 2]);
  });
});

describe('a listener may call the client', () => {
  test('and abort the ingest: its batch is aborted', async () => {
    const client = connect();
    const controller = new AbortController();
    const error = await thrownBy(
      client.ingest(file, {
        datasetId: 'd',
        partialIngestionPercent: 50,
        signal: controller.signal,
        onProgress: ({ phase }) => {
          if (phase === 'upload') controller.abort(new Error('enough'));
        },
      }),
    );
    expect(error).toMatchObject({ name: 'IngestError', batch: 'aborted' });
  });

  test('and close it: the ingest ends', async () => {
    const client = connect();
    const error = await thrownBy(
      client.ingest(file, {
        datasetId: 'd',
        partialIngestionPercent: 50,
        onProgress: ({ phase }) => {
          if (phase === 'upload') void client.close();
        },
      }),
    );
    expect(error).toMatchObject({ name: 'IngestError', cause: { name: 'AbortError' } });
  });

  test('and read the batch that is waited for', async () => {
    const client = connect();
    const seen: Promise<string>[] = [];
    const receipt = await client.ingest(file, {
      datasetId: 'd',
      partialIngestionPercent: 50,
      onProgress: ({ phase, batchId }) => {
        if (phase === 'wait' && batchId !== undefined && seen.length === 0) {
          seen.push(client.batches.get(batchId).then(({ id }) => id));
        }
      },
    });
    expect(await Promise.all(seen)).toEqual([receipt.batchId]);
  });
});

describe('a listener that changes what it is given changes nothing else', () => {
  test.each(['success', 'failed', 'SUCCESS'])(
    'a batch that onStatus sets to %s ends as the platform says',
    async (status) => {
      const client = connect();
      const { id } = await client.batches.create({
        datasetId: 'd',
        inputFormat: { format: 'json' },
      });
      await client.files.put({ batchId: id, datasetId: 'd', path: 'a' }, Buffer.from('{"a":1}\n'));
      await client.batches.complete(id);
      const { outcome, batch } = await client.batches.wait(id, {
        onStatus: (seen) => {
          seen.status = status;
          seen.failedRecordCount = 7;
          for (const error of seen.errors ?? []) error.code = 'changed';
        },
      });

      expect([outcome, batch.status]).toEqual(['success', 'success']);
    },
  );

  test('the files of an onProgress event are copies', async () => {
    const counts: unknown[] = [];
    await connect().ingest(file, {
      datasetId: 'd',
      partialIngestionPercent: 50,
      onProgress: ({ current }) => {
        for (const one of current) {
          counts.push(one.path, one.sentBytes);
          Object.assign(one, { path: 'changed', sentBytes: Number.NaN });
        }
      },
    });

    expect(counts).toContain('rows.jsonl');
    expect(counts).not.toContain('changed');
    expect(counts).not.toContain(Number.NaN);
  });

  test('each onRetry listener has an event of its own', async () => {
    const delays: unknown[] = [];
    const onRetry = (event: object) => {
      delays.push(structuredClone({ ...event, error: undefined }));
      Object.assign(event, { delayMs: -1, attempt: 99 });
    };
    simulator.faults.set({ when: { operation: 'listBatches', nth: 1 }, then: { status: 503 } });
    const list = connect({ onRetry }).batches.list({}, { onRetry });
    await list.next();

    expect(delays).toHaveLength(2);
    expect(delays[0]).toEqual(delays[1]);
  });
});

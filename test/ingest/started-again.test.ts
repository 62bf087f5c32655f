import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type BatchClient,
  createBatchClient,
  IngestError,
  type IngestOptions,
  type IngestProgress,
  type Receipt,
} from '../../src/index.js';
import {
  type Fault,
  type Simulator,
  type SimulatorOptions,
  startSimulator,
} from '../../src/testing/index.js';
import { testClock, thrownBy } from '../support/client.js';
import { findFastFolder } from '../support/fast-folder.js';
import { changeSteps, type Step } from '../support/journal.js';

let folder = '';
let simulator: Simulator;
let client: BatchClient;
beforeEach(async () => {
  folder = await mkdtemp(join(findFastFolder(), 'aep-batch-started-again-'));
});
afterEach(async () => {
  await client.close();
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

const PART = 1000;
const LINES = (count: number) => Array.from({ length: count }, (_, n) => `{"n":${n}}\n`).join('');
const start = async (quirks: SimulatorOptions['quirks'] = {}, faults: Fault[] = []) => {
  simulator = await startSimulator({ quirks, faults });
  client = createBatchClient({ ...simulator.clientOptions, clock: testClock(), maxRetries: 2 });
};
const write = async (name = 'a.jsonl', text = LINES(300)) => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};
const sent = (operation: string, query = '') =>
  simulator.log.filter((one) => one.operation === operation && one.path.includes(query));
const batches = () => sent('createBatch').length;
const initialized = () => sent('fileAction', 'INITIALIZE').length;

interface Watched {
  warnings: string[];
  seen: IngestProgress[];
  options: IngestOptions;
}
const watched = (more: Partial<IngestOptions> = {}): Watched => {
  const warnings: string[] = [];
  const seen: IngestProgress[] = [];
  const options = {
    datasetId: 'd1',
    concurrency: 1,
    largeFileThresholdBytes: 500,
    partSizeBytes: PART,
    onWarning: ({ message }: { message: string }) => void warnings.push(message),
    onProgress: (progress: IngestProgress) => void seen.push(progress),
    ...more,
  };
  return { warnings, seen, options };
};

/** What always holds of progress: within a batch nothing falls, and nothing is beyond the total. */
function checkProgress(seen: readonly IngestProgress[]): void {
  let last: IngestProgress | undefined;
  for (const now of seen) {
    const total = now.totalBytes ?? Number.POSITIVE_INFINITY;
    expect(now.transferredBytes).toBeLessThanOrEqual(total);
    expect(now.filesDone).toBeLessThanOrEqual(now.filesTotal ?? Number.POSITIVE_INFINITY);
    expect(now.resumedBytes).toBeLessThanOrEqual(now.transferredBytes);
    expect(now.resumedBytes + now.sentBytes).toBeLessThanOrEqual(total);
    expect(Math.min(now.sentBytes, now.resumedBytes)).toBeGreaterThanOrEqual(0);
    const isAnew = now.batchId !== last?.batchId;
    if (last !== undefined && !isAnew) {
      expect(now.transferredBytes).toBeGreaterThanOrEqual(last.transferredBytes);
    }
    last = now;
  }
}

async function checkLoaded(
  receipt: Receipt,
  texts: Record<string, string>,
  seen: IngestProgress[],
) {
  expect(receipt.outcome).toBe('success');
  const files = simulator.files(receipt.batchId);
  expect(files.map(({ path }) => path).sort()).toEqual(Object.keys(texts).sort());
  for (const file of receipt.files) {
    const there = files.find(({ path }) => path === file.path);
    expect(there?.sizeBytes).toBe(Buffer.byteLength(texts[file.path] ?? ''));
    expect(file.sha256).toBe(await there?.sha256());
    let at = 0;
    for (const part of file.parts ?? []) {
      expect(part.start).toBe(at);
      at = part.end;
    }
    if (file.parts !== undefined) expect(at).toBe(file.sizeBytes);
  }
  checkProgress(seen);
  const total = Object.values(texts).reduce((sum, text) => sum + text.length, 0);
  expect(seen.at(-1)).toMatchObject({
    phase: 'done',
    transferredBytes: total,
    filesDone: files.length,
  });
}
const fault = (
  operation: Fault['when']['operation'],
  then: Fault['then'],
  nth?: number,
): Fault => ({
  when: nth === undefined ? { operation } : { operation, nth },
  then,
});

describe('a part whose response was lost', () => {
  test.each(['reset', 'reset-after-applying'] as const)(
    'by %s is sent again with the same bytes where HEAD shows no ranges, and costs no batch',
    async (how) => {
      await start({ headFormat: 'none' }, [fault('uploadFilePart', how, 1)]);
      const { options, seen, warnings } = watched();
      const receipt = await client.ingest(await write(), options);

      await checkLoaded(receipt, { 'a.jsonl': LINES(300) }, seen);
      expect(warnings).toEqual([]);
      expect([batches(), initialized()]).toEqual([1, 1]);
      expect(sent('uploadFilePart').map(({ range }) => range)).toEqual([
        'bytes 0-999',
        'bytes 0-999',
        'bytes 1000-1999',
        'bytes 2000-2889',
      ]);
    },
  );

  test.each<[what: string, SimulatorOptions['quirks'], Fault[]]>([
    [
      'that counts as an overlap',
      { headFormat: 'none', identicalRangeOverlaps: true },
      [fault('uploadFilePart', 'reset-after-applying', 2)],
    ],
    [
      'whose file HEAD does not know',
      {},
      [fault('uploadFilePart', 'reset', 2), fault('getReceivedRanges', { status: 404 }, 1)],
    ],
  ])('and %s costs the file, not the batch', async (_, quirks, faults) => {
    await start(quirks, faults);
    const { options, seen, warnings } = watched();
    const receipt = await client.ingest(await write(), options);

    await checkLoaded(receipt, { 'a.jsonl': LINES(300) }, seen);
    expect(warnings).toEqual([]);
    expect([batches(), initialized()]).toEqual([1, 2]);
  });

  test('as the first part is sent again by files.uploadPart alone, too', async () => {
    await start({}, [fault('uploadFilePart', 'reset', 1)]);
    const { id } = await client.batches.create({ datasetId: 'd1' });
    const address = { batchId: id, datasetId: 'd1', path: 'a.parquet' };
    await client.files.initialize(address);
    await client.files.uploadPart(address, { start: 0 }, Buffer.from('abc'));

    expect(await client.files.receivedRanges(address)).toEqual([{ start: 0, end: 3 }]);
    expect(batches()).toBe(1);
  });
});

describe('a file that cannot be completed', () => {
  const anew: [string, SimulatorOptions['quirks'], Fault[]][] = [
    ['since COMPLETE is refused with 400', {}, [fault('fileAction', { status: 400 }, 2)]],
    [
      'since the response to COMPLETE was lost and HEAD gives 404',
      {},
      [fault('fileAction', 'reset-after-applying', 2)],
    ],
    [
      'since its COMPLETE is refused after a lost one that had taken effect',
      { finishedFileStatus: 200 },
      [fault('fileAction', 'reset-after-applying', 2)],
    ],
    [
      'since the 200 of its COMPLETE names another size',
      { completeFileStatus: 200 },
      [fault('fileAction', { status: 200, body: { name: 'a.jsonl', sizeInBytes: 7 } }, 2)],
    ],
    ...[
      ['another size in digits', { name: 'a.jsonl', sizeInBytes: '7' }],
      ['another size without a name', { sizeInBytes: 7 }],
      ['another file', { name: 'b.jsonl', sizeInBytes: 2890 }],
      ['another file without a size', { name: 'b.jsonl' }],
    ].map(([what, body]): (typeof anew)[number] => [
      `since the 200 of its COMPLETE reports ${what}`,
      { completeFileStatus: 200 },
      [fault('fileAction', { status: 200, body }, 2)],
    ]),
  ];
  test.each([{ sizeInBytes: '2890' }, { name: '/data/a.jsonl' }, { name: null }, {}])(
    'is complete where the 200 of its COMPLETE reports nothing else: %j',
    async (body) => {
      await start({ completeFileStatus: 200 }, [fault('fileAction', { status: 200, body }, 2)]);
      const { options } = watched();
      await client.ingest(await write(), options).catch(() => undefined);
      expect([batches(), initialized()]).toEqual([1, 1]);
    },
  );

  test.each(anew)('%s is started again, in the same batch', async (_, quirks, faults) => {
    await start(quirks, faults);
    const { options, seen, warnings } = watched();
    const receipt = await client.ingest(await write(), options);

    await checkLoaded(receipt, { 'a.jsonl': LINES(300) }, seen);
    expect([batches(), initialized()]).toEqual([1, 2]);
    expect(warnings).toEqual([]);
    const sums = seen.map(({ sentBytes }) => sentBytes);
    expect(sums.some((bytes, index) => index > 0 && bytes < (sums[index - 1] ?? 0))).toBe(true);
  });

  test.each(anew)(
    '%s is started again by files.upload alone, which makes no batch',
    async (...one) => {
      const [, quirks, faults] = one;
      await start(quirks, faults);
      const { id } = await client.batches.create({ datasetId: 'd1' });
      const seen: number[] = [];
      const uploaded = await client.files.upload(
        { batchId: id, datasetId: 'd1', path: 'a.jsonl' },
        await write(),
        {
          largeFileThresholdBytes: 500,
          partSizeBytes: PART,
          onProgress: ({ transferredBytes }) => void seen.push(transferredBytes),
        },
      );

      expect(uploaded.sha256).toBe(await simulator.files(id)[0]?.sha256());
      expect([batches(), initialized()]).toEqual([1, 2]);
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      expect(seen.at(-1)).toBe(2890);
    },
  );

  test('is started again although the call to begin it was lost before it took effect', async () => {
    const quirks = { headFormat: 'none', identicalRangeOverlaps: true } as const;
    await start(quirks, [
      fault('uploadFilePart', 'reset-after-applying', 2),
      fault('fileAction', 'reset', 3),
    ]);
    const { options, seen } = watched();
    await checkLoaded(await client.ingest(await write(), options), { 'a.jsonl': LINES(300) }, seen);
    expect(batches()).toBe(1);
  });

  test('whose every response to COMPLETE is lost is complete once HEAD twice does not know it any more', async () => {
    await start({ headFormat: 'none' }, [fault('fileAction', 'reset-after-applying')]);
    const { options, seen, warnings } = watched();
    const receipt = await client.ingest(await write(), options);

    await checkLoaded(receipt, { 'a.jsonl': LINES(300) }, seen);
    expect([batches(), initialized()]).toEqual([1, 2]);
    expect(warnings.join()).toContain('the responses to COMPLETE were lost');
  });

  test('never counts as complete by a HEAD that knows no file at all', async () => {
    await start({}, [
      fault('getReceivedRanges', { status: 404 }),
      fault('fileAction', 'reset', 2),
      fault('fileAction', 'reset', 4),
    ]);
    const { options } = watched();
    const receipt = await client.ingest(await write(), options);
    expect(receipt.outcome).toBe('success');
    expect(batches()).toBe(2); // started again rather than believed
  });
});

describe('where a file is rejected for good', () => {
  const refusing = {
    identicalRangeOverlaps: true,
    headFormat: 'none',
    reinitialize: 'refused',
  } as const;
  const lostOnce = [fault('uploadFilePart', 'reset-after-applying', 2)];

  test('the batch is started again in the same call, with a warning and the next externalId', async () => {
    await start(refusing, lostOnce);
    const { options, seen, warnings } = watched({
      externalId: 'given',
      journal: join(folder, 'j'),
    });
    const paths = [await write(), await write('b.jsonl', '{"n":1}\n')];
    const receipt = await client.ingest(paths, options);

    await checkLoaded(receipt, { 'a.jsonl': LINES(300), 'b.jsonl': '{"n":1}\n' }, seen);
    expect(receipt.externalId).toBe('given-2');
    expect(batches()).toBe(2);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/a new batch is started with the externalId given-2/);
    const again = seen.find(
      ({ batchId }, at) => batchId === undefined && seen[at - 1]?.batchId !== undefined,
    );
    expect(again).toMatchObject({ current: [], filesDone: 0, sentBytes: 0, transferredBytes: 0 });
    const [first, second] = [...new Set(seen.map(({ batchId }) => batchId))].filter(Boolean);
    expect(second).toBe(receipt.batchId);
    expect(simulator.status(first ?? '')).toBe('aborted');
  });

  test('bytes in memory are sent again, too', async () => {
    await start(refusing, lostOnce);
    const { options, seen } = watched();
    const bytes = Buffer.from(LINES(300));
    const receipt = await client.ingest({ name: 'a.jsonl', bytes }, options);
    await checkLoaded(receipt, { 'a.jsonl': LINES(300) }, seen);
    expect(receipt.externalId).toMatch(/-2$/);
  });

  test('a third batch is never begun: the error says why, and the batches are aborted', async () => {
    await start(
      {},
      [2, 4, 6, 8, 10, 12].map((nth) => fault('fileAction', { status: 400 }, nth)),
    );
    const { options } = watched({ externalId: 'given', journal: join(folder, 'j') });
    const error = (await thrownBy(client.ingest(await write(), options))) as IngestError;

    expect(error).toBeInstanceOf(IngestError);
    expect(error).toMatchObject({ batch: 'aborted', cause: { name: 'FileRejectedError' } });
    expect(error.message).toContain('started in place of another one');
    expect([batches(), initialized()]).toEqual([2, 4]);
    expect(simulator.status(error.batchId ?? '')).toBe('aborted');
  });

  test('files.upload alone begins no batch, and says so', async () => {
    await start(refusing, lostOnce);
    const { id } = await client.batches.create({ datasetId: 'd1' });
    const address = { batchId: id, datasetId: 'd1', path: 'a.jsonl' };
    const plan = { largeFileThresholdBytes: 500, partSizeBytes: PART, concurrency: 1 };
    const error = await thrownBy(client.files.upload(address, await write(), plan));

    expect(error).toMatchObject({
      name: 'FileRejectedError',
      path: 'a.jsonl',
      cause: { name: 'BadRequestError' },
    });
    expect(batches()).toBe(1);
  });

  test('since somebody aborted the batch, no other one is begun against their will', async () => {
    await start();
    let batchId = '';
    const { options, warnings } = watched();
    const aborting = {
      ...options,
      onProgress: (progress: IngestProgress) => {
        batchId = progress.batchId ?? '';
      },
    };
    simulator.faults.set(fault('fileAction', { delayMs: 200 }, 2));
    const ingesting = thrownBy(client.ingest(await write(), aborting));
    while (!simulator.log.some(({ path }) => path.includes('action=COMPLETE')))
      await new Promise((resolve) => setTimeout(resolve, 5));
    await client.batches.abort(batchId);
    const error = await ingesting;

    expect(error).toBeInstanceOf(IngestError);
    expect(batches()).toBe(1);
    expect(warnings).toEqual([]);
  });

  test('no other batch is begun unless the old one is known never to be loaded', async () => {
    await start(refusing, [...lostOnce, fault('batchAction', { status: 428 })]);
    const { options, warnings } = watched();
    const error = (await thrownBy(client.ingest(await write(), options))) as IngestError;

    expect(error).toBeInstanceOf(IngestError);
    expect(error).toMatchObject({ batch: 'kept', cause: { name: 'FileRejectedError' } });
    expect(error.message).toMatch(/No new batch was started: batch \w+ could not be aborted/);
    expect(batches()).toBe(1);
    expect(warnings).toEqual([]);
  });

  test('no other batch is begun if the status of the old one cannot be read', async () => {
    await start(refusing, [...lostOnce, fault('getBatch', { status: 503 })]);
    const { options } = watched({ onFailure: 'leave' });
    const error = (await thrownBy(client.ingest(await write(), options))) as IngestError;

    expect(error.message).toMatch(
      /No new batch was started: the status of batch \w+ cannot be read/,
    );
    expect(batches()).toBe(1);
  });

  test('another batch is started if the abort is rejected since the old one is gone', async () => {
    await start(refusing, [...lostOnce, fault('batchAction', { status: 428 }, 1)]);
    const { options, seen } = watched();
    const old = () => seen.find(({ batchId }) => batchId !== undefined)?.batchId ?? '';
    const ingesting = client.ingest(await write(), options);
    while (!simulator.log.some(({ path }) => path.includes('action=ABORT')))
      await new Promise((resolve) => setTimeout(resolve, 1));
    await client.batches.abort(old());

    await checkLoaded(await ingesting, { 'a.jsonl': LINES(300) }, seen);
    expect(batches()).toBe(2);
  });
});

describe('a resume', () => {
  const broken = async (
    quirks: SimulatorOptions['quirks'],
    faults: Fault[],
    more: Partial<IngestOptions> = {},
  ) => {
    await start(quirks, faults);
    const journal = join(folder, 'journal');
    const { options } = watched({ journal, onFailure: 'leave', externalId: 'given', ...more });
    const error = await thrownBy(client.ingest([await write(), await write('b.jsonl')], options));
    expect(error).toBeInstanceOf(IngestError);
    simulator.faults.set();
    return journal;
  };
  const BOTH = { 'a.jsonl': LINES(300), 'b.jsonl': LINES(300) };
  const resumed = async (journal: string) => {
    const { warnings, seen, options } = watched();
    const { onWarning, onProgress } = options;
    const receipt = await client.resume(journal, {
      ...(onWarning === undefined ? {} : { onWarning }),
      ...(onProgress === undefined ? {} : { onProgress }),
    });
    return { receipt, warnings, seen };
  };

  test.each(['equals', 'space', 'list', 'none'] as const)(
    'goes on with an open file where HEAD writes ranges as %s, and sends no accepted part again',
    async (headFormat) => {
      // The third part of the second file is refused.
      const journal = await broken({ headFormat }, [fault('uploadFilePart', { status: 403 }, 6)]);
      const before = sent('uploadFilePart').length;
      const { receipt, warnings, seen } = await resumed(journal);

      await checkLoaded(receipt, BOTH, seen);
      expect(warnings).toEqual([]);
      expect([batches(), initialized()]).toEqual([1, 2]);
      expect(
        sent('uploadFilePart')
          .slice(before)
          .map(({ range }) => range),
      ).toEqual(['bytes 2000-2889']);
      expect(receipt.files[1]?.parts).toHaveLength(3);
      expect(seen.at(-1)).toMatchObject({ resumedBytes: 2890 + 2000, sentBytes: 890 });
    },
  );

  describe.each([
    [200, 'none'],
    [200, 'equals'],
    [404, 'none'],
    [404, 'equals'],
  ] as const)(
    'where HEAD of a finished file is %i, and shows ranges as %s',
    (finishedFileStatus, headFormat) => {
      const loadsAfter = async (changeUploaded: (step: Step) => object[]) => {
        const journal = await broken({ finishedFileStatus, headFormat }, [
          fault('uploadFilePart', { status: 403 }, 6),
        ]);
        await changeSteps(journal, (steps) =>
          steps.flatMap((step): object[] =>
            step['type'] === 'uploaded' ? changeUploaded(step) : [step],
          ),
        );
        const { receipt, warnings, seen } = await resumed(journal);

        await checkLoaded(receipt, BOTH, seen);
        expect(warnings).toEqual([]);
        expect(batches()).toBe(1);
      };

      test('a file that may have been completed before the crash is started again', async () => {
        // As if the crash had come between COMPLETE of the first file and its line in the journal.
        await loadsAfter(() => []);
        expect(initialized()).toBe(3);
      });

      test('after a crash while a file was started again, none of its parts counts as accepted', () =>
        // The first file is complete, and the crash came right before it was initialized again.
        loadsAfter(({ batchId, path }) => [{ type: 'initialized', batchId, path }]));
    },
  );

  test('goes on with a file that was initialized just before the crash, where a second INITIALIZE is rejected', async () => {
    const journal = await broken({ reinitialize: 'refused' }, [
      fault('uploadFilePart', { status: 403 }, 1),
    ]);
    await changeSteps(journal, (steps) => {
      const last = steps.findIndex(({ type }) => type === 'initialized');
      return steps.filter((_, index) => index !== last);
    });
    const { receipt, warnings, seen } = await resumed(journal);
    await checkLoaded(receipt, BOTH, seen);
    expect(warnings).toEqual([]);
    expect(batches()).toBe(1);
  });

  test('keeps in the journal that HEAD has shown ranges: none then means that nothing arrived', async () => {
    const journal = await broken({}, [
      fault('uploadFilePart', 'reset', 2),
      fault('uploadFilePart', { status: 403 }, 6), // of b.jsonl, the first part has arrived
    ]);
    expect(await readFile(journal, 'utf8')).toContain('"ranges-shown"');
    simulator.quirks.headFormat = 'none';
    const before = sent('uploadFilePart').length;
    const { receipt, seen } = await resumed(journal);

    await checkLoaded(receipt, BOTH, seen);
    expect(
      sent('uploadFilePart')
        .slice(before)
        .map(({ range }) => range)[0],
    ).toBe('bytes 0-999');
  });

  test('after a crash between two batches finds the second by its externalId, and makes no third', async () => {
    const quirks = {
      identicalRangeOverlaps: true,
      headFormat: 'none',
      reinitialize: 'refused',
    } as const;
    const journal = await broken(quirks, [
      fault('uploadFilePart', 'reset-after-applying', 2),
      fault('createBatch', { status: 403 }, 2),
    ]);
    const { receipt, seen } = await resumed(journal);

    await checkLoaded(receipt, BOTH, seen);
    expect(receipt.externalId).toBe('given-2');
  });

  test('of an aborted batch has the next externalId each time, and progress from zero', async () => {
    const journal = await broken({}, [fault('uploadFilePart', { status: 400 }, 6)], {
      onFailure: 'abort',
    });
    simulator.faults.set(fault('uploadFilePart', { status: 400 }, 6));
    await thrownBy(client.resume(journal, { onFailure: 'abort' }));
    simulator.faults.set();
    const { receipt, warnings, seen } = await resumed(journal);

    await checkLoaded(receipt, BOTH, seen);
    expect(receipt.externalId).toBe('given-3');
    expect(warnings.join()).toContain('a new batch is started');
    expect(seen.at(-1)).toMatchObject({ resumedBytes: 0, sentBytes: 2 * 2890 });
  });

  test('that has to start the batch again counts from zero again', async () => {
    const quirks = {
      identicalRangeOverlaps: true,
      headFormat: 'none',
      reinitialize: 'refused',
    } as const;
    const journal = await broken(quirks, [
      fault('uploadFilePart', 'reset-after-applying', 4),
      fault('uploadFilePart', { status: 403 }, 6),
    ]);
    const { receipt, warnings, seen } = await resumed(journal);

    await checkLoaded(receipt, BOTH, seen);
    expect(warnings).toHaveLength(1);
    expect(receipt.externalId).toBe('given-2');
    expect(seen.at(-1)).toMatchObject({ resumedBytes: 0, sentBytes: 2 * 2890 });
  });
});

test('a part that is acknowledged before its body was read is not in the file, and is sent again', async () => {
  // More than the buffers of both sockets hold: what nobody reads cannot all be handed over.
  const size = 24 * 1024 * 1024;
  await start({ headFormat: 'none' }, [fault('uploadFilePart', { respondEarly: 200 }, 1)]);
  const row = `{"x":"${'x'.repeat(1015)}"}\n`;
  const text = row.repeat(size / row.length);
  const { options, seen } = watched({ partSizeBytes: size });
  const receipt = await client.ingest(await write('a.jsonl', text), options);

  await checkLoaded(receipt, { 'a.jsonl': text }, seen);
  expect(sent('uploadFilePart')).toHaveLength(2);
  expect(batches()).toBe(1);
});

import { expect, test } from '@jest/globals';
import { type EnqueueOptions, validateEnqueueOptions } from '../src/bullmq/enqueue-options.js';
import { type LoadWorkerOptions, validateWorkerOptions } from '../src/bullmq/worker-options.js';
import type { IngestOptions } from '../src/index.js';

/** Values of an option that cannot be used; the type makes each table complete. */
type Wrong<Options> = { readonly [K in keyof Options]-?: readonly unknown[] };

const NO_COUNT = [0, 1.5, -1, '5', null, Number.NaN, {}];
const NO_NAME = ['', 'a:b', 5, null, {}];
const NO_PATH = ['', 'a\0b', 5, null];
const BUDGET = [null, 5, { bytesPerHour: 1 }, { batchesPerMinute: 0 }, { bytesPerDay: 5 }];
const KEY = ['short', '', 5, null];

const OF_A_QUEUE: Wrong<Omit<EnqueueOptions, keyof IngestOptions>> = {
  target: [null, 'x', {}, { origin: 'https://a.invalid', sandbox: 'dev' }, undefined],
  loadId: ['', 'a b', 'a:b', '-a', 'x'.repeat(81), 5, null],
  budget: BUDGET,
  urlKey: KEY,
  maxOpenBatches: [1001, ...NO_COUNT],
  maxBatchFiles: [25_001, ...NO_COUNT],
  maxBatchBytes: [2 ** 40 + 1, ...NO_COUNT],
};
const WORKER: Wrong<LoadWorkerOptions> = {
  queue: NO_NAME,
  prefix: NO_NAME,
  concurrency: [1001, ...NO_COUNT],
  roots: ['x', 5, null, [5], ['']],
  lockMs: [999, 600_001, '5', null],
  closeTimeoutMs: [-1, '5', null],
  receipts: NO_PATH,
  keepReceiptsMs: [0, -1, '5', null],
  pollIntervalMs: [0, -1, '5', null],
  waitTimeoutMs: [-1, '5', null],
  timeoutMs: [0, '5', null],
  maxPartRetries: [-1, 1.5, '5', null],
  budget: BUDGET,
  urlKey: KEY,
  onWarning: [5, null, {}],
};
const target = { origin: 'https://platform.invalid', orgId: 'o@AdobeOrg', sandbox: 'dev' };

const rejectAll = (
  table: Readonly<Record<string, readonly unknown[]>>,
  validate: (option: object) => unknown,
): string[] =>
  Object.entries(table).flatMap(([option, values]) =>
    values.flatMap((value) => {
      try {
        validate({ [option]: value });
        return [`${option}: ${JSON.stringify(value)} is accepted`];
      } catch (error) {
        const { name, field } = error as { name?: string; field?: string };
        const isOwn = name === 'InvalidInputError' && field?.startsWith(option) === true;
        return isOwn ? [] : [`${option}: ${String(error)}`];
      }
    }),
  );

test('every value of an option of a queue that cannot be used is rejected with the name of the option', () => {
  const enqueue = (option: object) => validateEnqueueOptions({ datasetId: 'd', target, ...option });
  expect(rejectAll(OF_A_QUEUE, enqueue)).toEqual([]);
  expect(rejectAll(WORKER, validateWorkerOptions)).toEqual([]);
});

test('options that only an ingest in one process has are not options of a queue', () => {
  for (const option of ['journal', 'replace', 'notify', 'wait', 'onFailure', 'maxBytesPerHour'])
    expect(() => validateEnqueueOptions({ datasetId: 'd', target, [option]: true })).toThrow(
      `Unknown option ${option}`,
    );
});

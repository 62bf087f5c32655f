import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createBatchClient, IngestError, PreflightError, type Receipt } from '../../src/index.js';
import {
  type Fault,
  type FaultAction,
  type Simulator,
  startSimulator,
} from '../../src/testing/index.js';
import { testClock } from '../support/client.js';

const CASES = 1000;
const PART = 1000;
const THRESHOLD = 1500;

let simulator: Simulator;
let folder = '';
beforeAll(async () => {
  simulator = await startSimulator();
  folder = await mkdtemp(join(tmpdir(), 'aep-batch-property-'));
});
afterAll(async () => {
  await simulator.stop();
  await rm(folder, { recursive: true, force: true });
});

/** JSON Lines of exactly so many bytes, no two lines alike. */
function linesOf(size: number): Buffer {
  const line = (n: number) => `{"n":"${String(n).padStart(20, '0')}"}\n`;
  let text = '';
  for (let n = 0; text.length + 2 * line(0).length <= size; n++) text += line(n);
  const rest = size - text.length;
  if (rest > 0) text += `{"x":"${'y'.repeat(Math.max(0, rest - 8))}"}`;
  return Buffer.from(text);
}
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

const size = fc.oneof(fc.constant(0), fc.integer({ min: 8, max: 3 * PART + 1 }));
const operation = fc.constantFrom<Fault['when']['operation']>(
  ...(['createBatch', 'uploadFile', 'fileAction', 'uploadFilePart', 'getReceivedRanges'] as const),
  ...(['batchAction', 'getBatch', 'listBatches', 'getToken'] as const),
);
const action = fc.constantFrom<FaultAction>(
  ...(['reset', 'reset-after-applying'] as const),
  ...[{ status: 429 }, { status: 503 }, { status: 500 }, { status: 401 }, { status: 400 }],
  ...[
    { status: 500, afterApplying: true },
    { status: 504, afterApplying: true },
  ],
  ...[{ resetAfterBytes: 1 }, { resetAfterBytes: 700 }],
);
const fault = fc.record({
  when: fc.record({ operation, nth: fc.integer({ min: 1, max: 6 }) }),
  then: action,
});

const cases = fc.record({
  sizes: fc.array(size, { minLength: 1, maxLength: 3 }),
  concurrency: fc.integer({ min: 1, max: 5 }),
  partSizeBytes: fc.integer({ min: 300, max: PART }),
  faults: fc.array(fault, { maxLength: 7 }),
  withJournal: fc.boolean(),
  sha256: fc.boolean(),
  maxRetries: fc.constantFrom(0, 1, 2),
  onFailure: fc.constantFrom(undefined, 'abort', 'leave'),
  headFormat: fc.constantFrom('equals', 'space', 'list', 'none'),
  identicalRangeOverlaps: fc.boolean(),
  finishedFileStatus: fc.constantFrom(200, 404),
  completeFileStatus: fc.constantFrom(200, 201),
  catalogLagReads: fc.integer({ min: 0, max: 4 }),
  duplicateStatus: fc.constantFrom(400, 409, 422),
  retryAfter: fc.boolean(),
} as const);

test('whatever goes wrong, an ingest ends in one of four ways, and nothing is lost', async () => {
  const ends = { loaded: 0, refused: 0, thrown: 0, resumed: 0 };
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      const {
        sizes,
        concurrency,
        partSizeBytes,
        faults,
        withJournal,
        maxRetries,
        onFailure,
        ...rest
      } = one;
      const { sha256: hashed, ...switches } = rest;
      const id = randomUUID();
      Object.assign(simulator.switches, switches);
      simulator.faults.set(...(faults as Fault[]));
      const options = { ...simulator.clientOptions, clock: testClock(), maxRetries };
      const client = createBatchClient({
        ...options,
        credentials: simulator.clientOptions.credentials,
      });
      const paths = sizes.map((_, index) => join(folder, `${id}-${index}.jsonl`));
      const contents = sizes.map(linesOf);
      await Promise.all(paths.map((path, index) => writeFile(path, contents[index] ?? '')));
      const before = simulator.log.length;
      const journal = join(folder, `${id}.journal`);
      const sent = () => simulator.log.slice(before);
      const isLoaded = async (receipt: Receipt) => {
        expect(receipt.outcome).toBe('success');
        expect(simulator.statusOf(receipt.batchId)).toBe('success');
        const there = new Map(simulator.files(receipt.batchId).map((file) => [file.path, file]));
        expect(there.size).toBe(sizes.length);
        for (const [index, bytes] of contents.entries()) {
          expect(await there.get(`${id}-${index}.jsonl`)?.sha256()).toBe(sha256(bytes));
        }
      };
      try {
        const receipt = await client
          .ingest(paths, {
            datasetId: 'd1',
            concurrency,
            partSizeBytes,
            largeFileThresholdBytes: THRESHOLD,
            maxPartRetries: maxRetries,
            sha256: hashed,
            ...(withJournal ? { journal } : {}),
            ...(onFailure === undefined ? {} : { onFailure }),
          })
          .catch((error: unknown) => error);
        if (receipt instanceof PreflightError) {
          expect(sizes).toContain(0);
          expect(sent()).toEqual([]);
          ends.refused++;
          return;
        }
        expect(sizes).not.toContain(0);
        if (!(receipt instanceof Error)) {
          await isLoaded(receipt as Receipt);
          ends.loaded++;
          return;
        }
        if (!(receipt instanceof IngestError)) throw receipt;
        const { batch, batchId } = receipt;
        ends.thrown++;
        if (batch === 'aborted') expect(simulator.statusOf(batchId ?? '')).toBe('aborted');
        if (batch === 'left')
          expect(['loading', 'aborted']).toContain(simulator.statusOf(batchId ?? ''));
        if (batch === 'completed') expect(simulator.statusOf(batchId ?? '')).not.toBe('loading');
        expect(receipt.stateUnknown).toBe(batch === 'unknown');
        if (!withJournal) return;

        simulator.faults.set();
        simulator.switches.catalogLagReads = 0;
        await isLoaded(await client.resume(journal));
        ends.resumed++;
      } finally {
        await client.close();
        await Promise.all([...paths, journal].map((path) => rm(path, { force: true })));
      }
    }),
    { numRuns: CASES, ...(process.env['SEED'] ? { seed: Number(process.env['SEED']) } : {}) },
  );
  expect(simulator.violations).toEqual([]);
  // Each way was really taken.
  expect(Math.min(...Object.values(ends))).toBeGreaterThan(CASES / 50);
}, 300_000);

/** The cases of the property test of loads: files, limits, faults, kills and resumes. */
import fc from 'fast-check';
import type { FaultAction } from '../../src/testing/index.js';
import { changeWithin, damagedBytes, OPERATIONS, rarely, upTo } from './draw.js';

const operation = fc.constantFrom(...OPERATIONS);
const action = fc.constantFrom<FaultAction>(
  'reset',
  'reset-after-applying',
  { status: 503 },
  { status: 500 },
  { status: 403 },
  { status: 400 },
  { status: 500, afterApplying: true },
  { resetAfterBytes: 1 },
);
const fault = fc.record({ when: fc.record({ operation, nth: upTo(12) }), then: action });

/** What goes wrong in one run of a load. */
const run = fc.record({
  faults: fc.array(fault, { maxLength: 4 }),
  /** The signal is aborted with the nth request. */
  abortAt: rarely(upTo(40)),
  /** The disk of the journals is full from the nth write on. */
  diskFullAt: rarely(upTo(40)),
  early: rarely(
    fc.array(fc.record({ nth: upTo(8), status: fc.constantFrom(200, 201) }), {
      minLength: 1,
      maxLength: 2,
    }),
  ),
});

export const loadCases = fc.record({
  /** The sizes of the files in each folder. */
  folders: fc.array(fc.array(upTo(2500, 8), { minLength: 1, maxLength: 4 }), {
    minLength: 1,
    maxLength: 4,
  }),
  /** Which files are compressed, so that their sizes are known only once they are read. */
  compressed: fc.constantFrom('none', 'none', 'some', 'all'),
  limits: fc.record({ maxBatchFiles: upTo(4), maxBatchBytes: upTo(6000, 500) }),
  batchConcurrency: upTo(3),
  /** How many bytes a packed file has at most; none are packed without it. */
  packBytes: fc.option(upTo(500, 60), { nil: undefined }),
  options: fc.record({
    concurrency: upTo(3),
    partSizeBytes: upTo(1000, 300),
    sha256: fc.boolean(),
    onFailure: fc.constantFrom(undefined, 'abort', 'leave'),
  } as const),
  maxRetries: fc.constantFrom(0, 1, 2),
  /** The first run, and the resumes after it. The last resume meets nothing. */
  runs: fc.array(run, { minLength: 1, maxLength: 3 }),
  change: rarely(changeWithin(30)),
  damage: rarely(
    fc.record({
      /** The journal of the load, or that of its nth batch. */
      batch: upTo(4, 0),
      where: damagedBytes,
    }),
  ),
  quirks: fc.record({
    identicalRangeOverlaps: fc.boolean(),
    headFormat: fc.constantFrom('equals', 'none'),
    catalogLagReads: upTo(3, 0),
    duplicateStatus: fc.constantFrom(201, 409, 422),
  } as const),
});
export type LoadCase = typeof loadCases extends fc.Arbitrary<infer T> ? T : never;
export type LoadRun = LoadCase['runs'][number];

/** The cases of the property test: sources, options, faults, troubles and all quirks of the simulator. */
import fc from 'fast-check';
import type { FaultAction } from '../../src/testing/index.js';
import { REPLIES } from './bad-proxy.js';
import { changeWithin, damagedBytes, OPERATIONS, rarely, upTo } from './draw.js';

const PART = 1000;

const size = fc.oneof(
  { arbitrary: fc.constant(0), weight: 1 },
  { arbitrary: upTo(3 * PART + 1, 8), weight: 9 },
);
const operation = fc.constantFrom(...OPERATIONS, 'getToken' as const);
const action = fc.constantFrom<FaultAction>(
  'reset',
  'reset-after-applying',
  { status: 429 },
  { status: 503 },
  { status: 500 },
  { status: 401 },
  { status: 400 },
  { status: 500, afterApplying: true },
  { status: 504, afterApplying: true },
  { status: 404 },
  { resetAfterBytes: 1 },
  { resetAfterBytes: 700 },
);
const fault = fc.record({ when: fc.record({ operation, nth: upTo(6) }), then: action });
const passing: FaultAction[] = [
  'reset',
  { status: 503 },
  { status: 429, headers: { 'retry-after': '90' } },
];
// Half a response only to reads: a part that was acknowledged counts, even by half a response.
const half: FaultAction = { status: 200, body: '{"half":' };
const span = { from: upTo(4), count: upTo(8) };
const outage = fc.oneof(
  fc.record({
    ...span,
    operation: fc.constantFrom('getBatch' as const, 'getToken' as const),
    then: fc.constantFrom(...passing, half),
  }),
  fc.record({
    ...span,
    operation: fc.constant('uploadFilePart' as const),
    then: fc.constantFrom(...passing),
  }),
);

/** One ingest, its platform, and what goes wrong. */
export const cases = fc.record({
  sizes: fc.array(size, { minLength: 1, maxLength: 3 }),
  kind: fc.oneof(
    { arbitrary: fc.constant('files' as const), weight: 8 },
    { arbitrary: fc.constantFrom('bytes' as const, 'stream' as const), weight: 2 },
  ),
  options: fc.record({
    concurrency: upTo(5),
    partSizeBytes: upTo(PART, 300),
    sha256: fc.boolean(),
    onFailure: fc.constantFrom(undefined, 'abort', 'leave'),
  } as const),
  withJournal: fc.boolean(),
  maxRetries: fc.constantFrom(0, 1, 2),
  faults: fc.array(fault, { maxLength: 7 }),
  outages: fc.array(outage, { maxLength: 1 }),
  change: rarely(changeWithin(12)),
  early: rarely(
    fc.array(fc.record({ nth: upTo(5), status: fc.constantFrom(200, 201, 204) }), {
      minLength: 1,
      maxLength: 3,
    }),
  ),
  proxy: rarely(
    fc.array(fc.record({ nth: upTo(6), reply: fc.constantFrom(...REPLIES) }), {
      minLength: 1,
      maxLength: 3,
    }),
  ),
  diskFullAt: rarely(upTo(14)),
  damage: rarely(damagedBytes),
  quirks: fc.record({
    totalRequired: fc.oneof(
      { arbitrary: fc.constant(false), weight: 9 },
      { arbitrary: fc.constant(true), weight: 1 },
    ),
    identicalRangeOverlaps: fc.boolean(),
    headFormat: fc.constantFrom('equals', 'space', 'list', 'none'),
    finishedFileStatus: fc.constantFrom(200, 404),
    completeFileStatus: fc.constantFrom(200, 201),
    reinitialize: fc.constantFrom('restarts', 'refused'),
    retryAfter: fc.boolean(),
    catalogLagReads: upTo(4, 0),
    duplicateStatus: fc.constantFrom(201, 400, 409, 422),
    tokenLifetimeUnit: fc.constantFrom('seconds', 'milliseconds'),
  } as const),
});
export type Case = typeof cases extends fc.Arbitrary<infer T> ? T : never;

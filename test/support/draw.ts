/** What the property tests of ingests and of loads draw alike. */
import fc from 'fast-check';
import type { Fault } from '../../src/testing/index.js';
import type { Change } from './troubles.js';

export const upTo = (max: number, min = 1) => fc.integer({ min, max });
export const rarely = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.option(arbitrary, { freq: 3, nil: undefined });
/** A place in a file, as a share of its bytes. */
const share = fc.double({ min: 0, max: 0.999, noNaN: true });
/** The calls of an ingest. */
export const OPERATIONS = [
  'createBatch',
  'uploadFile',
  'fileAction',
  'uploadFilePart',
  'getReceivedRanges',
  'batchAction',
  'getBatch',
  'listBatches',
] as const satisfies Fault['when']['operation'][];
/** Damage to the bytes of a journal. */
export const damagedBytes = fc.oneof(
  fc.record({ at: share, bit: upTo(7, 0) }),
  fc.record({ cutAt: share }),
);
/** A change of a file while it is sent, with one of so many requests. */
export const changeWithin = (requests: number) =>
  fc.record({
    how: fc.constantFrom<Change>('truncate', 'extend', 'touch', 'rewrite'),
    atRequest: upTo(requests),
  });

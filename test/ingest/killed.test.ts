import { expect, test } from '@jest/globals';
import { killAndResume } from '../support/killed-ingest.js';

test('an ingest that was killed is resumed: the same batch, the same bytes, one promotion', async () => {
  const { killed, wrong } = await killAndResume({
    kills: 5,
    seed: 7,
    fileSizes: [3_000_000, 500_000, 40_000],
    partSizeBytes: 250_000,
  });

  expect(wrong).toEqual([]);
  expect(killed).toBeGreaterThan(2);
}, 60_000);

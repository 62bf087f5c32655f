import { expect, test } from '@jest/globals';
import { describeWithRedis } from '../support/describe-with-redis.js';
import { runTrial } from '../support/trial.js';

const { SEEDS = '1', SEED = '1', REPORT } = process.env;
const report = REPORT === undefined ? undefined : (line: string) => console.error(line);

describeWithRedis('a load that workers and its owner disturb at random', () => {
  const count = Math.ceil(Number(SEEDS) / 3);
  const seeds = Array.from({ length: count }, (_, at) => Number(SEED) + at);

  test.each(seeds)(
    'is loaded once (seed %i)',
    async (seed) => {
      const trial = { seed, seconds: 12, isCancelled: false, report };
      expect(await runTrial(trial)).toEqual([]);
    },
    300_000,
  );

  test.each(seeds)(
    'is loaded or aborted batch by batch where it is cancelled (seed %i)',
    async (seed) => {
      const trial = { seed, seconds: 2 + (seed % 4), isCancelled: true, report };
      expect(await runTrial(trial)).toEqual([]);
    },
    300_000,
  );
});

import { expect, test } from '@jest/globals';
import { describeWithRedis } from '../support/describe-with-redis.js';
import { runFleet } from '../support/fleet.js';

const { SEEDS = '1', SEED = '1', REPORT } = process.env;

describeWithRedis('a fleet', () => {
  const seeds = Array.from({ length: Number(SEEDS) }, (_, at) => Number(SEED) + at);

  test.each(seeds)(
    'loads each file once, though workers and Redis are killed (seed %i)',
    async (seed) => {
      const { wrong, seconds, kills } = await runFleet({
        seed,
        workers: 4,
        files: 2000,
        batches: 20,
        faultRate: 0.05,
        killSeconds: 25,
        redisKills: [5, 12],
        stopAt: 15,
        ...(REPORT === undefined
          ? {}
          : { report: (line: string) => process.stderr.write(`${line}\n`) }),
      });
      process.stderr.write(`seed ${seed}: ${seconds.toFixed(1)} s, ${kills} kills\n`);
      expect(wrong).toEqual([]);
    },
    300_000,
  );
});

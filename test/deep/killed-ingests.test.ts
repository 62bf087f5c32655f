import { expect, test } from '@jest/globals';
import { startSimulator } from '../../src/testing/index.js';
import {
  type KillOptions,
  type KillSimulator,
  killAndResume,
  PLATFORMS,
} from '../support/killed-ingest.js';

const KILLS = 50;

/** Its first draw is in the middle of an ingest. */
const SEED = 6;

/** A process of its own would take longer to start than these ingests take. */
async function startHere(options: KillOptions['simulator']): Promise<KillSimulator> {
  const simulator = await startSimulator(options);
  return {
    clientOptions: simulator.clientOptions,
    files: (batchId) =>
      Promise.all(
        simulator.files(batchId).map(async ({ path, sizeBytes, sha256 }) => ({
          path,
          sizeBytes,
          sha256: await sha256(),
        })),
      ),
    log: async () => [...simulator.log],
    stop: () => simulator.stop(),
  };
}

test.each(Object.entries(PLATFORMS))(
  'an ingest that was killed is resumed: one batch, the same bytes, one promotion, where %s',
  async (_, simulator) => {
    const { killed, wrong } = await killAndResume({
      kills: KILLS,
      seed: SEED,
      fileSizes: [3_000_000, 500_000, 40_000],
      partSizeBytes: 250_000,
      simulator,
      start: startHere,
    });

    expect(wrong).toEqual([]);
    expect(killed).toBeGreaterThan(KILLS / 4);
  },
  60_000 + KILLS * 15_000,
);

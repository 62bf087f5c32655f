/**
 * Kills an ingest of 200 MB in 3 files and 40 parts at 50 random points, on each kind of platform, and
 * resumes it. Counts how many end as one batch with the same bytes, promoted once. Fails if one does not.
 */
import { killAndResume, PLATFORMS } from '../test/support/killed-ingest.js';
import { publish } from './results.js';

const KILLS = Number(process.env['KILLS'] ?? 50);
const SEED = Number(process.env['SEED'] ?? 1);
const rows: string[][] = [];
let [allKilled, allCorrect] = [0, 0];
let areAllKinds = true;
for (const [platform, simulator] of Object.entries(PLATFORMS)) {
  console.log(`${platform}:`);
  const { killed, wrong } = await killAndResume({
    kills: KILLS,
    seed: SEED,
    fileSizes: [150_000_000, 45_000_000, 5_000_000],
    partSizeBytes: 5_000_000,
    simulator,
    report: (line) => console.log(line),
  });
  for (const line of wrong) console.log(line);
  const bad = new Set(wrong.map((line) => line.split(':')[0])).size;
  rows.push([platform, `${killed} of ${KILLS}`, `**${killed - bad}**`]);
  allKilled += killed;
  allCorrect += killed - bad;
  areAllKinds &&= killed > 0;
}
publish({
  name: 'killed',
  title: 'Killed and resumed',
  command: 'make bench-kill',
  description: `Ingests of 200 MB in 3 files and 40 parts with a journal, killed by SIGKILL at random points (seed ${SEED}),
each then resumed. Correct: one batch, promoted once, with the same sha256 in the source, the simulator
and the receipt.`,
  goals: [
    {
      text: 'all correct, on every kind of platform',
      measured: `${allCorrect} of ${allKilled}`,
      isMet: areAllKinds && allCorrect === allKilled,
    },
  ],
  tables: [{ header: ['platform', 'killed before the end', 'correct'], rows }],
  plots: [],
});

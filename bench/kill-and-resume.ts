/**
 * 50 kills at drawn points of an ingest of 200 MB in 3 files and 40 parts, each resumed: how many end
 * as one batch with the same bytes, promoted once. Fails when one does not.
 */
import { killAndResume } from '../test/support/killed-ingest.js';
import { publish } from './results.js';

const KILLS = Number(process.env['KILLS'] ?? 50);
const SEED = Number(process.env['SEED'] ?? 1);
const { killed, wrong } = await killAndResume({
  kills: KILLS,
  seed: SEED,
  fileSizes: [150_000_000, 45_000_000, 5_000_000],
  partSizeBytes: 5_000_000,
  tell: (line) => console.log(line),
});
for (const line of wrong) console.log(line);
publish(
  'Killed and resumed',
  'make bench-kill',
  `An ingest of 200 MB in 3 files and 40 parts with a journal, ended by SIGKILL at points drawn with the
seed ${SEED}, each then resumed. Right: one batch, promoted once, with the same sha256 at the source, at the
simulator and in the receipt. Goal: all of them.`,
  `${killed} of ${KILLS} were killed before they were done; of these **${killed - new Set(wrong.map((line) => line.split(':')[0])).size}** ended right.`,
);
process.exitCode = wrong.length === 0 && killed > 0 ? 0 : 1;

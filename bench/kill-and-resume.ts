/**
 * 50 kills at drawn points of an ingest of 200 MB in 3 files and 40 parts, each resumed: how many end
 * as one batch with the same bytes, promoted once. Fails when one does not.
 */
import { killAndResume } from '../test/support/killed-ingest.js';

const KILLS = Number(process.env['KILLS'] ?? 50);
const { killed, wrong } = await killAndResume({
  kills: KILLS,
  seed: Number(process.env['SEED'] ?? 1),
  fileSizes: [150_000_000, 45_000_000, 5_000_000],
  partSizeBytes: 5_000_000,
  tell: (line) => console.log(line),
});
for (const line of wrong) console.log(line);
console.log(`${killed} of ${KILLS} were killed before they were done; ${wrong.length} ended wrong`);
process.exitCode = wrong.length === 0 && killed > 0 ? 0 : 1;

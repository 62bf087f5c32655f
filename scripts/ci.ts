/**
 * `make ci`: everything that CI runs. `make test` is the developer's part of it; the targets after it are
 * deeper and slower. Prints the planned and the used seconds of each.
 */

import { MAX_CI_SECONDS, TARGETS } from './ci-targets.js';
import { runTargets, summarize } from './run-targets.js';

const planned = TARGETS.reduce((sum, { seconds }) => sum + seconds, 0);
console.log(`${TARGETS.length} targets, ${planned} of at most ${MAX_CI_SECONDS} s planned`);
// An exit ends the running target too.
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.once(signal, () => process.exit(code));
}
const outcomes = await runTargets(TARGETS, { write: (text) => process.stdout.write(text) });
console.log(`\n${summarize(outcomes)}`);
process.exitCode = outcomes.every(({ failed }) => failed === 0) ? 0 : 1;

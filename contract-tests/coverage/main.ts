/**
 * Reports what the recorded contract tests covered: a scorecard on the terminal, and coverage/contract.html,
 * .json and .xml. Fails when coverage is not what was accepted. `--accept` accepts it, `--quiet` prints the
 * scorecard only if it fails.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { document } from '../../spec-tools/bundled-document.js';
import { compareWithAccepted, formatAccepted } from './accepted.js';
import { measureCoverage } from './cover.js';
import { formatJUnit } from './junit.js';
import { formatPage } from './page.js';
import { formatScorecard, scoreKinds, toJson } from './scorecard.js';
import { readTraffic } from './traffic.js';

const ACCEPTED = new URL('../uncovered.txt', import.meta.url);
const REPORTS = new URL('../../coverage/', import.meta.url);

const coverage = measureCoverage(document, readTraffic());
let accepted = readFileSync(ACCEPTED, 'utf8');
if (process.argv.includes('--accept')) {
  accepted = formatAccepted(coverage.cells, accepted);
  writeFileSync(ACCEPTED, accepted);
}
const changes = compareWithAccepted(coverage.cells, accepted);
mkdirSync(REPORTS, { recursive: true });
const reports = {
  'contract.html': formatPage(coverage, accepted, changes),
  'contract.json': `${JSON.stringify(toJson(coverage, accepted, changes), undefined, 1)}\n`,
  'contract.xml': formatJUnit(coverage.cells, accepted),
};
for (const [name, text] of Object.entries(reports)) writeFileSync(new URL(name, REPORTS), text);

const isAccepted = changes.lost.length + changes.gained.length === 0;
const hasFailed = !isAccepted || coverage.differences.length > 0;
if (hasFailed || !process.argv.includes('--quiet')) {
  console.log(formatScorecard(scoreKinds(coverage.cells, accepted), changes));
  for (const difference of coverage.differences) console.log(difference);
  console.log('coverage/contract.html has every cell, and the exchange that covers it');
}
process.exitCode = hasFailed ? 1 : 0;

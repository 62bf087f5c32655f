/** The time of `make contract`: each operation of the document with all its cases, against Prism. Fails if it takes long. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { document } from '../spec-tools/bundled-document.js';
import { listOperations } from '../spec-tools/operations.js';
import { median, publish } from './results.js';

const ROUNDS = Number(process.env['ROUNDS'] ?? 3);
/** As CONTRIBUTING.md has it. */
const MAX_SECONDS = 20;

interface Run {
  seconds: number;
  tests: number;
}

function runSuite(): Run {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync('make', ['contract'], { encoding: 'utf8' });
  const seconds = (performance.now() - start) / 1000;
  if (status !== 0) throw new Error(`make contract failed: ${stdout}${stderr}`);
  return { seconds, tests: Number(/^Tests:.*?(\d+) passed/m.exec(stderr)?.[1]) };
}

// Builds what it needs, and is not measured.
const { tests } = runSuite();
const seconds = Array.from({ length: ROUNDS }, () => runSuite().seconds);
const { cells, exchanges } = JSON.parse(readFileSync('coverage/contract.json', 'utf8'));
const operations = listOperations(document).length;
const taken = median(seconds);
publish({
  name: 'contract',
  title: 'Contract suite',
  command: 'make bench-contract',
  description: `\`make contract\` from its start to its end, with everything built before: ${ROUNDS} rounds, median. Each case is a part of the document, such as
a status, an example, a bound or a value that a keyword alone rejects, that the recorded messages have to show.`,
  goals: [
    {
      text: `at most ${MAX_SECONDS} s`,
      measured: `${taken.toFixed(1)} s`,
      isMet: taken <= MAX_SECONDS,
    },
  ],
  tables: [
    {
      header: ['', 'measured'],
      rows: [
        ['operations', `${operations}`],
        ['cases of all operations', cells.length.toLocaleString('en')],
        ['recorded exchanges', exchanges.toLocaleString('en')],
        ['tests', tests.toLocaleString('en')],
        ['seconds', taken.toFixed(1)],
        ['milliseconds a case', ((taken * 1000) / cells.length).toFixed(1)],
      ],
    },
  ],
  plots: [],
});

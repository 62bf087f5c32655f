/** Prints which cells of the contract the tests have run, and fails when one was not. */
import { readdirSync, readFileSync } from 'node:fs';
import { cellName, cells, NOTES } from '../contract-tests/support/cases.js';

const notes = readdirSync(NOTES).flatMap((file) =>
  readFileSync(`${NOTES}${file}`, 'utf8').split('\n'),
);
const runBy = (name: string): string =>
  ['Prism', 'socket'].find((by) => notes.includes(`${by} ${name}`)) ?? 'NOT RUN';

const rows = cells.map((cell) => ({ ...cell, by: runBy(cellName(cell)) }));
if (!process.argv.includes('--quiet')) {
  const width = Math.max(...rows.map(({ operation }) => operation.length));
  for (const { operation, status, example, by } of rows) {
    console.log(
      `${operation.padEnd(width)}  ${status}  ${by.padEnd(7)}  ${example ?? '(no body)'}`,
    );
  }
}
const unrun = rows.filter(({ by }) => by === 'NOT RUN');
for (const cell of unrun) console.log(`NOT RUN: ${cellName(cell)}`);
console.log(`${rows.length - unrun.length} of ${rows.length} cells run`);
process.exitCode = unrun.length === 0 ? 0 : 1;

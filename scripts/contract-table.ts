/** Prints which response cases of the contract the tests ran, and fails when one was not run. */
import { readdirSync, readFileSync } from 'node:fs';
import { formatCase, RUN_LOG, responseCases } from '../spec-tools/response-cases.js';

const runs = new Set(
  readdirSync(RUN_LOG).flatMap((file) => readFileSync(`${RUN_LOG}${file}`, 'utf8').split('\n')),
);
const findSender = (name: string): string =>
  ['Prism', 'proxy'].find((by) => runs.has(`${by} ${name}`)) ?? 'NOT RUN';

const rows = responseCases.map((one) => ({ ...one, by: findSender(formatCase(one)) }));
if (!process.argv.includes('--quiet')) {
  const width = Math.max(...rows.map(({ operation }) => operation.length));
  for (const { operation, status, example, by } of rows) {
    console.log(
      `${operation.padEnd(width)}  ${status}  ${by.padEnd(7)}  ${example ?? '(no body)'}`,
    );
  }
}
const notRun = rows.filter(({ by }) => by === 'NOT RUN');
for (const row of notRun) console.log(`NOT RUN: ${formatCase(row)}`);
console.log(`${rows.length - notRun.length} of ${rows.length} response cases run`);
process.exitCode = notRun.length === 0 ? 0 : 1;

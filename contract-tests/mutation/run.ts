/** `make contract-mutation`: judges mutants of the document on all cores, and writes the reports. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { document } from '../../spec-tools/bundled-document.js';
import { readNumberOrExit } from '../../spec-tools/read-number.js';
import { listMutants, sampleMutants } from './operators.js';
import { formatText } from './report.js';
import { formatHtml } from './report-html.js';
import { listShortfalls, type Result } from './result.js';
import { listStaleEntries } from './unobservable.js';

const FOLDER = fileURLToPath(new URL('../../coverage/', import.meta.url));
const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));

/** Judges mutants in processes, each of which gets the next one when it is ready. */
async function judgeAll(indexes: readonly number[]): Promise<Result[]> {
  const queue = [...indexes];
  const results = new Map<number, Result>();
  const runWorker = () =>
    new Promise<void>((resolve, reject) => {
      const child: ChildProcess = fork(WORKER, { execArgv: ['--import', 'tsx'] });
      const next = () => {
        const index = queue.shift();
        if (index === undefined) child.disconnect();
        else child.send(index);
      };
      child.on('message', (message: { index?: number; result?: Result }) => {
        const { index, result } = message;
        if (index !== undefined && result !== undefined) results.set(index, result);
        next();
      });
      child.once('error', reject);
      child.once('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`a worker ended with code ${code}`)),
      );
    });
  const workers = Math.min(availableParallelism(), indexes.length);
  await Promise.all(Array.from({ length: workers }, runWorker));
  return indexes.map((index) => results.get(index)).filter((one) => one !== undefined);
}

/** A sample with several mutants of every kind. */
const SAMPLE = 400;
const seed = readNumberOrExit('SEED', 1);
const all = listMutants(document);
const chosen = sampleMutants(all, readNumberOrExit('MUTANTS', SAMPLE), seed);
const stale = listStaleEntries(all);
for (const { kind, pointer } of stale)
  console.error(`${kind} ${pointer} matches no mutant: remove it from mutation/unobservable.ts.`);
const start = performance.now();
const results = await judgeAll(chosen.map((mutant) => all.indexOf(mutant)));
const seconds = Math.round((performance.now() - start) / 1000);
const info = { seed, seconds, total: all.length };
const text = formatText(results, info);
mkdirSync(FOLDER, { recursive: true });
writeFileSync(`${FOLDER}mutation.txt`, text);
writeFileSync(`${FOLDER}mutation.json`, `${JSON.stringify({ ...info, results }, null, 1)}\n`);
writeFileSync(`${FOLDER}mutation.html`, formatHtml(results, info));
console.log(text);
const isComplete = results.length === chosen.length && stale.length === 0;
if (!isComplete || listShortfalls(results).length > 0) process.exitCode = 1;

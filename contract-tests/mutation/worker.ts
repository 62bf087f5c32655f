/** Judges mutants in a process of its own: receives their numbers from its parent, and sends each result. */
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { document } from '../../spec-tools/bundled-document.js';
import { Jury } from './judge-mutant.js';
import { listMutants } from './operators.js';

const workspace = fileURLToPath(new URL(`../../.cache/mutation-${process.pid}`, import.meta.url));
const mutants = listMutants(document);
const jury = new Jury(document, workspace);

process.on('message', async (index: number) => {
  const mutant = mutants[index];
  if (mutant === undefined) throw new Error(`Invalid number of a mutant: ${index}.`);
  process.send?.({ index, result: await jury.judge(mutant) });
});
process.once('disconnect', () => rmSync(workspace, { recursive: true, force: true }));
process.send?.({ ready: true });

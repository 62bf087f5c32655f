/** Whether the mutants still fit the source: each `find` must occur in its file exactly once. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { httpMutants } from './http-mutants.js';
import type { Mutant } from './mutant.js';
import { resourceMutants } from './resource-mutants.js';

export const mutants: readonly Mutant[] = [...httpMutants, ...resourceMutants];

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** One line for each mutant that no longer fits. */
export function listStale(): string[] {
  return mutants.flatMap(({ file, find, fault }) => {
    const found = readFileSync(`${ROOT}${file}`, 'utf8').split(find).length - 1;
    return found === 1
      ? []
      : [`${file}: "${fault}": expected its text once, found it ${found} times`];
  });
}

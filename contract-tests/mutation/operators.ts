/** All mutants of a document: one change each. */

import type { Json } from '../../spec-tools/operations.js';
import { createRandom } from '../../src/shared/random.js';
import { dropParameters, mutateMessages, swapReferences } from './message-operators.js';
import type { Mutant } from './mutant.js';
import { mutateOperations } from './operation-operators.js';
import { mutateSchemas } from './schema-operators.js';

export const listMutants = (document: Json): Mutant[] => [
  ...mutateOperations(document),
  ...dropParameters(document),
  ...mutateMessages(document),
  ...swapReferences(document),
  ...mutateSchemas(document),
];

/** A sample of at most `size` mutants: of every kind in turn, chosen by the seed. */
export function sampleMutants(mutants: readonly Mutant[], size: number, seed: number): Mutant[] {
  const random = createRandom(seed);
  const kinds = groupByKind(shuffle(mutants, random));
  const chosen: Mutant[] = [];
  for (let turn = 0; chosen.length < Math.min(size, mutants.length); turn++)
    for (const kind of shuffle(kinds, random)) {
      const mutant = kind[turn];
      if (mutant !== undefined && chosen.length < size) chosen.push(mutant);
    }
  return chosen;
}

function groupByKind(mutants: readonly Mutant[]): Mutant[][] {
  const groups = new Map<string, Mutant[]>();
  for (const mutant of mutants)
    groups.set(mutant.kind, [...(groups.get(mutant.kind) ?? []), mutant]);
  return [...groups.values()];
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

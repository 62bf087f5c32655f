/** Judges one mutant: the cheapest judge first, the next one only if that notices nothing. */
import type { Json } from '../../spec-tools/operations.js';
import { listSurface } from '../../spec-tools/surface.js';
import { findFailure } from '../facts/judge.js';
import { applyMutant, type Mutant } from './mutant.js';
import { createPrism } from './prism.js';
import { describeMutant, type Result, type Tier } from './result.js';
import { Reach } from './scope.js';
import { runSuite } from './suite.js';
import { TypeCheck } from './types.js';
import { findReason } from './unobservable.js';

type Judge = (changed: Json, mutant: Mutant) => Promise<string | undefined>;

export class Jury {
  readonly #document: Json;
  readonly #surface: string;
  readonly #judges: readonly (readonly [Tier, Judge])[];

  /** @param workspace a folder of this process alone, for the contract suite. */
  constructor(document: Json, workspace: string) {
    const reach = new Reach(document);
    const types = new TypeCheck(document);
    this.#document = document;
    this.#surface = listSurface(document).join('\n');
    this.#judges = [
      ['facts', (changed, mutant) => findContradiction(changed, reach, mutant)],
      ['types', (changed) => types.findFailure(changed)],
      ['suite', (changed) => runSuite(changed, workspace)],
    ];
  }

  async judge(mutant: Mutant): Promise<Result> {
    const start = performance.now();
    const changed = applyMutant(this.#document, mutant);
    const reason = findReason(mutant);
    const verdict = reason === undefined ? await this.#find(changed, mutant) : {};
    return {
      ...describeMutant(mutant),
      ...verdict,
      ...(reason === undefined ? {} : { unobservable: reason }),
      isOnSurface: this.#isOnSurface(changed),
      time: Math.round(performance.now() - start),
    };
  }

  async #find(changed: Json, mutant: Mutant): Promise<Pick<Result, 'killedBy' | 'by'>> {
    for (const [tier, findProblem] of this.#judges) {
      const by = await findProblem(changed, mutant).catch(
        // A document that cannot be read, such as one with a reference to nothing.
        (error: unknown) => `the document cannot be read: ${String(error)}`,
      );
      if (by !== undefined) return { killedBy: tier, by };
    }
    return {};
  }

  #isOnSurface(changed: Json): boolean {
    try {
      return listSurface(changed).join('\n') !== this.#surface;
    } catch {
      return true;
    }
  }
}

async function findContradiction(
  changed: Json,
  reach: Reach,
  mutant: Mutant,
): Promise<string | undefined> {
  const failure = await findFailure(changed, reach.find(mutant), createPrism);
  return failure === undefined ? undefined : `${failure.by}: ${failure.problem}`;
}

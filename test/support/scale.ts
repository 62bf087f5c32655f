/**
 * How large a test that draws its cases is. `make test` runs a few of them, because a developer waits for it;
 * `make test-deep`, a part of `make ci`, runs all.
 */
const { DEEP, CASES, SEED, LOADS } = process.env;

export const isDeep = DEEP === '1';

/** Whether the loads that are killed have 100,000 files: `make test-loads`. */
export const isFullLoad = LOADS === '1';

/** The seed of the environment, with which a failed run is repeated. */
export const givenSeed = SEED === undefined ? undefined : Number(SEED);

/** @returns the number of cases: CASES of the environment, if it is set. */
export function chooseCount({ quick, deep }: { quick: number; deep: number }): number {
  if (CASES !== undefined) return Number(CASES);
  return isDeep ? deep : quick;
}

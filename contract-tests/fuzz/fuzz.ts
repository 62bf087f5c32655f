/** Runs a number of generated cases, and says how to repeat one that fails. */
import fc from 'fast-check';
import { readNumber } from '../../spec-tools/read-number.js';

/** All cases of a run; each of the four kinds gets a quarter. */
const CASES = readNumber('CASES', 120);
/** The same one in every run of the contract tests; `make contract-fuzz` draws another. */
const SEED = readNumber('SEED', 1);
/** The case that a failure names. */
const REPLAY = process.env['REPLAY'];
const KINDS = 4;

export type Kind = 'valid requests' | 'invalid requests' | 'valid responses' | 'invalid responses';

/**
 * @param run rejects for a case that shows a difference.
 * @throws an error with the seed, the smallest case and the command that repeats it.
 */
export async function fuzz<T>(
  kind: Kind,
  cases: fc.Arbitrary<T>,
  run: (one: T) => Promise<void>,
): Promise<void> {
  const numRuns = Math.max(1, Math.ceil(CASES / KINDS));
  const path = REPLAY?.startsWith(`${kind}:`) ? REPLAY.slice(kind.length + 1) : undefined;
  if (REPLAY !== undefined && path === undefined) return;
  const given = {
    seed: SEED,
    numRuns,
    ...(path === undefined ? {} : { path, endOnFailure: true }),
  };
  const details = await fc.check(fc.asyncProperty(cases, run), given);
  if (!details.failed) return;
  const [smallest] = details.counterexample ?? [];
  const cause = details.errorInstance;
  const message = cause instanceof Error ? cause.message : String(cause);
  throw new Error(
    [
      `${kind}: case ${details.numRuns} of ${numRuns} with the seed ${SEED}: ${message}`,
      `Smallest case: ${JSON.stringify(smallest, undefined, 2)}`,
      `Repeat it with: make contract-fuzz CASES=${CASES} SEED=${SEED} REPLAY='${kind}:${details.counterexamplePath}'`,
    ].join('\n'),
  );
}

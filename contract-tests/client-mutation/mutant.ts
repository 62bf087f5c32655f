/** A fault that the client could have: one replacement in one file. */
export interface Mutant {
  /** A file of `src/`. */
  file: string;
  /** Text that stands in the file exactly once. */
  find: string;
  replace: string;
  /** What goes wrong with it. */
  fault: string;
  /** The unit test files that are about it, without `.test.ts`; the contract tests run in any case. */
  tests: readonly string[];
}

/** The mutants of one file. */
export const inFile = (
  file: string,
  tests: readonly string[],
  ...mutants: (readonly [find: string, replace: string, fault: string])[]
): Mutant[] => mutants.map(([find, replace, fault]) => ({ file, tests, find, replace, fault }));

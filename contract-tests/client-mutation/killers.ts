/** Which test noticed each mutant in an earlier run: it is tried first, so that a whole run takes minutes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from './mutant.js';
import type { Failure } from './run-tests.js';

const FILE = 'contract-tests/client-mutation/killers.json';
/** What stands for the faults that a test file has not noticed yet, but may. */
const UNSEEN_KILLS = 0.3;
const USUAL_MS = 1500;
const toKey = ({ file, fault }: Mutant): string => `${file}: ${fault}`;

export class Killers {
  readonly #path: string;
  /** By the mutant: a test file and the title of a test. */
  readonly #known: Map<string, Failure>;
  /** How many mutants of each source file each test file noticed. */
  readonly #counts = new Map<string, Map<string, number>>();
  /** How long each test file took when no test of it failed. */
  readonly #times = new Map<string, number>();

  constructor(root: string, mutants: readonly Mutant[]) {
    this.#path = join(root, FILE);
    this.#known = new Map(Object.entries(readKillers(this.#path)));
    for (const mutant of mutants) {
      const killer = this.find(mutant);
      if (killer !== undefined) this.#count(mutant.file, killer.file);
    }
  }

  find(mutant: Mutant): Failure | undefined {
    return this.#known.get(toKey(mutant));
  }

  note(mutant: Mutant, killer: Failure | undefined): void {
    if (killer === undefined) this.#known.delete(toKey(mutant));
    else {
      this.#known.set(toKey(mutant), killer);
      this.#count(mutant.file, killer.file);
    }
  }

  noteTime(test: string, ms: number): void {
    this.#times.set(test, ms);
  }

  /** Test files in the order in which they are likely to notice a fault of a source file within little time. */
  sort(source: string, files: readonly string[]): string[] {
    const counts = this.#counts.get(source);
    const rate = (file: string) =>
      ((counts?.get(file) ?? 0) + UNSEEN_KILLS) / (this.#times.get(file) ?? USUAL_MS);
    return [...files].sort((a, b) => rate(b) - rate(a));
  }

  /** Mutants that are not listed any more are left out. */
  write(mutants: readonly Mutant[]): void {
    const entries = mutants.flatMap((mutant) => {
      const killer = this.find(mutant);
      return killer === undefined ? [] : [[toKey(mutant), killer] as const];
    });
    writeFileSync(this.#path, `${JSON.stringify(Object.fromEntries(entries), undefined, 2)}\n`);
  }

  #count(source: string, test: string): void {
    const counts = this.#counts.get(source) ?? new Map<string, number>();
    this.#counts.set(source, counts.set(test, (counts.get(test) ?? 0) + 1));
  }
}

function readKillers(path: string): Record<string, Failure> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, Failure>;
  } catch {
    return {};
  }
}

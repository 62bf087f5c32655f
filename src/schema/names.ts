/** Names of fields: in schemas with prefixes, in rows without. */
import { nearestName } from '../shared/options.js';

/** Whether a name is written as in schemas: `xdm:name`, `@id`, `repo:createDate`. */
export const isSchemaName = (name: string): boolean => name.includes(':') || name.includes('@');

/** The steps of a name in rows: `xdm:name` is `name`, `@id` is `_id`, `repo:createDate` is `_repo`, `createDate`. */
export function toRowSteps(name: string): string[] {
  if (name.startsWith('@')) return [`_${name.slice(1)}`];
  const colon = name.indexOf(':');
  if (colon === -1) return [name.replaceAll('@', '_')];
  const [prefix, rest] = [name.slice(0, colon), name.slice(colon + 1)];
  const last = toRowSteps(rest);
  return prefix === 'xdm' || prefix === '' ? last : [`_${prefix}`, ...last];
}

/** The steps of a pointer into a schema as those of one into rows, with `*` for `[*]`. */
export const toRowPointer = (pointer: string): string =>
  pointer
    .split('/')
    .filter((step) => step !== '')
    .flatMap((step) => {
      const isList = step.endsWith('[*]');
      const steps = toRowSteps(isList ? step.slice(0, -'[*]'.length) : step);
      return isList ? [...steps, '*'] : steps;
    })
    .map((step) => `/${step}`)
    .join('');

/** Guesses names, and remembers what it guessed: the comparison is slow. */
export class NameGuesses {
  static readonly #most = 1000;
  readonly #names: readonly string[];
  readonly #guesses = new Map<string, string | undefined>();

  constructor(names: readonly string[]) {
    this.#names = names;
  }

  /** The known name that an unknown one was probably meant to be. */
  guess(unknown: string): string | undefined {
    if (this.#guesses.has(unknown)) return this.#guesses.get(unknown);
    const guess = nearestName(unknown, this.#names);
    if (this.#guesses.size < NameGuesses.#most) this.#guesses.set(unknown, guess);
    return guess;
  }
}

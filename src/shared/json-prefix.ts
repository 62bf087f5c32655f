/** Follows a JSON value that is spread over several lines. */
import { advance, type Expected, readToken, WHITESPACE } from './json-error.js';

/** What a value is after a further line. */
export type PrefixState =
  | { readonly kind: 'open' | 'invalid' }
  /** @property end the index in the line after the value. */
  | { readonly kind: 'complete'; readonly end: number };

const OPEN: PrefixState = { kind: 'open' };
const INVALID: PrefixState = { kind: 'invalid' };

/** The state of one value whose lines arrive one after another. A string cannot span two lines. */
export class JsonPrefix {
  readonly #maxDepth: number;
  readonly #open: ('{' | '[')[] = [];
  #expected: Expected = 'value';

  /** @param maxDepth a value that is nested deeper counts as invalid. */
  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth;
  }

  push(line: string): PrefixState {
    let at = 0;
    for (;;) {
      while (WHITESPACE.has(line[at])) at++;
      if (at >= line.length) return OPEN;
      const token = readToken(line, at);
      if ('problem' in token) return INVALID;
      const next = advance(this.#expected, token.kind, this.#open);
      if (next === undefined || this.#open.length > this.#maxDepth) return INVALID;
      if (next === 'end') return { kind: 'complete', end: token.end };
      this.#expected = next;
      at = token.end;
    }
  }
}

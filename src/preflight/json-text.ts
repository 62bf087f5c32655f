/** What the text of a JSON row shows and its parsed value does not. */
import { readToken, WHITESPACE } from '../shared/json-error.js';
import { toStep } from '../shared/json-pointer.js';

/** Digits enough for an integer above 2^53-1, or an exponent that may be too large for a double. */
const UNUSUAL_NUMBER = /[1-9]\d{15}|\d[eE]\+?\d{3}/;
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;
const INTEGER = /^-?\d{16,}$/;

/** A number that readers may change. */
export interface UnsafeNumber {
  readonly value: number;
  readonly isInteger: boolean;
}

/**
 * The first number of a JSON text that a double does not hold: an integer above 2^53-1, or a number beyond
 * 1.8e308. An integer with an exponent counts as none.
 */
export function findUnsafeNumber(text: string): UnsafeNumber | undefined {
  if (!UNUSUAL_NUMBER.test(text)) return undefined; // quick, and true of nearly all rows
  for (const [token] of text.matchAll(STRING_OR_NUMBER)) {
    if (token.startsWith('"')) continue;
    const value = Number(token);
    if (INTEGER.test(token) && !Number.isSafeInteger(value)) return { value, isInteger: true };
    if (Math.abs(value) === Number.POSITIVE_INFINITY) return { value, isInteger: false };
  }
  return undefined;
}

/** An object or an array around the current token. */
interface Level {
  /** The names so far; `undefined` in an array. */
  readonly names: Set<string> | undefined;
  /** The current name, or how many elements came before. */
  at: string | number;
  expectsName: boolean;
}

/** The first name that an object of a valid JSON text has twice, as a JSON pointer. */
export function findDoubledName(text: string): string | undefined {
  const levels: Level[] = [];
  let at = 0;
  for (;;) {
    while (WHITESPACE.has(text[at])) at++;
    if (at >= text.length) return undefined;
    const token = readToken(text, at);
    if ('problem' in token) return undefined;
    const level = levels.at(-1);
    if (token.kind === '{') levels.push({ names: new Set(), at: '', expectsName: true });
    else if (token.kind === '[') levels.push({ names: undefined, at: 0, expectsName: false });
    else if (token.kind === '}' || token.kind === ']') levels.pop();
    else if (token.kind === ',' && level !== undefined) {
      if (typeof level.at === 'number') level.at++;
      else level.expectsName = true;
    } else if (token.kind === 'string' && level?.names !== undefined && level.expectsName) {
      const name = JSON.parse(text.slice(at, token.end)) as string;
      level.at = name;
      level.expectsName = false;
      if (level.names.has(name)) return levels.map((one) => `/${toStep(one.at)}`).join('');
      level.names.add(name);
    }
    at = token.end;
  }
}

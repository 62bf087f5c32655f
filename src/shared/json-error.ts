/** Why a text is not JSON, and where: the messages of JSON.parse() do not always have a position. */
import { escapeUnits, printable } from './printable.js';

/** A part of JSON text that cannot be there. */
export interface JsonError {
  /** The index in the text. */
  readonly at: number;
  readonly problem: string;
}

export type Token =
  | {
      readonly kind: '{' | '}' | '[' | ']' | ',' | ':' | 'string' | 'literal';
      readonly end: number;
    }
  | JsonError;

/** What may come next; `next` is a comma or the end of the innermost object or array. */
export type Expected = 'value' | 'value or ]' | 'name' | 'name or }' | ':' | 'next' | 'end';

const PUNCTUATION = /[{}[\],:]/;
export const WHITESPACE: ReadonlySet<string | undefined> = new Set([' ', '\t', '\n', '\r']);
const LITERAL = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
const WORD_CHARACTER = /[\w$.+-]/;
/** A longer number is not looked at: a regular expression would need too much memory. */
const MAX_NUMBER_LENGTH = 1000;
/** How much of an unexpected word is quoted. */
const MAX_QUOTED_LENGTH = 20;

/**
 * Says what is wrong with a text that JSON.parse() does not accept, such as "unexpected `,` at
 * column 17". Columns count from 1, in UTF-16 units, as editors do.
 */
export function describeJsonError(text: string): string {
  const error = findJsonError(text);
  return error === undefined ? 'it cannot be parsed' : `${error.problem} at column ${error.at + 1}`;
}

/** Quotes the word or the character at an index. */
export function describeUnexpected(text: string, at: number): string {
  const word = text.slice(at, Math.min(wordEnd(text, at), at + MAX_QUOTED_LENGTH));
  const found = word === '' ? String.fromCodePoint(text.codePointAt(at) ?? 0) : word;
  return `unexpected \`${/^[^\S ]$/.test(found) ? escapeUnits(found) : printable(found)}\``;
}

/** Finds the first thing that JSON.parse() does not accept; `undefined` if there is none. */
export function findJsonError(text: string): JsonError | undefined {
  /** The objects and arrays that are not closed, innermost last: a call for each could be too deep. */
  const open: ('{' | '[')[] = [];
  let expected: Expected | undefined = 'value';
  let at = 0;
  for (;;) {
    while (WHITESPACE.has(text[at])) at++;
    if (at >= text.length)
      return expected === 'end' ? undefined : { at, problem: 'unexpected end' };
    const token = readToken(text, at);
    if ('problem' in token) return token;
    expected = advance(expected, token.kind, open);
    if (expected === undefined) return { at, problem: describeUnexpected(text, at) };
    at = token.end;
  }
}

export function readToken(text: string, at: number): Token {
  const character = text[at] ?? '';
  if (PUNCTUATION.test(character)) return { kind: character as ',', end: at + 1 };
  if (character === '"') return readString(text, at);
  const end = wordEnd(text, at);
  const isLong = end - at > MAX_NUMBER_LENGTH;
  if (isLong || LITERAL.test(text.slice(at, end))) return { kind: 'literal', end };
  return { at, problem: describeUnexpected(text, at) };
}

function wordEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && WORD_CHARACTER.test(text[end] ?? '')) end++;
  return end;
}

function readString(text: string, start: number): Token {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) return { kind: 'string', end: at + 1 };
    if (code < 0x20) {
      return {
        at,
        problem: `unescaped control character ${printable(text[at] ?? '')} in a string`,
      };
    }
    if (code !== 0x5c) continue;
    const sequence = /^\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/.exec(text.slice(at, at + 6))?.[0];
    if (sequence === undefined && at + 1 < text.length) {
      return { at, problem: `invalid escape \`${printable(text.slice(at, at + 2))}\`` };
    }
    at += (sequence?.length ?? 1) - 1;
  }
  return { at: start, problem: 'unterminated string' };
}

/** What may come after a token; `undefined` if the token itself may not. Keeps `open` up to date. */
export function advance(
  expected: Expected,
  kind: Exclude<Token, JsonError>['kind'],
  open: ('{' | '[')[],
): Expected | undefined {
  const afterValue = (): Expected => (open.length === 0 ? 'end' : 'next');
  const close = (): Expected => {
    open.pop();
    return afterValue();
  };
  switch (expected) {
    case 'end':
      return undefined;
    case ':':
      return kind === ':' ? 'value' : undefined;
    case 'name':
    case 'name or }':
      if (kind === 'string') return ':';
      return kind === '}' && expected === 'name or }' ? close() : undefined;
    case 'next':
      if (kind === ',') return open.at(-1) === '{' ? 'name' : 'value';
      return kind === (open.at(-1) === '{' ? '}' : ']') ? close() : undefined;
    default:
      if (kind === ']' && expected === 'value or ]') return close();
      if (kind === 'string' || kind === 'literal') return afterValue();
      if (kind !== '{' && kind !== '[') return undefined;
      open.push(kind);
      return kind === '{' ? 'name or }' : 'value or ]';
  }
}

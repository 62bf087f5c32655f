/** The parts of TypeScript that types of rows are made of: names, literals and comments. */
import { printable } from '../shared/printable.js';

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const LINE_ENDS = /\r\n|[\n\r\v\f\u0085\u2028\u2029]/;

/** Lines of TypeScript, each indented as far as it is inside the first one. */
export type Lines = readonly string[];

/** A text as a literal in single quotes, on one line. */
export const quote = (text: string): string => {
  const inner = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'");
  return `'${printable(inner)}'`;
};

/** A name of a property, in quotes where it needs them. */
export const toPropertyName = (name: string): string =>
  IDENTIFIER.test(name) ? name : quote(name);

/** A value of JSON as a literal type; `undefined` if it is none, such as an object. */
export function toLiteral(value: unknown): string | undefined {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean') return String(value);
  return typeof value === 'number' && Number.isFinite(value) ? JSON.stringify(value) : undefined;
}

/** A doc comment; no lines if there is nothing to say. */
export function toComment(paragraphs: readonly string[]): Lines {
  const lines = paragraphs
    .flatMap((text) => text.split(LINE_ENDS))
    .map((line) => printable(line, '\t').replaceAll('*/', '*\\/').trim())
    .filter((line) => line !== '');
  const [only = '', ...others] = lines;
  if (only === '') return [];
  return others.length === 0
    ? [`/** ${only} */`]
    : ['/**', ...lines.map((line) => ` * ${line}`), ' */'];
}

/** The lines between two texts, the first and the last beside them. */
export function enclose(before: string, lines: Lines, after: string): Lines {
  const closed = [...lines];
  closed[closed.length - 1] += after;
  closed[0] = `${before}${closed[0]}`;
  return closed;
}

export const indent = (lines: Lines): string[] => lines.map((line) => `  ${line}`);

/** Words of a text as a name of a type: `email address` is `EmailAddress`; `''` without letters. */
export const toTypeName = (text: string): string =>
  text
    .split(/[^A-Za-z\d]+/)
    .map((word) => `${word.charAt(0).toUpperCase()}${word.slice(1)}`)
    .join('')
    .replace(/^\d+/, '');

/** Values of fields that are neither objects nor arrays. */
import { checkField } from '../check-field.js';
import type { Check } from '../check-value.js';
import { type Field, INTEGER_BOUNDS, isIntegerType } from '../field.js';
import type { Rules } from '../options.js';
import { type Problem, RowProblems } from '../problems.js';
import { createPatternDraw } from './pattern.js';
import { type Draw, drawInteger } from './random.js';
import { drawByName, drawEmail } from './texts.js';

/**
 * Draws a value of a field; `undefined` if none was found that the schema takes.
 * @param isRequired whether one that is not rejected is enough: a schema may want what its own pattern excludes.
 */
export type DrawValue = (draw: Draw, isRequired: boolean) => unknown;

type Candidate = (draw: Draw) => unknown;

/** How often another value is drawn in place of one that the schema does not take. */
const MAX_TRIES = 20;
/** The days of 2025: in the past, and the same ones whenever rows are made. */
const FIRST_DAY = Date.UTC(2025, 0, 1);
const DAYS = 365;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Numbers stay within this where the schema allows more. */
const USUAL_MOST = 1000;

/** What values are compared with: nothing may be found. */
const RULES: Rules = { empty: 'error', unknown: 'error', strict: true, source: 'schema' };

/** Which findings exclude a value. */
type Strictness = 'no-finding' | 'no-error';

/** @returns whether a check finds nothing about a value. */
export function createFilter(
  field: Field,
  strictness: Strictness = 'no-finding',
): (value: unknown) => boolean {
  const check: Check = checkField(field, {
    rules: RULES,
    emptyTexts: new Map(),
    texts: new Map(),
  });
  const row = new RowProblems();
  return (value) => {
    row.list.length = 0;
    check(value, row);
    const isExcluded = ({ issue }: Problem) =>
      strictness === 'no-finding' || issue.level === 'error';
    return !row.list.some(isExcluded);
  };
}

/** The values of a field that is drawn without regard to other fields. */
export function createValueDraw(field: Field, name: string): DrawValue {
  const strict = createFilteredDraw(field, name, createFilter(field));
  const lenient = createFilteredDraw(field, name, createFilter(field, 'no-error'));
  return (draw, isRequired) => strict(draw) ?? (isRequired ? lenient(draw) : undefined);
}

function createFilteredDraw(
  field: Field,
  name: string,
  accepts: (value: unknown) => boolean,
): (draw: Draw) => unknown {
  const listed = listValues(field).filter(accepts);
  if (listed.length > 0) return (draw) => listed[drawInteger(draw, 0, listed.length - 1)];
  if (field.enum !== undefined) return () => undefined; // none of its values is one of its type
  const candidates = listCandidates(field, name);
  return (draw) => {
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      for (const candidate of candidates) {
        const value = candidate(draw);
        if (accepts(value)) return value;
      }
    }
    return undefined;
  };
}

/** The values that the schema lists, closed or suggested. */
function listValues({ type, enum: allowed, suggested }: Field): readonly unknown[] {
  if (allowed !== undefined) return allowed;
  return type === 'string' ? Object.keys(suggested ?? {}) : [];
}

/** Ways to draw a value, the most realistic one first. */
function listCandidates(field: Field, name: string): readonly Candidate[] {
  const { type } = field;
  if (type === 'boolean') return [(draw) => draw.random() < 0.5];
  if (type === 'date') return [(draw) => drawTime(draw).slice(0, '2025-01-31'.length)];
  if (type === 'date-time') return [drawTime];
  if (type === 'number') return [drawNumber(field)];
  if (isIntegerType(type)) return [drawWhole(field)];
  return listTexts(field, name);
}

const drawTime = (draw: Draw): string =>
  new Date(FIRST_DAY + drawInteger(draw, 0, DAYS * DAY_MS - 1)).toISOString();

/** The bounds of a number, as usual ones as the schema allows. */
function chooseRange(field: Field, least: number, most: number): [least: number, most: number] {
  const lower = Math.max(field.minimum ?? least, field.exclusiveMinimum ?? least, least);
  const upper = Math.min(field.maximum ?? most, field.exclusiveMaximum ?? most, most);
  const from = lower > USUAL_MOST ? lower : Math.max(lower, Math.min(0, upper - USUAL_MOST));
  return [from, Math.min(upper, Math.max(from, 0) + USUAL_MOST)];
}

function drawNumber(field: Field): Candidate {
  const [least, most] = chooseRange(field, -Number.MAX_VALUE, Number.MAX_VALUE);
  return (draw) => {
    const value = least + draw.random() * (most - least);
    const rounded = Math.round(value * 100) / 100;
    return rounded >= least && rounded <= most ? rounded : value;
  };
}

function drawWhole(field: Field): Candidate {
  const [lowest, highest] = isIntegerType(field.type) ? INTEGER_BOUNDS[field.type] : [0, 0];
  const [least, most] = chooseRange(field, lowest, highest);
  return (draw) => drawInteger(draw, Math.ceil(least), Math.floor(most));
}

/** Texts by the pattern, the format and the name, in the length that the schema allows. */
function listTexts(field: Field, name: string): readonly Candidate[] {
  const { pattern, format, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = field;
  const toLength = (text: string): string => {
    const characters = [...text.padEnd(minLength, 'x')];
    return characters.slice(0, Math.min(characters.length, maxLength)).join('');
  };
  // XDM has mail addresses in objects: `/personalEmail/address`.
  const usual = /e-?mail\/address$/i.test(field.path) ? 'email' : name;
  const plain =
    format === 'email'
      ? drawEmail
      : (draw: Draw) => drawByName(format === 'uri' ? 'url' : usual, draw);
  const matching = pattern === undefined ? undefined : createPatternDraw(pattern);
  if (matching === undefined) {
    return [(draw) => toLength(plain(draw)), (draw) => toLength(plain(draw).replaceAll(' ', '-'))];
  }
  return [
    matching,
    (draw) => toLength(matching(draw)),
    (draw) => toLength(`${matching(draw)}${drawEmail(draw)}`),
    (draw) => toLength(`${drawEmail(draw)}${matching(draw)}`),
    (draw) => toLength(`https://www.example.com/${matching(draw)}`),
  ];
}

/** The checks of values that are neither objects nor arrays, made once for each field of a schema. */
import { isDate, isDateTime, MIN_MILLISECONDS } from './dates.js';
import { type Field, INTEGER_BOUNDS, type IntegerType } from './field.js';
import {
  badDate,
  convertedType,
  emptyValue,
  fraction,
  incompatibleType,
  notChecked,
  notSuggested,
  nullValue,
  onPublishedBound,
  outOfEnum,
  outOfRange,
  secondsInsteadOfMilliseconds,
  unreadableText,
} from './issues.js';
import type { Rules } from './options.js';
import type { Issue, RowProblems } from './problems.js';

/** Checks a value, and adds what is wrong with it. */
export type Check = (value: unknown, row: RowProblems) => void;

export const INTEGER_TEXT = /^[+-]?\d+$/;
export const NUMBER_TEXT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

const DAY_MS = 24 * 60 * 60 * 1000;

/** The check of a value that has none of the types that the field takes. */
export function checkOtherType(field: Field): Check {
  const [isNull, isOther] = [nullValue(field.path), incompatibleType(field)];
  return (value, row) => row.add(value === null ? isNull : isOther, value);
}

/** The check of enums; `undefined` if the field has none. */
function checkEnum(field: Field): Check | undefined {
  const isSuggestion = field.enum === undefined && field.suggested !== undefined;
  const values = field.enum ?? Object.keys(field.suggested ?? {});
  if (values.length === 0) return undefined;
  const allowed: ReadonlySet<unknown> = new Set(values);
  const issue = isSuggestion ? notSuggested(field) : outOfEnum(field);
  return (value, row) => {
    if (!allowed.has(isSuggestion ? String(value) : value)) row.add(issue, value);
  };
}

/** The check of a field of any type: only its enum. */
export function checkAny(field: Field): Check {
  const enumCheck = field.enum === undefined ? undefined : checkEnum(field);
  return enumCheck ?? (() => undefined);
}

export function checkBoolean(field: Field): Check {
  const [other, enumCheck] = [checkOtherType(field), checkEnum(field)];
  return (value, row) => {
    if (typeof value !== 'boolean') other(value, row);
    else enumCheck?.(value, row);
  };
}

/** @param emptyIssue what an empty text is instead of what `empty` says. */
export function checkString(field: Field, rules: Rules, emptyIssue?: Issue): Check {
  const [other, enumCheck] = [checkOtherType(field), checkEnum(field)];
  const isEnum = field.enum !== undefined;
  const [empty, converted] = [
    emptyIssue ?? emptyValue(field.path, rules),
    convertedType(field, rules),
  ];
  const advice = adviseText(field);
  return (value, row) => {
    if (typeof value === 'string') {
      if (value === '' && !isEnum) {
        row.add(empty, value);
        return;
      }
      const before = row.list.length;
      enumCheck?.(value, row);
      if (advice !== undefined && (!isEnum || row.list.length === before)) advice(value, row);
    } else if (typeof value === 'number') {
      const before = row.list.length;
      if (isEnum) enumCheck?.(String(value), row);
      if (row.list.length === before) row.add(converted, value);
    } else other(value, row);
  };
}

/** Characters with those outside the basic plane counted once. */
const countCharacters = (text: string): number => [...text].length;

/** The check of what batches are not checked for; `undefined` if the field has nothing of it. */
function adviseText(field: Field): ((value: string, row: RowProblems) => void) | undefined {
  const { minLength = 0, maxLength = Number.POSITIVE_INFINITY } = field;
  const checks: { issue: Issue; accepts: (value: string) => boolean }[] = [];
  const pattern = toRegExp(field.pattern);
  if (pattern !== undefined) {
    const issue = notChecked(field, 'pattern', `a text that matches ${field.pattern}`);
    checks.push({ issue, accepts: (value) => pattern.test(value) });
  }
  const format = FORMATS[field.format ?? ''];
  if (format !== undefined) {
    const issue = notChecked(field, 'format', `a text of the format ${field.format}`);
    checks.push({ issue, accepts: (value) => format.test(value) });
  }
  if (minLength > 0 || Number.isFinite(maxLength)) {
    const most = Number.isFinite(maxLength)
      ? `${minLength} to ${maxLength}`
      : `${minLength} or more`;
    const issue = notChecked(field, 'length', `${most} characters`);
    const accepts = (value: string): boolean => {
      // Each character has one or two units.
      if (value.length >= 2 * minLength && value.length <= maxLength) return true;
      const count = countCharacters(value);
      return count >= minLength && count <= maxLength;
    };
    checks.push({ issue, accepts });
  }
  if (checks.length === 0) return undefined;
  return (value, row) => {
    for (const { issue, accepts } of checks) if (!accepts(value)) row.add(issue, value);
  };
}

const FORMATS: Readonly<Record<string, RegExp>> = {
  email: /^[^\s@]+@[^\s@]+$/,
  uri: /^[a-z][a-z\d+.-]*:[^\s<>"{}|\\^`]*$/i,
  'uri-reference': /^[^\s<>"{}|\\^`]*$/,
};

/** A pattern that is not one of JavaScript is not compared. */
function toRegExp(pattern: string | undefined): RegExp | undefined {
  if (pattern === undefined) return undefined;
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return undefined;
  }
}

/** What is wrong with a number in its bounds; `undefined` if nothing is. */
export type RangeCheck = (value: number) => Issue | undefined;

/** The check of the bounds of the schema and, for an integer, of its type. */
export function checkRange(field: Field, type: IntegerType | undefined): RangeCheck {
  const { exclusiveMinimum: above, exclusiveMaximum: below } = field;
  const [least, most] =
    type === undefined ? [-Number.MAX_VALUE, Number.MAX_VALUE] : INTEGER_BOUNDS[type];
  const minimum = field.minimum ?? least;
  const published = type === undefined ? undefined : most + 1;
  // A bound of 1 more is one that pages print, so that only the value itself is uncertain.
  const hasOwnMaximum = field.maximum !== undefined && field.maximum !== published;
  const maximum = Math.min(most, field.maximum ?? most);
  const bounds = [
    ...(above === undefined ? [] : [`above ${above}`]),
    ...(below === undefined ? [] : [`below ${below}`]),
  ];
  const isBounded =
    type !== undefined || field.minimum !== undefined || field.maximum !== undefined;
  const range = isBounded ? formatRange(field, minimum, maximum, type) : 'a finite number';
  const issue = outOfRange(field, [range, ...bounds].join(', '));
  const boundary = onPublishedBound(field);
  return (value) => {
    if (value === published && !hasOwnMaximum && value > maximum) return boundary;
    if (value >= minimum && value <= maximum) {
      if (above !== undefined && value <= above) return issue;
      return below !== undefined && value >= below ? issue : undefined;
    }
    return issue;
  };
}

function formatRange(
  field: Field,
  minimum: number,
  maximum: number,
  type: IntegerType | undefined,
): string {
  if (type !== undefined) return `an integer from ${minimum} to ${maximum}`;
  if (field.maximum === undefined) return `a number from ${minimum}`;
  return field.minimum === undefined
    ? `a number up to ${maximum}`
    : `a number from ${minimum} to ${maximum}`;
}

/** The number that a text is; one that is rounded down to 2^53 counts as the next one, which is beyond it. */
function parseInteger(text: string): number {
  const value = Number(text);
  if (value !== 2 ** 53) return value;
  return BigInt(text) === BigInt(value) ? value : value + 2;
}

/** @param type of integers; otherwise the field takes all numbers. */
export function checkNumber(field: Field, rules: Rules, type?: IntegerType): Check {
  const [other, enumCheck, findRange] = [
    checkOtherType(field),
    checkEnum(field),
    checkRange(field, type),
  ];
  const [converted, unreadable, loss] = [
    convertedType(field, rules),
    unreadableText(field),
    fraction(field),
  ];
  const [form, parse] = type === undefined ? [NUMBER_TEXT, Number] : [INTEGER_TEXT, parseInteger];
  const checkParsed = (value: number, given: unknown, row: RowProblems): boolean => {
    const issue = findRange(value);
    if (issue !== undefined) row.add(issue, given);
    else if (enumCheck !== undefined) {
      const before = row.list.length;
      enumCheck(value, row);
      return row.list.length === before;
    }
    return issue === undefined;
  };
  return (value, row) => {
    if (typeof value === 'number') {
      // The platform cuts off a fraction before it checks anything else.
      const isSound = checkParsed(type === undefined ? value : Math.trunc(value), value, row);
      if (isSound && type !== undefined && !Number.isInteger(value)) row.add(loss, value);
    } else if (typeof value === 'string') {
      if (!form.test(value)) row.add(unreadable, value);
      else if (checkParsed(parse(value), value, row)) row.add(converted, value);
    } else other(value, row);
  };
}

/** The times that an enum of dates allows, to compare milliseconds with; `undefined` without an enum. */
function listTimes(field: Field): ReadonlySet<number> | undefined {
  if (field.enum === undefined) return undefined;
  const times = field.enum.map((one) => (typeof one === 'number' ? one : Date.parse(String(one))));
  return new Set(times.map((time) => toTime(field, time)));
}

/** Of a date, the time within the day does not count. */
const toTime = ({ type }: Field, ms: number): number =>
  type === 'date' ? Math.floor(ms / DAY_MS) : ms;

/** Dates and date-times: texts in the accepted forms, or milliseconds. */
export function checkDate(field: Field): Check {
  const other = checkOtherType(field);
  const [enumCheck, isOther, bad] = [checkEnum(field), incompatibleType(field), badDate(field)];
  const seconds = secondsInsteadOfMilliseconds(field);
  const accepts = field.type === 'date' ? isDate : isDateTime;
  const [times, outside] = [listTimes(field), outOfEnum(field)];
  return (value, row) => {
    if (typeof value === 'string') {
      if (!accepts(value)) row.add(bad, value);
      else enumCheck?.(value, row);
    } else if (typeof value === 'number') {
      if (!Number.isInteger(value)) row.add(isOther, value);
      else if (!Number.isSafeInteger(value)) row.add(bad, value);
      else if (times !== undefined && !times.has(toTime(field, value))) row.add(outside, value);
      else if (Math.abs(value) < MIN_MILLISECONDS) row.add(seconds, value);
    } else other(value, row);
  };
}

/** The rules that fields have: what each finding is, and its words. */
import { describeValue } from '../shared/options.js';
import { DATE_FIX, DATE_TIME_FIX, lacksZone, MIN_MILLISECONDS } from './dates.js';
import type { Field } from './field.js';
import { NameGuesses } from './names.js';
import type { Rules, Severity } from './options.js';
import type { Issue, Words } from './problems.js';

type Kind = Pick<Issue, 'level' | 'rule'> & Partial<Pick<Issue, 'effect'>>;

/** What rows of the platform's own error are: it rejects the row, or the whole batch. */
const ROW_REJECTED = { level: 'error', effect: 'row-rejected' } as const;
const BATCH_FAILS = { level: 'error', effect: 'batch-fails' } as const;
const PROFILE_SKIPS = { level: 'warning', effect: 'profile-skips' } as const;
const NOT_CHECKED = { level: 'warning', effect: 'not-checked' } as const;

/** An issue at a path with `*` for indexes and keys. */
export const createIssue = (
  { level, effect, rule }: Kind,
  path: string,
  describe: (value: unknown) => Words,
): Issue => ({ level, effect, rule, kind: `${rule} ${path}`, describe });

/** What the option says that an issue is; `undefined` if it is ignored. */
const bySeverity = (severity: Severity): Pick<Issue, 'level' | 'effect'> | undefined =>
  severity === 'ignore'
    ? undefined
    : severity === 'error'
      ? ROW_REJECTED
      : { level: 'warning', effect: undefined };

const NAMES: Partial<Record<Field['type'], string>> = {
  number: 'a number',
  string: 'a string',
  boolean: 'true or false',
  date: 'a date',
  'date-time': 'a date and time',
  object: 'an object',
  array: 'an array',
  map: 'an object',
};

/** The type in the words of a message: `an integer (short)`. */
const nameType = ({ type }: Field): string => NAMES[type] ?? `an integer (${type})`;

/** The issue of a value that no conversion makes the field's type. */
export const incompatibleType = (field: Field): Issue =>
  createIssue({ ...BATCH_FAILS, rule: 'type' }, field.path, (value) => {
    const problem = `expected ${nameType(field)}, received ${describeValue(value)}, and the platform does not convert it`;
    const isQuoted = field.type === 'boolean' && (value === 'true' || value === 'false');
    return {
      problem,
      fix: isQuoted ? `Write ${value} without quotes.` : `Write ${nameType(field)}.`,
    };
  });

/** The issue of a text that is not a value of the field's type. */
export const unreadableText = (field: Field): Issue =>
  createIssue({ ...ROW_REJECTED, rule: 'type' }, field.path, (value) => ({
    problem: `expected ${nameType(field)}, received the text ${describeValue(value)}`,
    fix: `Write ${nameType(field)}.`,
  }));

/** The issue of a value of another type that the platform converts. */
export const convertedType = (field: Field, { strict }: Rules): Issue =>
  createIssue({ level: strict ? 'error' : 'note', rule: 'type' }, field.path, (value) => ({
    problem: `${describeValue(value)} is a ${typeof value}, and is converted to ${nameType(field)}`,
    fix: `Write ${nameType(field)}.`,
  }));

export const fraction = (field: Field): Issue =>
  createIssue({ level: 'warning', rule: 'type' }, field.path, (value) => ({
    problem: `expected ${nameType(field)}, received ${describeValue(value)}, which loses its fraction`,
    fix: 'Round it.',
  }));

export const nullValue = (path: string): Issue =>
  createIssue({ ...ROW_REJECTED, rule: 'null' }, path, () => ({
    problem: 'null is not accepted for any field',
    fix: 'Leave the field out.',
  }));

/** @returns `undefined` if it is ignored. */
export function emptyValue(path: string, { empty }: Rules): Issue | undefined {
  const kind = bySeverity(empty);
  if (kind === undefined) return undefined;
  return createIssue({ ...kind, rule: 'empty' }, path, (value) => ({
    problem: `${Array.isArray(value) ? '[]' : value === '' ? '""' : '{}'} is an empty value, which the platform may reject`,
    fix: 'Leave the field out.',
  }));
}

export const outOfEnum = (field: Field): Issue => {
  const values = field.enum ?? [];
  const guesses = new NameGuesses(values.filter((value) => typeof value === 'string'));
  return createIssue({ ...ROW_REJECTED, rule: 'enum' }, field.path, (value) => {
    const suggestion = typeof value === 'string' ? guesses.guess(value) : undefined;
    const meant = suggestion === undefined ? '' : ` Did you mean ${JSON.stringify(suggestion)}?`;
    const fix = `Write one of ${listValues(values)}.${meant}`;
    const problem = `${describeValue(value)} is not one of the values that the schema allows`;
    return suggestion === undefined ? { problem, fix } : { problem, fix, suggestion };
  });
};

export const notSuggested = (field: Field): Issue =>
  createIssue({ level: 'note', effect: 'not-checked', rule: 'enum' }, field.path, (value) => ({
    problem: `${describeValue(value)} is not one of the values that the schema suggests`,
    fix: `Those are ${listValues(Object.keys(field.suggested ?? {}))}.`,
  }));

/** How many values a message lists. */
const LISTED_VALUES = 10;

function listValues(values: readonly unknown[]): string {
  const shown = values.slice(0, LISTED_VALUES).map((value) => describeValue(value));
  return values.length > LISTED_VALUES ? `${shown.join(', ')}, …` : shown.join(', ');
}

export const outOfRange = (field: Field, range: string): Issue =>
  createIssue({ ...ROW_REJECTED, rule: 'range' }, field.path, (value) => ({
    problem: `expected ${range}, received ${describeValue(value)}`,
    fix: 'Correct the value.',
  }));

/** Pages print the upper bounds of integers with and without 1 more. */
export const onPublishedBound = (field: Field): Issue =>
  createIssue({ level: 'warning', rule: 'range' }, field.path, (value) => ({
    problem: `${describeValue(value)} is 1 more than the largest ${field.type} of most of Adobe's pages`,
    fix: 'Write a smaller value.',
  }));

/** @param field the field that is missing. */
export const missingField = (path: string, field: Field | undefined): Issue =>
  field?.default === undefined
    ? createIssue({ ...ROW_REJECTED, rule: 'required' }, path, () => ({
        problem: 'the field is required and missing',
        fix: 'Add it.',
      }))
    : createIssue({ level: 'note', rule: 'required' }, path, () => ({
        problem: `the field is required and missing; its default is ${describeValue(field.default)}`,
      }));

export const badDate = (field: Field): Issue =>
  createIssue({ ...ROW_REJECTED, rule: 'date' }, field.path, (value) => {
    const isTimeWithoutZone =
      field.type === 'date-time' && typeof value === 'string' && lacksZone(value);
    const problem = isTimeWithoutZone
      ? `${describeValue(value)} has no time zone`
      : `expected ${nameType(field)}, received ${describeValue(value)}`;
    return { problem, fix: field.type === 'date' ? DATE_FIX : DATE_TIME_FIX };
  });

export const secondsInsteadOfMilliseconds = (field: Field): Issue =>
  createIssue({ level: 'warning', rule: 'date' }, field.path, (value) => ({
    problem: `the platform reads ${describeValue(value)} as milliseconds since 1970, which is before 1974 (below ${MIN_MILLISECONDS})`,
    fix: 'Multiply it by 1000 if these are seconds.',
  }));

export const futureTime = (path: string): Issue =>
  createIssue({ ...NOT_CHECKED, rule: 'date' }, path, (value) => ({
    problem: `the event is in the future: ${describeValue(value)}`,
    fix: 'Correct the time.',
  }));

export const notChecked = (
  field: Field,
  rule: 'pattern' | 'format' | 'length',
  expected: string,
): Issue =>
  createIssue({ ...NOT_CHECKED, rule }, field.path, (value) => ({
    problem: `expected ${expected}, received ${describeValue(value)}; batches are not checked for it, but streaming is`,
  }));

/** @returns `undefined` if it is ignored. */
export function unknownField(
  path: string,
  guesses: NameGuesses,
  name: string,
  { unknown }: Rules,
): Issue | undefined {
  const kind = bySeverity(unknown);
  if (kind === undefined) return undefined;
  return createIssue({ ...kind, rule: 'unknown-field' }, path, () => {
    const suggestion = guesses.guess(name);
    const problem = 'the schema does not have this field';
    if (suggestion === undefined) return { problem, fix: 'Leave it out, or add it to the schema.' };
    return { problem, fix: `Did you mean ${JSON.stringify(suggestion)}?`, suggestion };
  });
}

/** @param rowName the name in rows, with dots between its steps. */
export const schemaName = (path: string, rowName: string): Issue =>
  createIssue({ ...ROW_REJECTED, rule: 'name' }, path, () => ({
    problem: 'this is a name of schemas, not of rows',
    fix: `Write it as ${rowName}.`,
    suggestion: rowName,
  }));

export const otherCase = (path: string, name: string): Issue =>
  createIssue({ level: 'note', rule: 'name' }, path, () => ({
    problem: `the name differs in case from ${name}, and counts as that field`,
    fix: `Write it as ${name}.`,
    suggestion: name,
  }));

export const skippedIdentity = (path: string, problem: string, fix: string): Issue =>
  createIssue({ ...PROFILE_SKIPS, rule: 'identity' }, path, (value) => ({
    problem: `${problem}${typeof value === 'string' ? `: ${describeValue(value)}` : ''}`,
    fix,
  }));

export const largeRow = (problem: string): Issue =>
  createIssue({ ...PROFILE_SKIPS, rule: 'size' }, '', () => ({
    problem,
    fix: 'Make such rows smaller.',
  }));

export const tooManyFields = (problem: string): Issue =>
  createIssue({ ...ROW_REJECTED, rule: 'size' }, '', () => ({ problem, fix: 'Split the row.' }));

export const notARow = (): Issue =>
  createIssue({ ...ROW_REJECTED, rule: 'type' }, '', (value) => ({
    problem: `expected an object, received ${describeValue(value)}`,
    fix: 'Write each row as {"name": value, …}.',
  }));

/** What a conversion finds beside what a check finds. */
import { describeValue } from '../../shared/options.js';
import type { Field } from '../field.js';
import { createIssue } from '../issues.js';
import type { NameGuesses } from '../names.js';
import type { Issue } from '../problems.js';

type Rule = Issue['rule'];

const error = (rule: Rule, path: string, problem: string, fix: string): Issue =>
  createIssue({ level: 'error', rule }, path, () => ({ problem, fix }));

export const lostDigits = (path: string): Issue =>
  createIssue({ level: 'error', rule: 'range' }, path, (value) => ({
    problem: `the number ${String(value)} has more digits than a number of the platform keeps`,
    fix: 'Write fewer digits, or make the field a string.',
  }));

export const twoNames = (path: string, name: string): Issue =>
  error(
    'duplicate',
    path,
    `${JSON.stringify(name)} is there twice, in upper and lower case`,
    'Remove one.',
  );

export const unknownName = (path: string, guesses: NameGuesses, name: string): Issue =>
  createIssue({ level: 'error', rule: 'unknown-field' }, path, () => {
    const suggestion = guesses.guess(name);
    const problem = 'the schema does not have this field';
    if (suggestion === undefined) return { problem, fix: 'Leave it out, or add it to the schema.' };
    return { problem, fix: `Did you mean ${JSON.stringify(suggestion)}?`, suggestion };
  });

export const notFlat = (path: string, field: Field): Issue => {
  const what = field.type === 'array' ? 'an array' : 'a map';
  return error(
    'file-format',
    path,
    `the field is ${what}, which a cell of CSV cannot hold`,
    'Write the rows as JSON.',
  );
};

export const objectColumn = (path: string, name: string, inner: string | undefined): Issue => {
  const example = inner === undefined ? '' : `, such as ${name}.${inner}`;
  return error(
    'type',
    path,
    'the field is an object, which a cell of CSV cannot hold',
    `Write a column for each of its fields${example}.`,
  );
};

export const prefixColumn = (path: string, name: string, other: string): Issue =>
  error(
    'header',
    path,
    `the columns ${name} and ${other} would both be the value of ${name}`,
    'Leave one out.',
  );

export const twoColumns = (path: string, name: string, other: string): Issue =>
  error('duplicate', path, `the columns ${other} and ${name} are the same field`, 'Leave one out.');

export const noHeader = (): Issue =>
  error(
    'header',
    '',
    'the header is missing, so the fields of the columns are not known',
    'Add a row with the names of the fields.',
  );

export const unknownType = (path: string): Issue =>
  error(
    'type',
    path,
    'the schema does not say the type of the field, and Parquet needs it',
    'Convert to JSON, or leave the field out.',
  );

export const lostTime = (path: string, unit: string): Issue =>
  createIssue({ level: 'error', rule: 'date' }, path, (value) => ({
    problem: `${describeValue(value)} is not a whole ${unit}, and Parquet keeps no more`,
    fix: `Write it as a whole ${unit}.`,
  }));

export const loneSurrogate = (path: string): Issue =>
  error(
    'encoding',
    path,
    'the text contains half of a character, which UTF-8 cannot hold',
    'Correct it.',
  );

export const parquetInput = (): Issue =>
  error(
    'file-format',
    '',
    'the file is Parquet, and CSV or JSON is converted',
    'Check it with `aep-batch check`.',
  );

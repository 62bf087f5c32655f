/** Values of JSON as the schema has them: by the conversions of batch ingestion, and no others. */
import { toStep } from '../../shared/json-pointer.js';
import { type Field, isIntegerType, isObject } from '../field.js';
import { NameGuesses } from '../names.js';
import type { Issue, RowProblems } from '../problems.js';
import { isExact } from './digits.js';
import { lostDigits, twoNames, unknownName } from './issues.js';

/** Converts a value that the check of the row has accepted, and adds what is lost by that. */
export type ConvertValue = (value: unknown, row: RowProblems) => unknown;

/** Made once for each field of a schema. */
export function createConversion(field: Field): ConvertValue {
  const { type, path } = field;
  if (type === 'object') return convertObject(field);
  if (type === 'array' || type === 'map') return convertElements(field);
  if (type === 'string') return (value) => (typeof value === 'number' ? String(value) : value);
  if (type !== 'number' && !isIntegerType(type)) return (value) => value;
  const lost = lostDigits(path);
  return (value, row) => {
    if (typeof value !== 'string') return value;
    if (!isExact(value)) row.add(lost, value);
    return Number(value);
  };
}

/** Runs a conversion for a part of a value; its problems get the step to that part. */
export function convertPart(
  convert: ConvertValue,
  value: unknown,
  step: string | number,
  row: RowProblems,
): unknown {
  const before = row.list.length;
  const converted = convert(value, row);
  if (row.list.length !== before) row.prefix(before, step);
  return converted;
}

function convertElements({ values }: Field): ConvertValue {
  const convert = values === undefined ? undefined : createConversion(values);
  return (value, row) => {
    if (convert === undefined) return value;
    if (Array.isArray(value)) return value.map((one, at) => convertPart(convert, one, at, row));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, one]) => [key, convertPart(convert, one, key, row)]),
    );
  };
}

function convertObject(field: Field): ConvertValue {
  const names = new Map<string, string>();
  const conversions = new Map<string, ConvertValue>();
  for (const [name, inner] of field.properties) {
    names.set(name.toLowerCase(), name);
    conversions.set(name, createConversion(inner));
  }
  const guesses = new NameGuesses([...conversions.keys()]);
  const other = field.values === undefined ? undefined : createConversion(field.values);
  const unknown = (name: string): Issue =>
    unknownName(`${field.path}/${toStep(name)}`, guesses, name);
  return (value, row) => {
    if (!isObject(value)) return value;
    const found = new Map<string, unknown>();
    for (const [key, one] of Object.entries(value)) {
      if (one === undefined) continue;
      const isKnown = conversions.has(key) || other !== undefined;
      const name = isKnown ? key : names.get(key.toLowerCase());
      const convert = name === undefined ? undefined : (conversions.get(name) ?? other);
      if (name === undefined || convert === undefined) row.add(unknown(key), one, key);
      else if (found.has(name)) row.add(twoNames(`${field.path}/${toStep(name)}`, name), one, key);
      else found.set(name, convertPart(convert, one, key, row));
    }
    return Object.fromEntries(found);
  };
}

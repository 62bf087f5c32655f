/** Checks what a caller passes to the simulator; without types, names may be misspelled. */
import { InvalidInputError } from '../shared/errors.js';
import { invalid } from '../shared/options.js';

/** An object whose fields are not known yet. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value, if it is an object that has no other fields than these. @throws {InvalidInputError} */
export function onlyFields(field: string, value: unknown, names: readonly string[]): Fields {
  if (!isFields(value)) throw invalid(field, `an object with ${names.join(', ')}`, value);
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown === undefined) return value;
  const place = `${field}.${unknown}`;
  throw new InvalidInputError(
    place,
    `Unknown field ${place}. Expected one of ${names.join(', ')}.`,
  );
}

/** The value, if it is an array. @throws {InvalidInputError} */
export function checkArray(field: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw invalid(field, 'an array', value);
}

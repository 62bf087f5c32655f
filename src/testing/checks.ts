/** Checks what a caller passes to the simulator; without types, names may be misspelled. */
import { inspect } from 'node:util';

/** An object whose fields are not known yet. */
export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The error for a value that cannot be used. */
export function invalid(field: string, expected: string, received: unknown): RangeError {
  const shown = inspect(received, { depth: 1, breakLength: Infinity, maxStringLength: 100 });
  return new RangeError(`Invalid ${field}: expected ${expected}, received ${shown}.`);
}

/** The value, if it is an object that has no other fields than these. @throws {RangeError} */
export function onlyFields(field: string, value: unknown, names: readonly string[]): Fields {
  if (!isFields(value)) throw invalid(field, `an object with ${names.join(', ')}`, value);
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown === undefined) return value;
  throw new RangeError(`Unknown field ${field}.${unknown}. Expected one of ${names.join(', ')}.`);
}

/** The value, if it is an array. @throws {RangeError} */
export function checkArray(field: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw invalid(field, 'an array', value);
}

/** Checks that both the options and the faults of a simulator use. */
import { type Check, invalid } from '../shared/options.js';

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An array of values that are each checked. */
export const arrayCheck =
  <T>(check: Check<T>): Check<readonly T[]> =>
  (field, value) => {
    if (!Array.isArray(value)) throw invalid(field, 'an array', value);
    return Array.from(value, (one, at) => check(`${field}[${at}]`, one));
  };

export function oneOfNumbers<const T extends number>(...values: T[]): Check<T> {
  return (field, value) => {
    const found = values.find((one) => one === value);
    if (found !== undefined) return found;
    throw invalid(field, `one of ${values.join(', ')}`, value);
  };
}

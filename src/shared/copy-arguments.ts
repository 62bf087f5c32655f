/**
 * Copies of arguments that are checked once the module for them has been imported: a caller may use the same list or
 * object for the next call as soon as this one has returned. What cannot be read is left to the check, which says so.
 */

/** How deep options are: an object that holds an object of lists, such as `tags`. */
const OPTIONS_DEPTH = 3;

export const copyOptions = <T>(options: T): T =>
  attempt(options, () => copyEntries(options, OPTIONS_DEPTH));

export const copySource = <T>(source: T): T => attempt(source, () => copy(source, 1));

/** An object with methods stays the same one, since they may use it as `this`. */
const copy = <T>(value: T, depth: number): T =>
  depth === 0 || hasMethods(value) ? value : copyEntries(value, depth);

const hasMethods = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  Object.values(value).some((one) => typeof one === 'function');

/** A copy of a list or a plain object; anything else as it is. */
function copyEntries<T>(value: T, depth: number): T {
  if (typeof value !== 'object' || value === null) return value;
  // The casts: a list or a record of the same elements is of the same type.
  if (Array.isArray(value)) return value.map((one) => copy(one, depth - 1)) as T;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  const fields = Object.entries(value).map(([name, one]) => [name, copy(one, depth - 1)]);
  return Object.fromEntries(fields) as T;
}

function attempt<T>(value: T, makeCopy: () => T): T {
  try {
    return makeCopy();
  } catch {
    return value;
  }
}

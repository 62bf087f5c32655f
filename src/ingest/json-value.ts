/** Whether JSON holds a value as it is; JSON.stringify() silently writes NaN as null and a Map as {}. */
import { types } from 'node:util';
import { InvalidInputError } from '../shared/errors.js';
import { describeValue } from '../shared/options.js';

/** Deeper rows than this are taken for cycles, and no reader takes them. */
const MAX_DEPTH = 200;

/** Where a value is in a record, innermost last; turned into text only for an error. */
type Path = readonly (string | number)[];

/**
 * The record as one line of JSON.
 * @param place what messages call it, such as `record 3`.
 * @throws {InvalidInputError} for what JSON cannot hold; it names the record and the path in it.
 */
export function toJsonLine(record: unknown, place: string): string {
  if (!isObject(record) || Array.isArray(record))
    throw invalidValue(place, [], 'an object', record);
  let line: string | undefined;
  try {
    assertHeld(record, [], place);
    line = JSON.stringify(record);
  } catch (cause) {
    if (cause instanceof InvalidInputError) throw cause;
    throw new InvalidInputError('records', `Invalid ${place}: it cannot be read.`, { cause });
  }
  // toJSON() may have made something else of it.
  if (line?.startsWith('{')) return line;
  throw invalidValue(place, [], 'an object after toJSON()', line);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function assertHeld(value: unknown, path: (string | number)[], place: string): void {
  switch (typeof value) {
    case 'number':
      if (Number.isFinite(value)) return;
      throw invalidValue(place, path, 'a finite number', value);
    case 'bigint':
      throw invalidValue(place, path, 'a number or a string', value, 'Use Number() or String().');
    case 'function':
    case 'symbol':
      throw invalidValue(place, path, 'a value that JSON can hold', value);
    case 'object':
      if (value !== null) assertObjectHeld(value, path, place);
      return;
    default: // text, booleans, and undefined, which leaves the field out
  }
}

function assertObjectHeld(value: object, path: (string | number)[], place: string): void {
  if (path.length > MAX_DEPTH) {
    throw invalidValue(
      place,
      path.slice(0, 4),
      `no cycle and at most ${MAX_DEPTH} levels`,
      value,
      'Does it contain itself?',
    );
  }
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at++) {
      path.push(at);
      // JSON would write null, for a gap in the array, too.
      if (value[at] === undefined) throw invalidValue(place, path, 'a value', undefined);
      assertHeld(value[at], path, place);
      path.pop();
    }
    return;
  }
  if (!isPlain(value) && replacedByJson(value, path, place)) return;
  for (const name of Object.keys(value)) {
    path.push(name);
    assertHeld((value as Record<string, unknown>)[name], path, place);
    path.pop();
  }
}

function isPlain(value: object): boolean {
  if ('toJSON' in value) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Checks an object that is more than its fields; whether it has been checked completely. */
function replacedByJson(value: object, path: (string | number)[], place: string): boolean {
  if (types.isArrayBufferView(value) || types.isAnyArrayBuffer(value)) {
    throw invalidValue(
      place,
      path,
      'a value that JSON can hold',
      value,
      'Encode bytes as a string.',
    );
  }
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    const replaced: unknown = value.toJSON(String(path.at(-1) ?? ''));
    if (types.isDate(value) && replaced === null)
      throw invalidValue(place, path, 'a valid Date', value);
    if (replaced !== value) {
      assertReplacement(replaced, path, place);
      return true;
    }
  }
  if (types.isBoxedPrimitive(value)) {
    assertHeld(value.valueOf(), path, place);
    return true;
  }
  const isCollection = types.isMap(value) || types.isSet(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  const isOfClass = prototype !== null && Object.getPrototypeOf(prototype) !== null;
  const isEmpty = isOfClass && Object.keys(value).length === 0;
  if (!isCollection && !isEmpty) return false;
  const fix = isCollection ? 'Use Object.fromEntries() or an array.' : 'JSON would write {}.';
  throw invalidValue(place, path, 'a value that JSON can hold', value, fix);
}

/** JSON calls toJSON() once: what it returns is written by its own fields. */
function assertReplacement(value: unknown, path: (string | number)[], place: string): void {
  if (!isObject(value) || Array.isArray(value)) {
    assertHeld(value, path, place);
    return;
  }
  for (const [name, field] of Object.entries(value)) {
    path.push(name);
    assertHeld(field, path, place);
    path.pop();
  }
}

function invalidValue(
  place: string,
  path: Path,
  expected: string,
  value: unknown,
  fix = '',
): InvalidInputError {
  const text = path
    .map((part) =>
      typeof part === 'number'
        ? `[${part}]`
        : /^\w+$/.test(part)
          ? `.${part}`
          : `[${JSON.stringify(part)}]`,
    )
    .join('')
    .replace(/^\./, '');
  const where = text === '' ? place : `${text} of ${place}`;
  const message = `Invalid ${where}: expected ${expected}, received ${describeValue(value)}.`;
  return new InvalidInputError('records', fix === '' ? message : `${message} ${fix}`);
}

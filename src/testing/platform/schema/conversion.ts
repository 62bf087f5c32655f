/** The conversions that batch ingestion makes before it checks a row. */
import { isIntegerType, isNode, type XdmField, type XdmType } from './xdm-field.js';

/** The types of values in files. In JSON all integers are `long`, all other numbers `double`. */
export type SourceType =
  | Exclude<XdmType, 'number' | 'map' | 'any'>
  | 'double'
  /** A column of a type that nothing is converted from. */
  | 'unknown';

/** Thrown for a value that no conversion makes the field's type: the whole batch fails. */
export class TypeCompatibilityError extends Error {
  override readonly name = 'TypeCompatibilityException';

  /** Of the field, as a JSON pointer into the row. */
  readonly path: string;

  constructor(from: SourceType, to: XdmType, path: string) {
    super(`${from} cannot be converted to ${to} at ${path === '' ? 'the row' : path}`);
    this.path = path;
  }
}

const NUMBERS: readonly XdmType[] = ['number', 'long', 'int', 'short', 'byte'];
const DATES: readonly XdmType[] = ['date', 'date-time'];
/** The types that a type is converted to, as the platform's page on batch ingestion lists them. */
const CONVERSIONS: Readonly<Record<SourceType, readonly XdmType[]>> = {
  string: ['string', ...NUMBERS, ...DATES],
  byte: ['string', ...NUMBERS],
  short: ['string', ...NUMBERS],
  int: ['string', ...NUMBERS],
  double: ['string', ...NUMBERS],
  long: ['string', ...NUMBERS, ...DATES],
  boolean: ['boolean'],
  date: ['date'],
  'date-time': ['date-time'],
  object: ['object', 'map'],
  array: ['array'],
  unknown: [],
};

/** @throws {TypeCompatibilityError} */
export function assertConvertible(from: SourceType, to: XdmType, path: string): void {
  if (to === 'any' || CONVERSIONS[from].includes(to)) return;
  throw new TypeCompatibilityError(from, to, path);
}

/**
 * The value in the type of the field; a text that cannot be parsed stays as it is, and fails the check of the
 * row. Null stays null: it has no type.
 * @throws {TypeCompatibilityError}
 */
export function convert(field: XdmField, value: unknown, path: string): unknown {
  const { type } = field;
  if (value === null || type === 'any') return value;
  assertConvertible(findSourceType(value), type, path);
  if (typeof value === 'number') {
    return DATES.includes(type) ? convertTime(value, field) : convertNumber(value, type);
  }
  if (typeof value === 'string') return parseText(value, type);
  return type === 'object' ? renameFields(field, value) : value;
}

function findSourceType(value: unknown): SourceType {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'double';
  if (Array.isArray(value)) return 'array';
  return isNode(value) ? 'object' : 'unknown';
}

function convertNumber(value: number, type: XdmType): unknown {
  if (type === 'string') return String(value);
  return isIntegerType(type) ? Math.trunc(value) : value;
}

/** A time in milliseconds as the text of the enum that it is, if there is one; a date has the whole day. */
function convertTime(value: number, { type, node }: XdmField): unknown {
  const allowed: unknown = node['enum'];
  if (!Array.isArray(allowed)) return value;
  const length = type === 'date' ? 'yyyy-MM-dd'.length : undefined;
  const toText = (time: unknown) => {
    const date = new Date(typeof time === 'number' ? time : String(time));
    return Number.isNaN(date.getTime()) ? undefined : date.toISOString().slice(0, length);
  };
  return allowed.find((one) => toText(one) === toText(value)) ?? value;
}

const INTEGER_TEXT = /^[+-]?\d+$/;
const NUMBER_TEXT = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

function parseText(text: string, type: XdmType): unknown {
  const form = isIntegerType(type) ? INTEGER_TEXT : type === 'number' ? NUMBER_TEXT : undefined;
  return form?.test(text) === true ? Number(text) : text;
}

/** The field with a name, compared without case; else what the object says about all others. */
export function findField({ properties, values }: XdmField, name: string): XdmField | undefined {
  const own = properties.get(name);
  if (own !== undefined || values !== undefined) return own ?? values;
  const lower = name.toLowerCase();
  return [...properties].find(([other]) => other.toLowerCase() === lower)?.[1];
}

/** Names of fields are compared without case. */
function renameFields({ properties, values }: XdmField, value: unknown): unknown {
  if (!isNode(value) || values !== undefined) return value;
  if (Object.keys(value).every((name) => properties.has(name))) return value;
  const known = new Map([...properties.keys()].map((name) => [name.toLowerCase(), name]));
  const renamed: Record<string, unknown> = Object.create(null);
  for (const [name, one] of Object.entries(value)) {
    const own = properties.has(name) ? name : (known.get(name.toLowerCase()) ?? name);
    if (own === name || !Object.hasOwn(value, own)) renamed[own] = one;
  }
  return renamed;
}

/** Validates objects of options: one table per object holds each name, its check and its default. */
import { countEdits } from './edits.js';
import { InvalidInputError } from './errors.js';

/** Returns the value if it can be used. @throws {InvalidInputError} that names the field. */
export type Check<T> = (field: string, value: unknown) => T;

interface OptionalRule<T> {
  readonly check: Check<T>;
}
interface RequiredRule<T> extends OptionalRule<T> {
  readonly isRequired: true;
}
interface DefaultRule<T> extends OptionalRule<T> {
  readonly fallback: T;
}
type AnyRule = OptionalRule<unknown> & Partial<RequiredRule<unknown> & DefaultRule<unknown>>;

/** An option that may be left out. */
export const optional = <T>(check: Check<T>): OptionalRule<T> => ({ check });
/** An option that has to be there: its check sees `undefined`, too. */
export const required = <T>(check: Check<T>): RequiredRule<T> => ({ check, isRequired: true });
/** An option with a default. */
export const withDefault = <T>(check: Check<T>, fallback: T): DefaultRule<T> => ({
  check,
  fallback,
});

/**
 * One rule for every key of `Options`, no more and no less; those named in `Defaults` have a default.
 */
export type OptionTable<Options, Defaults extends keyof Options = never> = {
  readonly [K in keyof Options]-?: K extends Defaults
    ? DefaultRule<Exclude<Options[K], undefined>>
    : object extends Pick<Options, K>
      ? OptionalRule<Exclude<Options[K], undefined>>
      : RequiredRule<Options[K]>;
};

/** The options with their defaults. */
export type ValidOptions<Options, Defaults extends keyof Options = never> = Omit<
  Options,
  Defaults
> &
  Required<Pick<Options, Defaults>>;

/** What messages call an object and its fields. */
export interface ObjectNames {
  readonly what: string;
  /** What stands before the name of a field. */
  readonly prefix: string;
  /** Whether other fields are ignored: types allow an object with more fields than are read. */
  readonly mayHaveMore?: boolean;
  /** What is expected, where another value than such an object may be passed, too. */
  readonly expected?: string;
}
const OPTIONS: ObjectNames = { what: 'options', prefix: '' };
/** An object whose fields are named after it, such as `range.start`. */
export const namedObject = (what: string): ObjectNames => ({ what, prefix: `${what}.` });

/**
 * Validates an object of options. Every option is read once, so the result is a copy: getters and
 * proxies cannot change it later, and nothing that is not in the table gets any further.
 * @param objectNames what messages call the object and its fields.
 * @throws {InvalidInputError} for an unknown name, or a value that cannot be used.
 */
export function validateOptions<Options extends object, Defaults extends keyof Options = never>(
  table: OptionTable<Options, Defaults>,
  value: unknown,
  objectNames: ObjectNames = OPTIONS,
): ValidOptions<Options, Defaults> {
  const rules = table as Readonly<Record<string, AnyRule>>;
  const { prefix } = objectNames;
  const given = readNames(rules, value, objectNames);
  const result: Record<string, unknown> = {};
  for (const name in rules) {
    const rule = rules[name] as AnyRule;
    const one = readOption(given, name, prefix);
    if (one !== undefined || rule.isRequired === true) {
      result[name] = checkOption(rule.check, `${prefix}${name}`, one);
    } else if (rule.fallback !== undefined) {
      result[name] = rule.fallback;
    }
  }
  return result as ValidOptions<Options, Defaults>;
}

const NOTHING = {};
/** Class instances and objects with a prototype of their own are taken; this ends a chain without end. */
const MAX_PROTOTYPES = 16;

/** The object, if all its names are known. */
function readNames(
  rules: Readonly<Record<string, AnyRule>>,
  value: unknown,
  { what, prefix, mayHaveMore = false, expected }: ObjectNames,
): object {
  const names = Object.keys(rules);
  if (value === undefined && !names.some((name) => rules[name]?.isRequired)) return NOTHING;
  if (typeof value !== 'object' || value === null) throw notOptions(what, value, names, expected);
  let unknown: string | undefined;
  let isOther = false;
  try {
    if (Array.isArray(value)) throw notOptions(what, value, names, expected);
    unknown = mayHaveMore ? undefined : unknownName(value, rules);
    // A signal, a promise or a Map is an object without any of these names, too.
    isOther = !isPlain(value) && !names.some((name) => name in value);
  } catch (cause) {
    if (cause instanceof InvalidInputError) throw cause;
    throw new InvalidInputError(what, `Invalid ${what}: its names cannot be read.`, { cause });
  }
  if (unknown === undefined) {
    if (isOther) throw notOptions(what, value, names, expected);
    return value;
  }
  const near = nearestName(unknown, names);
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  const field = `${prefix}${unknown}`;
  const message = `Unknown option ${field}.${hint} Expected one of ${names.join(', ')}.`;
  throw new InvalidInputError(field, message);
}

function notOptions(
  what: string,
  value: unknown,
  names: readonly string[],
  expected = `an object with ${names.length > 4 ? 'options' : names.join(', ')}`,
): InvalidInputError {
  const received = describeValue(value);
  const isSignal = received.endsWith(' AbortSignal') && names.includes('signal');
  return invalid(what, expected, value, isSignal ? 'Pass { signal }.' : '');
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function unknownName(value: object, rules: object): string | undefined {
  let at: object | null = value;
  for (let level = 0; at !== null && level < MAX_PROTOTYPES; level++) {
    const unknown = Object.keys(at).find((name) => !Object.hasOwn(rules, name));
    if (unknown !== undefined) return unknown;
    at = Object.getPrototypeOf(at);
    // What a class defines is not what the caller wrote; Object.prototype has a constructor, too.
    if (at !== null && Object.hasOwn(at, 'constructor')) return undefined;
  }
  return undefined;
}

function readOption(given: object, name: string, prefix: string): unknown {
  try {
    return (given as Record<string, unknown>)[name];
  } catch (cause) {
    const field = `${prefix}${name}`;
    throw new InvalidInputError(field, `Invalid ${field}: it cannot be read.`, { cause });
  }
}

function checkOption(check: Check<unknown>, field: string, value: unknown): unknown {
  try {
    return check(field, value);
  } catch (cause) {
    if (cause instanceof InvalidInputError) throw cause;
    throw new InvalidInputError(field, `Invalid ${field}: it cannot be read.`, { cause });
  }
}

/** The known name that an unknown one was probably meant to be. */
export function nearestName(unknown: string, names: readonly string[]): string | undefined {
  if (unknown.length > 64) return undefined; // the comparison is quadratic
  const plain = (name: string) => name.toLowerCase().replace(/[^a-z0-9]/g, '');
  const ranked = names.map((name) => ({ name, edits: countEdits(plain(unknown), plain(name)) }));
  ranked.sort((a, b) => a.edits - b.edits);
  const [best] = ranked;
  if (best === undefined) return undefined;
  const isTypo = best.edits <= Math.max(1, Math.floor(best.name.length / 4));
  if (isTypo) return best.name;
  // `timeout` for `timeoutMs`, `retries` for `maxRetries`.
  const inside = names.filter((name) => plain(name).includes(plain(unknown)));
  return unknown.length > 3 && inside.length === 1 ? inside[0] : undefined;
}

/** The error for a value that cannot be used. Never for a secret: the value is shown. */
export function invalid(
  field: string,
  expected: string,
  value: unknown,
  fix = '',
): InvalidInputError {
  const message = `Invalid ${field}: expected ${expected}, received ${describeValue(value)}.`;
  return new InvalidInputError(field, fix === '' ? message : `${message} ${fix}`);
}

/** How much of a string is shown. */
const SHOWN_CHARACTERS = 60;

/** A value in a few words; its fields are not read, since they may be secrets or fail. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(
        value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}…` : value,
      );
    case 'bigint':
      return `${value}n`;
    case 'function':
    case 'symbol':
      return `a ${typeof value}`;
    case 'object':
      return value === null ? 'null' : describeObject(value);
    default:
      return String(value);
  }
}

/** What kind of value it is, where the value itself may be a secret. */
export const describeKind = (value: unknown): string =>
  value === '' ? 'an empty string' : typeof value === 'string' ? 'a string' : describeValue(value);

function describeObject(value: object): string {
  try {
    if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : 'an array';
    const name: unknown = value.constructor?.name;
    if (typeof name !== 'string' || name === 'Object' || !/^\w{1,40}$/.test(name)) {
      return 'an object';
    }
    return `${/^[AEIO]/.test(name) ? 'an' : 'a'} ${name}`;
  } catch {
    return 'an object that cannot be read'; // a revoked proxy
  }
}

/** A copy without these fields. */
export const omit = <T extends object, Name extends keyof T>(
  fields: T,
  names: readonly Name[],
): Omit<T, Name> =>
  Object.fromEntries(
    Object.entries(fields).filter(([name]) => !(names as readonly string[]).includes(name)),
  ) as Omit<T, Name>;

/** The same fields, those that may be undefined as optional ones. */
type WithoutUndefined<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & { [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined> };

/** A copy without the fields that are undefined: an option left out and one set to undefined differ. */
export const omitUndefined = <T extends object>(fields: T): WithoutUndefined<T> =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as WithoutUndefined<T>;

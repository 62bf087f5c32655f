/** The parts of a query that all lists of the Catalog have in common. */
import { problem } from '../platform/http-error.js';

/** An entry of the Catalog, of whichever kind. */
type Entry = object & { tags?: Readonly<Record<string, unknown>> };

export const DEFAULT_LIMIT = 20;

/** The entries, each with the fields that `properties` names; all of them without it. */
export function pickProperties<T extends object>(
  entries: Readonly<Record<string, T>>,
  properties: string | undefined,
): unknown {
  if (properties === undefined) return entries;
  const names = splitNames(properties);
  const picked = Object.entries(entries).map(([id, entry]) => [
    id,
    Object.fromEntries(Object.entries(entry).filter(([name]) => names.includes(name))),
  ]);
  return Object.fromEntries(picked);
}

export const splitNames = (text: string): string[] => text.split(',').map((name) => name.trim());

/** `{name}:{value}`, several separated by commas. */
export function createTagsFilter(text: string): (entry: Entry) => boolean {
  const filters = text.split(',').map(createTagFilter);
  return (entry) => filters.every((filter) => filter(entry));
}

/** `{name}:{value}`; a `*` stands for the rest of a value. */
function createTagFilter(text: string): (entry: Entry) => boolean {
  const colon = text.indexOf(':');
  const [name, value] = colon < 0 ? [text, '*'] : [text.slice(0, colon), text.slice(colon + 1)];
  const start = value.endsWith('*') ? value.slice(0, -1) : undefined;
  return ({ tags = {} }) => {
    const values = [tags[name] ?? []].flat().map(String);
    return values.some((one) => (start === undefined ? one === value : one.startsWith(start)));
  };
}

/** `externalId~^nightly`: a field, an operator and a value; the field alone has to exist. */
export function createPropertyFilter(text: string): (entry: Entry) => boolean {
  const [, path = '', operator, value = ''] =
    /^([\w.]+)(?:(==|!=|>=|<=|~|>|<|=)(.*))?$/.exec(text) ?? [];
  if (path === '') throw problem(400, `The property filter ${text} is invalid`);
  const pattern = operator === '~' ? parsePattern(value) : undefined;
  return (entry) => {
    const found = path
      .split('.')
      .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], entry);
    if (found === undefined || operator === undefined) return found !== undefined;
    if (pattern !== undefined) return pattern.test(String(found));
    return compareWith(operator, String(found), value);
  };
}

function parsePattern(source: string): RegExp {
  try {
    return new RegExp(source);
  } catch {
    throw problem(400, `The property filter ${source} is not a regular expression`);
  }
}

function compareWith(operator: string, found: string, value: string): boolean {
  switch (operator) {
    case '!=':
      return found !== value;
    case '>':
      return Number(found) > Number(value);
    case '<':
      return Number(found) < Number(value);
    case '>=':
      return Number(found) >= Number(value);
    case '<=':
      return Number(found) <= Number(value);
    default:
      return found === value;
  }
}

interface SortKey {
  name: string;
  sign: 1 | -1;
}

/** `name,desc:created`: each ascending unless it has `desc:`. */
export function parseOrder(text: string): SortKey[] {
  return text.split(',').map((part) => {
    const [, direction, name = ''] = /^\s*(?:(asc|desc):)?(.*?)\s*$/.exec(part) ?? [];
    return { name, sign: direction === 'desc' ? -1 : 1 };
  });
}

/** Compares the fields of two entries, by the keys of `orderBy`. */
export function compareFields(
  one: Readonly<Record<string, unknown>>,
  two: Readonly<Record<string, unknown>>,
  keys: readonly SortKey[],
): number {
  for (const { name, sign } of keys) {
    const difference = compareValues(one[name], two[name]);
    if (difference !== 0) return difference * sign;
  }
  return 0;
}

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [one, two] = [String(a ?? ''), String(b ?? '')];
  if (one === two) return 0;
  return one < two ? -1 : 1;
}

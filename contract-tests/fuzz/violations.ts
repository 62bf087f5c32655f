/** Values that break one rule of a schema at one place, made from valid ones. */
import { document } from '../../spec-tools/bundled-document.js';
import { dereference, type Json } from '../../spec-tools/operations.js';
import { isValid } from './schema-validator.js';

export type Path = readonly (string | number)[];

/** A value with one violation. */
export interface Violation {
  rule: string;
  at: Path;
  /** The schema of the member that is wrong, or of the object that lacks one. */
  schema: unknown;
  /** The whole value, with the violation in it. */
  value: unknown;
}

interface Candidate {
  rule: string;
  at: Path;
  schema: unknown;
  change: (whole: unknown) => unknown;
}

/** Stand-ins for a value of another type. */
const OTHER_TYPES: readonly unknown[] = [null, true, 7, -1, 'seven', '12', [], ['a'], {}, { a: 1 }];

/**
 * @param pick chooses among the places and rules that the value could break; any natural number.
 * @returns `undefined` where no change makes the value invalid: everything is allowed.
 */
export function violate(schema: unknown, valid: unknown, pick: number): Violation | undefined {
  const all = list(schema, valid, []);
  for (let tried = 0; tried < all.length; tried++) {
    const { change, ...candidate } = all[(pick + tried) % all.length] as Candidate;
    const value = change(JSON.parse(JSON.stringify(valid)));
    if (!isValid(schema, value)) return { ...candidate, value };
  }
  return undefined;
}

function list(node: unknown, value: unknown, at: Path): Candidate[] {
  const schema = dereference(document, node);
  const choices = (schema['anyOf'] ?? schema['oneOf'] ?? []) as unknown[];
  const parts = [...choices, ...((schema['allOf'] ?? []) as unknown[])];
  const inParts = parts
    .filter((part) => isValid(part, value))
    .flatMap((part) => list(part, value, at))
    // A wrong value can also be meant for another of the choices.
    .map((one) =>
      one.at.length === at.length && one.rule !== 'required' ? { ...one, schema: node } : one,
    );
  const set = (rule: string, wrong: unknown): Candidate => ({
    rule,
    at,
    schema: node,
    change: (whole) => put(whole, at, wrong),
  });
  return [
    ...OTHER_TYPES.map((wrong) => set('type', wrong)),
    ...listScalars(schema, set),
    ...listMembers(schema, value, at),
    ...inParts,
  ];
}

function listScalars(schema: Json, set: (rule: string, wrong: unknown) => Candidate): Candidate[] {
  const found: Candidate[] = [];
  const { minimum, maximum, minLength, minItems, minProperties, pattern } = schema;
  if (schema['enum'] !== undefined) found.push(set('enum', 'no-such-value'));
  if (typeof minimum === 'number') found.push(set('minimum', minimum - 1));
  if (typeof maximum === 'number') found.push(set('maximum', maximum + 1));
  if (typeof minLength === 'number') found.push(set('minLength', ''));
  if (typeof minItems === 'number') found.push(set('minItems', []));
  if (typeof minProperties === 'number') found.push(set('minProperties', {}));
  if (pattern !== undefined)
    found.push(...['', '!', '-1', 'a b'].map((text) => set('pattern', text)));
  if ([schema['type']].flat().includes('integer')) found.push(set('integer', 1.5));
  return found;
}

function listMembers(schema: Json, value: unknown, at: Path): Candidate[] {
  if (Array.isArray(value)) {
    if (schema['items'] === undefined) return [];
    return value.flatMap((item, index) => list(schema['items'], item, [...at, index]));
  }
  if (typeof value !== 'object' || value === null) return [];
  const properties = (schema['properties'] ?? {}) as Json;
  const others = schema['additionalProperties'];
  const members = Object.entries(value).flatMap(([name, member]) => {
    const node = Object.hasOwn(properties, name) ? properties[name] : others;
    return typeof node === 'object' && node !== null ? list(node, member, [...at, name]) : [];
  });
  const required = ((schema['required'] ?? []) as string[]).map((name) => ({
    rule: 'required',
    at: [...at, name],
    schema,
    change: (whole: unknown) => remove(whole, [...at, name]),
  }));
  const name = 'noSuchField';
  const closed =
    others === false
      ? [
          {
            rule: 'closed',
            at: [...at, name],
            schema,
            change: (whole: unknown) => put(whole, [...at, name], 'x'),
          },
        ]
      : [];
  return [...required, ...closed, ...members, ...listExcluded(schema, at)];
}

/** Fields that exclude each other. */
function listExcluded(schema: Json, at: Path): Candidate[] {
  const names = (schema['not'] as Json | undefined)?.['required'] as string[] | undefined;
  if (names === undefined) return [];
  const change = (whole: unknown) =>
    names.reduce((changed, name) => put(changed, [...at, name], 5), whole);
  return [{ rule: 'not', at, schema, change }];
}

/** The value with another member; the value itself is changed. */
export function put(whole: unknown, path: Path, member: unknown): unknown {
  const name = path.at(-1);
  if (name === undefined) return member;
  // Defined, not assigned: a field may be named `__proto__`.
  Object.defineProperty(read(whole, path.slice(0, -1)), name, {
    value: member,
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return whole;
}

/** The value without a member; later items of an array move up. */
export function remove(whole: unknown, path: Path): unknown {
  const name = path.at(-1);
  if (name === undefined) return undefined;
  const parent = read(whole, path.slice(0, -1));
  if (Array.isArray(parent)) parent.splice(Number(name), 1);
  else delete (parent as Record<string | number, unknown>)[name];
  return whole;
}

function read(whole: unknown, path: Path): object {
  const found = path.reduce<unknown>((node, name) => {
    const member = Object.getOwnPropertyDescriptor(node as object, name);
    return member?.value;
  }, whole);
  return found as object;
}

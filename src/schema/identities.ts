/** Identities: the fields that descriptors name, and identityMap. */

import type { Check } from './check-value.js';
import { type Field, isObject } from './field.js';
import { createIssue, skippedIdentity } from './issues.js';
import { toRowPointer } from './names.js';
import type { IdentityDescriptor } from './options.js';
import type { Issue, RowProblems } from './problems.js';

/** A field that holds an identity. */
export interface IdentityField {
  /** A JSON pointer into rows, with `*` for indexes. */
  readonly path: string;
  /** Such as `Email` or `ECID`; `''` if the descriptor does not say it. */
  readonly namespace: string;
  /** Whether the descriptor makes it the primary identity. */
  readonly isPrimary: boolean;
}

const IDENTITY_MAP = 'identityMap';
const ECID = /^\d{38}$/;
/** Profile skips longer identities. */
const MAX_IDENTITY_LENGTH = 1024;

/**
 * The identity fields that descriptors name.
 * @param schemaIds the schema and what it extends; descriptors of others are ignored.
 */
export function toIdentityFields(
  descriptors: readonly IdentityDescriptor[],
  schemaIds: ReadonlySet<string>,
): IdentityField[] {
  return descriptors.flatMap((descriptor) => {
    const { '@type': type, 'xdm:sourceProperty': property } = descriptor;
    const source = descriptor['xdm:sourceSchema'];
    const isOther = source !== undefined && schemaIds.size > 0 && !schemaIds.has(source);
    if (type !== 'xdm:descriptorIdentity' || typeof property !== 'string' || isOther) return [];
    const namespace = descriptor['xdm:namespace'];
    return {
      path: toRowPointer(property),
      namespace: typeof namespace === 'string' ? namespace : '',
      isPrimary: descriptor['xdm:isPrimary'] === true,
    };
  });
}

/** The field with everything on the way to another one required, as far as no array or map comes before. */
export function requireField(field: Field, [step, ...rest]: readonly string[]): Field {
  const inner = step === undefined ? undefined : field.properties.get(step);
  if (step === undefined || inner === undefined) return field;
  const required = [...new Set([...field.required, step])];
  const properties = new Map(field.properties).set(step, requireField(inner, rest));
  return { ...field, required, properties };
}

/** What an empty identity is where Profile reads the dataset. */
export const emptyIdentity = (path: string) =>
  skippedIdentity(path, 'the identity is empty, so Profile skips it', 'Leave it out.');

/** The check of an identity in a text; the empty one is reported in place of the empty text. */
export function checkIdentity(path: string, namespace: string): Check {
  const isEcid = namespace.toUpperCase() === 'ECID';
  const ecid = skippedIdentity(
    path,
    'the identity is not an ECID, so Profile skips the row',
    'An ECID has exactly 38 digits.',
  );
  const long = skippedIdentity(
    path,
    `the identity has more than ${MAX_IDENTITY_LENGTH} characters, so Profile skips the row`,
    'Write a shorter one.',
  );
  return (value, row) => {
    if (typeof value === 'number' && isEcid) row.add(ecid, value); // 38 digits do not fit a number
    if (typeof value !== 'string' || value === '') return;
    if (isEcid) {
      if (!ECID.test(value)) row.add(ecid, value);
    } else if (value.length > MAX_IDENTITY_LENGTH) row.add(long, value);
  };
}

/** The path of identities in identityMap. */
export const IDENTITY_MAP_PATH = `/${IDENTITY_MAP}/*/*/id`;

/**
 * The check of identityMap in a row.
 * @param isProfileEnabled whether the identities themselves are checked.
 * @param needsPrimary whether the primary identity has to be here.
 */
export function checkIdentityMap(isProfileEnabled: boolean, needsPrimary: boolean): Check {
  const [ecid, other] = [
    checkIdentity(IDENTITY_MAP_PATH, 'ECID'),
    checkIdentity(IDENTITY_MAP_PATH, ''),
  ];
  const path = `/${IDENTITY_MAP}`;
  const several = skippedIdentity(
    path,
    'there is more than one primary identity, so Profile skips the row',
    'Set "primary": true for exactly one.',
  );
  const missing = skippedIdentity(
    path,
    'there is no primary identity, so Profile skips the row',
    'Set "primary": true for exactly one.',
  );
  const checkIdentities = (
    namespace: string,
    list: readonly unknown[],
    row: RowProblems,
  ): number => {
    let primaries = 0;
    const check = namespace.toUpperCase() === 'ECID' ? ecid : other;
    for (let at = 0; at < list.length; at++) {
      const identity = list[at];
      if (!isObject(identity)) continue;
      if (identity['primary'] === true) primaries++;
      if (!isProfileEnabled) continue;
      const before = row.list.length;
      check(identity['id'], row);
      if (row.list.length !== before) {
        for (const step of ['id', at, namespace, IDENTITY_MAP]) row.prefix(before, step);
      }
    }
    return primaries;
  };
  return (value, row) => {
    const map = isObject(value) ? value[IDENTITY_MAP] : undefined;
    let primaries = 0;
    if (isObject(map)) {
      for (const namespace in map) {
        const list = map[namespace];
        if (Array.isArray(list)) primaries += checkIdentities(namespace, list, row);
      }
    }
    if (primaries > 1) row.add(several, undefined, IDENTITY_MAP);
    else if (primaries === 0 && needsPrimary) row.add(missing, undefined, IDENTITY_MAP);
  };
}

const NO_IDENTITY = {
  problem: 'the dataset takes upserts, and the row has no identity, so nobody knows whose it is',
  fix: 'Add identityMap, or an identity field of the schema.',
};

/** What a row of upserts is that has no identity; only advice where it is not known which fields are identities. */
export const noIdentity = (areKnown: boolean): Issue =>
  createIssue(
    areKnown
      ? { level: 'error', effect: 'row-rejected', rule: 'identity' }
      : { level: 'warning', rule: 'identity' },
    '',
    () => NO_IDENTITY,
  );

/** @param fields the identity fields; `undefined` if they are not known. */
export function checkHasIdentity(fields: readonly IdentityField[] | undefined): Check {
  const issue = noIdentity(fields !== undefined);
  const paths = [IDENTITY_MAP_PATH, ...(fields ?? []).map(({ path }) => path)];
  const all = paths.map((path) => path.split('/').slice(1));
  return (value, row) => {
    if (!all.some((steps) => hasText(value, steps))) row.add(issue, undefined);
  };
}

/** Whether there is a text or a number at a path, with `*` for any index or key. */
function hasText(value: unknown, [step, ...rest]: readonly string[]): boolean {
  if (step === undefined)
    return (typeof value === 'string' && value !== '') || typeof value === 'number';
  if (typeof value !== 'object' || value === null) return false;
  if (step === '*') return Object.values(value).some((one) => hasText(one, rest));
  return isObject(value) && hasText(value[step], rest);
}

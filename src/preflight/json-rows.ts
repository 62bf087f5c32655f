/** The rules of one JSON row that need no schema: what is rejected, and what is probably a mistake. */
import { formatCount } from '../shared/format.js';
import { toStep } from '../shared/json-pointer.js';
import { MAX_FIELDS } from '../shared/limits.js';
import type { FileFindings, FindingDetails, Location } from './findings.js';
import type { IdSet } from './id-set.js';
import { findDoubledName, findUnsafeNumber } from './json-text.js';
import type { FileRowChecker } from './row-check.js';
import type { FindingRule } from './types.js';

/** The shortest field with its value: `"":1,`. */
const MIN_FIELD_BYTES = 5;

/** Why a row is rejected. */
export interface RowProblem {
  readonly rule: FindingRule;
  /** What problems of this kind have in common. */
  readonly kind: string;
  /** Without a full stop. */
  readonly text: string;
}

/**
 * What is wrong with a row; `undefined` if nothing is.
 * @param expected what a row has to be, in the words of the message.
 */
export function findRowProblem(
  value: unknown,
  bytes: number,
  expected: string,
): RowProblem | undefined {
  const is = value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
  if (is !== 'a object') {
    return { rule: 'type', kind: is, text: `expected ${expected}, received ${is}` };
  }
  if (bytes < MAX_FIELDS * MIN_FIELD_BYTES) return undefined; // too short to have too many
  const fields = Object.keys(value as object).length;
  if (fields <= MAX_FIELDS) return undefined;
  const text = `the row has ${formatCount(fields)} fields; the maximum is ${formatCount(MAX_FIELDS)}`;
  return { rule: 'size', kind: 'fields', text };
}

/** How many rows of a file are searched for names that are there twice: whoever writes one writes it in each row. */
const MAX_SEARCHED_ROWS = 100;
const MAX_SEARCHED_CHARACTERS = 1024 * 1024;
/** Names of the lists that interfaces wrap their rows in. */
const WRAPPERS: ReadonlySet<string> = new Set([
  'data',
  'records',
  'results',
  'rows',
  'hits',
  'value',
]);
/** Deeper values are not looked at. */
const MAX_DEPTH = 100;
/** Unix times below this are seconds: in milliseconds they are before March 1973. */
const MAX_SECONDS = 1e11;
const DATE_TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?/;
const ZONE = /(?:[Zz]|[+-]\d\d:?\d\d)$/;
const STATES: ReadonlySet<unknown> = new Set(['ambiguous', 'authenticated', 'loggedOut']);

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The advice about the rows of one file. Ids are compared with those of the other files. */
export class RowAdvice {
  readonly #findings: FileFindings;
  readonly #ids: IdSet;
  readonly #checker: FileRowChecker | undefined;
  #withId = 0;
  #withoutId = 0;
  #firstWithoutId: Location | undefined;
  #rows = 0;
  #searchedRows = 0;
  #searchedCharacters = 0;
  /** How many rows, from the first one on, hold nothing but a list of rows. */
  #wrapped = 0;
  #wrapper: { readonly name: string; readonly location: Location } | undefined;

  /** @param checker knows the schema of the rows: it is asked in place of guesses about them. */
  constructor(findings: FileFindings, ids: IdSet, checker?: FileRowChecker) {
    this.#findings = findings;
    this.#ids = ids;
    this.#checker = checker;
  }

  /** Whether the sizes of rows are known to matter or not by the schema. */
  get hasSchema(): boolean {
    return this.#checker !== undefined;
  }

  /** @param text the JSON text that the value was parsed from, and how many bytes it has. */
  check(value: unknown, text: string, sizeBytes: number, location: Location): void {
    if (!isFields(value)) return;
    if (this.#checker?.checksDigits !== true) this.#checkNumbers(value, text, location);
    if (this.#searchedRows < MAX_SEARCHED_ROWS) this.#checkNames(text, location);
    if (this.#checker !== undefined) {
      this.#checker.checkRow(value, sizeBytes, location, text);
      return;
    }
    this.#rows++;
    if (this.#wrapped + 1 === this.#rows && findWrapped(value) !== undefined) {
      this.#wrapped++;
      this.#wrapper ??= { name: findWrapped(value) ?? '', location };
    }
    if (value['timestamp'] !== undefined) this.#checkTimestamp(value['timestamp'], location);
    if (value['identityMap'] !== undefined) this.#checkIdentities(value['identityMap'], location);
    this.#checkId(value, location);
  }

  /** Adds what only all rows show. */
  report(findings: FileFindings): void {
    if (this.#wrapper !== undefined && this.#wrapped === this.#rows)
      this.#warnOfWrapper(this.#wrapper);
    if (this.#withId === 0 || this.#withoutId === 0) return;
    const some = `${formatCount(this.#withoutId)} of ${formatCount(this.#withId + this.#withoutId)} rows have no "_id"`;
    const fix = 'Give each row an _id.';
    const details = { rule: 'required', kind: 'some without _id', path: '/_id', fix } as const;
    findings.addWarning(`${some}. ${fix}`, this.#firstWithoutId, details);
  }

  #warn(message: string, location: Location, details: FindingDetails): void {
    const all = details.fix === undefined ? message : `${message}. ${details.fix}`;
    this.#findings.addWarning(all, location, { kind: `${message} ${details.path}`, ...details });
  }

  #checkNumbers(row: Fields, text: string, location: Location): void {
    const unsafe = findUnsafeNumber(text);
    if (unsafe === undefined) return;
    const { value, isInteger } = unsafe;
    const path = findPath(row, value, '', 0) ?? '';
    const fix = 'Write it as a string if its digits matter.';
    const kind = `${isInteger ? 'integer' : 'number'} ${path.replace(/\d+/g, '#')}`;
    const message = isInteger
      ? `the integer at ${path} is above 2^53-1, so readers may change its last digits`
      : `the number at ${path} is too large for a double, which ends at 1.8e308`;
    this.#warn(message, location, { rule: 'range', kind, path, fix });
  }

  #checkNames(text: string, location: Location): void {
    this.#searchedRows++;
    this.#searchedCharacters += text.length;
    if (this.#searchedCharacters > MAX_SEARCHED_CHARACTERS) return;
    const path = findDoubledName(text);
    if (path === undefined) return;
    const fix = 'Rename one, or remove it.';
    const kind = `name twice ${path.replace(/\d+/g, '#')}`;
    const message = `the name ${path} is there twice in one object, and only the last value is loaded`;
    this.#warn(message, location, { rule: 'duplicate', kind, path, fix });
  }

  /** A response of an interface that was saved as it is: its rows are elements of a list. */
  #warnOfWrapper({ name, location }: { name: string; location: Location }): void {
    const path = `/${toStep(name)}`;
    const fix = 'Write its elements as the rows of the file.';
    const message = `the row holds nothing but the list ${JSON.stringify(name)}, whose elements look like the rows`;
    this.#warn(message, location, { rule: 'type', kind: 'wrapped rows', path, fix });
  }

  #checkTimestamp(value: unknown, location: Location): void {
    const about = { rule: 'date', path: '/timestamp' } as const;
    const fix = 'Write it as 2026-01-31T12:00:00Z, or in milliseconds since 1970.';
    if (typeof value === 'number') {
      if (Math.abs(value) >= MAX_SECONDS) return;
      const message = 'the timestamp looks like seconds, and milliseconds are expected';
      this.#warn(message, location, { ...about, value, fix });
    } else if (typeof value === 'string' && !(DATE_TIME.test(value) && ZONE.test(value))) {
      const message = DATE_TIME.test(value)
        ? 'the timestamp has no time zone'
        : 'the timestamp is not a date and time';
      this.#warn(message, location, { ...about, value: value.slice(0, 100), fix });
    }
  }

  #checkIdentities(map: unknown, location: Location): void {
    const problem = findIdentityProblem(map);
    if (problem === undefined) return;
    const fix = 'Expected {"Email": [{"id": "a@b.c", "primary": true}]}.';
    this.#warn(problem, location, { rule: 'identity', path: '/identityMap', fix });
  }

  #checkId(row: Fields, location: Location): void {
    const id = row['_id'];
    const path = '/_id';
    if (typeof id === 'string' && id !== '') {
      this.#withId++;
      if (this.#ids.add(id)) return;
      const fix = 'Each event needs its own.';
      const message = 'the "_id" is also that of an earlier row';
      this.#warn(message, location, { rule: 'duplicate', path, value: id.slice(0, 100), fix });
    } else if (id !== undefined && id !== null) {
      this.#withId++;
      const message = `the "_id" is ${id === '' ? 'empty' : 'not a string'}`;
      this.#warn(message, location, { rule: 'type', path, fix: 'Write it as a string.' });
    } else if (isEvent(row)) {
      const fix = 'Give each event its own _id.';
      this.#warn('the event has no "_id"', location, { rule: 'required', path, fix });
    } else {
      this.#withoutId++;
      this.#firstWithoutId ??= location;
    }
  }
}

/** Whether a row looks like an XDM experience event. */
function isEvent(row: Fields): boolean {
  if (row['timestamp'] === undefined) return false;
  if (row['eventType'] !== undefined || row['identityMap'] !== undefined) return true;
  for (const name in row) if (name.startsWith('_')) return true;
  return false;
}

/** The list of rows that a row consists of, with nothing beside it but counts and other single values. */
function findWrapped(row: Fields): string | undefined {
  let found: string | undefined;
  const names = Object.keys(row);
  for (const name of names) {
    const value = row[name];
    if (name === 'identityMap' || name.startsWith('_')) return undefined; // an XDM row
    if (typeof value !== 'object' || value === null) continue;
    if (!Array.isArray(value) || value.length === 0 || !value.every(isFields)) return undefined;
    if (found !== undefined) return undefined;
    found = name;
  }
  return found !== undefined && (names.length === 1 || WRAPPERS.has(found)) ? found : undefined;
}

/** Where in a value a number is, as a JSON pointer. */
function findPath(value: unknown, wanted: number, path: string, depth: number): string | undefined {
  if (value === wanted) return path;
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    const found = findPath(inner, wanted, `${path}/${toStep(name)}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What is wrong with an identityMap: `{ "<namespace>": [{ id, primary?, authenticatedState? }] }`. */
function findIdentityProblem(map: unknown): string | undefined {
  if (map === null) return undefined;
  if (!isFields(map)) return 'identityMap is not an object';
  let primaries = 0;
  for (const identities of Object.values(map)) {
    if (!Array.isArray(identities)) return 'a namespace of identityMap does not have an array';
    for (const identity of identities) {
      if (!isFields(identity)) return 'an identity of identityMap is not an object';
      const { id, primary, authenticatedState: state } = identity;
      if (typeof id !== 'string' || id === '') return 'an identity of identityMap has no "id" text';
      if (primary !== undefined && typeof primary !== 'boolean') {
        return '"primary" in identityMap is neither true nor false';
      }
      if (state !== undefined && !STATES.has(state)) {
        return 'an "authenticatedState" in identityMap is none of ambiguous, authenticated, loggedOut';
      }
      if (primary === true) primaries++;
    }
  }
  return primaries > 1 ? 'identityMap has more than one primary identity' : undefined;
}

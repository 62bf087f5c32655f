/** The check of a whole row: its fields, its size, its identities and its time. */
import { formatCount, formatSize } from '../shared/format.js';
import { ADVISED_EVENT_BYTES, ADVISED_RECORD_BYTES, MAX_FIELDS } from '../shared/limits.js';
import { checkField } from './check-field.js';
import type { Check } from './check-value.js';
import { isObject } from './field.js';
import {
  checkHasIdentity,
  checkIdentity,
  checkIdentityMap,
  emptyIdentity,
  IDENTITY_MAP_PATH,
} from './identities.js';
import { futureTime, largeRow, notARow, tooManyFields } from './issues.js';
import type { Rules } from './options.js';
import type { ParsedSchema } from './parse-schema.js';
import type { Issue, RowProblems } from './problems.js';

/** The shortest field with its value: `"":1,`. */
const MIN_FIELD_BYTES = 5;

/** Checks a row of a number of bytes of JSON; `undefined` if that is not known. */
export type RowCheck = (value: unknown, bytes: number | undefined, row: RowProblems) => void;

/** What happens to the rows of the dataset. */
interface RowUse {
  /** Whether what Profile skips is checked. */
  readonly isProfileEnabled: boolean;
  /** Whether they change what is there. */
  readonly isUpsert: boolean;
}

export function createRowCheck(
  schema: ParsedSchema,
  rules: Rules,
  { isProfileEnabled, isUpsert }: RowUse,
): RowCheck {
  const checkFields = checkField(schema.root, {
    rules,
    ...toTextChecks(schema, rules, isProfileEnabled),
  });
  const hasPrimaryField = schema.identities.some(({ isPrimary }) => isPrimary);
  const needsPrimary = rules.identities !== undefined && isProfileEnabled && !hasPrimaryField;
  const checkIdentities = checkIdentityMap(isProfileEnabled, needsPrimary);
  const checkOwner = isUpsert ? checkHasIdentity(schema.knownIdentities) : undefined;
  const isEvent = schema.kind === 'time-series';
  const checkTime = isEvent ? checkEventTime() : undefined;
  const maxBytes = isEvent ? ADVISED_EVENT_BYTES : ADVISED_RECORD_BYTES;
  const notObject = notARow();
  return (value, bytes, row) => {
    if (!isObject(value)) {
      row.add(notObject, value);
      return;
    }
    checkFields(value, row);
    checkIdentities(value, row);
    checkTime?.(value, row);
    checkOwner?.(value, row);
    if (bytes === undefined || bytes >= MAX_FIELDS * MIN_FIELD_BYTES) checkFieldCount(value, row);
    if (isProfileEnabled) checkSize(bytes ?? measure(value), maxBytes, isEvent, row);
  };
}

/** Where Profile reads the dataset: the checks of the texts that are identities. */
function toTextChecks({ identities }: ParsedSchema, { empty }: Rules, isProfileEnabled: boolean) {
  const [emptyTexts, texts] = [new Map<string, Issue>(), new Map<string, Check>()];
  if (isProfileEnabled) {
    const paths = [IDENTITY_MAP_PATH, ...identities.map(({ path }) => path)];
    // An error of the option counts more than what Profile does.
    if (empty !== 'error') for (const path of paths) emptyTexts.set(path, emptyIdentity(path));
    for (const { path, namespace } of identities) texts.set(path, checkIdentity(path, namespace));
  }
  return { emptyTexts, texts };
}

/** The check of an event's time; most are compared as text. */
function checkEventTime(): Check {
  const future = futureTime('/timestamp');
  let today = '';
  return (value, row) => {
    const time = isObject(value) ? value['timestamp'] : undefined;
    if (typeof time === 'string' && time.slice(0, today.length) < today) return;
    if (typeof time !== 'string' && typeof time !== 'number') return;
    const now = Date.now();
    // The day before: another zone may be in it still.
    today = new Date(now - 24 * 60 * 60 * 1000).toISOString().slice(0, '2026-01-31'.length);
    const at = typeof time === 'number' ? time : Date.parse(time);
    if (at > now) row.add(future, time, 'timestamp');
  };
}

function checkFieldCount(value: object, row: RowProblems): void {
  const count = countFields(value);
  if (count <= MAX_FIELDS) return;
  const problem = `the row has ${formatCount(count)} fields; the maximum is ${formatCount(MAX_FIELDS)}`;
  row.add(tooManyFields(problem), undefined);
}

/** The keys of all objects in a value, however deep it is; values that contain themselves end the count. */
function countFields(value: object): number {
  const open: object[] = [value];
  let count = 0;
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    const isArray = Array.isArray(one);
    for (const inner of Object.values(one)) {
      if (!isArray && inner !== undefined) count++;
      if (typeof inner === 'object' && inner !== null) open.push(inner);
    }
    if (count > MAX_COUNTED_FIELDS) return count;
  }
  return count;
}

/** A message need not be more exact. */
const MAX_COUNTED_FIELDS = 100 * MAX_FIELDS;

/** The bytes of a row as JSON; 0 if it cannot be written. */
function measure(value: object): number {
  try {
    return Buffer.byteLength(JSON.stringify(value));
  } catch {
    return 0;
  }
}

function checkSize(bytes: number, maxBytes: number, isEvent: boolean, row: RowProblems): void {
  if (bytes <= maxBytes) return;
  const what = isEvent ? 'an event' : 'a record';
  const problem = `the row has ${formatSize(bytes)}; Profile takes at most ${formatSize(maxBytes)} for ${what}`;
  row.add(largeRow(problem), undefined);
}

/**
 * What the client has to make of a response, written from the documentation of its methods and not from its
 * code. Every function takes whatever arrived: a member of the wrong type is read as it stands.
 */
import type { Json } from '../../spec-tools/operations.js';

/** The response cannot be used: an error of the library is the only right result. */
export class Unusable extends Error {}

/** The last moment that a Date can hold, in milliseconds. */
const MAX_TIME = 8.64e15;
const TIMES = ['created', 'updated', 'started', 'completed'];

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The body of a success that has to be an object. */
export function objectBody(body: unknown): Json {
  if (!isObject(body)) throw new Unusable('not an object');
  return body;
}

/** An id is one segment of a path. */
export const isUsableId = (id: unknown): id is string =>
  typeof id === 'string' && /^[^\s/\\?#%\p{Cc}]+$/u.test(id) && id !== '.' && !/\.\.|\$\{/.test(id);

/** Fields of a copy, changed; `undefined` leaves one out. */
function adjust(fields: Json, changes: Record<string, (value: unknown) => unknown>): Json {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => {
      const change = Object.hasOwn(changes, name) ? changes[name] : undefined;
      const changed = change === undefined ? value : change(value);
      return changed === undefined ? [] : [[name, changed]];
    }),
  );
}

const toTime = (value: unknown) =>
  typeof value === 'number' && value > MAX_TIME ? undefined : value;
const times = Object.fromEntries(TIMES.map((name) => [name, toTime]));
const toFlag = (value: unknown) => (value === 'true' ? true : value === 'false' ? false : value);
const toPeriod = (value: unknown) =>
  isObject(value)
    ? Object.fromEntries(
        Object.entries(value).filter(([, date]) => Math.abs(Number(date)) <= MAX_TIME / 1000),
      )
    : undefined;
const toFormat = (value: unknown) => (isObject(value) ? adjust(value, { header: toFlag }) : value);
/** An error without a code has an empty one, and words alone are its description. */
const toError = (error: unknown) => {
  if (isObject(error)) return { code: '', ...error };
  return typeof error === 'string' && error !== '' ? { code: '', description: error } : error;
};
const toErrors = (value: unknown) => (Array.isArray(value) ? value.map(toError) : value);
/** Without an id or a type an object says nothing. */
const toRelated = (value: unknown) =>
  Array.isArray(value)
    ? value
        .filter((one) => isObject(one) && 'id' in one && 'type' in one)
        .map((one: Json) => adjust(one, { errors: toErrors }))
    : value;

/** A batch of the Catalog, or one that was just created. */
export function toBatch(id: string, entry: Json): Json {
  const adjusted = adjust(entry, {
    ...times,
    availableDates: toPeriod,
    inputFormat: toFormat,
    errors: toErrors,
    relatedObjects: toRelated,
  });
  return { status: 'unknown', ...adjusted, id };
}

export const toDataset = (id: string, entry: Json): Json => ({ ...adjust(entry, times), id });
export const toLastBatch = (datasetId: string, entry: Json): Json => ({
  ...adjust(entry, times),
  datasetId,
});

/** The entries of a map of the Catalog. */
export function mapEntries<T>(body: unknown, convert: (id: string, entry: Json) => T): T[] {
  return Object.entries(objectBody(body)).flatMap(([id, entry]) =>
    isObject(entry) ? [convert(id, entry)] : [],
  );
}

/** The entry of a map under one id. */
export function mapEntry<T>(body: unknown, id: string, convert: (id: string, entry: Json) => T): T {
  const found = mapEntries(body, (key, entry) => ({ key, entry })).find(({ key }) => key === id);
  if (found === undefined) throw new Unusable(`no entry ${id}`);
  return convert(id, found.entry);
}

/** A count, as digits or a number. */
export function toCount(value: unknown): number | undefined {
  if (typeof value === 'number') return value >= 0 ? value : undefined;
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? Number(value) : undefined;
}

/** The entries of a list of Data Access, as long as every page after the first has nothing new. */
export function listEntries(body: unknown): Json[] {
  const given = Array.isArray(body) ? body : objectBody(body)['data'];
  if (!Array.isArray(given)) throw new Unusable('not a list');
  return given.map((entry: unknown) => {
    if (!isObject(entry)) throw new Unusable('an entry that is not an object');
    return entry;
  });
}

const isName = (name: unknown): name is string => typeof name === 'string' && name !== '';

/** The files of a list, by name. */
export const toRemoteFiles = (body: unknown) =>
  listEntries(body).map(({ name, length }) => {
    if (!isName(name)) throw new Unusable('a file without a name');
    return { name, sizeBytes: toCount(length) };
  });

/** The files of a dataset. */
export const toDataSetFiles = (body: unknown) =>
  listEntries(body).map(({ dataSetFileId: id, size, _links, ...rest }) => {
    if (!isName(id)) throw new Unusable('a file without an id');
    const { created, updated, records } = rest;
    const counts = {
      created: toCount(created),
      updated: toCount(updated),
      records: toCount(records),
    };
    return { ...rest, ...counts, id, sizeBytes: toCount(size) };
  });

/** The parts of a file, or of the files of a folder, where every file has the same list. */
export function toParts(body: unknown, id: string): unknown[] {
  const entries = listEntries(body);
  const ids = [id];
  for (const { dataSetFileId: folder, name } of entries) {
    if (isName(folder) && !isName(name) && !isUsableId(folder))
      throw new Unusable('an id that is none');
    if (!isName(folder) && !isName(name)) throw new Unusable('an entry without a name');
    if (isName(folder) && !ids.includes(folder)) ids.push(folder);
  }
  return ids.flatMap((dataSetFileId) =>
    entries.flatMap(({ name, length, dataSetFileId: folder }) =>
      isName(folder) ? [] : [{ name, sizeBytes: toCount(length), dataSetFileId }],
    ),
  );
}

/** The ranges of a header. */
export function toRanges(header: string | undefined) {
  const list = /^bytes[=\s]+(.*)$/i.exec(header ?? '')?.[1];
  const ranges = list
    ?.split(',')
    .map((one) => /^(\d+)-(\d+)(?: ?\/ ?(?:\d+|\*))?$/.exec(one.trim()));
  if (ranges === undefined || ranges.some((one) => one === null)) return undefined;
  const pairs = ranges.map((one) => ({ start: Number(one?.[1]), end: Number(one?.[2]) + 1 }));
  return pairs.sort((a, b) => a.start - b.start);
}

/** A schema of the registry. */
export function toSchema(body: unknown, id: string): Json {
  const { $id = id, ...schema } = objectBody(body);
  if ($id !== id) throw new Unusable('another schema');
  const { properties, allOf, required = [] } = schema;
  if (properties === undefined && allOf === undefined) throw new Unusable('no fields');
  if (properties !== undefined && !isObject(properties)) throw new Unusable('fields that are none');
  if (!Array.isArray(required) || required.some((name) => typeof name !== 'string'))
    throw new Unusable('required fields that are none');
  const metadata = schema['meta:registryMetadata'];
  const dates = ['repo:createdDate', 'repo:createDate', 'repo:lastModifiedDate'];
  const inTime = (value: unknown) => (Number(value) < 0 ? undefined : toTime(value));
  const adjusted = isObject(metadata)
    ? {
        'meta:registryMetadata': adjust(
          metadata,
          Object.fromEntries(dates.map((one) => [one, inTime])),
        ),
      }
    : {};
  return { version: '1', ...schema, ...adjusted, $id };
}

/** Descriptors, by type or in a page. */
export function toDescriptors(body: unknown): Json[] {
  const { results, ...groups } = objectBody(body);
  const convert = (entry: unknown, type: string | undefined): Json => {
    if (!isObject(entry)) throw new Unusable('a descriptor that is not an object');
    const given = typeof entry['@type'] === 'string' ? entry['@type'] : type;
    if (given === undefined) throw new Unusable('a descriptor without a type');
    const namespace = (value: unknown) => (typeof value === 'number' ? String(value) : value);
    const version = (value: unknown) => (Number(value) < 0 ? undefined : value);
    const changes = { 'xdm:namespace': namespace, 'xdm:sourceVersion': version };
    return { ...adjust(entry, changes), '@type': given };
  };
  if (Array.isArray(results)) {
    const page = results.map((entry) => convert(entry, undefined));
    const { next } = isObject(groups['_page']) ? groups['_page'] : {};
    // Every page of the server under test has the same descriptors.
    return typeof next === 'string' && next !== '' ? [...page, ...page] : page;
  }
  return Object.entries(results === undefined ? groups : { results, ...groups }).flatMap(
    ([type, group]) => {
      if (!Array.isArray(group)) throw new Unusable('a group that is not a list');
      return group.map((entry) => convert(entry, type));
    },
  );
}

/** The access token of a response, as it has to arrive at the platform. */
export function toToken(body: unknown): string {
  const { access_token: token, expires_in: life } = objectBody(body);
  const isSendable = typeof token === 'string' && /^[\x21-\x7e]+( [\x21-\x7e]+)*$/.test(token);
  if (!isSendable || /^bearer /i.test(token)) throw new Unusable('a token that no header can hold');
  const seconds = toCount(life);
  if (seconds === undefined || seconds <= 0 || seconds > 1e12) throw new Unusable('no life');
  return token;
}

/** The rows of a report whose lines need not be rows: each line is one row, and its own columns are kept. */
export function areRows(result: unknown, lines: readonly unknown[]): boolean {
  if (!Array.isArray(result)) return false;
  const rows = lines.flatMap((line) =>
    Array.isArray(line) && line.length > 0 && line.every(isObject) ? line : [line],
  );
  const files = rows.length === 0 ? 0 : result.length / rows.length;
  return Number.isInteger(files) && result.every((row, at) => isRow(row, rows[at % rows.length]));
}

const isText = (value: unknown) => typeof value === 'string';

function isRow(row: unknown, line: unknown): boolean {
  if (!isObject(row) || !isText(row['diagnosticFile'])) return false;
  const reasons = row['_errors'];
  const hasReasons =
    Array.isArray(reasons) &&
    reasons.every((one) => isObject(one) && isText(one['code']) && isText(one['message']));
  if (!hasReasons) return false;
  if (!isObject(line)) return row['_corrupt_record'] === JSON.stringify(line);
  return Object.entries(line).every(
    ([name, value]) => name.startsWith('_') || JSON.stringify(row[name]) === JSON.stringify(value),
  );
}

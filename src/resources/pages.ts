/** The pages of a list of Data Access, and its entries. */
import type { components } from '../../generated/openapi.js';
import { hasLoneSurrogate, isId } from '../shared/checks.js';
import type { TypedClient } from '../typed-client/client.js';
import { invalidResponse } from './invalid-response.js';
import type { RemoteFile } from './types.js';

type Schemas = components['schemas'];

/** How many entries are asked for at a time; the most that Data Access gives. */
const PAGE_LIMIT = 100;

/** Where a page starts: at the number of an entry, or at the name of a file. */
type Cursor = number | string;
/** What a page is asked for with. */
export interface PageQuery {
  start?: Cursor;
  limit: number;
}
/** The response to a list request of Data Access, as `raw` gives it; it may not be a list. */
export interface ListResult {
  data?: unknown;
  error?: unknown;
  response: Response;
}
interface Page<Entry> {
  data: readonly Entry[];
  _page?: Partial<Schemas['Page']> | null;
  _links?: Schemas['PageLinks'] | null;
  /** The list of older days, which has no pages. */
  whole?: boolean;
}

/** How many keys are remembered: a list of any length may be read in bounded memory. */
const MAX_SEEN = 100_000;

/** The keys of entries that were listed before. */
export class Seen {
  readonly #keys = new Set<string>();

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  add(key: string): void {
    this.#keys.add(key);
    if (this.#keys.size <= MAX_SEEN) return;
    for (const oldest of this.#keys) {
      this.#keys.delete(oldest);
      return;
    }
  }
}

/** Whether a page that was requested after a short one is rejected because the list has ended. */
export const isPastEnd = ({ status }: Response): boolean => [400, 404, 416].includes(status);

/**
 * All entries of a list of Data Access. `_page.count` means one thing on one page and another on
 * the next, and a page may hold less than was asked for: where no links lead on, the list has ended
 * when a page is empty or brings nothing new.
 * @param fetchPage requests a page; without a `start` the first.
 * @param isEntry whether an object of the list can be used.
 * @throws {InvalidResponseError} for a response that is not a list, or has an entry that cannot be used.
 */
export async function* allPages<Entry>(
  client: TypedClient,
  fetchPage: (query: PageQuery) => Promise<ListResult>,
  isEntry: (entry: object) => entry is Entry & object,
): AsyncGenerator<Entry> {
  const requested = new Seen();
  const seen = new Seen();
  let start: Cursor | undefined;
  let hasLinks = false;
  for (let isShort = false; ; ) {
    requested.add(String(start ?? 0));
    const query = start === undefined ? {} : { start };
    const result = await fetchPage({ ...query, limit: PAGE_LIMIT });
    if (isShort && isPastEnd(result.response)) return;
    const page = toPage(client, result, isEntry);
    const fresh = page.data.filter((entry) => !seen.has(entryKey(entry)));
    for (const entry of fresh) seen.add(entryKey(entry));
    yield* fresh;
    if (fresh.length === 0) return;
    isShort = page.data.length < fullLength(page);
    hasLinks ||= page._links?.next !== undefined;
    start = nextStart(page, start ?? 0, hasLinks && isShort);
    if (start === undefined || requested.has(String(start))) return;
  }
}

/** What an entry is known by: its name, and its folder where the link names one. */
function entryKey(entry: unknown): string {
  const { dataSetFileId, name, _links } = entry as Partial<
    Schemas['FileEntry'] & Schemas['DataSetFileEntry']
  >;
  const path = inQuery(_links?.self?.href, 'path');
  return [dataSetFileId, name, path].map((part) => String(part)).join('\n');
}

/** The most that such a page holds: the platform may give less at a time than it is asked for. */
const fullLength = <Entry>({ _page }: Page<Entry>): number =>
  Math.min(PAGE_LIMIT, _page?.limit || PAGE_LIMIT);

/** The response as a page. */
function toPage<Entry>(
  client: TypedClient,
  result: ListResult,
  isEntry: (entry: object) => entry is Entry & object,
): Page<Entry> {
  const body = client.unwrap(result) as { data?: unknown };
  const data: unknown = Array.isArray(body) ? body : body.data;
  if (!Array.isArray(data)) throw invalidResponse(result, 'the response is not a list of files');
  const all = data.every((entry) => typeof entry === 'object' && entry !== null && isEntry(entry));
  if (!all) throw invalidResponse(result, 'the response lists a file without a name');
  return Array.isArray(body) ? { data, whole: true } : { ...body, data };
}

/**
 * Where the next page starts. Of a link only its query is used: it may name another port, host or
 * way of writing the path, and credentials go to the configured origin only.
 * @param isLast whether the page ends the list unless it links to another.
 */
function nextStart<Entry>(
  { data, _links, whole }: Page<Entry>,
  start: Cursor,
  isLast: boolean,
): Cursor | undefined {
  const linked = inQuery(_links?.next?.href, 'start');
  if (isName(linked)) return parseInteger(linked) ?? linked;
  if (whole || isLast || typeof start === 'string') return undefined;
  return start + data.length;
}

/** A value in the query of a link. A `+` is a plus sign: a link is no form. */
function inQuery(href: unknown, name: string): string | undefined {
  const query = typeof href === 'string' ? href.split('#')[0]?.split('?')[1] : undefined;
  for (const pair of query?.split('&') ?? []) {
    const [key, ...value] = pair.split('=');
    if (key === name) return decode(value.join('='));
  }
  return undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a lone percent sign is one
  }
}

/** A file of a list, with the name that it is asked for with. */
export interface ListedFile extends RemoteFile {
  /** What to pass as `path`: the link's, which may have a folder before the name. */
  path: string;
}

export const isFile = (entry: object): entry is Schemas['FileEntry'] =>
  'name' in entry && isName(entry.name);
export const isDataSetFile = (entry: object): entry is Schemas['DataSetFileEntry'] =>
  'dataSetFileId' in entry && isName(entry.dataSetFileId);
/** A part, or in a folder a file that has parts of its own and whose id is then part of a path. */
export const isPart = (
  entry: object,
): entry is Schemas['FileEntry'] | Schemas['DataSetFileEntry'] =>
  isFile(entry) || (isDataSetFile(entry) && isId(entry.dataSetFileId));

/** What can be asked for in a query. */
const isName = (name: unknown): name is string =>
  typeof name === 'string' && name !== '' && !hasLoneSurrogate(name);

/** The wire's entry as ours: its size a number, its link read for what it names. */
export function listedFile({ name, length, _links }: Schemas['FileEntry']): ListedFile {
  const linked = inQuery(_links?.self?.href, 'path');
  return { name, sizeBytes: parseInteger(length), path: isName(linked) ? linked : name };
}

/** A count in digits, as text or as a number; anything else is unknown. */
export function parseInteger(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^\d{1,20}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && number >= 0 && number < Infinity ? number : undefined;
}

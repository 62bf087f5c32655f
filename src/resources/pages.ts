import type { components } from '../../generated/openapi.js';
import type { RemoteFile } from './types.js';

type Schemas = components['schemas'];

/** How many entries are asked for at a time; the most that Data Access gives. */
const PAGE_LIMIT = 100;

/** A page of Data Access, whatever its entries are. */
export interface Page<Entry> {
  data: readonly Entry[];
  _links?: Schemas['PageLinks'];
}

/**
 * All entries of a list of Data Access. `_page.count` means one thing on one page and another on
 * the next, so it is not looked at: the last page is the one that has no `next` link and is not full.
 * @param fetchPage asks for the page that starts at that entry.
 */
export async function* allPages<Entry>(
  fetchPage: (query: { start: number; limit: number }) => Promise<Page<Entry>>,
): AsyncGenerator<Entry> {
  let start = 0;
  for (;;) {
    const { data, _links } = await fetchPage({ start, limit: PAGE_LIMIT });
    yield* data;
    const next = nextStart(_links?.next?.href, start);
    if (data.length === 0 || (next === undefined && data.length < PAGE_LIMIT)) return;
    start = next ?? start + data.length;
  }
}

/**
 * Where the next page starts. Of a link only its query is used: it may name another port, host or
 * way of writing the path, and credentials go to the configured origin only.
 */
function nextStart(href: string | undefined, start: number): number | undefined {
  const next = Number(queryOf(href).get('start') ?? Number.NaN);
  return Number.isInteger(next) && next > start ? next : undefined; // never round in a circle
}

/** The query of a link. */
function queryOf(href: string | undefined): URLSearchParams {
  return new URLSearchParams(href?.split('#')[0]?.split('?')[1] ?? '');
}

/** A file of a list, with the name that it is asked for with. */
export interface ListedFile extends RemoteFile {
  /** What to pass as `path`: the link's, which may have a folder before the name. */
  path: string;
}

/** The wire's entry as ours: its size a number, its link read for what it names. */
export function listedFile({ name, length, _links }: Schemas['FileEntry']): ListedFile {
  return { name, sizeBytes: digits(length), path: queryOf(_links.self.href).get('path') ?? name };
}

/** Digits in a string (or a number) as a number; anything else is not known. */
export function digits(value: string | number | undefined): number | undefined {
  if (typeof value === 'number') return value;
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}

/** The pages of a list of the Catalog. */
import type { TypedClient } from '../typed-client/client.js';
import type { AnyResult } from '../typed-client/types.js';
import { type CatalogMap, unwrapCatalogMap } from './catalog.js';
import { isPastEnd, Seen } from './pages.js';

interface CatalogList<Entry> {
  /** What messages call the entries. */
  what: string;
  /** How many entries are asked for at a time. */
  limit: number;
  /** Asks for a page. */
  fetchPage(start: number): Promise<AnyResult<CatalogMap<Entry>>>;
}

/**
 * The entries of each page that no page before had: one that is created meanwhile moves the others on. The
 * list has ended when a page brings nothing new.
 */
export async function* listCatalogPages<Entry>(
  client: TypedClient,
  { what, limit, fetchPage }: CatalogList<Entry>,
): AsyncGenerator<CatalogMap<Entry>, void> {
  const seen = new Seen();
  let isShort = false;
  for (let start = 0; ; ) {
    const result = await fetchPage(start);
    if (isShort && isPastEnd(result.response)) return;
    const page = Object.entries(unwrapCatalogMap(client, result, what));
    const fresh = page.filter(([id]) => !seen.has(id));
    for (const [id] of fresh) seen.add(id);
    yield Object.fromEntries(fresh);
    if (fresh.length === 0) return;
    // A page may hold less than was asked for. What cannot be used takes up a place on it, too.
    start += page.length;
    isShort = page.length < limit;
  }
}

/** A page of a list of Data Access. */
import type { Answer } from './exchange.js';

const DEFAULT_LIMIT = 100;

/** @param linkTo the address of the page that starts there. */
export function pageOf(
  entries: readonly unknown[],
  { start = 0, limit = DEFAULT_LIMIT }: { start?: number; limit?: number },
  linkTo: (start: number, limit: number) => string,
): Answer {
  const data = entries.slice(start, start + limit);
  const next = start + limit;
  const links =
    next < entries.length ? { _links: { next: { href: linkTo(next, limit) } } } : undefined;
  return { status: 200, json: { data, _page: { limit, count: data.length }, ...links } };
}

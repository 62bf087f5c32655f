/** A page of a list of Data Access. */
import type { Answer } from '../server/handler.js';

const DEFAULT_LIMIT = 100;

export interface PageQuery {
  start?: number | string;
  limit?: number;
}

/** @param linkTo the address of the page that starts there. */
export function pageOf(
  entries: readonly unknown[],
  { start: from = 0, limit = DEFAULT_LIMIT }: PageQuery,
  linkTo: (start: number, limit: number) => string,
): Answer {
  const start = Number(from) || 0; // it may be a file's name, which no page of ours starts with
  const data = entries.slice(start, start + limit);
  const next = start + limit;
  const links =
    next < entries.length ? { _links: { next: { href: linkTo(next, limit) } } } : undefined;
  return { status: 200, json: { data, _page: { limit, count: data.length }, ...links } };
}

/** Byte ranges: the headers that hold them, and what is missing between them. */
import type { ByteRange } from './types.js';

/**
 * Whether a part says the size of the whole file (`bytes 0-9/10`). No page shows it, and none says
 * that it may not be there: see docs/known-drift.md.
 */
const WITH_TOTAL = false;

/** `Content-Range` of a part: the one place where an end becomes inclusive. */
export function contentRange({ start, end }: ByteRange, totalBytes?: number): string {
  const total = WITH_TOTAL && totalBytes !== undefined ? `/${totalBytes}` : '';
  return `bytes ${start}-${end - 1}${total}`;
}

/** `Range` of a download; without an end it goes to the end of the file. */
export const rangeHeader = ({ start, end }: { start: number; end?: number }): string =>
  `bytes=${start}-${end === undefined ? '' : end - 1}`;

/**
 * The ranges in a header, in their order: `bytes=0-99`, `bytes 0-99/1000`, several with commas
 * between them. `undefined` where there is no header, or one that cannot be read.
 */
export function parseRanges(header: string | null): ByteRange[] | undefined {
  const list = /^bytes[=\s](.*)$/i.exec(header?.trim() ?? '')?.[1];
  if (list === undefined) return undefined;
  // Trimmed first: a pattern with white space at both of its ends takes quadratic time on blanks.
  const ranges = list
    .split(',')
    .map((text) => /^(\d+)-(\d+)(?: ?\/ ?(?:\d+|\*))?$/.exec(text.trim()));
  if (ranges.some((match) => match === null)) return undefined;
  return ranges
    .map((match) => ({ start: Number(match?.[1]), end: Number(match?.[2]) + 1 }))
    .sort((a, b) => a.start - b.start);
}

/** The total in `bytes 0-99/1000`. */
export function parseTotal(header: string | null): number | undefined {
  const [, total = '', ...more] = (header ?? '').split('/');
  return more.length === 0 ? digitsOnly(total.trim()) : undefined;
}

const digitsOnly = (text: string): number | undefined =>
  /^\d{1,20}$/.test(text) ? Number(text) : undefined;

/** What of `wanted` none of the ranges covers, in order. */
export function missingRanges(wanted: ByteRange, have: readonly ByteRange[]): ByteRange[] {
  const missing: ByteRange[] = [];
  let at = wanted.start;
  for (const { start, end } of [...have].sort((a, b) => a.start - b.start)) {
    if (end <= at) continue;
    if (start >= wanted.end) break;
    if (start > at) missing.push({ start: at, end: start });
    at = end;
  }
  if (at < wanted.end) missing.push({ start: at, end: wanted.end });
  return missing;
}

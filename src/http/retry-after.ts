/** The header `Retry-After` (RFC 9110, 10.2.3). */
/** No real header is longer; whatever is, is not parsed. */
const MAX_RETRY_AFTER_LENGTH = 1000;
const SECONDS = /^(?:\d+(?:\.\d*)?|\.\d+)$/;
/** The three date formats of HTTP. The oldest of them, asctime, names no zone and means UTC. */
const HTTP_DATE =
  /^[a-z]{3,9},? (?:\d{1,2}[ -][a-z]{3}[ -]\d{2,4}|[a-z]{3} {1,2}\d{1,2}) \d{2}:\d{2}:\d{2}(?: \d{4})?(?: (?:gmt|utc))?$/i;
const HAS_ZONE = / (?:gmt|utc)$/i;
const WEEKDAY = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*$/i;

/** The headers of a response, by their lower-case names. */
interface Headers {
  get(name: string): string | null;
}

/**
 * How long the response asks to wait, in milliseconds. Of several values the longest counts. A date is compared
 * with the response's own `Date`, because the two clocks may differ; without one, with ours.
 */
export function parseRetryAfter(headers: Headers, nowMs: number): number | undefined {
  const value = headers.get('retry-after');
  if (value === null || value.length > MAX_RETRY_AFTER_LENGTH) return undefined;
  const sentAtMs = parseDate((headers.get('date') ?? '').trim()) ?? nowMs;
  const waits = splitList(value).flatMap((text) => {
    if (SECONDS.test(text)) return [Number(text) * 1000];
    const date = parseDate(text);
    return date === undefined ? [] : [date - sentAtMs];
  });
  if (waits.length === 0) return undefined;
  return Math.ceil(Math.min(Math.max(0, ...waits), Number.MAX_SAFE_INTEGER));
}

/** The values between commas; the comma after a weekday belongs to its date. */
function splitList(value: string): string[] {
  const values: string[] = [];
  let weekday = '';
  for (const part of value.split(',').map((text) => text.trim())) {
    if (weekday === '' && WEEKDAY.test(part)) {
      weekday = `${part}, `;
      continue;
    }
    values.push(weekday + part);
    weekday = '';
  }
  return values;
}

function parseDate(text: string): number | undefined {
  if (!HTTP_DATE.test(text)) return undefined;
  const date = Date.parse(HAS_ZONE.test(text) ? text : `${text} GMT`);
  return Number.isNaN(date) ? undefined : date;
}

/** Points in time on the command line: `24h`, `2026-01-31` or `2026-01-31T09:30Z`. */
import { InvalidArgumentError } from 'commander';

const UNIT_MS: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const AGE = /^(\d{1,6})([mhdw])$/;
/** A date, and perhaps a time with or without a zone. */
const TIME = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:?\d\d)?)?$/i;

/**
 * Parses a time, or an age before now. A time without a zone is in UTC, as the command prints times.
 * @returns milliseconds since 1970-01-01 UTC.
 */
export function timeArg(text: string, now = Date.now()): number {
  const [, count = '', unit = ''] = AGE.exec(text) ?? [];
  const time = unit === '' ? parseTime(text) : now - Number(count) * (UNIT_MS[unit] ?? 0);
  if (time !== undefined && time >= 0) return time;
  throw new InvalidArgumentError(
    'Expected a time such as 2026-01-31 or 2026-01-31T09:30Z, or an age such as 90m, 24h, 7d or 2w.',
  );
}

function parseTime(text: string): number | undefined {
  const [, date = '', time = '00:00', zone = 'Z'] = TIME.exec(text) ?? [];
  const offset = zone.toUpperCase().replace(/(\d\d)(\d\d)$/, '$1:$2');
  const ms = Date.parse(`${date}T${time}${offset}`);
  // Date.parse() takes the 30th of February for a day in March.
  const isReal = new Date(`${date}T00:00Z`).getUTCDate() === Number(date.slice(8));
  return Number.isNaN(ms) || !isReal ? undefined : ms;
}

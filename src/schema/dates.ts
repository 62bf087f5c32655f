/** The forms in which the platform reads dates and times. Its own message about a bad one lists them. */

const DATE = '\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])';
const TIME = '(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,9})?';
const ZONE = '(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)';
const DATE_FORM = new RegExp(`^${DATE}$`);
const DATE_TIME_FORM = new RegExp(`^${DATE}T${TIME}${ZONE}$`);
const WITHOUT_ZONE = new RegExp(`^${DATE}[Tt ]${TIME}$`);
/** Where the day of the month begins. */
const DAY = 8;
const ZERO = '0'.charCodeAt(0);
/** The 28th is the last day that every month has. */
const SAFE_DAY = 28;

/** A Unix time in milliseconds that is closer to 1970 than this is probably one in seconds. */
export const MIN_MILLISECONDS = 1e11;

export const DATE_FIX = 'Write it as 2026-01-31.';
export const DATE_TIME_FIX =
  'Write it as 2026-01-31T12:00:00Z or 2026-01-31T12:00:00.000+01:00, or in milliseconds since 1970.';

/** Whether a text is `yyyy-MM-dd` and a day of the calendar. */
export const isDate = (text: string): boolean => DATE_FORM.test(text) && hasDay(text);

/** Whether a text is `yyyy-MM-ddTHH:mm:ss`, with a fraction of up to 9 digits or none, and a zone. */
export const isDateTime = (text: string): boolean => DATE_TIME_FORM.test(text) && hasDay(text);

/** Whether all that a date-time lacks is its zone. */
export const lacksZone = (text: string): boolean => WITHOUT_ZONE.test(text);

const MONTH = 5;
const FEBRUARY = 2;
/** By the number of the month. */
const MONTH_DAYS = [0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const readTwoDigits = (text: string, at: number): number =>
  (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;

/** Whether the month has the day. */
function hasDay(text: string): boolean {
  const day = readTwoDigits(text, DAY);
  if (day <= SAFE_DAY) return true;
  const month = readTwoDigits(text, MONTH);
  if (day > (MONTH_DAYS[month] ?? 0)) return false;
  return month !== FEBRUARY || isLeapYear(Number(text.slice(0, 4)));
}

const isLeapYear = (year: number): boolean =>
  year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

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

/** Whether the month has the day. */
function hasDay(text: string): boolean {
  const day = (text.charCodeAt(DAY) - ZERO) * 10 + text.charCodeAt(DAY + 1) - ZERO;
  if (day <= SAFE_DAY) return true;
  const [year, month] = [Number(text.slice(0, 4)), Number(text.slice(5, 7))];
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0); // which takes years before 100 as they are
  return day <= date.getUTCDate();
}

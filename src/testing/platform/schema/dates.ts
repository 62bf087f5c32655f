/** The forms of dates and times that the platform parses; its message about another one lists them. */

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|[+-](\d\d):(\d\d))$/;

/** `yyyy-MM-dd`, a day of the calendar. */
export function isDate(text: string): boolean {
  const [, year, month, day] = DATE.exec(text) ?? [];
  if (year === undefined) return false;
  const date = new Date(0);
  // Unlike the constructor, this takes years before 100 as they are.
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day);
}

/** `yyyy-MM-ddTHH:mm:ss` with a fraction of up to nine digits or none, and a zone: `Z` or `+HH:mm`. */
export function isDateTime(text: string): boolean {
  const at = text.indexOf('T');
  const [, hours, minutes, seconds, zoneHours = 0, zoneMinutes = 0] =
    TIME.exec(text.slice(at + 1)) ?? [];
  const isTime =
    hours !== undefined &&
    [hours, zoneHours].every((value) => Number(value) < 24) &&
    [minutes, seconds, zoneMinutes].every((value) => Number(value) < 60);
  return isTime && isDate(text.slice(0, Math.max(at, 0)));
}

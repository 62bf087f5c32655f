/** Sizes, counts and paths as people read them. */

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** A size in powers of 1000, as the platform counts: `1 byte`, `12 kB`, `1.5 TB`. */
export function formatSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // What would round to 1000 is 1 of the next unit.
  while (value >= 999.95 && unit < UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const name = unit === 0 && value === 1 ? 'byte' : UNITS[unit];
  return `${Number.isInteger(value) ? value : value.toFixed(1)} ${name}`;
}

/** A number with separators: `25,000`. */
export const formatCount = (count: number): string =>
  // Not toLocaleString, which takes 20 ms to load the data of a language.
  String(count).replaceAll(/\B(?=(\d{3})+$)/g, ',');

/** The longest path that is printed whole, and how much of each end of a longer one is kept. */
const MAX_PATH_LENGTH = 200;
const PATH_END_LENGTH = 80;

/** A path on one line: quoted if it holds control characters, shortened if it is long. */
export function formatPath(path: string): string {
  const ends = [path.slice(0, PATH_END_LENGTH), path.slice(-PATH_END_LENGTH)];
  const short = path.length > MAX_PATH_LENGTH ? ends.join('…') : path;
  return short === '' || /[\p{Cc}\p{Cs}]/u.test(short) ? JSON.stringify(short) : short;
}

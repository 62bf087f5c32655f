/** Copies of parsed JSON, with limits: a hostile body may be of any size and depth. */

/** How much of a value is kept. */
export interface PlainLimits {
  /** Objects and arrays below this depth are replaced by `…`. `JSON.stringify` recurses, too. */
  readonly maxDepth: number;
  /** How many characters all strings and keys may have together; each value counts as one more. */
  readonly maxCharacters: number;
}

const CUT = '…';
/** Text beyond a limit that is still cleaned, so that a limit never cuts what has to be found whole. */
const OVERLAP_CHARACTERS = 64 * 1024;

/**
 * A copy of plain data with every string and key passed through `clean`.
 * @param clean is given each string, and enough beyond a limit to see a pattern that crosses it.
 */
export function copyPlain(
  value: unknown,
  clean: (text: string) => string,
  { maxDepth, maxCharacters }: PlainLimits,
): unknown {
  let left = maxCharacters;
  const text = (given: string): string => {
    const limit = Math.max(0, left);
    left -= given.length + 1;
    return cutClean(given, limit, clean);
  };
  const copy = (given: unknown, depth: number): unknown => {
    if (typeof given === 'string') return text(given);
    if (typeof given === 'bigint') return text(String(given));
    left--;
    if (typeof given !== 'object' || given === null) {
      return typeof given === 'function' || typeof given === 'symbol' ? undefined : given;
    }
    if (depth >= maxDepth) return CUT;
    if (Array.isArray(given)) {
      const list: unknown[] = [];
      for (const one of given) {
        if (left <= 0) return [...list, CUT];
        list.push(copy(one, depth + 1));
      }
      return list;
    }
    const fields: [string, unknown][] = [];
    for (const [name, one] of Object.entries(given)) {
      if (left <= 0) {
        fields.push([CUT, CUT]);
        break;
      }
      fields.push([text(name), copy(one, depth + 1)]);
    }
    return Object.fromEntries(fields); // which defines `__proto__` as a field like any other
  };
  return copy(value, 0);
}

/** Whether a value has objects or arrays below a depth. */
export function isDeeper(value: unknown, maxDepth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (maxDepth <= 0) return true;
  for (const one of Object.values(value)) {
    if (typeof one === 'object' && isDeeper(one, maxDepth - 1)) return true;
  }
  return false;
}

/** Cleans a text and cuts it, in this order: half a secret would not be recognised. */
export function cutClean(text: string, limit: number, clean: (text: string) => string): string {
  const whole = text.length <= limit + OVERLAP_CHARACTERS;
  const cleaned = clean(whole ? text : text.slice(0, limit + OVERLAP_CHARACTERS));
  return cleaned.length > limit ? `${cleaned.slice(0, limit)}${CUT}` : cleaned;
}

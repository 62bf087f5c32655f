/** Undoes the escapes of JSON, URLs, forms and HTML, so that a text can be searched for a secret. */

/** A text as it is searched, and where each of its characters begins in the one that was given. */
interface Searchable {
  readonly text: string;
  place(at: number): number;
}

const NEEDS_DECODING = /[%\\+&\u0080-\uffff]|\p{Cc}/u;
/** What a text may hold between any two characters without showing it: NUL, and what has no width. */
const INVISIBLE_UNITS = new Set([0, 0xad, 0x200b, 0x200c, 0x200d, 0x2060, 0xfeff]);
/** A character of HTML, escaped once or more. */
const ENTITY = /&(?:amp;){0,4}(?:#(\d{1,7})|#x([\da-f]{1,6})|(lt|gt|amp|quot|apos));/iy;
const ENTITY_UNITS: ReadonlyMap<string, number> = new Map([
  ['lt', 0x3c],
  ['gt', 0x3e],
  ['amp', 0x26],
  ['quot', 0x22],
  ['apos', 0x27],
]);
const AMPERSAND = 0x26;
const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

/**
 * Reads escapes of JSON (`\/`, `\u0041`), of URLs (`%41`, `%2541`, in part or as a whole, in any
 * case), of forms (`+`) and of HTML (`&lt;`), to UTF-8 bytes with one character each. A secret and the text that may
 * show it are decoded alike, so what is ambiguous (`+` may be a plus sign) is so on both sides.
 */
export function decodeForSearch(given: string): Searchable {
  if (!NEEDS_DECODING.test(given)) return { text: given, place: (at) => at };
  // A UTF-16 unit has three bytes at most. A pair is written as two units, on both sides.
  const bytes = Buffer.allocUnsafe(given.length * 3);
  const places = new Uint32Array(given.length * 3 + 1);
  let length = 0;
  const put = (byte: number, place: number) => {
    places[length] = place;
    bytes[length++] = byte;
  };
  for (let at = 0; at < given.length; ) {
    const { unit: read, isByte, next } = readUnit(given, at);
    const unit = read === PLUS ? SPACE : read;
    if (unit === BACKSLASH || INVISIBLE_UNITS.has(unit)) {
      // Left out on both sides: how many there are depends on how often it was escaped.
    } else if (isByte || unit < 0x80) put(unit, at);
    else if (unit < 0x800) {
      put(0xc0 | (unit >> 6), at);
      put(0x80 | (unit & 0x3f), at);
    } else {
      put(0xe0 | (unit >> 12), at);
      put(0x80 | ((unit >> 6) & 0x3f), at);
      put(0x80 | (unit & 0x3f), at);
    }
    at = next;
  }
  places[length] = given.length;
  return { text: bytes.toString('latin1', 0, length), place: (at) => places[at] ?? given.length };
}

/** The character at a place, decoded, and where the next one begins. */
function readUnit(text: string, at: number): { unit: number; isByte: boolean; next: number } {
  let next = at;
  while (text.charCodeAt(next) === BACKSLASH) next++; // doubled where JSON stands in JSON
  if (next === text.length) return { unit: BACKSLASH, isByte: false, next };
  const isEscape = next > at;
  const unit = text.charCodeAt(next);
  if (isEscape && text[next] === 'u') {
    const escaped = hex(text, next + 1, 4);
    if (escaped !== undefined) return { unit: escaped, isByte: false, next: next + 5 };
  }
  if (unit === PERCENT) {
    let digits = next + 1;
    while (text.startsWith('25', digits) && hex(text, digits + 2, 2) !== undefined) digits += 2;
    const byte = hex(text, digits, 2);
    if (byte !== undefined) return { unit: byte, isByte: true, next: digits + 2 };
  }
  if (unit === AMPERSAND) {
    ENTITY.lastIndex = next;
    const [all = '', decimal, hexadecimal, name = ''] = ENTITY.exec(text) ?? [];
    const code = decimal ?? (hexadecimal === undefined ? undefined : `0x${hexadecimal}`);
    const named = code === undefined ? ENTITY_UNITS.get(name.toLowerCase()) : Number(code);
    if (named !== undefined) return { unit: named, isByte: false, next: next + all.length };
  }
  return { unit, isByte: false, next: next + 1 };
}

function hex(text: string, at: number, length: number): number | undefined {
  let value = 0;
  for (let end = at + length, i = at; i < end; i++) {
    const digit = text.charCodeAt(i);
    const number =
      digit >= 0x30 && digit <= 0x39
        ? digit - 0x30
        : (digit | 0x20) >= 0x61 && (digit | 0x20) <= 0x66
          ? (digit | 0x20) - 0x57
          : undefined;
    if (number === undefined) return undefined;
    value = value * 16 + number;
  }
  return value;
}

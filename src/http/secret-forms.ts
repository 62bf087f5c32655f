/** The encodings that a secret may be shown in, and how a text is decoded to find them. */

/** A text as it is searched, and where each of its characters begins in the one that was given. */
interface Searchable {
  readonly text: string;
  place(at: number): number;
}

const NEEDS_DECODING = /[%\\+\u0080-\uffff]/;
const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

/**
 * Reads escapes of JSON (`\/`, `\u0041`), of URLs (`%41`, `%2541`, in part or as a whole, in any
 * case) and of forms (`+`), to UTF-8 bytes with one character each. A secret and the text that may
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
    if (unit === BACKSLASH) {
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

/** Shorter pieces of base64 stand in ordinary text, too. */
const MIN_BASE64_LENGTH = 6;

/**
 * What a secret looks like in a decoded text: decoded itself, taken literally (it may hold what looks
 * like an escape), and as base64 wherever it begins within what was encoded.
 */
export function searchForms(secret: string): string[] {
  const forms = new Set([decodeForSearch(secret).text, literal(secret)]);
  // Three bytes make four characters, so there are three ways to fall into them. The characters
  // that the neighbours have a share in are left out.
  for (const before of [0, 1, 2]) {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    const from = Math.ceil((before * 8) / 6);
    const base64 = bytes.toString('base64').slice(from, Math.floor((bytes.length * 8) / 6));
    if (base64.length < MIN_BASE64_LENGTH) continue;
    forms.add(literal(base64));
    forms.add(base64.replaceAll('+', '-').replaceAll('/', '_'));
  }
  return [...forms];
}

/** As a decoded text has it where every character was escaped. */
const literal = (text: string): string =>
  Buffer.from(text.replaceAll('\\', '').replaceAll('+', ' ')).toString('latin1');

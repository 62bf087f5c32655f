/** The secrets of a client, and how they are masked in whatever is shown, encoded or not. */
import { isProxy } from 'node:util/types';
import { copyPlain, type PlainLimits } from '../shared/plain.js';
import { describeThrown, isErrorLike, read } from '../shared/thrown.js';

/** Takes every known secret out of a text. */
export type Redactor = (text: string) => string;

const MASK = '[secret]';
/** Shorter values would mask half of every message; no real token or password is this short. */
const MIN_SECRET_LENGTH = 4;
/** How many access tokens are remembered. A function may return a new one for every call. */
const MAX_TOKENS = 200;
/** Causes and members of an error below this depth are not looked at. */
const MAX_DEPTH = 5;
/** How many values of an error are looked at; one with more is copied without them. */
const MAX_LOOKED_AT = 1000;
/** What is kept of a thrown value that is no error and shows a secret. */
const THROWN_LIMITS: PlainLimits = { maxDepth: MAX_DEPTH, maxCharacters: 16_384 };

/** The secrets of one client. They are added as they become known and never shown. */
export class Secrets {
  readonly #lasting = new Set<string>();
  readonly #tokens = new Set<string>();
  #forms: Forms | undefined;

  /** A secret that lasts: a password, or a client secret. */
  add(secret: string): void {
    if (secret.length < MIN_SECRET_LENGTH || this.#lasting.has(secret)) return;
    this.#lasting.add(secret);
    this.#forms = undefined;
  }

  /** An access token. Others follow it, and the oldest are forgotten. */
  addToken(token: string): void {
    if (token.length < MIN_SECRET_LENGTH || this.#tokens.has(token)) return;
    this.#tokens.add(token);
    for (const oldest of this.#tokens) {
      if (this.#tokens.size <= MAX_TOKENS) break;
      this.#tokens.delete(oldest);
    }
    this.#forms = undefined;
  }

  /** Also masks what is encoded: as JSON, in a URL or a form, as base64. */
  readonly redact: Redactor = (text) => {
    this.#forms ??= toForms([...this.#lasting, ...this.#tokens]);
    const masked = mask(text, this.#forms);
    return masked.replace(/\bBearer\s+[\w.~+/=-]{16,}/gi, `Bearer ${MASK}`);
  };

  /** A copy of parsed JSON without the secrets, and no larger than the limits. */
  redactValue(value: unknown, limits: PlainLimits): unknown {
    return copyPlain(value, this.redact, limits);
  }

  /** A thrown value as it may be kept as a cause: the same one, unless it may show a secret. */
  clean(thrown: unknown): unknown {
    return this.#clean(thrown, 0);
  }

  #clean(thrown: unknown, depth: number): unknown {
    if (typeof thrown === 'string') return this.redact(thrown);
    if (typeof thrown === 'symbol') return this.redact(String(thrown));
    if ((typeof thrown !== 'object' || thrown === null) && typeof thrown !== 'function') {
      return thrown;
    }
    if (depth > MAX_DEPTH) return undefined;
    if (!this.#mayShow(thrown)) return thrown;
    if (isErrorLike(thrown)) return this.#copyError(thrown, depth);
    return this.#copyObject(thrown);
  }

  #copyObject(thrown: object): unknown {
    try {
      const copy = copyPlain(thrown, this.redact, THROWN_LIMITS);
      if (copy !== undefined) return copy;
    } catch {
      // a getter that throws
    }
    return new Error('a value was thrown that cannot be read');
  }

  /** An error with the same words, without the secrets and what could not be looked at. */
  #copyError(thrown: object, depth: number): Error {
    const text = (name: string) => {
      const value = read(thrown, name);
      return typeof value === 'string' ? this.redact(value) : undefined;
    };
    const cause = read(thrown, 'cause');
    const options = cause === undefined ? {} : { cause: this.#clean(cause, depth + 1) };
    const members = read(thrown, 'errors');
    const message = text('message') ?? this.redact(describeThrown(thrown));
    const copy = Array.isArray(members)
      ? new AggregateError(
          members.slice(0, MAX_LOOKED_AT).map((one) => this.#clean(one, depth + 1)),
          message,
          options,
        )
      : new Error(message, options);
    copy.name = text('name') ?? copy.name;
    const stack = text('stack');
    if (stack !== undefined) copy.stack = stack;
    const code = read(thrown, 'code');
    if (typeof code === 'string') return Object.assign(copy, { code: this.redact(code) });
    return typeof code === 'number' ? Object.assign(copy, { code }) : copy;
  }

  /** Whether a value may show a secret; one that is no plain data, or too large, may. */
  #mayShow(root: object): boolean {
    const seen = new Set<unknown>();
    const shows = (text: string) => this.redact(text) !== text;
    const look = (value: unknown, depth: number): boolean => {
      if (typeof value === 'string') return shows(value);
      if (typeof value === 'symbol') return shows(String(value));
      if (typeof value === 'function') return true;
      if (typeof value !== 'object' || value === null || seen.has(value)) return false;
      seen.add(value);
      if (isProxy(value) || depth > MAX_DEPTH || seen.size > MAX_LOOKED_AT) return true;
      const isError = isErrorLike(value);
      if (!isError && !isPlain(value)) return true;
      // On the prototype of some errors, and so among no own properties.
      if (isError && ['name', 'message', 'stack'].some((name) => look(read(value, name), depth)))
        return true;
      return Reflect.ownKeys(value).some((key) => {
        if (look(key, depth)) return true;
        const found = Object.getOwnPropertyDescriptor(value, key);
        if (isError && key === 'stack') return false;
        return found !== undefined && !('value' in found) ? true : look(found?.value, depth + 1);
      });
    };
    try {
      return look(root, 0);
    } catch {
      return true;
    }
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // Plain data of another realm has that realm's prototypes, which have none of their own.
  return Array.isArray(value) || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The secrets, as they are looked for in a text as it is, and in one that is decoded. */
interface Forms {
  readonly plain: FormsByStart;
  readonly decoded: FormsByStart;
}

/** By their first characters, which many tokens share: each place of a text is looked at once. */
type FormsByStart = ReadonlyMap<string, readonly string[]>;

function toForms(secrets: readonly string[]): Forms {
  const decoded = secrets.flatMap(searchForms).filter((form) => form.length >= MIN_SECRET_LENGTH);
  return { plain: groupByStart(secrets), decoded: groupByStart([...new Set(decoded)]) };
}

/** So much of a secret is masked also where the rest of it was cut off. */
const MIN_PREFIX_LENGTH = 12;

function groupByStart(forms: readonly string[]): FormsByStart {
  const groups = new Map<string, string[]>();
  for (const form of forms) {
    const start = form.slice(0, MIN_PREFIX_LENGTH);
    const group = groups.get(start);
    if (group === undefined) groups.set(start, [form]);
    else group.push(form);
  }
  return groups;
}

/** How many characters of a form stand at a place of a text. */
function matchLength(text: string, at: number, form: string): number {
  let length = 0;
  while (length < form.length && text[at + length] === form[length]) length++;
  return length;
}

/** Masks all forms in one pass over their places. */
function mask(text: string, { plain, decoded }: Forms): string {
  if (plain.size === 0) return text;
  const found: [start: number, end: number][] = [];
  const find = (within: string, groups: FormsByStart, place: (at: number) => number) => {
    for (const [start, forms] of groups) {
      for (let at = within.indexOf(start); at !== -1; ) {
        const end = at + Math.max(...forms.map((form) => matchLength(within, at, form)));
        found.push([place(at), place(end)]);
        at = within.indexOf(start, end);
      }
    }
  };
  find(text, plain, (at) => at);
  const { text: readable, place } = decodeForSearch(text);
  find(readable, decoded, place);
  if (found.length === 0) return text;
  found.sort(([a], [b]) => a - b);
  let masked = '';
  let at = 0;
  for (const [start, end] of found) {
    if (end <= at) continue;
    if (start >= at) masked += text.slice(at, start) + MASK;
    at = end;
  }
  return masked + text.slice(at);
}

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
function decodeForSearch(given: string): Searchable {
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

/** Shorter pieces of base64 stand in ordinary text, too. */
const MIN_BASE64_LENGTH = 6;

/**
 * What a secret looks like in a decoded text: decoded itself, taken literally (it may hold what looks
 * like an escape), and as base64 wherever it begins within what was encoded.
 */
function searchForms(secret: string): string[] {
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

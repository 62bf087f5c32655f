/** The secrets of a client, masked in whatever is shown: texts, parsed JSON, thrown values. */
import { isProxy } from 'node:util/types';
import { copyPlain, type PlainLimits } from '../shared/plain.js';
import { describeThrown, isErrorLike, read } from '../shared/thrown.js';
import { MASK, MIN_SECRET_LENGTH, maskSecrets, type SearchForms, toSearchForms } from './mask.js';

/** Replaces every known secret in a text. */
export type Redactor = (text: string) => string;

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
  #forms: SearchForms | undefined;

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
    this.#forms ??= toSearchForms([...this.#lasting, ...this.#tokens]);
    const masked = maskSecrets(text, this.#forms);
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

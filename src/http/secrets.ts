import { isNativeError } from 'node:util/types';

/** Takes every known secret out of a text. */
export type Redactor = (text: string) => string;

const MASK = '[secret]';
/** Shorter values would blacken half of every message; no real token or key is this short. */
const MIN_SECRET_LENGTH = 4;
/** An error in an error in an error says no more. */
const MAX_DEPTH = 5;

/** The secrets of one client. They are added as they become known and never shown. */
export class Secrets {
  readonly #values = new Set<string>();

  add(secret: string): void {
    if (secret.length < MIN_SECRET_LENGTH) return;
    // As they may stand in a URL, a form or JSON, too.
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
      this.#values.add(form);
    }
  }

  readonly redact: Redactor = (text) => {
    let clean = text.replace(/\bBearer\s+[\w.~+/=-]{16,}/gi, `Bearer ${MASK}`);
    for (const value of this.#values) clean = clean.replaceAll(value, MASK);
    return clean;
  };

  /** A thrown value as it may be kept as a cause: the same one, unless it shows a secret. */
  clean(error: unknown): unknown {
    try {
      return this.#clean(error, 0);
    } catch {
      return undefined; // a getter that throws: what cannot be looked at is not kept
    }
  }

  #clean(error: unknown, depth: number): unknown {
    if (typeof error === 'string') return this.redact(error);
    if (!isNativeError(error) || depth > MAX_DEPTH) return undefined;
    const cause = error.cause === undefined ? undefined : this.#clean(error.cause, depth + 1);
    const many = 'errors' in error && Array.isArray(error.errors) ? error.errors : undefined;
    const errors = many?.map((one) => this.#clean(one, depth + 1));
    const same = cause === error.cause && !errors?.some((one, at) => one !== many?.[at]);
    if (same && !this.#shows([error.message, error.stack, { ...error }])) return error;
    const options = cause === undefined ? {} : { cause };
    const message = this.redact(error.message);
    const copy =
      errors === undefined
        ? new Error(message, options)
        : new AggregateError(errors, message, options);
    copy.name = error.name;
    if (error.stack !== undefined) copy.stack = this.redact(error.stack);
    return 'code' in error ? Object.assign(copy, { code: error.code }) : copy;
  }

  /** Whether a value may show a secret; one that is too deep, or no plain data, may. */
  #shows(value: unknown, depth = 0, seen = new Set<unknown>()): boolean {
    if (typeof value === 'string') return this.redact(value) !== value;
    if (typeof value !== 'object' || value === null || seen.has(value)) return false;
    seen.add(value);
    const plain = Array.isArray(value) || isPlain(Object.getPrototypeOf(value));
    if (!plain || depth > MAX_DEPTH) return true;
    return Object.entries(value).some((entry) =>
      entry.some((part) => this.#shows(part, depth + 1, seen)),
    );
  }
}

const isPlain = (prototype: unknown) => prototype === null || prototype === Object.prototype;

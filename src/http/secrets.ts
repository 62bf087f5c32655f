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
  clean(error: unknown, depth = 0): unknown {
    if (typeof error === 'string') return this.redact(error);
    if (!isNativeError(error) || depth > MAX_DEPTH) return undefined;
    const cause = error.cause === undefined ? undefined : this.clean(error.cause, depth + 1);
    const shown = `${error.message}${error.stack ?? ''}${JSON.stringify({ ...error })}`;
    if (this.redact(shown) === shown && cause === error.cause) return error;
    const copy = new Error(this.redact(error.message), cause === undefined ? {} : { cause });
    copy.name = error.name;
    if (error.stack !== undefined) copy.stack = this.redact(error.stack);
    return 'code' in error ? Object.assign(copy, { code: error.code }) : copy;
  }
}

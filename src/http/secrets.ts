/** Takes every known secret out of a text. */
export type Redactor = (text: string) => string;

const MASK = '[secret]';
/** Shorter values would blacken half of every message; no real token or key is this short. */
const MIN_SECRET_LENGTH = 4;

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
}

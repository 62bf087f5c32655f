/** Counts lines chunk by chunk: each ends at a line feed, at a carriage return, or at both together. */
import { countNewlines } from '../shared/lines.js';

const NEWLINE = 0x0a;
const RETURN = 0x0d;

export class LineCount {
  #ends = 0;
  #last = NEWLINE;

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#ends += countNewlines(chunk);
    // The line feed that follows a carriage return was counted with it.
    if (this.#last === RETURN && chunk[0] === NEWLINE) this.#ends--;
    for (let at = chunk.indexOf(RETURN); at !== -1; at = chunk.indexOf(RETURN, at + 1)) {
      if (chunk[at + 1] !== NEWLINE) this.#ends++;
    }
    this.#last = chunk.at(-1) ?? this.#last;
  }

  /** Whether a line feed is the last byte, so that whatever follows begins a line. */
  get isEnded(): boolean {
    return this.#last === NEWLINE;
  }

  /** All lines, a last one without an end among them. */
  get lines(): number {
    return this.#ends + (this.#last === NEWLINE || this.#last === RETURN ? 0 : 1);
  }
}

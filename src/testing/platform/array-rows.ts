/** Reads the rows of a JSON array of objects. */
import { isObject, type Row, toCorruptRow } from './row.js';

/** JSON has four white space characters; JavaScript trims more. */
const BLANK = /^[ \t\r\n]*$/;
/** A longer element is not held: its quotes are probably not closed. */
const MAX_ELEMENT_CHARACTERS = 64 * 1024 * 1024;

/**
 * Takes text in pieces, and holds no more than an element. Where the array cannot be parsed any
 * further, the rest is one corrupt row.
 */
export class ArrayReader {
  /** Whether nothing more is read, because the rest is corrupt. */
  isBroken = false;
  #rows: Row[] = [];
  /** The text since the last bracket or comma of the array itself. */
  #held = '';
  /** 1 inside the array, more inside an element. */
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #isEmpty = true;
  #isEnded = false;

  /** @returns the rows that end in this piece. */
  push(piece: string): Row[] {
    let start = 0;
    for (let at = 0; at < piece.length; at++) {
      if (!this.#isSeparator(piece[at] ?? '')) continue;
      if (!this.#endElement(this.#held + piece.slice(start, at), piece[at] ?? '')) {
        this.#fail(this.#held + piece.slice(start));
        return this.#rows.splice(0);
      }
      this.#held = '';
      start = at + 1;
    }
    this.#held += piece.slice(start);
    if (this.#held.length > MAX_ELEMENT_CHARACTERS) this.#fail(this.#held);
    return this.#rows.splice(0);
  }

  /** @returns a corrupt row if the array is not closed, or more than blanks follows it. */
  end(): Row[] {
    const isBlank = BLANK.test(this.#held);
    const isComplete = this.#isEnded || this.#depth === 0;
    if (!this.isBroken && !(isBlank && isComplete)) this.#fail('the array does not end');
    return this.#rows.splice(0);
  }

  /** Whether a character is a bracket or a comma of the array itself. Keeps track of where it is. */
  #isSeparator(character: string): boolean {
    if (this.#isInString) {
      if (this.#isEscaped) this.#isEscaped = false;
      else if (character === '\\') this.#isEscaped = true;
      else if (character === '"') this.#isInString = false;
      return false;
    }
    if (character === '"') this.#isInString = true;
    else if (character === '[' || character === '{') return ++this.#depth === 1;
    else if (character === ']' || character === '}') return --this.#depth <= 0;
    return character === ',' && this.#depth <= 1;
  }

  /** @returns whether it can be read. */
  #endElement(text: string, separator: string): boolean {
    const isBlank = BLANK.test(text);
    if (this.#isEnded || separator === '[' || separator === '{') {
      return isBlank && !this.#isEnded && separator === '[';
    }
    const isClosing = separator === ']' && this.#depth === 0;
    if (isClosing) this.#isEnded = true;
    if (isClosing && isBlank && this.#isEmpty) return true;
    this.#isEmpty = false;
    return (isClosing || (separator === ',' && this.#depth === 1)) && this.#parse(text);
  }

  #parse(text: string): boolean {
    try {
      const value: unknown = JSON.parse(text);
      this.#rows.push(isObject(value) ? { value } : toCorruptRow(text));
      return true;
    } catch {
      return false;
    }
  }

  #fail(text: string): void {
    this.isBroken = true;
    this.#held = '';
    this.#rows.push(toCorruptRow(text));
  }
}

/** Reads the rows of CSV by the rules of docs/csv.md. */
import type { components } from '../../../generated/openapi.js';
import { type Row, toCorruptRow } from './row.js';

type CsvFormat = Partial<components['schemas']['InputFormat']>;

/** Thrown for a CSV file without a header, or with a column that has no name. */
export class InvalidCsvHeaderError extends Error {}

/** A longer row is rejected. */
const MAX_ROW_BYTES = 16 * 1024 * 1024;
/** How much of a longer row is kept. */
const KEPT_CHARACTERS = 10_000;

type State = 'start' | 'plain' | 'quoted' | 'escaped' | 'quote' | 'closed';

/** Takes text in pieces, and holds no more than a row. */
export class CsvReader {
  readonly #delimiter: string;
  readonly #quote: string;
  readonly #escape: string;
  readonly #hasHeader: boolean;
  #columns: string[] | undefined;
  #rows: Row[] = [];
  #state: State = 'start';
  #values: string[] = [];
  #value = '';
  /** The text of the row in earlier pieces. */
  #raw = '';
  #isTooLong = false;
  #isFirstLine = true;
  /** The end of a piece: what is read there depends on the next one. */
  #held = '';

  constructor(format: CsvFormat) {
    this.#delimiter = format.delimiter ?? ',';
    this.#quote = format.quote ?? '"';
    this.#escape = format.escape ?? '\\';
    this.#hasHeader = format.header ?? true;
  }

  /** @returns the rows that end in this piece. @throws {InvalidCsvHeaderError} */
  push(piece: string): Row[] {
    const text = this.#held + piece;
    // A line end has up to two characters, and a delimiter may have more.
    this.#read(text, text.length - Math.max(this.#delimiter.length - 1, 1));
    return this.#rows.splice(0);
  }

  /** @returns the last row, which needs no line end. @throws {InvalidCsvHeaderError} */
  end(): Row[] {
    this.#read(this.#held, this.#held.length);
    const isOpen = this.#state === 'quoted' || this.#state === 'escaped';
    if (this.#raw !== '') this.#endRow(this.#raw, isOpen);
    if (this.#hasHeader && this.#columns === undefined) throw new InvalidCsvHeaderError();
    return this.#rows.splice(0);
  }

  /** Reads a text up to a position or a little more, and holds the rest. */
  #read(text: string, end: number): void {
    let rowStart = 0;
    let at = 0;
    while (at < end) {
      const character = text[at] ?? '';
      if (this.#state === 'quoted' || this.#state === 'escaped' || this.#state === 'quote') {
        at = this.#readQuoted(text, at, end);
      } else if (character === '\n' || character === '\r') {
        this.#endRow(this.#raw + text.slice(rowStart, at), false);
        at += character === '\r' && text[at + 1] === '\n' ? 2 : 1;
        rowStart = at;
      } else if (this.#delimiter !== '' && text.startsWith(this.#delimiter, at)) {
        this.#endValue();
        at += this.#delimiter.length;
      } else if (this.#state === 'start' && character === this.#quote) {
        this.#state = 'quoted';
        at++;
      } else {
        at = this.#readPlain(text, at, end);
      }
    }
    this.#held = text.slice(at);
    this.#hold(text.slice(rowStart, at));
  }

  #readPlain(text: string, from: number, end: number): number {
    let at = from + 1;
    const first = this.#delimiter[0];
    while (at < end && text[at] !== '\n' && text[at] !== '\r' && text[at] !== first) at++;
    // Text after a closing quote belongs to the value, and so do its quotes.
    if (this.#state === 'closed') this.#value = `${this.#quote}${this.#value}${this.#quote}`;
    this.#state = 'plain';
    this.#add(text.slice(from, at));
    return at;
  }

  #readQuoted(text: string, from: number, end: number): number {
    const character = text[from] ?? '';
    if (this.#state === 'escaped') {
      const isKept = character !== this.#quote && character !== this.#escape;
      this.#add(isKept ? this.#escape + character : character);
      this.#state = 'quoted';
      return from + 1;
    }
    if (this.#state === 'quote') {
      this.#state = character === this.#quote ? 'quoted' : 'closed';
      if (this.#state === 'closed') return from;
      this.#add(this.#quote);
      return from + 1;
    }
    let at = from;
    while (at < end && text[at] !== this.#quote && text[at] !== this.#escape) at++;
    this.#add(text.slice(from, at));
    if (at === end) return at;
    if (text[at] === this.#quote) this.#state = this.#escape === this.#quote ? 'quote' : 'closed';
    else this.#state = 'escaped';
    return at + 1;
  }

  #add(text: string): void {
    if (!this.#isTooLong) this.#value += text;
  }

  #endValue(): void {
    if (!this.#isTooLong) this.#values.push(this.#value);
    this.#value = '';
    this.#state = 'start';
  }

  /** Keeps the text of a row that is not at its end. */
  #hold(text: string): void {
    if (this.#isTooLong) return;
    this.#raw += text;
    if (!isTooLong(this.#raw)) return;
    this.#isTooLong = true;
    this.#raw = Buffer.from(this.#raw.slice(0, KEPT_CHARACTERS)).toString(); // releases the rest
    this.#values = [];
    this.#value = '';
  }

  #endRow(raw: string, isOpen: boolean): void {
    this.#endValue();
    const isRejected = isOpen || this.#isTooLong || isTooLong(raw);
    const values = this.#values;
    this.#raw = '';
    this.#values = [];
    this.#isTooLong = false;
    const isFirst = this.#isFirstLine;
    this.#isFirstLine = false;
    if (isFirst && this.#hasHeader && raw.trim() === '') throw new InvalidCsvHeaderError();
    if (raw === '') return;
    if (this.#columns === undefined) {
      this.#startColumns(values, isRejected);
      if (this.#hasHeader) return;
    }
    const columns = this.#columns ?? [];
    if (isRejected || values.length !== columns.length) this.#rows.push(toCorruptRow(raw));
    else {
      const fields = columns.map((name, at): [string, string] => [name, values[at] ?? '']);
      this.#rows.push({ value: Object.fromEntries(fields) });
    }
  }

  /** The first row names the columns; without a header it only counts them. */
  #startColumns(values: readonly string[], isRejected: boolean): void {
    const hasNames = !isRejected && values.every((name) => name.trim() !== '');
    if (this.#hasHeader && !hasNames) throw new InvalidCsvHeaderError();
    this.#columns = this.#hasHeader ? [...values] : values.map((_, at) => `${at}`);
  }
}

/** A character has at most three bytes for each unit of its length. */
const isTooLong = (text: string): boolean =>
  text.length * 3 > MAX_ROW_BYTES && Buffer.byteLength(text) > MAX_ROW_BYTES;

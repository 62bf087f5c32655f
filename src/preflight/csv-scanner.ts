/** Splits CSV into rows, byte by byte. It holds no byte of a row, so rows may have any length. */
import { Occurrences } from './occurrences.js';

/** What separates and encloses values, as bytes; `NONE` where there is none. */
export interface CsvBytes {
  readonly delimiter: number;
  readonly quote: number;
  readonly escape: number;
}
/** Equals no byte. */
export const NONE = 256;

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const TAB = 0x09;

/** What a byte may mean. */
const TEXT = 0;
const DELIMITER = 1;
const QUOTE = 2;
const LINE_END = 3;
const ESCAPE = 4;
const BRACKET = 5;
const NUL = 6;

/** Where the scanner is. */
const IN_TEXT = 0;
const AT_VALUE = 1;
const IN_QUOTES = 2;
const AFTER_ESCAPE = 3;
const AFTER_QUOTE = 4;

/** A row that has ended. It is valid only during the call: the scanner uses it again. */
export interface CsvRow {
  /** The line that it begins in, from 1. */
  readonly line: number;
  readonly columns: number;
  /** The positions of its first byte and of the one after its last, without the line end. */
  readonly start: number;
  readonly end: number;
  /** Whether text follows a closing quote, and the line where the first such quote was opened. */
  readonly brokenQuoteLine: number;
  /** Whether a value begins with spaces and a quote, which is text after them. */
  readonly hasSpacedQuote: boolean;
}

/**
 * Reads the rows of a file; docs/csv.md has the rules. Lines are counted by `\r\n`, `\n` and `\r`
 * alike. Pass it every chunk, then call `end()`.
 */
export class CsvScanner {
  /** The rows so far, the header among them. */
  rows = 0;
  /** Line ends outside quotes. */
  readonly lineEnds = { crlf: 0, lf: 0, cr: new Occurrences() };
  /** Values in quotes that end properly. */
  quotedValues = 0;
  /** Two quotes in a row inside quotes; the line is the one where the value's quote was opened. */
  readonly doubledQuotes = new Occurrences();
  /** A backslash before a quote inside quotes; the line as above. */
  readonly backslashQuotes = new Occurrences();
  /** Text after a closing quote; the line as above. */
  readonly brokenQuotes = new Occurrences();
  /** Quotes inside values that no quote opens. */
  strayQuotes = 0;
  /** Values that look like JSON. */
  readonly jsonValues = new Occurrences();
  readonly nulBytes = new Occurrences();

  readonly #onRow: (row: CsvRow) => void;
  readonly #outside: Uint8Array;
  readonly #inside: Uint8Array;
  readonly #isDoubling: boolean;
  readonly #row = {
    line: 1,
    columns: 0,
    start: 0,
    end: 0,
    brokenQuoteLine: 0,
    hasSpacedQuote: false,
  };
  #state = AT_VALUE;
  #line = 1;
  #delimiters = 0;
  #quoteLine = 0;
  /** Whether the last byte was a carriage return, so that a line feed belongs to it. */
  #wasReturn = false;
  /** The position of the chunk, and the last byte before it. */
  #base = 0;
  #before = 0;
  /** Where in the chunk a value begins that may be JSON; -1 if there is none. */
  #bracket = -1;

  constructor(csv: CsvBytes, onRow: (row: CsvRow) => void) {
    this.#onRow = onRow;
    this.#isDoubling = csv.escape === csv.quote;
    const common: [number, number][] = [
      [0, NUL],
      [NEWLINE, LINE_END],
      [RETURN, LINE_END],
    ];
    const brackets: [number, number][] = [
      [0x5b, BRACKET],
      [0x7b, BRACKET],
    ];
    this.#outside = toTable([
      ...brackets,
      ...common,
      [csv.quote, QUOTE],
      [csv.delimiter, DELIMITER],
    ]);
    this.#inside = toTable([...common, [csv.escape, ESCAPE], [csv.quote, QUOTE]]);
  }

  /** The line of the next byte. */
  get line(): number {
    return this.#line;
  }

  /** The line where the quote was opened that is still open; `undefined` if none is. */
  get openQuoteLine(): number | undefined {
    const isOpen = this.#state === IN_QUOTES || this.#state === AFTER_ESCAPE;
    return isOpen ? this.#quoteLine : undefined;
  }

  /** Whether a row has begun and not ended. */
  get isInRow(): boolean {
    return this.#delimiters > 0 || this.#state !== AT_VALUE;
  }

  /** How many bytes of the row that has not ended were read. */
  get pendingBytes(): number {
    return this.#base - this.#row.start;
  }

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#wasReturn) at = this.#endReturn(chunk, at);
      else if (this.#state === IN_QUOTES) at = this.#scanInside(chunk, at);
      else if (this.#state === AFTER_ESCAPE) at = this.#passEscaped(chunk, at);
      else if (this.#state === AFTER_QUOTE) at = this.#closeQuote(chunk, at);
      else at = this.#scanOutside(chunk, at);
    }
    this.#bracket = -1; // it would have to be looked up in the chunk before
    this.#base += chunk.length;
    this.#before = chunk.at(-1) ?? this.#before;
  }

  /** Ends the last row, also one whose quote is open: `openQuoteLine` still has its line. */
  end(): void {
    this.#endReturn(new Uint8Array(1), 0);
    if (this.isInRow) this.#endRow(this.#base);
  }

  #scanOutside(chunk: Uint8Array, from: number): number {
    const table = this.#outside;
    let isStart = this.#state === AT_VALUE;
    for (let at = from; at < chunk.length; at++) {
      const kind = table[chunk[at] ?? 0];
      if (kind === TEXT) {
        isStart = false;
      } else if (kind === DELIMITER) {
        if (this.#bracket !== -1) this.#checkJson(chunk, at);
        this.#delimiters++;
        isStart = true;
      } else if (kind === QUOTE && isStart) {
        this.#state = IN_QUOTES;
        this.#quoteLine = this.#line;
        if (this.#outside[chunk[at + 1] ?? 0] === BRACKET) this.#bracket = at + 1;
        return at + 1;
      } else if (kind === LINE_END) {
        this.#state = isStart ? AT_VALUE : IN_TEXT;
        return this.#endLine(chunk, at);
      } else {
        if (kind === QUOTE) this.#observeStrayQuote(chunk, at);
        else if (kind === NUL) this.nulBytes.add(this.#line);
        else if (isStart) this.#bracket = at;
        isStart = false;
      }
    }
    this.#state = isStart ? AT_VALUE : IN_TEXT;
    return chunk.length;
  }

  #observeStrayQuote(chunk: Uint8Array, at: number): void {
    this.strayQuotes++;
    let start = at;
    while (chunk[start - 1] === SPACE || chunk[start - 1] === TAB) start--;
    if (start === at || this.#base + start === 0) return;
    const before = this.#outside[chunk[start - 1] ?? this.#before];
    if (before === DELIMITER || before === LINE_END) this.#row.hasSpacedQuote = true;
  }

  #scanInside(chunk: Uint8Array, from: number): number {
    const table = this.#inside;
    for (let at = from; at < chunk.length; at++) {
      const kind = table[chunk[at] ?? 0];
      if (kind === TEXT) continue;
      if (kind === QUOTE) {
        if (this.#isDoubling && this.#isEscapedByBackslash(chunk, at)) {
          this.backslashQuotes.add(this.#quoteLine);
        }
        this.#state = AFTER_QUOTE;
        return at + 1;
      }
      if (kind === ESCAPE) {
        this.#state = AFTER_ESCAPE;
        return at + 1;
      }
      if (kind === LINE_END) {
        this.#line++;
        this.#wasReturn = chunk[at] === RETURN;
        if (this.#wasReturn) return at + 1;
      } else this.nulBytes.add(this.#line);
    }
    return chunk.length;
  }

  #passEscaped(chunk: Uint8Array, at: number): number {
    this.#state = IN_QUOTES;
    const byte = chunk[at] ?? 0;
    const kind = this.#inside[byte];
    if (kind === QUOTE) this.backslashQuotes.add(this.#quoteLine);
    else if (kind === LINE_END) {
      this.#line++;
      this.#wasReturn = byte === RETURN;
    } else if (kind === NUL) this.nulBytes.add(this.#line);
    return at + 1;
  }

  /** The byte after a quote inside quotes. */
  #closeQuote(chunk: Uint8Array, at: number): number {
    const kind = this.#outside[chunk[at] ?? 0];
    if (kind === DELIMITER || kind === LINE_END) {
      this.quotedValues++;
      if (this.#bracket !== -1) this.#checkJson(chunk, at - 1);
      if (kind === LINE_END) return this.#endLine(chunk, at);
      this.#delimiters++;
      this.#state = AT_VALUE;
      return at + 1;
    }
    if (kind === QUOTE) {
      this.doubledQuotes.add(this.#quoteLine);
      this.#state = this.#isDoubling ? IN_QUOTES : IN_TEXT;
    } else this.#state = IN_TEXT;
    if (this.#state === IN_QUOTES) return at + 1;
    this.brokenQuotes.add(this.#quoteLine);
    if (this.#row.brokenQuoteLine === 0) this.#row.brokenQuoteLine = this.#quoteLine;
    return kind === QUOTE ? at + 1 : at;
  }

  /** Ends the line outside quotes, and with it the row, unless the line is blank. */
  #endLine(chunk: Uint8Array, at: number): number {
    const isReturn = chunk[at] === RETURN;
    if (!isReturn) this.lineEnds.lf++;
    if (this.#bracket !== -1) this.#checkJson(chunk, at);
    if (this.isInRow) this.#endRow(this.#base + at);
    this.#wasReturn = isReturn;
    this.#line++;
    this.#row.line = this.#line;
    this.#row.start = this.#base + at + 1;
    return at + 1;
  }

  /** Takes a line feed after a carriage return for the same line end. */
  #endReturn(chunk: Uint8Array, at: number): number {
    if (!this.#wasReturn) return at;
    this.#wasReturn = false;
    const isOutside = this.openQuoteLine === undefined;
    if (chunk[at] !== NEWLINE) {
      if (isOutside) this.lineEnds.cr.add(this.#line - 1);
      return at;
    }
    if (isOutside) {
      this.lineEnds.crlf++;
      this.#row.start++;
    }
    return at + 1;
  }

  #endRow(end: number): void {
    this.rows++;
    const row = this.#row;
    row.columns = this.#delimiters + 1;
    row.end = end;
    this.#onRow(row);
    row.brokenQuoteLine = 0;
    row.hasSpacedQuote = false;
    this.#delimiters = 0;
    if (this.openQuoteLine === undefined) this.#state = AT_VALUE;
  }

  #isEscapedByBackslash(chunk: Uint8Array, at: number): boolean {
    let count = 0;
    while (chunk[at - 1 - count] === BACKSLASH) count++;
    if (count === at && this.#before === BACKSLASH) count++;
    return count % 2 === 1;
  }

  /** Whether the value that ends here begins and ends like an array or an object. */
  #checkJson(chunk: Uint8Array, end: number): void {
    const [open, second] = [chunk[this.#bracket], chunk[this.#bracket + 1] ?? 0];
    this.#bracket = -1;
    const close = open === 0x7b ? 0x7d : 0x5d;
    const inside = open === 0x7b ? '"}\' \\' : '{["0123456789-]\\ ';
    if (chunk[end - 1] !== close || !inside.includes(String.fromCharCode(second))) return;
    this.jsonValues.add(this.#line);
  }
}

function toTable(kinds: readonly [byte: number, kind: number][]): Uint8Array {
  const table = new Uint8Array(NONE + 1);
  for (const [byte, kind] of kinds) table[byte] = kind;
  return table;
}

/** Cut a source into its rows, chunk by chunk, each with the line that it begins in. */

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** A longer row is in no report as it stands, and not held. */
const MAX_ROW_BYTES = 16 * 1024 * 1024;

/** A row from `start` to before `end` of some bytes, which are valid only during the call. */
export type OnRow = (bytes: Buffer, start: number, end: number, line: number) => void;

export interface RowScanner {
  /** Whether the rest of the file cannot be cut into rows. */
  readonly isDone: boolean;
  push(chunk: Buffer): void;
  end(): void;
  /** Passes over the rest of the file. */
  stop(): void;
}

/** The beginning of a row that ends in a later chunk, in copies of its pieces. */
export class HeldRow {
  #pieces: Buffer[] = [];
  #length = 0;

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  add(piece: Buffer): void {
    this.#length += piece.length;
    if (this.#length > MAX_ROW_BYTES) this.#pieces = [];
    else this.#pieces.push(Buffer.from(piece));
  }

  /** The whole row with its last piece; `undefined` if it is too long. */
  take(last: Buffer): Buffer | undefined {
    const isTooLong = this.#length + last.length > MAX_ROW_BYTES;
    const row = isTooLong ? undefined : Buffer.concat([...this.#pieces, last]);
    this.#pieces = [];
    this.#length = 0;
    return row;
  }
}

/** JSON Lines: each line is a row. It ends at `\n`, `\r` or both together. */
export class LineScanner implements RowScanner {
  isDone = false;
  readonly #onRow: OnRow;
  readonly #held = new HeldRow();
  #line = 1;
  /** Whether the last chunk ended with a carriage return, which a line feed may follow. */
  #endedWithReturn = false;

  constructor(onRow: OnRow) {
    this.#onRow = onRow;
  }

  push(chunk: Buffer): void {
    let start = this.#endedWithReturn && chunk[0] === NEWLINE ? 1 : 0;
    this.#endedWithReturn = chunk.at(-1) === RETURN;
    let newline = chunk.indexOf(NEWLINE, start);
    let carriageReturn = chunk.indexOf(RETURN, start);
    while (newline !== -1 || carriageReturn !== -1) {
      const isReturn = carriageReturn !== -1 && (newline === -1 || carriageReturn < newline);
      const end = isReturn ? carriageReturn : newline;
      this.#endLine(chunk, start, end);
      start = end + (isReturn && newline === end + 1 ? 2 : 1);
      if (newline !== -1 && newline < start) newline = chunk.indexOf(NEWLINE, start);
      if (isReturn) carriageReturn = chunk.indexOf(RETURN, start);
    }
    if (start < chunk.length) this.#held.add(chunk.subarray(start));
  }

  end(): void {
    if (!this.#held.isEmpty) this.#endLine(Buffer.alloc(0), 0, 0);
  }

  stop(): void {
    this.isDone = true;
  }

  #endLine(chunk: Buffer, start: number, end: number): void {
    const line = this.#line++;
    if (this.#held.isEmpty) {
      this.#onRow(chunk, start, end, line);
      return;
    }
    const row = this.#held.take(chunk.subarray(start, end));
    if (row !== undefined) this.#onRow(row, 0, row.length, line);
  }
}

const SPACE = 1;
const QUOTE = 2;
const OPEN = 3;
const CLOSE = 4;
const COMMA = 5;
const KINDS = new Uint8Array(256);
for (const [text, kind] of [
  [' \t\r\n', SPACE],
  ['"', QUOTE],
  ['[{', OPEN],
  [']}', CLOSE],
  [',', COMMA],
] as const) {
  for (const byte of Buffer.from(text)) KINDS[byte] = kind;
}
const BACKSLASH = 0x5c;
const BRACKET = 0x5b;
const MARK = [0xef, 0xbb, 0xbf];

/**
 * One JSON array: each element is a row. It follows brackets and strings only, so what comes after an element
 * that is not JSON may be cut in the wrong places.
 */
export class ArrayScanner implements RowScanner {
  isDone = false;
  readonly #onRow: OnRow;
  readonly #held = new HeldRow();
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #wasReturn = false;
  #line = 1;
  /** The line of the element, once it has begun. */
  #rowLine = 0;
  #bytes = 0;

  constructor(onRow: OnRow) {
    this.#onRow = onRow;
  }

  stop(): void {
    this.isDone = true;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (let at = 0; at < chunk.length && !this.isDone; at++) {
      const byte = chunk[at] as number;
      if (byte === RETURN || (byte === NEWLINE && !this.#wasReturn)) this.#line++;
      this.#wasReturn = byte === RETURN;
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === BACKSLASH) this.#isEscaped = true;
        else if (KINDS[byte] === QUOTE) this.#isInString = false;
        continue;
      }
      const kind = KINDS[byte];
      if (kind === SPACE) continue;
      if (this.#depth === 0) {
        this.#open(byte);
        start = at + 1;
        continue;
      }
      if (this.#depth === 1 && (kind === COMMA || kind === CLOSE)) {
        this.#endRow(chunk, start, at);
        start = at + 1;
        if (kind === CLOSE) this.isDone = true;
        continue;
      }
      if (this.#rowLine === 0) this.#rowLine = this.#line;
      if (kind === QUOTE) this.#isInString = true;
      else if (kind === OPEN) this.#depth++;
      else if (kind === CLOSE) this.#depth--;
    }
    this.#bytes += chunk.length;
    if (!this.isDone && this.#depth > 0) this.#held.add(chunk.subarray(start));
  }

  /** An element that is not ended is none. */
  end(): void {}

  /** Before the first bracket there may be a byte order mark. */
  #open(byte: number): void {
    if (byte === BRACKET) this.#depth = 1;
    else if (this.#bytes > 0 || !MARK.includes(byte)) this.isDone = true;
  }

  #endRow(chunk: Buffer, start: number, end: number): void {
    const line = this.#rowLine;
    this.#rowLine = 0;
    if (this.#held.isEmpty) {
      if (line !== 0) this.#onRow(chunk, start, end, line);
      return;
    }
    const row = this.#held.take(chunk.subarray(0, end));
    if (row !== undefined && line !== 0) this.#onRow(row, 0, row.length, line);
  }
}

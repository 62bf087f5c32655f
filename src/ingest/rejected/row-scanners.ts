/** Cut a source into its rows, chunk by chunk, each with the line that it begins in. */
import { MAX_ROW_BYTES } from '../../preflight/window.js';

const NEWLINE = 0x0a;
const RETURN = 0x0d;

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

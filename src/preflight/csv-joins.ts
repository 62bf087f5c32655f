/** Finds files that were joined into one CSV file: the header, or a byte order mark, begins a later line. */
import { Occurrences } from './occurrences.js';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');
const isLineEnd = (byte: number | undefined): boolean => byte === NEWLINE || byte === RETURN;

/** Searches bytes for the beginnings of files. It holds no more of them than a header has. */
export class CsvJoins {
  readonly headers = new Occurrences();
  readonly marks = new Occurrences();
  readonly #header: Search | undefined;
  readonly #mark = new Search(BYTE_ORDER_MARK, false);

  /** @param header the bytes of the first line; `undefined` if it may also be a row. */
  constructor(header: Buffer | undefined) {
    this.#header = header === undefined ? undefined : new Search(header, true);
  }

  /** @param line the line of the first of the bytes. */
  push(bytes: Buffer, line: number): void {
    this.#header?.push(bytes, line, this.headers);
    this.#mark.push(bytes, line, this.marks);
  }

  end(line: number): void {
    // A line end that is not there: the last line may be a header.
    this.#header?.push(Buffer.from('\n'), line, this.headers);
  }
}

/** Text at the beginning of a line, or a whole line. */
class Search {
  readonly #text: Buffer;
  readonly #isLine: boolean;
  /** The last bytes before the next chunk, as many as may belong to an occurrence. */
  #before: Buffer = Buffer.alloc(0);

  constructor(text: Buffer, isLine: boolean) {
    this.#text = text;
    this.#isLine = isLine;
  }

  push(bytes: Buffer, line: number, found: Occurrences): void {
    const { length } = this.#text;
    const border = Buffer.concat([this.#before, bytes.subarray(0, length + 1)]);
    const old = this.#before.length;
    // Those that lie in the chunk alone are found there.
    for (const at of this.#find(border)) {
      if (at - 1 < old && at + length + (this.#isLine ? 1 : 0) > old) found.add(line);
    }
    for (const at of this.#find(bytes)) {
      found.add(line + countLineEnds(bytes, at, this.#before.at(-1)));
    }
    const kept = bytes.length > length ? bytes : Buffer.concat([this.#before, bytes]);
    this.#before = Buffer.from(kept.subarray(-(length + 1)));
  }

  *#find(bytes: Buffer): Iterable<number> {
    const { length } = this.#text;
    for (
      let at = bytes.indexOf(this.#text);
      at !== -1;
      at = bytes.indexOf(this.#text, at + length)
    ) {
      const begins = at > 0 && isLineEnd(bytes[at - 1]);
      if (begins && (!this.#isLine || isLineEnd(bytes[at + length]))) yield at;
    }
  }
}

/** The line ends before a position. A line feed after a carriage return ends no other line. */
function countLineEnds(bytes: Buffer, end: number, before: number | undefined): number {
  let count = 0;
  let last = before;
  for (const byte of bytes.subarray(0, end)) {
    if (byte === RETURN || (byte === NEWLINE && last !== RETURN)) count++;
    last = byte;
  }
  return count;
}

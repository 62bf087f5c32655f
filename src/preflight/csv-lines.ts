import { newlines } from './text.js';

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * In which line each row begins. The parser's own count has some line ends inside of quotes twice,
 * and it may give a row only with a later chunk.
 */
export class LineCounter {
  /** What was read and is in no row yet. */
  #bytes: Buffer = Buffer.alloc(0);
  #startByte = 0;
  #line = 1;

  /** More bytes are read. They must stay as they are. */
  push(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
  }

  /** @param endByte where in the file a row ends, its line end included. */
  row(endByte: number): number {
    const line = this.next();
    this.#skip(endByte - this.#startByte);
    return line;
  }

  /** The line that the next row begins in: empty ones are passed over. */
  next(): number {
    let at = 0;
    while (this.#bytes[at] === NEWLINE || this.#bytes[at] === RETURN) at++;
    this.#skip(at);
    return this.#line;
  }

  #skip(count: number): void {
    this.#line += newlines(this.#bytes.subarray(0, count));
    this.#bytes = this.#bytes.subarray(count);
    this.#startByte += count;
  }
}

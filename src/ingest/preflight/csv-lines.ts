import { newlines } from './text.js';

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** In which line each row begins: the parser counts some line ends inside of quotes twice. */
export class LineCounter {
  #chunk: Buffer = Buffer.alloc(0);
  #chunkByte = 0;
  #byte = 0;
  #line = 1;
  /** The line of a row that began in an earlier chunk. */
  #begun: number | undefined;

  /** The line in which the next row begins, as far as it is known. */
  get next(): number {
    return this.#begun ?? this.#line;
  }

  begin(chunk: Buffer): void {
    this.#chunk = chunk;
  }

  /** @param endByte where the row ends in the file, its line end included. */
  row(endByte: number): number {
    this.#skipEmpty();
    const line = this.next;
    this.#begun = undefined;
    this.#to(endByte);
    return line;
  }

  end(): void {
    const end = this.#chunkByte + this.#chunk.length;
    this.#skipEmpty();
    if (this.#byte < end) this.#begun ??= this.#line;
    this.#to(end);
    this.#chunkByte = end;
    this.#chunk = Buffer.alloc(0);
  }

  #skipEmpty(): void {
    if (this.#begun !== undefined) return;
    let at = this.#byte - this.#chunkByte;
    while (this.#chunk[at] === NEWLINE || this.#chunk[at] === RETURN) at++;
    this.#to(this.#chunkByte + at);
  }

  #to(byte: number): void {
    if (byte <= this.#byte) return;
    this.#line += newlines(
      this.#chunk.subarray(this.#byte - this.#chunkByte, byte - this.#chunkByte),
    );
    this.#byte = byte;
  }
}

/** Cuts chunks into pieces of known lengths. A chunk need only be valid until the next. */
export class ByteQueue {
  readonly #chunks: AsyncIterator<Uint8Array>;
  /** What is left of the last chunk. */
  #rest: Uint8Array = new Uint8Array();
  #isEnded = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  async isAtEnd(): Promise<boolean> {
    while (this.#rest.length === 0 && !this.#isEnded) {
      const { done, value } = await this.#chunks.next();
      if (done === true) this.#isEnded = true;
      else this.#rest = value;
    }
    return this.#isEnded;
  }

  /** Hands on the next bytes: as many, or all that there are. A piece is valid until `visit` is done with it. */
  async each(bytes: number, visit: (piece: Uint8Array) => Promise<void> | void): Promise<void> {
    let left = bytes;
    while (left > 0 && !(await this.isAtEnd())) {
      const piece = this.#rest.subarray(0, left);
      await visit(piece);
      left -= piece.length;
      this.#rest = this.#rest.subarray(piece.length);
    }
  }

  /** A copy of the next bytes: as many, or all that there are. */
  async take(bytes: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    await this.each(bytes, (piece) => void pieces.push(Buffer.from(piece)));
    return Buffer.concat(pieces);
  }

  /** @returns how many there were to be skipped. */
  async skip(bytes: number): Promise<number> {
    let skipped = 0;
    await this.each(bytes, (piece) => {
      skipped += piece.length;
    });
    return skipped;
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

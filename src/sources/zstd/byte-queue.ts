/** Cuts chunks into pieces of known lengths. */
export class ByteQueue {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Uint8Array = new Uint8Array();

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** A copy of the next bytes: as many, or all that there are. */
  async take(bytes: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    await this.#each(bytes, (piece) => void pieces.push(Buffer.from(piece)));
    return Buffer.concat(pieces);
  }

  /** @returns how many there were to be skipped. */
  async skip(bytes: number): Promise<number> {
    let skipped = 0;
    await this.#each(bytes, (piece) => {
      skipped += piece.length;
    });
    return skipped;
  }

  async #each(bytes: number, visit: (piece: Uint8Array) => void): Promise<void> {
    let left = bytes;
    while (left > 0) {
      if (this.#rest.length === 0) {
        const { done, value } = await this.#chunks.next();
        if (done === true) return;
        this.#rest = value;
      }
      const piece = this.#rest.subarray(0, left);
      visit(piece);
      left -= piece.length;
      this.#rest = this.#rest.subarray(piece.length);
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

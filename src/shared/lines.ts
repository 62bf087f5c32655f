/** Splits bytes into lines, or into blocks of whole lines. */

const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** A line without its line feed. */
export interface Line {
  /** From 1. */
  readonly number: number;
  /** `undefined` if the line is too long to be held. Valid until the next chunk is pushed. */
  readonly bytes: Buffer | undefined;
  /** Whether a line feed ends it; `false` for the rest that `end()` yields, and for a long line. */
  readonly isEnded: boolean;
}

/** Splits chunks into lines, and holds no more than one line. A chunk's buffer may be used again. */
export class LineSplitter {
  readonly #maxBytes: number;
  /** The line that is not ended, in copies of its pieces. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #number = 1;
  #isTooLong = false;
  readonly #splitsAtReturns: boolean;
  /** Whether the last chunk ended with a carriage return, which a line feed may follow. */
  #endedWithReturn = false;

  /**
   * @param maxBytes a longer line is yielded once, without its bytes, and skipped.
   * @param splitsAtReturns whether a carriage return ends a line, too, alone or before a line feed.
   * Default: only a line feed does, and what comes before it is part of the line.
   */
  constructor(maxBytes: number, { splitsAtReturns = false } = {}) {
    this.#maxBytes = maxBytes;
    this.#splitsAtReturns = splitsAtReturns;
  }

  /** Yields the lines that end in this chunk, and a line that has become too long. */
  *push(chunk: Uint8Array): Generator<Line> {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#splitsAtReturns && (this.#endedWithReturn || bytes.includes(RETURN))) {
      yield* this.#pushWithReturns(bytes);
      return;
    }
    let start = 0;
    for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, start)) {
      yield* this.#hold(bytes.subarray(start, at), true);
      start = at + 1;
    }
    if (start < bytes.length) yield* this.#hold(bytes.subarray(start), false);
  }

  *#pushWithReturns(bytes: Buffer): Generator<Line> {
    let start = this.#endedWithReturn && bytes[0] === NEWLINE ? 1 : 0;
    if (bytes.length > 0) this.#endedWithReturn = bytes.at(-1) === RETURN;
    let newline = bytes.indexOf(NEWLINE, start);
    let carriageReturn = bytes.indexOf(RETURN, start);
    while (newline !== -1 || carriageReturn !== -1) {
      const isReturn = carriageReturn !== -1 && (newline === -1 || carriageReturn < newline);
      const end = isReturn ? carriageReturn : newline;
      yield* this.#hold(bytes.subarray(start, end), true);
      start = end + (isReturn && newline === end + 1 ? 2 : 1);
      if (newline !== -1 && newline < start) newline = bytes.indexOf(NEWLINE, start);
      if (isReturn) carriageReturn = bytes.indexOf(RETURN, start);
    }
    if (start < bytes.length) yield* this.#hold(bytes.subarray(start), false);
  }

  /** Yields what comes after the last line feed, if there is anything. */
  *end(): Generator<Line> {
    if (this.#heldBytes > 0) yield* this.#endLine(Buffer.alloc(0), false);
  }

  *#hold(bytes: Buffer, isEnded: boolean): Generator<Line> {
    this.#heldBytes += bytes.length;
    if (this.#heldBytes > this.#maxBytes && !this.#isTooLong) {
      this.#isTooLong = true;
      this.#held = [];
      yield { number: this.#number, bytes: undefined, isEnded: false };
    }
    if (isEnded) yield* this.#endLine(bytes, true);
    else if (!this.#isTooLong) this.#held.push(Buffer.from(bytes));
  }

  *#endLine(last: Buffer, isEnded: boolean): Generator<Line> {
    if (!this.#isTooLong) {
      const bytes = this.#held.length === 0 ? last : Buffer.concat([...this.#held, last]);
      yield { number: this.#number, bytes, isEnded };
    }
    this.#number++;
    this.#held = [];
    this.#heldBytes = 0;
    this.#isTooLong = false;
  }
}

/**
 * Groups a stream into blocks of whole lines, as many at a time as a chunk completes. A last line
 * without its end gets one.
 * @param maxBytes how large a block may be.
 * @param fail throws for a line that is larger; `at` is the byte that it begins with.
 */
export async function* groupLines(
  stream: AsyncIterable<Uint8Array>,
  maxBytes: number,
  fail: (at: number) => never,
): AsyncGenerator<Buffer> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let at = 0;
  for await (const chunk of stream) {
    let rest = Buffer.from(chunk); // a copy: the buffer may be used again
    if (rest.includes(NEWLINE)) {
      if (held.length > 0) rest = Buffer.concat([...held, rest]);
      held = [];
      heldBytes = 0;
      for (let end = findBlockEnd(rest, maxBytes); end > 0; end = findBlockEnd(rest, maxBytes)) {
        yield rest.subarray(0, end);
        at += end;
        rest = rest.subarray(end);
      }
    }
    held.push(rest);
    heldBytes += rest.length;
    if (heldBytes > maxBytes) fail(at);
  }
  if (heldBytes > 0) yield Buffer.concat([...held, Buffer.of(NEWLINE)]);
}

/** The end of the last whole line that still fits, or 0. */
const findBlockEnd = (bytes: Buffer, maxBytes: number): number =>
  bytes.lastIndexOf(NEWLINE, Math.min(bytes.length, maxBytes) - 1) + 1;

/** How many lines end in a text: at a line feed, at a carriage return, or at both together. */
export function countLineEnds(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count++;
  for (let at = text.indexOf('\r'); at !== -1; at = text.indexOf('\r', at + 1)) {
    if (text[at + 1] !== '\n') count++;
  }
  return count;
}

/** How many line feeds there are. */
export function countNewlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

/** Finds the elements of a JSON array in chunks of bytes, by brackets and quotes alone. */

/** What the scanner found. */
export type ArrayEvent =
  /** Brackets, commas and white space, which are ASCII. */
  | { readonly type: 'between'; readonly text: string }
  /** The bytes of one element. They may still not be JSON. */
  | { readonly type: 'element'; readonly bytes: Buffer }
  /** What cannot be there, up to some bytes of it. Nothing follows. */
  | {
      readonly type: 'unexpected';
      readonly text: string;
      readonly expected: 'array' | 'element' | 'comma' | 'end';
    }
  /** An element is longer than is held. Nothing follows. */
  | { readonly type: 'too long' };

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
/** The first character that a string may hold as it is. */
const SPACE = 0x20;
const RETURN = 0x0d;
/** The bytes that need a look: most are letters and digits, which a table passes over faster than comparisons. */
const STRUCTURE = toTable([QUOTE, OPEN, OPEN_BRACE, CLOSE, CLOSE_BRACE]);
const IN_STRING = toTable([QUOTE, BACKSLASH, ...Array(SPACE).keys()]);

function toTable(bytes: readonly number[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const byte of bytes) table[byte] = 1;
  return table;
}

/** How much of an unexpected text is passed on. */
const SHOWN_BYTES = 100;

const isSpace = (byte: number): boolean =>
  byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Scans one array. It holds no more than one element. */
export class ArrayScanner {
  readonly #maxBytes: number;
  readonly #emit: (event: ArrayEvent) => boolean;
  #expects: 'array' | 'first' | 'element' | 'comma' | 'end' = 'array';
  /** The beginning of an element whose end is in a later chunk. */
  #held: Buffer[] = [];
  #heldBytes = 0;
  #kind: 'none' | 'nested' | 'string' | 'scalar' = 'none';
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  #hasStopped = false;
  /** A carriage return at the end of a chunk: a line feed that follows belongs to the same line end. */
  #heldReturn = '';

  /**
   * @param maxBytes the length of the longest element that is held.
   * @param emit gets each event, and returns whether to go on. Bytes are valid only during the call.
   */
  constructor(maxBytes: number, emit: (event: ArrayEvent) => boolean) {
    this.#maxBytes = maxBytes;
    this.#emit = emit;
  }

  /** Whether the array was closed. */
  get isEnded(): boolean {
    return this.#expects === 'end';
  }

  push(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.#hasStopped) {
      at = this.#kind === 'none' ? this.#skipBetween(chunk, at) : this.#readElement(chunk, at);
    }
  }

  /** Ends the file. An element that is not complete is dropped, as the array is not closed. */
  end(): void {
    if (this.#hasStopped) return;
    // For the line of the end.
    const text = this.#heldReturn + Buffer.concat(this.#held).toString('latin1');
    if (text !== '') this.#send({ type: 'between', text });
  }

  /** Reads up to the next element. @returns the position after it. */
  #skipBetween(chunk: Buffer, from: number): number {
    let at = from;
    for (; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (isSpace(byte)) continue;
      if (byte === OPEN && this.#expects === 'array') this.#expects = 'first';
      else if (byte === COMMA && this.#expects === 'comma') this.#expects = 'element';
      else if (byte === CLOSE && (this.#expects === 'first' || this.#expects === 'comma')) {
        this.#expects = 'end';
      } else break;
    }
    this.#sendBetween(chunk, from, at);
    if (at < chunk.length && !this.#hasStopped) this.#startElement(chunk, at);
    return at;
  }

  #sendBetween(chunk: Buffer, from: number, to: number): void {
    if (to === from + 1 && chunk[from] === COMMA && this.#heldReturn === '') {
      this.#send({ type: 'between', text: ',' });
      return;
    }
    const endsWithReturn = to === chunk.length && to > from && chunk[to - 1] === RETURN;
    const text = this.#heldReturn + chunk.toString('latin1', from, endsWithReturn ? to - 1 : to);
    this.#heldReturn = endsWithReturn ? '\r' : '';
    if (text !== '') this.#send({ type: 'between', text });
  }

  #startElement(chunk: Buffer, at: number): void {
    const byte = chunk[at] ?? 0;
    const isElement = this.#expects === 'first' || this.#expects === 'element';
    if (!isElement || byte === COMMA || byte === CLOSE || byte === CLOSE_BRACE) {
      const text = chunk.toString('utf8', at, at + SHOWN_BYTES);
      const expected = this.#expects === 'first' ? 'element' : this.#expects;
      this.#send({ type: 'unexpected', text, expected });
      this.#hasStopped = true;
      return;
    }
    this.#kind =
      byte === OPEN || byte === OPEN_BRACE ? 'nested' : byte === QUOTE ? 'string' : 'scalar';
    this.#depth = 0;
    this.#isInString = false;
    this.#isEscaped = false;
  }

  /** Reads up to the end of the element or of the chunk. @returns the position after it. */
  #readElement(chunk: Buffer, from: number): number {
    const end =
      this.#kind === 'scalar' ? findScalarEnd(chunk, from) : this.#findNestedEnd(chunk, from);
    const part = chunk.subarray(from, end === -1 ? chunk.length : end);
    this.#heldBytes += part.length;
    if (this.#heldBytes > this.#maxBytes) {
      this.#send({ type: 'too long' });
      this.#hasStopped = true;
      return chunk.length;
    }
    if (end === -1) {
      this.#held.push(Buffer.from(part)); // a copy: the reader uses its buffers again
      return chunk.length;
    }
    const bytes = this.#held.length === 0 ? part : Buffer.concat([...this.#held, part]);
    this.#held = [];
    this.#heldBytes = 0;
    this.#kind = 'none';
    this.#expects = 'comma';
    this.#send({ type: 'element', bytes });
    return end;
  }

  /** @returns the position after the element, also where it cannot go on, or -1. */
  #findNestedEnd(chunk: Buffer, from: number): number {
    let at = from;
    let depth = this.#depth;
    while (at < chunk.length) {
      if (this.#isInString) {
        at = this.#skipString(chunk, at);
        if (at < 0) return -at; // a control character: the element is not JSON
        if (!this.#isInString && depth === 0) return at;
        continue;
      }
      const byte = chunk[at++] ?? 0;
      if (STRUCTURE[byte] === 0) continue;
      if (byte === QUOTE) this.#isInString = true;
      else if (byte === OPEN || byte === OPEN_BRACE) depth++;
      else if ((byte === CLOSE || byte === CLOSE_BRACE) && --depth === 0) return at;
    }
    this.#depth = depth;
    return -1;
  }

  /** @returns the position after the closing quote or the chunk, or after a control character, negated. */
  #skipString(chunk: Buffer, from: number): number {
    let at = from;
    if (this.#isEscaped && at < chunk.length) {
      this.#isEscaped = false;
      at++;
    }
    for (; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (IN_STRING[byte] === 0) continue;
      if (byte === QUOTE) {
        this.#isInString = false;
        return at + 1;
      }
      if (byte < SPACE) return -(at + 1);
      if (byte !== BACKSLASH) continue;
      if (++at === chunk.length) this.#isEscaped = true;
    }
    return chunk.length;
  }

  #send(event: ArrayEvent): void {
    if (!this.#emit(event)) this.#hasStopped = true;
  }
}

/** The end of a number or a literal, or -1. */
function findScalarEnd(chunk: Buffer, from: number): number {
  for (let at = from; at < chunk.length; at++) {
    const byte = chunk[at] ?? 0;
    if (isSpace(byte) || byte === COMMA || byte === CLOSE || byte === CLOSE_BRACE) return at;
    if (byte === OPEN_BRACE || byte === OPEN || byte === QUOTE) return at;
  }
  return -1;
}

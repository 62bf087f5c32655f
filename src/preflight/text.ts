import { isUtf8 } from 'node:buffer';
import type { FileFindings } from './findings.js';
import { MAX_ROW_BYTES } from './limits.js';
import type { Window } from './read.js';

const NEWLINE = 0x0a;

/** Cuts bytes at their line ends; no more than a line is held. */
export class LineSplitter {
  #held: Buffer[] = [];
  #heldBytes = 0;
  #number = 1;
  #tooLong = false;
  readonly #onLine: (line: Buffer, number: number) => void;
  readonly #onTooLong: (number: number) => void;

  /** @param onTooLong told of a line that is not held, and passed over. */
  constructor(onLine: (line: Buffer, number: number) => void, onTooLong: (number: number) => void) {
    this.#onLine = onLine;
    this.#onTooLong = onTooLong;
  }

  push(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      this.#endLine(chunk.subarray(from, at));
      from = at + 1;
    }
    if (from < chunk.length) this.#hold(chunk.subarray(from));
  }

  /** The last line needs no end. */
  end(): void {
    if (this.#heldBytes > 0) this.#endLine(Buffer.alloc(0));
  }

  #hold(bytes: Buffer): void {
    this.#heldBytes += bytes.length;
    if (this.#tooLong) return;
    this.#held.push(Buffer.from(bytes)); // a copy: the reader uses its buffers again
    if (this.#heldBytes <= MAX_ROW_BYTES) return;
    this.#tooLong = true;
    this.#held = [];
    this.#onTooLong(this.#number);
  }

  #endLine(last: Buffer): void {
    const line = this.#held.length === 0 ? last : Buffer.concat([...this.#held, last]);
    if (!this.#tooLong) this.#onLine(line, this.#number);
    this.#number++;
    if (this.#heldBytes === 0) return;
    this.#held = [];
    this.#heldBytes = 0;
    this.#tooLong = false;
  }
}

/** Whether bytes are UTF-8, as they come; tells of the first that is not. */
export class Utf8Check {
  #carried: Buffer = Buffer.alloc(0);
  #byte: number;
  #line = 1;
  #failed = false;
  readonly #onFailure: (byte: number, line: number) => void;

  /** @param startByte where in the file the first byte is. */
  constructor(onFailure: (byte: number, line: number) => void, startByte = 0) {
    this.#onFailure = onFailure;
    this.#byte = startByte;
  }

  push(chunk: Buffer): void {
    if (this.#failed) return;
    const bytes = this.#carried.length === 0 ? chunk : Buffer.concat([this.#carried, chunk]);
    const end = bytes.length - halfCharacter(bytes);
    const whole = bytes.subarray(0, end);
    if (!isUtf8(whole)) {
      this.#fail(whole);
      return;
    }
    this.#line += newlines(whole);
    this.#byte += end;
    this.#carried = Buffer.from(bytes.subarray(end)); // a copy: the reader uses its buffers again
  }

  end(): void {
    if (!this.#failed && this.#carried.length > 0) this.#fail(this.#carried);
  }

  #fail(bytes: Buffer): void {
    this.#failed = true;
    const at = firstInvalid(bytes);
    this.#onFailure(this.#byte + at, this.#line + newlines(bytes.subarray(0, at)));
  }
}

/** How many bytes at the end are the beginning of a character. */
function halfCharacter(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    return characterLength(byte) > back ? back : 0;
  }
  return 0;
}

const characterLength = (lead: number): number =>
  lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;

function firstInvalid(bytes: Buffer): number {
  let at = 0;
  while (at < bytes.length) {
    const end = at + characterLength(bytes[at] ?? 0);
    if (end > bytes.length || !isUtf8(bytes.subarray(at, end))) return at;
    at = end;
  }
  return at;
}

export function newlines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

/** Tells of the first byte that is not UTF-8, with its line where that is known. */
export function utf8Check(findings: FileFindings, startByte = 0): Utf8Check {
  const what = (byte: number) =>
    `has a byte that is not UTF-8, at position ${byte}. Save the file as UTF-8.`;
  return new Utf8Check((byte, line) => {
    findings.error(what(byte), startByte === 0 ? { line } : undefined);
  }, startByte);
}

/** Whether both ends of a file are UTF-8. A character that a seam cuts is none of its faults. */
export function checkWindowUtf8(findings: FileFindings, { head, tail, whole, size }: Window): void {
  const first = utf8Check(findings);
  first.push(head);
  if (whole) {
    first.end();
    return;
  }
  let skip = 0;
  while (skip < 3 && ((tail[skip] ?? 0) & 0xc0) === 0x80) skip++;
  const last = utf8Check(findings, size - tail.length + skip);
  last.push(tail.subarray(skip));
  last.end();
}

/** The lines of a file's end, without the first, whose beginning was not read. */
export function tailLines(tail: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  let from = tail.indexOf(NEWLINE) + 1;
  if (from === 0) return lines;
  for (let at = tail.indexOf(NEWLINE, from); at !== -1; at = tail.indexOf(NEWLINE, from)) {
    lines.push(tail.subarray(from, at));
    from = at + 1;
  }
  if (from < tail.length) lines.push(tail.subarray(from));
  return lines;
}

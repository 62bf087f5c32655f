/** The encoding of text: whether it is UTF-8, in a window or chunk by chunk. */
import { isUtf8 } from 'node:buffer';
import { countNewlines } from '../shared/lines.js';
import type { FileFindings } from './findings.js';
import type { Window } from './window.js';

/** Checks UTF-8 chunk by chunk, and reports the first byte that is invalid. */
export class Utf8Check {
  #carried: Buffer = Buffer.alloc(0);
  #byte: number;
  #line = 1;
  hasFailed = false;
  readonly #onFailure: (byte: number, line: number) => void;

  /** @param startByte the position of the first byte in the file. */
  constructor(onFailure: (byte: number, line: number) => void, startByte = 0) {
    this.#onFailure = onFailure;
    this.#byte = startByte;
  }

  push(chunk: Buffer): void {
    if (this.hasFailed) return;
    const bytes = this.#carried.length === 0 ? chunk : Buffer.concat([this.#carried, chunk]);
    const end = bytes.length - trailingPartialLength(bytes);
    const whole = bytes.subarray(0, end);
    if (!isUtf8(whole)) {
      this.#fail(whole);
      return;
    }
    this.#line += countNewlines(whole);
    this.#byte += end;
    this.#carried = Buffer.from(bytes.subarray(end)); // a copy: the reader uses its buffers again
  }

  end(): void {
    if (!this.hasFailed && this.#carried.length > 0) this.#fail(this.#carried);
  }

  #fail(bytes: Buffer): void {
    this.hasFailed = true;
    const at = findInvalidByte(bytes);
    this.#onFailure(this.#byte + at, this.#line + countNewlines(bytes.subarray(0, at)));
  }
}

/** How many bytes at the end are an incomplete character. */
function trailingPartialLength(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    return characterLength(byte) > back ? back : 0;
  }
  return 0;
}

const characterLength = (lead: number): number =>
  lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;

/** The position of the first byte that is not UTF-8, in bytes that are not. */
export function findInvalidByte(bytes: Buffer): number {
  let at = 0;
  while (at < bytes.length) {
    const end = at + characterLength(bytes[at] ?? 0);
    if (end > bytes.length || !isUtf8(bytes.subarray(at, end))) return at;
    at = end;
  }
  return at;
}

/** A check that adds its finding, with the line if the file is read from its start. */
export function createUtf8Check(
  findings: FileFindings,
  startByte = 0,
  fix = 'Save the file as UTF-8.',
): Utf8Check {
  return new Utf8Check((byte, line) => {
    const problem = `not valid UTF-8: invalid byte at position ${byte}`;
    const location = startByte === 0 ? { line } : undefined;
    const details = { rule: 'encoding', kind: 'not UTF-8', fix } as const;
    findings.addError(`${problem}. ${fix}`, location, details);
  }, startByte);
}

/**
 * Checks both ends of a file. A character split at the window edge is not an error.
 * @returns whether they are valid.
 */
export function checkWindowUtf8(
  findings: FileFindings,
  { head, tail, isWhole, size }: Window,
  fix?: string,
): boolean {
  const headCheck = createUtf8Check(findings, 0, fix);
  headCheck.push(head);
  if (isWhole) {
    headCheck.end();
    return !headCheck.hasFailed;
  }
  let skip = 0;
  while (skip < 3 && ((tail[skip] ?? 0) & 0xc0) === 0x80) skip++;
  const tailCheck = createUtf8Check(findings, size - tail.length + skip, fix);
  tailCheck.push(tail.subarray(skip));
  tailCheck.end();
  return !headCheck.hasFailed && !tailCheck.hasFailed;
}

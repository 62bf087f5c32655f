/** Checks a stream of JSON Lines while it is read. */
import { FileFindings } from './findings.js';
import { JsonLineRules } from './json-lines.js';
import { rejectKnownFormat } from './sniff.js';
import { createUtf8Check, type Utf8Check } from './text.js';
import type { Finding } from './types.js';
import type { Window } from './window.js';

/** How many bytes it takes to recognize a format. */
const SIGNATURE_BYTES = 16;

/**
 * Applies the rules of a JSON Lines file to a stream. Pass it every chunk, and stop when `errors`
 * is not 0.
 */
export class StreamCheck {
  readonly #findings: FileFindings;
  readonly #rules: JsonLineRules;
  readonly #utf8: Utf8Check;
  /** The first bytes, until there are enough of them to recognize a format. */
  #head: Buffer | undefined = Buffer.alloc(0);
  #isRejected = false;
  #returned = 0;
  #bytes = 0;

  /** @param name the stream's name in findings, for instance its path in the batch. */
  constructor(name: string, options: { partialIngestionPercent?: number } = {}) {
    const rejectedRow = (options.partialIngestionPercent ?? 0) > 0 ? 'warning' : 'error';
    this.#findings = new FileFindings(name, rejectedRow);
    this.#rules = new JsonLineRules(this.#findings);
    this.#utf8 = createUtf8Check(this.#findings);
  }

  /** The number of lines so far that are not blank. */
  get rows(): number {
    return this.#rules.rows;
  }

  /** The number of errors so far, including those that are not listed. */
  get errors(): number {
    return this.#findings.count('error');
  }

  /** @returns the new findings. Only the first of each level are listed. */
  push(chunk: Uint8Array): Finding[] {
    this.#bytes += chunk.length;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#head === undefined) this.#check(bytes);
    else {
      this.#head = Buffer.concat([this.#head, bytes]);
      if (this.#head.length >= SIGNATURE_BYTES) this.#checkHead(this.#head);
    }
    return this.#takeNew(this.#findings.kept());
  }

  /** Ends the stream. @returns the new findings, and the number of those that are not listed. */
  end(): Finding[] {
    if (this.#head !== undefined) this.#checkHead(this.#head);
    if (!this.#isRejected) {
      this.#utf8.end();
      this.#rules.end();
      if (this.#rules.rows === 0) {
        const problem =
          this.#bytes === 0 ? 'there are no bytes' : 'there are no rows, only whitespace';
        this.#findings.addError(`${problem}. There is nothing to ingest.`);
      }
    }
    return this.#takeNew(this.#findings.list());
  }

  #checkHead(head: Buffer): void {
    this.#head = undefined;
    const window: Window = { head, tail: head, isWhole: false, size: head.length };
    this.#isRejected = rejectKnownFormat(this.#findings, window, true);
    this.#check(head);
  }

  #check(bytes: Buffer): void {
    if (this.#isRejected) return;
    this.#utf8.push(bytes);
    this.#rules.push(bytes);
  }

  #takeNew(findings: readonly Finding[]): Finding[] {
    const found = findings.slice(this.#returned);
    this.#returned = findings.length;
    return found;
  }
}

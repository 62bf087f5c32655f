/** Checks a stream of JSON Lines while it is read. */
import { FileFindings } from './findings.js';
import { IdSet } from './id-set.js';
import { JsonLineRules } from './json-lines.js';
import { RowAdvice } from './json-rows.js';
import type { RowChecker } from './row-check.js';
import { rejectKnownFormat } from './sniff.js';
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
  /** The first bytes, until there are enough of them to recognize a format. */
  #head: Buffer | undefined = Buffer.alloc(0);
  #isRejected = false;
  #bytes = 0;

  /** @param name the stream's name in findings, for instance its path in the batch. */
  constructor(
    name: string,
    options: { partialIngestionPercent?: number; rowChecker?: RowChecker } = {},
  ) {
    const rejectedRow = (options.partialIngestionPercent ?? 0) > 0 ? 'warning' : 'error';
    this.#findings = new FileFindings(name, rejectedRow);
    const advice = new RowAdvice(
      this.#findings,
      new IdSet(),
      options.rowChecker?.openFile(this.#findings, 'json'),
    );
    this.#rules = new JsonLineRules(this.#findings, advice);
  }

  /** The number of lines so far that are not blank. */
  get rows(): number {
    return this.#rules.rows;
  }

  /** The number of errors so far. */
  get errors(): number {
    return this.#findings.count('error');
  }

  /** @returns all findings so far if there is an error, otherwise none. */
  push(chunk: Uint8Array): Finding[] {
    this.#bytes += chunk.length;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#head === undefined) this.#check(bytes);
    else {
      this.#head = Buffer.concat([this.#head, bytes]);
      if (this.#head.length >= SIGNATURE_BYTES) this.#checkHead(this.#head);
    }
    return this.errors > 0 ? this.#findings.list() : [];
  }

  /** Ends the stream. @returns all findings. */
  end(): Finding[] {
    if (this.#head !== undefined) this.#checkHead(this.#head);
    if (!this.#isRejected) {
      this.#rules.end();
      if (this.#rules.rows === 0) {
        const problem =
          this.#bytes === 0 ? 'there are no bytes' : 'there are no rows, only whitespace';
        const message = `${problem}. There is nothing to ingest.`;
        this.#findings.addError(message, undefined, { rule: 'empty', code: '106' });
      }
    }
    return this.#findings.list();
  }

  #checkHead(head: Buffer): void {
    this.#head = undefined;
    const window: Window = { head, tail: head, isWhole: false, size: head.length };
    this.#isRejected = rejectKnownFormat(this.#findings, window, true);
    this.#check(head);
  }

  #check(bytes: Buffer): void {
    if (this.#isRejected) return;
    this.#rules.push(bytes);
  }
}

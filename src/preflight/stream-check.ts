import { FileFindings } from './findings.js';
import { JsonLineRules, splitterFor } from './json-lines.js';
import type { Window } from './read.js';
import { refusedByName } from './sniff.js';
import { type LineSplitter, type Utf8Check, utf8Check } from './text.js';
import type { Finding } from './types.js';

/** How many bytes it takes to know a file by its beginning. */
const SNIFFED_BYTES = 16;

/**
 * Checks a stream of JSON Lines as it is read: the same rules as for a file. Give it every chunk,
 * and stop when `errors` is not 0.
 */
export class StreamCheck {
  readonly #findings: FileFindings;
  readonly #rules: JsonLineRules;
  readonly #lines: LineSplitter;
  readonly #utf8: Utf8Check;
  /** The first bytes, until there are enough of them to know what they are. */
  #first: Buffer | undefined = Buffer.alloc(0);
  #refused = false;
  #told = 0;
  #bytes = 0;

  /** @param name what the stream is called in messages, for instance its path in the batch. */
  constructor(name: string, options: { partialIngestionPercent?: number } = {}) {
    const badRow = (options.partialIngestionPercent ?? 0) > 0 ? 'warning' : 'error';
    this.#findings = new FileFindings(name, badRow);
    this.#rules = new JsonLineRules(this.#findings);
    this.#lines = splitterFor(this.#rules);
    this.#utf8 = utf8Check(this.#findings);
  }

  /** How many lines held something so far. */
  get rows(): number {
    return this.#rules.rows;
  }

  /** How many errors there are so far, those included that are not listed. */
  get errors(): number {
    return this.#findings.count('error');
  }

  /** @returns what is new. Only the first of each level are listed. */
  push(chunk: Uint8Array): Finding[] {
    this.#bytes += chunk.length;
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    if (this.#first === undefined) this.#check(bytes);
    else {
      this.#first = Buffer.concat([this.#first, bytes]);
      if (this.#first.length >= SNIFFED_BYTES) this.#begin();
    }
    return this.#news();
  }

  /** The stream has ended. @returns what is new, and how many there are that were not listed. */
  end(): Finding[] {
    if (this.#first !== undefined) this.#begin();
    if (this.#refused) return this.#news(true);
    this.#utf8.end();
    this.#lines.end();
    this.#rules.end();
    if (this.#rules.rows === 0) {
      const what = this.#bytes === 0 ? 'is empty' : 'holds no rows, only white space';
      this.#findings.error(`${what}. There is nothing to ingest.`);
    }
    return this.#news(true);
  }

  #begin(): void {
    const head = this.#first ?? Buffer.alloc(0);
    this.#first = undefined;
    const window: Window = { head, tail: head, whole: false, size: head.length };
    this.#refused = refusedByName(this.#findings, window, false);
    this.#check(head);
  }

  #check(bytes: Buffer): void {
    if (this.#refused) return;
    this.#utf8.push(bytes);
    if (!this.#rules.done) this.#lines.push(bytes);
  }

  #news(last = false): Finding[] {
    const all = last ? this.#findings.list() : this.#findings.kept();
    const news = all.slice(this.#told);
    this.#told = all.length;
    return news;
  }
}

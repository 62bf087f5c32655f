/** Cuts a JSON array into its elements, by the same rules as the checks of files. */
import { type ArrayEvent, ArrayScanner } from '../../preflight/array-scanner.js';
import { MAX_ROW_BYTES } from '../../preflight/window.js';
import { countLineEnds } from '../../shared/lines.js';
import type { OnRow, RowScanner } from './row-scanners.js';

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');

/** Each element is a row. Nothing follows what cannot be in an array, or an element that is too long. */
export class ArrayRowScanner implements RowScanner {
  isDone = false;
  readonly #onRow: OnRow;
  readonly #scanner = new ArrayScanner(MAX_ROW_BYTES, (event) => this.#observe(event));
  #line = 1;
  #isStart = true;

  constructor(onRow: OnRow) {
    this.#onRow = onRow;
  }

  push(chunk: Buffer): void {
    const hasMark = this.#isStart && chunk.subarray(0, 3).equals(BYTE_ORDER_MARK);
    this.#isStart = false;
    this.#scanner.push(hasMark ? chunk.subarray(BYTE_ORDER_MARK.length) : chunk);
  }

  /** An element that is not ended is none. */
  end(): void {}

  stop(): void {
    this.isDone = true;
  }

  #observe(event: ArrayEvent): boolean {
    if (event.type === 'between') {
      if (event.text !== ',') this.#line += countLineEnds(event.text);
      if (this.#scanner.isEnded) this.isDone = true;
    } else if (event.type === 'element') {
      const { bytes } = event;
      this.#onRow(bytes, 0, bytes.length, this.#line);
      const hasLineEnds = bytes.includes(NEWLINE) || bytes.includes(RETURN);
      if (hasLineEnds) this.#line += countLineEnds(bytes.toString('latin1'));
    } else this.isDone = true;
    return !this.isDone;
  }
}

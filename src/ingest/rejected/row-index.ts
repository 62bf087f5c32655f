/** Which line each rejected row stands in: at most 28 bytes a row, whatever is in it. */
import type { Hash } from './row-hash.js';

const { imul } = Math;

/** Rows whose source is not known may be in any. */
export const ANY_SOURCE = 0x7fffffff;
/** Rows without a place: nothing is looked for. */
export const NO_SOURCE = 0x7ffffffe;

/** Rows are kept in blocks, so that nothing is copied when there are more of them. */
const BLOCK_BITS = 16;
const BLOCK_ROWS = 1 << BLOCK_BITS;
/** Of a row: both halves of its hash, its source, and its line (before that, the next equal row). */
const LOW = 0;
const HIGH = 1;
const SOURCE = 2;
const LINE = 3;
const FIELDS = 4;
/** In the field of the source: the row may be in any; the other bits say where it was found. */
const IS_ANY = 0x80000000;
const NO_ROW = 0xffffffff;

/** A slot of the table is a row and what is known about it and all rows like it. */
const OPEN = 0;
/** As many lines were found as there are rows. */
const FULL = 1;
/** More lines than rows: which ones were rejected is not known. */
const OVERFULL = 2;
/** The bits of a slot that hold its state; the others hold the number of the row, from 1. */
const STATE_BITS = 2;
const STATE_MASK = 3;
/** The table is at most this full, or looking up would take long. */
const MAX_LOAD = 2 / 3;

export class RowIndex {
  #count = 0;
  readonly #blocks: Uint32Array[] = [];
  #slots = new Uint32Array(0);
  #hasAny = false;

  get count(): number {
    return this.#count;
  }

  /** @param source the number of the source, `ANY_SOURCE` or `NO_SOURCE`. */
  add({ low, high }: Hash, source: number): void {
    const at = this.#count++;
    this.#hasAny ||= source === ANY_SOURCE;
    if (at % BLOCK_ROWS === 0) this.#blocks.push(new Uint32Array(BLOCK_ROWS * FIELDS));
    this.#set(at, LOW, low);
    this.#set(at, HIGH, high);
    this.#set(at, SOURCE, source === ANY_SOURCE ? (IS_ANY | NO_SOURCE) >>> 0 : source);
    this.#set(at, LINE, NO_ROW);
  }

  /**
   * Makes the table, once all rows were added. Equal rows are linked in their order.
   * @param resolve the source in the end of the number that a row was added with.
   */
  build(resolve: (source: number) => number): void {
    let size = 16;
    while (size * MAX_LOAD < this.#count) size *= 2;
    this.#slots = new Uint32Array(size);
    for (let row = this.#count - 1; row >= 0; row--) {
      const added = this.#get(row, SOURCE);
      const source = added >= IS_ANY ? added : resolve(added);
      this.#set(row, SOURCE, source);
      if (source === NO_SOURCE) continue;
      const slot = this.#find(this.#get(row, LOW), this.#get(row, HIGH), toGroup(source));
      const next = this.#slots[slot] ?? 0;
      if (next !== 0) this.#set(row, LINE, rowIn(next));
      this.#slots[slot] = toSlot(row, OPEN);
    }
  }

  /** Takes note of a line of a source. */
  addLine({ low, high }: Hash, source: number, line: number): void {
    const own = this.#find(low, high, source);
    const isOwn = this.#slots[own] !== 0;
    if (!this.#hasAny) {
      if (isOwn) this.#assign(own, source, line, false);
      return;
    }
    const any = this.#find(low, high, ANY_SOURCE);
    const isAny = this.#slots[any] !== 0;
    // Where both are like it, the line may belong to either.
    if (isOwn) this.#assign(own, source, line, isAny);
    if (isAny) this.#assign(any, source, line, isOwn);
  }

  #assign(slot: number, source: number, line: number, isAmbiguous: boolean): void {
    const value = this.#slots[slot] ?? 0;
    const row = rowIn(value);
    if (isAmbiguous || (value & STATE_MASK) !== OPEN) {
      this.#slots[slot] = toSlot(row, OVERFULL);
      return;
    }
    const next = this.#get(row, LINE);
    this.#set(row, LINE, line);
    if (this.#get(row, SOURCE) >= IS_ANY) this.#set(row, SOURCE, (IS_ANY | source) >>> 0);
    const isLast = next === NO_ROW;
    this.#slots[slot] = toSlot(isLast ? row : next, isLast ? FULL : OPEN);
  }

  /** Where a row stands; `undefined` unless as many lines are like it as there are equal rows. */
  locate(row: number): { source: number; line: number; isAny: boolean } | undefined {
    const source = this.#get(row, SOURCE);
    if (source === NO_SOURCE) return undefined;
    const slot = this.#find(this.#get(row, LOW), this.#get(row, HIGH), toGroup(source));
    if (((this.#slots[slot] ?? 0) & STATE_MASK) !== FULL) return undefined;
    const isAny = source >= IS_ANY;
    return { source: isAny ? source - IS_ANY : source, line: this.#get(row, LINE), isAny };
  }

  /** The slot of such rows, or the empty one where they would be. */
  #find(low: number, high: number, group: number): number {
    const mask = this.#slots.length - 1;
    let slot = (low ^ imul(group, 0x9e3779b1)) & mask;
    for (;;) {
      const value = this.#slots[slot] ?? 0;
      if (value === 0) return slot;
      const row = rowIn(value);
      const block = this.#blocks[row >>> BLOCK_BITS];
      const at = (row & (BLOCK_ROWS - 1)) * FIELDS;
      const isSame =
        block !== undefined &&
        block[at + LOW] === low &&
        block[at + HIGH] === high &&
        toGroup(block[at + SOURCE] ?? NO_SOURCE) === group;
      if (isSame) return slot;
      slot = (slot + 1) & mask;
    }
  }

  #get(row: number, field: number): number {
    return this.#blocks[row >>> BLOCK_BITS]?.[(row & (BLOCK_ROWS - 1)) * FIELDS + field] ?? 0;
  }

  #set(row: number, field: number, value: number): void {
    const block = this.#blocks[row >>> BLOCK_BITS];
    if (block !== undefined) block[(row & (BLOCK_ROWS - 1)) * FIELDS + field] = value;
  }
}

const rowIn = (slot: number): number => (slot >>> STATE_BITS) - 1;
const toSlot = (row: number, state: number): number => (((row + 1) << STATE_BITS) | state) >>> 0;
const toGroup = (source: number): number => (source >= IS_ANY ? ANY_SOURCE : source);

/** Hashes of rows: two rows with one hash of 64 bits count as equal. */
import { randomBytes } from 'node:crypto';

/** A local name: a lookup of the global costs more than the multiplication where code runs in a vm context. */
const { imul } = Math;

/** Chosen anew for every process, so that no file can be made to have equal hashes. */
const seeds = new Uint32Array(new Uint8Array(randomBytes(16)).buffer);
const seed = (at: number): number => (seeds[at] ?? 0) | 0;

/** A hash of 64 bits in two halves. */
export interface Hash {
  low: number;
  high: number;
}

/** What is hashed: the text of a row as it stands in the file, or its value, however it is written. */
export type HashKind = 'text' | 'value';

/**
 * Hashes bytes from `start` to before `end` into `hash`, which is reused for every row. It is two lanes of
 * MurmurHash3 (Austin Appleby, public domain), four bytes at a time.
 */
export function hashBytes(
  hash: Hash,
  kind: HashKind,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  let low = kind === 'text' ? seed(0) : seed(2);
  let high = kind === 'text' ? seed(1) : seed(3);
  let at = start;
  for (const last = end - 3; at < last; at += 4) {
    const word = readWord(bytes, at);
    low = mixLow(low, word);
    high = mixHigh(high, word);
  }
  let rest = 0;
  for (; at < end; at++) rest = (rest << 8) | (bytes[at] as number);
  low = mixLow(low, rest);
  high = mixHigh(high, rest);
  hash.low = finish(low ^ (end - start));
  hash.high = finish(high ^ (end - start));
}

/** So many words are looked at, from the first bytes of a row to its last. */
const SAMPLED_WORDS = 8;
const SAMPLE_BITS = 23;

/**
 * Texts of rows that were seen, as far as their lengths and some of their bytes say: most other rows are known to be others
 * without a hash of all their bytes. 1 MB, whatever the number of rows.
 */
export class RowSamples {
  readonly #bits = new Uint32Array(2 ** (SAMPLE_BITS - 5));

  add(bytes: Uint8Array, start: number, end: number): void {
    const sample = hashSample(bytes, start, end);
    const at = sample >>> 5;
    this.#bits[at] = (this.#bits[at] ?? 0) | (1 << (sample & 31));
  }

  /** `false` only if no such row was added. */
  mayHave(bytes: Uint8Array, start: number, end: number): boolean {
    const sample = hashSample(bytes, start, end);
    return (((this.#bits[sample >>> 5] ?? 0) >>> (sample & 31)) & 1) === 1;
  }
}

function hashSample(bytes: Uint8Array, start: number, end: number): number {
  const last = end - start - 4;
  let state = seed(0) ^ last;
  if (last < 0) {
    for (let at = start; at < end; at++) state = mixLow(state, bytes[at] as number);
    return finish(state) >>> (32 - SAMPLE_BITS);
  }
  for (let word = 0; word < SAMPLED_WORDS; word++) {
    const at = start + Math.floor((last * word) / (SAMPLED_WORDS - 1));
    state = mixLow(state, readWord(bytes, at));
  }
  return finish(state) >>> (32 - SAMPLE_BITS);
}

const readWord = (bytes: Uint8Array, at: number): number =>
  (bytes[at] as number) |
  ((bytes[at + 1] as number) << 8) |
  ((bytes[at + 2] as number) << 16) |
  ((bytes[at + 3] as number) << 24);

function mixLow(state: number, word: number): number {
  const k = imul(word, 0xcc9e2d51);
  const next = state ^ imul((k << 15) | (k >>> 17), 0x1b873593);
  return (imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0;
}

function mixHigh(state: number, word: number): number {
  const k = imul(word, 0x239b961b);
  const next = state ^ imul((k << 16) | (k >>> 16), 0xab0e9789);
  return (imul((next << 17) | (next >>> 15), 5) + 0x561ccd1b) | 0;
}

function finish(state: number): number {
  let h = state ^ (state >>> 16);
  h = imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A deeper value is not compared: the recursion has to end. */
const MAX_DEPTH = 100;

/**
 * A JSON value as text that does not depend on the order of its fields, nor on fields that are null: reports
 * may leave them out. `undefined` if it is nested too deeply.
 */
export function canonicalJson(value: unknown, depth = 0): string | undefined {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (depth > MAX_DEPTH) return undefined;
  const parts: string[] = [];
  if (Array.isArray(value)) {
    for (const one of value) {
      const text = canonicalJson(one, depth + 1);
      if (text === undefined) return undefined;
      parts.push(text);
    }
    return `[${parts.join(',')}]`;
  }
  const fields = value as Record<string, unknown>;
  for (const name of Object.keys(fields).sort()) {
    if (fields[name] === null) continue;
    const text = canonicalJson(fields[name], depth + 1);
    if (text === undefined) return undefined;
    parts.push(`${JSON.stringify(name)}:${text}`);
  }
  return `{${parts.join(',')}}`;
}

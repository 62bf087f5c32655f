/** Numbers that look random, the same ones for the same seed on every machine. */

/** @returns a number from 0 to below 1 with each call. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    // mulberry32, which is in the public domain.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What the values of one row are made from. */
export interface Draw {
  readonly random: () => number;
  /** The number of the row, from 0. */
  readonly row: number;
  /** The share of optional fields that it has. */
  readonly density: number;
}

export const drawInteger = ({ random }: Draw, least: number, most: number): number =>
  least + Math.floor(random() * (most - least + 1));

export function pick<T>(draw: Draw, values: readonly [T, ...T[]]): T {
  return values[drawInteger(draw, 0, values.length - 1)] ?? values[0];
}

/** Choices among values, made from random numbers. */

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

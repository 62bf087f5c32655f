/** Divides what has names into parts, so that one name more changes only the part that it belongs to. */
import { createHash } from 'node:crypto';

export interface Named {
  readonly name: string;
  /** Of the name, once it was needed. */
  hash?: number | undefined;
}

/** A part, with its items in their order. */
export interface Part<Item> {
  readonly items: readonly Item[];
  /** The bits that the hashes of all its names, and of no others, begin with. */
  readonly bits: string;
}

/** How many bits of a hash decide; names that agree in all of them are divided in their order. */
const HASH_BITS = 48;

/** By code units, so that no locale changes a plan. */
export const compareText = (one: string, two: string): number =>
  one < two ? -1 : one > two ? 1 : 0;

/** Halves items by the hashes of their names until each part fits, or is a single item. No part is empty. */
export function divideByName<Item extends Named>(
  items: readonly Item[],
  fits: (part: readonly Item[]) => boolean,
  bits = '',
): Part<Item>[] {
  if (items.length === 0) return [];
  if (items.length === 1 || fits(items)) return [{ items, bits }];
  return halve(items, bits.length).flatMap((half, bit) =>
    divideByName(half, fits, `${bits}${bit}`),
  );
}

/** Two parts, each in the same order: which one an item is in depends on its name alone. */
function halve<Item extends Named>(items: readonly Item[], depth: number): [Item[], Item[]] {
  if (depth >= HASH_BITS) {
    const middle = Math.ceil(items.length / 2);
    return [items.slice(0, middle), items.slice(middle)];
  }
  const halves: [Item[], Item[]] = [[], []];
  for (const item of items) {
    item.hash ??= hashName(item.name);
    const bit = Math.floor(item.hash / 2 ** (HASH_BITS - 1 - depth)) % 2;
    halves[bit === 0 ? 0 : 1].push(item);
  }
  return halves;
}

const hashName = (name: string): number =>
  createHash('sha256')
    .update(name)
    .digest()
    .readUIntBE(0, HASH_BITS / 8);

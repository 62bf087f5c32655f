/** A set of ids in little memory: 64 bits of a hash each. */

const FIRST_SLOTS = 1 << 12;
/** 4 million ids in 64 MiB; later ones are not compared. */
const MAX_SLOTS = 1 << 23;

/** Remembers ids by their hashes. Two of a million different ids have one hash with a chance of 1 to 30 million. */
export class IdSet {
  #slots = new Uint32Array(2 * FIRST_SLOTS);
  #count = 0;

  /** @returns whether the id is new, or the set is full. */
  add(id: string): boolean {
    const [low, high] = hash(id);
    const at = this.#find(low, high);
    if (this.#slots[at] !== 0 || this.#slots[at + 1] !== 0) return false;
    if (this.#count * 2 >= this.#slots.length / 2) {
      if (this.#slots.length >= 2 * MAX_SLOTS) return true;
      this.#grow();
      return this.add(id);
    }
    this.#slots[at] = low;
    this.#slots[at + 1] = high;
    this.#count++;
    return true;
  }

  /** The position of a hash, or the free one where it belongs. */
  #find(low: number, high: number): number {
    const mask = this.#slots.length / 2 - 1;
    let slot = low & mask;
    for (;;) {
      const at = 2 * slot;
      const [a, b] = [this.#slots[at], this.#slots[at + 1]];
      if ((a === low && b === high) || (a === 0 && b === 0)) return at;
      slot = (slot + 1) & mask;
    }
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(2 * before.length);
    for (let at = 0; at < before.length; at += 2) {
      const [low = 0, high = 0] = [before[at], before[at + 1]];
      if (low === 0 && high === 0) continue;
      const to = this.#find(low, high);
      this.#slots[to] = low;
      this.#slots[to + 1] = high;
    }
  }
}

/** Two 32-bit hashes of a text (cyrb53); never both 0. */
function hash(text: string): [number, number] {
  let low = 0xdeadbeef;
  let high = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    low = Math.imul(low ^ code, 2654435761);
    high = Math.imul(high ^ code, 1597334677);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return [low >>> 0, high >>> 0 || 1];
}

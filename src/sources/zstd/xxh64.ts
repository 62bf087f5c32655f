/**
 * XXH64 with the seed 0, whose low half is the checksum of a zstd frame (RFC 8878). In halves of 32 bits: BigInt
 * takes ten times as long.
 * @see https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
 */

/** A number of 64 bits. */
type Pair = readonly [high: number, low: number];

const PRIME_1: Pair = [0x9e3779b1, 0x85ebca87];
const PRIME_2: Pair = [0xc2b2ae3d, 0x27d4eb4f];
const PRIME_3: Pair = [0x165667b1, 0x9e3779f9];
const PRIME_4: Pair = [0x85ebca77, 0xc2b2ae63];
const PRIME_5: Pair = [0x27d4eb2f, 0x165667c5];
const STRIPE_BYTES = 32;

/** A register of 64 bits, changed in place: a new object for each step would take most of the time. */
class Register {
  high = 0;
  low = 0;

  set([high, low]: Pair): this {
    this.high = high | 0;
    this.low = low | 0;
    return this;
  }

  add(high: number, low: number): this {
    const sum = (this.low >>> 0) + (low >>> 0);
    this.low = sum | 0;
    this.high = (this.high + high + (sum > 0xffff_ffff ? 1 : 0)) | 0;
    return this;
  }

  xor(high: number, low: number): this {
    this.high ^= high;
    this.low ^= low;
    return this;
  }

  multiply([high, low]: Pair): this {
    const [a0, a1, b0, b1] = [this.low & 0xffff, this.low >>> 16, low & 0xffff, low >>> 16];
    const [p00, p01, p10] = [a0 * b0, a0 * b1, a1 * b0];
    const middle = (p00 >>> 16) + (p01 & 0xffff) + (p10 & 0xffff);
    const carried = a1 * b1 + (p01 >>> 16) + (p10 >>> 16) + (middle >>> 16);
    this.high = (carried + Math.imul(this.high, low) + Math.imul(this.low, high)) | 0;
    this.low = (middle << 16) | (p00 & 0xffff);
    return this;
  }

  /** @param bits 1 to 31. */
  rotate(bits: number): this {
    const { high, low } = this;
    this.high = (high << bits) | (low >>> (32 - bits));
    this.low = (low << bits) | (high >>> (32 - bits));
    return this;
  }

  /** @param bits 1 to 63. */
  xorShifted(bits: number): this {
    const { high, low } = this;
    if (bits >= 32) return this.xor(0, high >>> (bits - 32));
    return this.xor(high >>> bits, (low >>> bits) | (high << (32 - bits)));
  }

  round(high: number, low: number): this {
    const input = SCRATCH.set([high, low]).multiply(PRIME_2);
    return this.add(input.high, input.low).rotate(31).multiply(PRIME_1);
  }
}

const SCRATCH = new Register();

export class Xxh64 {
  readonly #lanes = [new Register(), new Register(), new Register(), new Register()] as const;
  readonly #held = Buffer.alloc(STRIPE_BYTES);
  #heldBytes = 0;
  #total = 0;

  constructor() {
    const [a, b, c, d] = this.#lanes;
    a.set(PRIME_1).add(...PRIME_2);
    b.set(PRIME_2);
    c.set([0, 0]);
    // 0 - PRIME_1
    d.set([~PRIME_1[0], ~PRIME_1[1]]).add(0, 1);
  }

  update(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    this.#total += bytes.length;
    let at = 0;
    if (this.#heldBytes > 0) {
      at = bytes.copy(this.#held, this.#heldBytes);
      this.#heldBytes += at;
      if (this.#heldBytes < STRIPE_BYTES) return;
      this.#stripe(this.#held, 0);
      this.#heldBytes = 0;
    }
    for (; at + STRIPE_BYTES <= bytes.length; at += STRIPE_BYTES) this.#stripe(bytes, at);
    this.#heldBytes = bytes.copy(this.#held, 0, at);
  }

  #stripe(bytes: Buffer, at: number): void {
    for (const [index, lane] of this.#lanes.entries()) {
      const from = at + index * 8;
      lane.round(bytes.readInt32LE(from + 4), bytes.readInt32LE(from));
    }
  }

  /** The low 32 bits, as a zstd frame has them. Call it once. */
  digestLow(): number {
    const hash = this.#total < STRIPE_BYTES ? new Register().set(PRIME_5) : this.#join();
    hash.add(Math.floor(this.#total / 2 ** 32), this.#total % 2 ** 32);
    this.#addRest(hash);
    hash.xorShifted(33).multiply(PRIME_2).xorShifted(29).multiply(PRIME_3).xorShifted(32);
    return hash.low >>> 0;
  }

  #join(): Register {
    const hash = new Register();
    const rotated = new Register();
    for (const [index, { high, low }] of this.#lanes.entries()) {
      rotated.set([high, low]).rotate([1, 7, 12, 18][index] ?? 0);
      hash.add(rotated.high, rotated.low);
    }
    for (const { high, low } of this.#lanes) {
      const one = new Register().round(high, low);
      hash
        .xor(one.high, one.low)
        .multiply(PRIME_1)
        .add(...PRIME_4);
    }
    return hash;
  }

  #addRest(hash: Register): void {
    const rest = this.#held.subarray(0, this.#heldBytes);
    let at = 0;
    for (; at + 8 <= rest.length; at += 8) {
      const one = new Register().round(rest.readInt32LE(at + 4), rest.readInt32LE(at));
      hash
        .xor(one.high, one.low)
        .rotate(27)
        .multiply(PRIME_1)
        .add(...PRIME_4);
    }
    for (; at + 4 <= rest.length; at += 4) {
      const word = new Register().set([0, rest.readUInt32LE(at)]).multiply(PRIME_1);
      hash
        .xor(word.high, word.low)
        .rotate(23)
        .multiply(PRIME_2)
        .add(...PRIME_3);
    }
    for (; at < rest.length; at++) {
      const byte = new Register().set([0, rest[at] ?? 0]).multiply(PRIME_5);
      hash.xor(byte.high, byte.low).rotate(11).multiply(PRIME_1);
    }
  }
}

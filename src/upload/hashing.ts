/** Sources that hash or count their bytes while they are sent. */
import { createHash, type Hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { ByteSource } from '../http/body.js';
import type { SentPart } from './context.js';
import { readThrough, type SourceFile } from './source.js';

/** Bytes that are hashed while they are sent; sent again, they are hashed again. */
export class HashedSource implements ByteSource {
  readonly size: number;
  readonly #source: ByteSource;
  #hash: Hash = createHash('sha256');

  constructor(source: ByteSource) {
    this.#source = source;
    this.size = source.size;
  }

  async pump(write: (chunk: Uint8Array) => Promise<void>): Promise<void> {
    const hash = createHash('sha256');
    await this.#source.pump((chunk) => {
      hash.update(chunk);
      return write(chunk);
    });
    this.#hash = hash;
  }

  slice(start: number, end: number): ByteSource {
    return this.#source.slice(start, end);
  }

  /** Of what was sent last, in hexadecimal. Call it once. */
  digest(): string {
    return this.#hash.digest('hex');
  }
}

/**
 * The bytes of a part with the checksum of what was sent of them. The sha256 of a file in parts comes from
 * another read than the parts themselves: after a change, only this shows whether both read the same.
 */
export class ChecksummedSource implements ByteSource {
  readonly size: number;
  readonly #source: ByteSource;
  #checksum: number | undefined;
  #isInPieces = false;

  constructor(source: ByteSource) {
    this.#source = source;
    this.size = source.size;
  }

  async pump(write: (chunk: Uint8Array) => Promise<void>): Promise<void> {
    this.#checksum = undefined;
    let checksum = 0;
    await this.#source.pump((chunk) => {
      checksum = crc32(chunk, checksum);
      return write(chunk);
    });
    this.#checksum = checksum;
  }

  /** For the pieces that were missing of a part whose response was lost. */
  slice(start: number, end: number): ByteSource {
    this.#isInPieces = true;
    return this.#source.slice(start, end);
  }

  /** CRC-32 of the bytes as they were sent; `undefined` when they were sent in pieces. */
  get checksum(): number | undefined {
    return this.#isInPieces ? undefined : this.#checksum;
  }
}

/** Reads a source from its start to its end; of files that go in parts, beside the parts. */
export async function computeSha256(source: ByteSource, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await source.pump(async (chunk) => {
    signal.throwIfAborted();
    hash.update(chunk);
  });
  return hash.digest('hex');
}

/** The sha256 of a file as it is now, in hexadecimal. */
export async function hashFile(file: SourceFile, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await readThrough(file, signal, (chunk) => void hash.update(chunk));
  return hash.digest('hex');
}

/** Counts the bytes as they are sent; a negative count when they have to be sent again. */
export function countedSource(source: ByteSource, count: (bytes: number) => void): ByteSource {
  let counted = 0;
  return {
    size: source.size,
    async pump(write) {
      if (counted > 0) count(-counted); // sent before, but not accepted
      counted = 0;
      await source.pump(async (chunk) => {
        await write(chunk);
        counted += chunk.length;
        count(chunk.length);
      });
    },
    slice: (start, end) => source.slice(start, end),
  };
}

/** Whether a file still holds the bytes of each part that was sent. */
export async function hasSentBytes(file: SourceFile, sent: readonly SentPart[]): Promise<boolean> {
  if (file.stream !== undefined) return true; // one read sent them and was hashed
  const source = await file.open();
  try {
    for (const { start, end, checksum } of sent) {
      let now = 0;
      await source.slice(start, end).pump(async (chunk) => {
        now = crc32(chunk, now);
      });
      if (now !== checksum) return false;
    }
    return true;
  } finally {
    await source.close();
  }
}

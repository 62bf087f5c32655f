import { createHash, type Hash } from 'node:crypto';
import type { ByteSource } from '../http/body.js';
import type { SourceFile } from './source.js';

/** Bytes that are hashed while they are sent; sent again, they are hashed anew. */
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
export async function hashFile(
  file: Pick<SourceFile, 'open'>,
  signal: AbortSignal,
): Promise<string> {
  const source = await file.open();
  try {
    return await computeSha256(source, signal);
  } finally {
    await source.close();
  }
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

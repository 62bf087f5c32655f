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
export async function sha256Of(source: ByteSource, signal: AbortSignal): Promise<string> {
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
    return await sha256Of(source, signal);
  } finally {
    await source.close();
  }
}

/** Bytes whose way out is told: how many went out, and how many of them have to go again. */
export function countedSource(source: ByteSource, count: (bytes: number) => void): ByteSource {
  let counted = 0;
  return {
    size: source.size,
    async pump(write) {
      if (counted > 0) count(-counted); // sent before, and not taken
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

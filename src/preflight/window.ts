/** Reads files: both ends of one, a range, or all of it. */
import type { ByteSource } from '../http/body.js';

/** How much is read at each end of a file, unless all of it is. */
export const WINDOW_BYTES = 1024 * 1024;

/** A longer row is not held in memory, and counts as one that the platform rejects. */
export const MAX_ROW_BYTES = 16 * 1024 * 1024;

/** Both ends of a file. For a small file both are all of its bytes. */
export interface Window {
  readonly head: Buffer;
  /** Empty for a longer stream, whose end is only read with all before it. */
  readonly tail: Buffer;
  /** Whether `head` is the whole file. */
  readonly isWhole: boolean;
  /** The size of the file; of a longer stream, the least that it has. */
  readonly size: number;
}

/** Reads a number of bytes at each end. */
export async function readWindow(
  source: ByteSource,
  bytes: number = WINDOW_BYTES,
  signal?: AbortSignal,
): Promise<Window> {
  const { size } = source;
  if (size <= 2 * bytes) {
    const all = await readRange(source, 0, size, signal);
    return { head: all, tail: all, isWhole: true, size };
  }
  const head = await readRange(source, 0, bytes, signal);
  const tail = await readRange(source, size - bytes, size, signal);
  return { head, tail, isWhole: false, size };
}

/** The bytes from `start` to before `end`. */
export async function readRange(
  source: ByteSource,
  start: number,
  end: number,
  signal?: AbortSignal,
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(end - start);
  let at = 0;
  await source.slice(start, end).pump(async (chunk) => {
    signal?.throwIfAborted();
    bytes.set(chunk, at); // a copy: the buffer that a chunk comes in is used again
    at += chunk.length;
  });
  return bytes.subarray(0, at);
}

/** Thrown to stop a pump early, and caught in this file. */
const STOP = Symbol('stop');

/**
 * Reads all of it, a chunk at a time, until `visit` returns `false`. A chunk is valid only during
 * `visit`: its buffer is used again.
 */
export async function readAll(
  source: ByteSource,
  visit: (chunk: Buffer) => boolean | Promise<boolean>,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await source.pump(async (chunk) => {
      signal?.throwIfAborted();
      const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (!(await visit(buffer))) throw STOP;
    });
  } catch (error) {
    if (error !== STOP) throw error;
  }
}

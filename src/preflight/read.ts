import type { ByteSource } from '../http/body.js';
import { WINDOW_BYTES } from './limits.js';

/** Both ends of a file; of a small one they are the same bytes: all of them. */
export interface Window {
  readonly head: Buffer;
  readonly tail: Buffer;
  /** Whether `head` is the whole file. */
  readonly whole: boolean;
  /** How many bytes the file has. */
  readonly size: number;
}

/** Reads so many bytes at each end. */
export async function readWindow(
  source: ByteSource,
  bytes: number = WINDOW_BYTES,
  signal?: AbortSignal,
): Promise<Window> {
  const { size } = source;
  if (size <= 2 * bytes) {
    const all = await readRange(source, 0, size, signal);
    return { head: all, tail: all, whole: true, size };
  }
  const head = await readRange(source, 0, bytes, signal);
  const tail = await readRange(source, size - bytes, size, signal);
  return { head, tail, whole: false, size };
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

/** Thrown to end a pump early; it never leaves this file. */
const ENOUGH = Symbol('enough');

/** Reads all of it, a chunk at a time, until `visit` gives `false`. A chunk is good until then. */
export async function readAll(
  source: ByteSource,
  visit: (chunk: Buffer) => boolean | Promise<boolean>,
  signal?: AbortSignal,
): Promise<void> {
  try {
    await source.pump(async (chunk) => {
      signal?.throwIfAborted();
      const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      if (!(await visit(buffer))) throw ENOUGH;
    });
  } catch (error) {
    if (error !== ENOUGH) throw error;
  }
}

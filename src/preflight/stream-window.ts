/** Reads a stream as files are read: its beginning, a range, or all of it, each time from the start. */
import { type ByteSource, rangeSource } from '../http/body.js';
import type { StreamFile } from '../upload/source.js';
import { WINDOW_BYTES, type Window } from './window.js';

/** Its bytes; of a range, what comes before it is read and left out. */
export const streamSource = (file: StreamFile, signal: AbortSignal): ByteSource =>
  rangeSource(0, Number.POSITIVE_INFINITY, async (start, end, write) => {
    let at = 0;
    for await (const chunk of file.stream(signal)) {
      const wanted = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
      at += chunk.length;
      if (wanted.length > 0) await write(wanted);
      if (at >= end) return;
    }
  });

/** The beginning of a stream, without an end unless that is all of it. */
export async function readStreamWindow(
  file: StreamFile,
  signal: AbortSignal,
  bytes: number = WINDOW_BYTES,
): Promise<Window> {
  const chunks: Buffer[] = [];
  let length = 0;
  // One more than is kept: a stream that ends there is read whole.
  const source = streamSource(file, signal).slice(0, 2 * bytes + 1);
  await source.pump(async (chunk) => {
    chunks.push(Buffer.from(chunk)); // a copy: its buffer is used again
    length += chunk.length;
  });
  const all = Buffer.concat(chunks);
  if (length <= 2 * bytes) return { head: all, tail: all, isWhole: true, size: length };
  const size = Math.max(file.sizeBytes, length);
  return { head: all.subarray(0, bytes), tail: Buffer.alloc(0), isWhole: false, size };
}

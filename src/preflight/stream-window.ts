/** Reads a stream as files are read: its beginning, a range, or all of it, each time from the start. */
import type { ByteSource } from '../http/body.js';
import type { SourceFile, StreamFile } from '../upload/source.js';
import { readRange, WINDOW_BYTES, type Window } from './window.js';

/** Its bytes from `start` to before `end`; what comes before them is read and left out. */
export function streamSource(
  file: StreamFile,
  signal: AbortSignal,
  start = 0,
  end: number = Number.POSITIVE_INFINITY,
): ByteSource {
  return {
    size: end - start,
    async pump(write) {
      let at = 0;
      for await (const chunk of file.stream(signal)) {
        const wanted = chunk.subarray(Math.max(0, start - at), Math.max(0, end - at));
        at += chunk.length;
        if (wanted.length > 0) await write(wanted);
        if (at >= end) return;
      }
    },
    slice: (from, to) => streamSource(file, signal, start + from, start + to),
  };
}

/** The beginning of a stream, without an end unless that is all of it. */
export async function readStreamWindow(
  file: StreamFile,
  signal: AbortSignal,
  bytes: number = WINDOW_BYTES,
): Promise<Window> {
  const chunks: Buffer[] = [];
  let length = 0;
  // One more than is kept: a stream that ends there is read whole.
  const source = streamSource(file, signal, 0, 2 * bytes + 1);
  await source.pump(async (chunk) => {
    chunks.push(Buffer.from(chunk)); // a copy: its buffer is used again
    length += chunk.length;
  });
  const all = Buffer.concat(chunks);
  if (length <= 2 * bytes) return { head: all, tail: all, isWhole: true, size: length };
  const size = Math.max(file.sizeBytes, length);
  return { head: all.subarray(0, bytes), tail: Buffer.alloc(0), isWhole: false, size };
}

/** At most so many bytes from the beginning of a file. */
export async function readStart(
  file: SourceFile,
  bytes: number,
  signal: AbortSignal = new AbortController().signal,
): Promise<Buffer> {
  if (file.stream !== undefined) {
    return readRange(streamSource(file, signal), 0, bytes, signal);
  }
  if (file.sizeBytes === 0) return Buffer.alloc(0);
  const source = await file.open();
  try {
    return await readRange(source, 0, Math.min(source.size, bytes), signal);
  } finally {
    await source.close();
  }
}

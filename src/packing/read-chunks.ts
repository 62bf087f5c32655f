/** Reads files chunk by chunk, whether they have a known size or are streams; small ones at once. */
import { pumpChunks } from '../shared/pump-chunks.js';
import { readSmallFile } from '../upload/small-file.js';
import type { SourceFile } from '../upload/source.js';

/**
 * The bytes from `start` on. A chunk is valid until the next.
 * @throws {SourceError} when it cannot be read.
 */
export async function* readChunks(
  file: SourceFile,
  start: number,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const small = readSmall(file);
  if (small !== undefined) {
    yield small.subarray(start);
    return;
  }
  if (file.stream !== undefined) {
    let at = 0;
    for await (const chunk of file.stream(signal)) {
      const from = Math.max(0, start - at);
      at += chunk.length;
      if (from < chunk.length) yield toBuffer(chunk).subarray(from);
    }
    return;
  }
  const source = await file.open();
  try {
    if (start >= source.size) return;
    const rest = source.slice(start, source.size);
    for await (const chunk of pumpChunks((write) => rest.pump(write))) {
      signal.throwIfAborted();
      yield toBuffer(chunk);
    }
  } finally {
    await source.close();
  }
}

const readSmall = ({ localPath, sizeBytes, stream }: SourceFile): Buffer | undefined =>
  localPath === undefined || stream !== undefined ? undefined : readSmallFile(localPath, sizeBytes);

const toBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

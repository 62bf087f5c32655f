/** Reads files chunk by chunk, whether they have a known size or are streams; small ones at once. */
import { SourceError } from '../shared/errors.js';
import { readStartSync } from '../shared/open-file.js';
import { pumpChunks } from '../shared/pump-chunks.js';
import type { SourceFile } from '../upload/source.js';

/** Up to this size one read has all of it: opening with promises would take longer than reading. */
const SMALL_BYTES = 64 * 1024;

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

function readSmall({ localPath, sizeBytes, stream }: SourceFile): Buffer | undefined {
  if (localPath === undefined || stream !== undefined || sizeBytes > SMALL_BYTES) return undefined;
  try {
    const bytes = readStartSync(localPath, SMALL_BYTES + 1);
    return bytes.length > SMALL_BYTES ? undefined : bytes; // it may have grown since
  } catch (cause) {
    const message = `${localPath} cannot be opened: ${(cause as Error).message}.`;
    throw new SourceError(localPath, message, cause);
  }
}

const toBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);

/** Compressed contents as a stream of what is in them, under their name without the extension. */
import { pumpChunks } from '../shared/pump-chunks.js';
import type { SourceFile, StreamFile } from '../upload/source.js';
import { type Coding, detectCoding, SIGNATURE_BYTES, withoutCoding } from './coding.js';
import { decompress } from './decompress.js';

/** The file, decompressed while it is read. */
export function withCoding(file: SourceFile, coding: Coding): StreamFile {
  const { path, sizeBytes, localPath, fingerprint, version, cleanup } = file;
  return {
    path: withoutCoding(path),
    sizeBytes,
    localPath,
    fingerprint,
    ...(version === undefined ? {} : { version }),
    ...(cleanup === undefined ? {} : { cleanup }),
    coding,
    stream: (signal) => decompress(coding, readChunks(file, signal), localPath ?? path),
  };
}

/** A file from elsewhere, decompressed if its first bytes show that it is compressed. */
export async function detectCompressed(file: SourceFile, signal: AbortSignal): Promise<SourceFile> {
  const coding = detectCoding(await readSignature(file, signal), file.path);
  return coding === undefined ? file : withCoding(file, coding);
}

async function readSignature(file: SourceFile, signal: AbortSignal): Promise<Buffer> {
  let head = Buffer.alloc(0);
  if (file.stream !== undefined) {
    for await (const chunk of file.stream(signal)) {
      head = Buffer.concat([head, chunk.subarray(0, SIGNATURE_BYTES)]);
      if (head.length >= SIGNATURE_BYTES) break;
    }
    return head;
  }
  const source = await file.open();
  try {
    await source.slice(0, Math.min(SIGNATURE_BYTES, source.size)).pump(async (chunk) => {
      head = Buffer.concat([head, chunk]);
    });
    return head;
  } finally {
    await source.close();
  }
}

async function* readChunks(file: SourceFile, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  if (file.stream !== undefined) {
    yield* file.stream(signal);
    return;
  }
  signal.throwIfAborted();
  const source = await file.open();
  // Whoever writes may go on for long.
  const onAbort = () => void source.close();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const chunk of pumpChunks((write) => source.pump(write))) {
      signal.throwIfAborted();
      yield chunk;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
    await source.close();
  }
}

/** Compressed contents as a stream of what is in them, under their name without the extension. */
import { omitUndefined } from '../shared/options.js';
import { pumpChunks } from '../shared/pump-chunks.js';
import { type Coding, readStart, type SourceFile, type StreamFile } from '../upload/source.js';
import { detectCoding, SIGNATURE_BYTES, withoutCoding } from './coding.js';
import { decompress } from './decompress.js';

/** The file, decompressed while it is read. */
export function withCoding(file: SourceFile, coding: Coding): StreamFile {
  const { path, sizeBytes, localPath, fingerprint, version, cleanup } = file;
  let compressedBytes = 0;
  return {
    path: withoutCoding(path),
    sizeBytes,
    localPath,
    fingerprint,
    ...omitUndefined({ version, cleanup }),
    coding,
    stream: (signal) =>
      decompress(coding, readChunks(file, signal), localPath ?? path, (bytes) => {
        compressedBytes = bytes;
      }),
    estimateSize: (readBytes) =>
      compressedBytes === 0 ? sizeBytes : Math.ceil((readBytes / compressedBytes) * sizeBytes),
  };
}

/** A file from elsewhere, decompressed if its first bytes show that it is compressed. */
export async function detectCompressed(file: SourceFile, signal: AbortSignal): Promise<SourceFile> {
  const coding = detectCoding(await readStart(file, SIGNATURE_BYTES, signal), file.path);
  return coding === undefined ? file : withCoding(file, coding);
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

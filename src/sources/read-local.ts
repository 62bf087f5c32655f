/** Reads files of this machine outside of an upload: what is in them, decompressed. */
import { OpenFile } from '../http/body.js';
import { pumpChunks } from '../shared/pump-chunks.js';
import type { Coding } from '../upload/source.js';
import { decompress } from './decompress.js';

/** The bytes in a file. A chunk is valid until the next. */
export async function* readLocal(
  localPath: string,
  coding: Coding | undefined,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const file = await OpenFile.open(localPath);
  try {
    const raw = pumpChunks((write) => file.pump(write));
    for await (const chunk of coding === undefined ? raw : decompress(coding, raw, localPath)) {
      signal?.throwIfAborted();
      yield chunk;
    }
  } finally {
    await file.close();
  }
}

/** At most so many of the first bytes in a file. */
export async function readLocalStart(
  localPath: string,
  coding: Coding,
  bytes: number,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of readLocal(localPath, coding)) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length >= bytes) break;
  }
  return Buffer.concat(chunks).subarray(0, bytes);
}

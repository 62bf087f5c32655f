/** Reads an open file, to send it. Imported with the first file. */
import type { FileHandle } from 'node:fs/promises';
import { SourceError } from '../shared/errors.js';

/** How much is read and written at a time. */
const CHUNK_BYTES = 1024 * 1024;

/**
 * Buffers that were sent, for the next one who reads. Without them each part of a large file leaves
 * two behind, and the garbage collector comes late for what is outside its heap.
 */
const pool: Buffer[] = [];
const MAX_POOLED = 16;

function acquireBuffer(length: number): Buffer {
  const buffer = length === CHUNK_BYTES ? pool.pop() : undefined;
  return buffer ?? Buffer.allocUnsafeSlow(length);
}

/** Only after all was sent: a socket that broke may still hold the buffer. */
function releaseBuffer(...buffers: Buffer[]): void {
  for (const buffer of buffers) {
    if (buffer.length === CHUNK_BYTES && pool.length < MAX_POOLED) pool.push(buffer);
  }
}

/** Two buffers in turn: one is filled while the other is sent. */
export async function pumpHandle(
  path: string,
  handle: FileHandle,
  start: number,
  end: number,
  write: (chunk: Uint8Array) => Promise<void>,
): Promise<void> {
  const length = Math.min(CHUNK_BYTES, end - start);
  let [full, empty] = [acquireBuffer(length), acquireBuffer(length)];
  let at = start;
  let reading = fill(path, handle, full, at, end);
  try {
    while (at < end) {
      const chunk = await reading;
      at += chunk.length;
      [full, empty] = [empty, full];
      if (at < end) {
        reading = fill(path, handle, full, at, end);
        reading.catch(() => undefined); // it is awaited only after the write; until then it may fail
      }
      await write(chunk);
    }
    releaseBuffer(full, empty);
  } finally {
    await reading.catch(() => undefined); // no read may be pending when the file is closed
  }
}

async function fill(
  path: string,
  handle: FileHandle,
  buffer: Buffer,
  at: number,
  end: number,
): Promise<Buffer> {
  const wanted = Math.min(buffer.length, end - at);
  let length = 0;
  while (length < wanted) {
    const { bytesRead } = await handle
      .read(buffer, length, wanted - length, at + length)
      .catch((cause) => {
        throw unreadable(path, cause);
      });
    if (bytesRead === 0) {
      const message = `${path} became shorter while it was read: it ended at byte ${at + length}.`;
      throw new SourceError(path, message);
    }
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

/** A closed file or a failing disk: an error of the source, not of the connection. */
const unreadable = (path: string, cause: Error): SourceError =>
  new SourceError(path, `${path} cannot be read: ${cause.message}.`, cause);

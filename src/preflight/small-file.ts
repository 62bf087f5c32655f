import { closeSync, readSync } from 'node:fs';
import { byteSource } from '../http/body.js';
import { SourceError } from '../shared/errors.js';
import { openRegularFileSync } from '../shared/open-file.js';
import type { OpenSource, SizedFile } from '../upload/source.js';

/** Up to this size one read has all of it. */
const MAX_BYTES = 64 * 1024;

/**
 * A small file of this machine with its bytes in memory; `undefined` for any other. It is read at once: a load has
 * 100,000 of them, and with promises each would take several turns of a thread.
 * @throws {SourceError} if it cannot be read.
 */
export function readSmallFile({ localPath, sizeBytes }: SizedFile): OpenSource | undefined {
  if (localPath === undefined || sizeBytes > MAX_BYTES) return undefined;
  const bytes = readAll(localPath);
  const source = bytes === undefined ? undefined : byteSource(bytes);
  if (source === undefined) return undefined;
  return {
    size: source.size,
    pump: (write) => source.pump(write),
    slice: (start, end) => source.slice(start, end),
    close: async () => undefined,
  };
}

/** `undefined` for a file that has grown beyond a small one. */
function readAll(path: string): Buffer | undefined {
  try {
    const { fd, stats } = openRegularFileSync(path);
    try {
      if (stats.size > MAX_BYTES) return undefined;
      const bytes = Buffer.alloc(stats.size);
      let length = 0;
      while (length < bytes.length) {
        const count = readSync(fd, bytes, length, bytes.length - length, length);
        if (count === 0) break;
        length += count;
      }
      return bytes.subarray(0, length);
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw new SourceError(path, `${path} cannot be opened: ${(cause as Error).message}.`, cause);
  }
}

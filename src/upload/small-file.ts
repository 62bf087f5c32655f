import { SourceError } from '../shared/errors.js';
import { readStartSync } from '../shared/open-file.js';

/** Up to this size one read has all of a file; with promises, opening, reading and closing would each wait for a thread. */
const MAX_BYTES = 64 * 1024;

/**
 * The bytes of a small file of this machine; `undefined` for any other.
 * @throws {SourceError} if it cannot be read.
 */
export function readSmallFile(path: string, sizeBytes: number): Buffer | undefined {
  if (sizeBytes > MAX_BYTES) return undefined;
  let bytes: Buffer;
  try {
    bytes = readStartSync(path, MAX_BYTES + 1);
  } catch (cause) {
    throw new SourceError(path, `${path} cannot be opened: ${(cause as Error).message}.`, cause);
  }
  return bytes.length > MAX_BYTES ? undefined : bytes; // it may have grown since
}

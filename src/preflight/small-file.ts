import { memorySource } from '../http/body.js';
import { SourceError } from '../shared/errors.js';
import { readStartSync } from '../shared/open-file.js';
import { type OpenSource, openMemory, type SizedFile } from '../upload/source.js';

/** Up to this size one read has all of it. */
const MAX_BYTES = 64 * 1024;

/**
 * A small file of this machine with its bytes in memory; `undefined` for any other.
 * @throws {SourceError} if it cannot be read.
 */
export function readSmallFile({ localPath, sizeBytes }: SizedFile): OpenSource | undefined {
  if (localPath === undefined || sizeBytes > MAX_BYTES) return undefined;
  let bytes: Buffer;
  try {
    bytes = readStartSync(localPath, MAX_BYTES + 1);
  } catch (cause) {
    const message = `${localPath} cannot be opened: ${(cause as Error).message}.`;
    throw new SourceError(localPath, message, cause);
  }
  // It may have grown since.
  return bytes.length > MAX_BYTES ? undefined : openMemory(memorySource(bytes));
}

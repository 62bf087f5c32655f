import { memorySource } from '../http/body.js';
import { SourceError } from '../shared/errors.js';
import { readStartSync } from '../shared/open-file.js';
import { type OpenSource, openMemory, type SizedFile } from '../upload/source.js';
import { WINDOW_BYTES, type Window } from './window.js';

/** Up to this size one read has all of it. */
const MAX_BYTES = 64 * 1024;

/** A file with its bytes in memory. */
interface SmallFile {
  readonly source: OpenSource;
  /** Missing where the ends that are looked at are less than all of it. */
  readonly window: Window | undefined;
}

/**
 * A small file of this machine with its bytes in memory; `undefined` for any other.
 * @throws {SourceError} if it cannot be read.
 */
export function readSmallFile(
  { localPath, sizeBytes }: SizedFile,
  windowBytes: number = WINDOW_BYTES,
): SmallFile | undefined {
  if (localPath === undefined || sizeBytes > MAX_BYTES) return undefined;
  let bytes: Buffer;
  try {
    bytes = readStartSync(localPath, MAX_BYTES + 1);
  } catch (cause) {
    const message = `${localPath} cannot be opened: ${(cause as Error).message}.`;
    throw new SourceError(localPath, message, cause);
  }
  if (bytes.length > MAX_BYTES) return undefined; // it may have grown since
  const size = bytes.length;
  const window = { head: bytes, tail: bytes, isWhole: true, size };
  const source = openMemory(memorySource(bytes));
  return { source, window: size <= 2 * windowBytes ? window : undefined };
}

/** What can be ingested, as one kind of thing: files of a known size that can be read again. */
import type { ByteSource } from '../http/bytes.js';

/** How a file is told from a later version of itself. */
export interface FileIdentity {
  sizeBytes: number;
  /** Nanoseconds, as decimal digits: they are beyond what a number holds. */
  mtimeNs: string;
  ctimeNs: string;
  inode: string;
}

/** One file that is to be in the batch. */
export interface SourceFile {
  /** Its path in the batch. */
  path: string;
  sizeBytes: number;
  /** Where it is on this machine; `undefined` for bytes in memory. */
  localPath: string | undefined;
  /** As it was when it was planned; `undefined` for bytes in memory, which do not change. */
  identity: FileIdentity | undefined;
  /** Opens it. What comes is to be closed. @throws {SourceError} when it cannot be read. */
  open(): Promise<OpenSource>;
}

export interface OpenSource extends ByteSource {
  close(): Promise<void>;
}

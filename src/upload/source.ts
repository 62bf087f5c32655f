/**
 * What can be ingested, as one kind of thing that can be read again: files of a known size, in ranges, and
 * streams, whose size is known at their end, from the start.
 */
import { statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { type ByteSource, memorySource, OpenFile } from '../http/body.js';
import { SourceError } from '../shared/errors.js';
import { openRegularFile } from '../shared/open-file.js';
import { readSmallFile } from './small-file.js';

/** How a file is distinguished from a later version of itself. */
export interface FileFingerprint {
  sizeBytes: number;
  /** Nanoseconds, as decimal digits: they are beyond what a number holds. */
  mtimeNs: string;
  ctimeNs: string;
  inode: string;
}

/** How contents from elsewhere are distinguished from a later version of themselves. */
export interface SourceVersion {
  /** As it was when it was planned. */
  readonly fingerprint: string;
  /** Reads it anew; missing where each read proves the version. */
  readonly read?: () => Promise<string>;
  /** Where the contents are, with what gives access to them: a secret. Missing where a program has them. */
  readonly url?: string;
}

/** How contents are compressed. */
export type Coding = 'gzip' | 'brotli' | 'zstd';

/** Where a file is within a packed one. */
export interface PackedPlace {
  /** The line of the packed file that it begins in, from 1. */
  readonly firstLine: number;
  /** How many lines of the packed file are its own. */
  readonly lines: number;
  /** How many of its first lines are left out: a header that the packed file has already. */
  readonly skippedLines: number;
  /** How many of its first bytes are left out: those lines, and a byte order mark. */
  readonly skippedBytes: number;
  /** How many bytes of it follow in the packed file. */
  readonly bytes: number;
  /** Whether a line feed is added after them, since its last line has no end. */
  readonly addsNewline: boolean;
}

/** A file that is a part of a packed one. */
export interface PackedMember {
  readonly file: SourceFile;
  /** What was read of all of it when it was packed. */
  readonly hashed: { readonly sha256: string; readonly sizeBytes: number };
  readonly place: PackedPlace;
  /** Bytes of its byte order mark. Missing where it is not known, as from a journal. */
  readonly markBytes?: number;
}

interface AnyFile {
  /** Its path in the batch. */
  path: string;
  /** Of a stream only what is known before it is read, such as its compressed size: 0 for nothing. */
  sizeBytes: number;
  /** Where it is on this machine; `undefined` for bytes from elsewhere. */
  localPath: string | undefined;
  /** The file of this machine as it was when it was planned; `undefined` for bytes from elsewhere. */
  fingerprint: FileFingerprint | undefined;
  /** The same for contents from elsewhere; missing for bytes in memory, which do not change. */
  version?: SourceVersion;
  /** How the contents are compressed; what is read of it is decompressed already. */
  coding?: Coding;
  /** Of a packed file: what it is put together from, in its order. */
  members?: readonly PackedMember[];
  /** Called once all of it is in the batch; a spooled file is then deleted. */
  cleanup?(): Promise<void>;
}

/** A file of a known size, which is read in ranges. */
export interface SizedFile extends AnyFile {
  /** Opens it. What comes is to be closed. @throws {SourceError} when it cannot be read. */
  open(): Promise<OpenSource>;
  readonly stream?: undefined;
}

/** What is read from its start to its end, which shows how long it is; each time anew. */
export interface StreamFile extends AnyFile {
  /**
   * Reads it from its start, until the signal is aborted. A chunk is valid until the next.
   * @throws {SourceError} when it cannot be read.
   */
  stream(signal: AbortSignal): AsyncGenerator<Uint8Array>;
  /** The size of all of it, where so many bytes of it were just read. */
  estimateSize?(readBytes: number): number;
  readonly open?: undefined;
}

/** One file that is to be in the batch. */
export type SourceFile = SizedFile | StreamFile;

export interface OpenSource extends ByteSource {
  close(): Promise<void>;
}

/** A file, or the lack of one, as it is now. */
export async function readFingerprint(path: string): Promise<FileFingerprint> {
  try {
    // Not the promise: a load reads 100,000 of them, and each would wait for a thread.
    const { size, mtimeNs, ctimeNs, ino } = statSync(path, { bigint: true });
    const digits = { mtimeNs: `${mtimeNs}`, ctimeNs: `${ctimeNs}`, inode: `${ino}` };
    return { sizeBytes: Number(size), ...digits };
  } catch (cause) {
    throw new SourceError(
      path,
      `${path} cannot be read: ${(cause as Error).message}. Check the path and its permissions.`,
      cause,
    );
  }
}

export const isSameFingerprint = (a: FileFingerprint, b: FileFingerprint): boolean =>
  a.sizeBytes === b.sizeBytes &&
  a.mtimeNs === b.mtimeNs &&
  a.ctimeNs === b.ctimeNs &&
  a.inode === b.inode;

/** Linux stamps files with the time of its last tick, which is at most this old. */
const TICK_MS = 11;

/**
 * The fingerprint of a file that may just have been written: a further write within the same tick would
 * leave its times as they are, so the tick is waited out first.
 */
async function readStableFingerprint(path: string): Promise<FileFingerprint> {
  const fingerprint = await readFingerprint(path);
  const ageMs = Date.now() - Number(fingerprint.ctimeNs) / 1e6;
  if (ageMs < 0 || ageMs > TICK_MS) return fingerprint;
  await delay(TICK_MS - ageMs);
  return readFingerprint(path);
}

/** A file of this machine. */
export async function localFile(localPath: string, path: string): Promise<SizedFile> {
  const fingerprint = await readStableFingerprint(localPath);
  if (fingerprint.sizeBytes === 0) await assertEmpty(localPath);
  return plannedFile(localPath, path, fingerprint);
}

/** Files of /proc and /sys have a size of 0, whatever is in them. */
async function assertEmpty(path: string): Promise<void> {
  const { handle } = await openRegularFile(path).catch((cause: Error) => {
    throw new SourceError(path, `${path} cannot be opened: ${cause.message}.`, cause);
  });
  try {
    const { bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, 0);
    if (bytesRead === 0) return;
  } catch (cause) {
    throw new SourceError(path, `${path} cannot be read: ${(cause as Error).message}.`, cause);
  } finally {
    await handle.close();
  }
  const message = `${path} says that it has 0 bytes, and has more: copy it to a file of its own.`;
  throw new SourceError(path, message);
}

/** A file of this machine, as it was when it was planned. */
export function plannedFile(
  localPath: string,
  path: string,
  fingerprint: FileFingerprint,
): SizedFile {
  return {
    path,
    sizeBytes: fingerprint.sizeBytes,
    localPath,
    fingerprint,
    open: () => openLocal(localPath, fingerprint.sizeBytes),
  };
}

async function openLocal(path: string, sizeBytes: number): Promise<OpenSource> {
  const bytes = readSmallFile(path, sizeBytes);
  return bytes === undefined ? OpenFile.open(path) : openMemory(memorySource(bytes));
}

/** Bytes in memory. */
export function memoryFile(path: string, source: ByteSource): SizedFile {
  const open = async () => openMemory(source);
  return { path, sizeBytes: source.size, localPath: undefined, fingerprint: undefined, open };
}

/** Bytes in memory, which need not be closed. */
export const openMemory = (source: ByteSource): OpenSource => ({
  size: source.size,
  pump: (write) => source.pump(write),
  slice: (start, end) => source.slice(start, end),
  close: async () => undefined,
});

/**
 * @param hasSameBytes compares what is in the file with what was sent; without it, any change counts.
 * @throws {SourceError} when the file is not what it was when it was planned.
 */
export async function checkUnchanged(
  file: SourceFile,
  hasSameBytes?: () => Promise<boolean>,
): Promise<void> {
  if (await isUnchanged(file)) return;
  // Touched, or copied over: only what is in it counts, where that is known.
  if (hasSameBytes !== undefined && (await hasSameBytes())) return;
  const { localPath, path } = file;
  const message =
    localPath === undefined
      ? `${path} changed since it was planned: its fingerprint is another one.`
      : `${localPath} changed since it was planned (${path} in the batch).`;
  throw new SourceError(localPath ?? path, message);
}

async function isUnchanged({ localPath, fingerprint, version }: SourceFile): Promise<boolean> {
  if (version?.read !== undefined) return (await version.read()) === version.fingerprint;
  if (localPath === undefined || fingerprint === undefined) return true;
  return isSameFingerprint(fingerprint, await readFingerprint(localPath));
}

/**
 * The bytes of a file for whoever hashes them: the file is checked once more when its first bytes have
 * been read. A rewrite right before that would otherwise be hashed as if it had always been there, and
 * no later comparison of hashes would find it.
 * @param onChecked called when the file was found as planned.
 */
export function checkedAtFirstRead(
  file: SourceFile,
  source: ByteSource,
  onChecked: () => void = () => undefined,
): ByteSource {
  return {
    size: source.size,
    async pump(write) {
      let isChecked = false;
      await source.pump(async (chunk) => {
        if (!isChecked) await checkUnchanged(file);
        isChecked = true;
        onChecked();
        await write(chunk);
      });
    },
    slice: (start, end) => source.slice(start, end),
  };
}

/**
 * Reads a file from its start to its end, or until `visit` throws: opened for that, and closed.
 * @throws what `visit` throws; {SourceError} when it cannot be read.
 */
export async function readThrough(
  file: SourceFile,
  signal: AbortSignal,
  visit: (chunk: Uint8Array) => Promise<void> | void,
): Promise<void> {
  if (file.stream !== undefined) {
    for await (const chunk of file.stream(signal)) await visit(chunk);
    return;
  }
  const source = await file.open();
  try {
    await source.pump(async (chunk) => {
      signal.throwIfAborted();
      await visit(chunk);
    });
  } finally {
    await source.close();
  }
}

/** At most so many bytes from the beginning of a file. @throws {SourceError} when it cannot be read. */
export async function readStart(
  file: SourceFile,
  bytes: number,
  signal: AbortSignal = new AbortController().signal,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let left = bytes;
  const add = (chunk: Uint8Array) => {
    chunks.push(Buffer.from(chunk.subarray(0, left))); // a copy: its buffer is used again
    left -= Math.min(left, chunk.length);
  };
  if (file.stream !== undefined) {
    for await (const chunk of file.stream(signal)) {
      add(chunk);
      if (left === 0) break;
    }
  } else if (file.sizeBytes > 0) {
    const source = await file.open();
    try {
      await source.slice(0, Math.min(bytes, source.size)).pump(async (chunk) => {
        signal.throwIfAborted();
        add(chunk);
      });
    } finally {
      await source.close();
    }
  }
  return Buffer.concat(chunks);
}

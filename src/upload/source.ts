/** What can be ingested, as one kind of thing: files of a known size that can be read again. */
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type ByteSource, OpenFile } from '../http/body.js';
import { SourceError } from '../shared/errors.js';
import { openRegularFile } from '../shared/open-file.js';

/** How a file is distinguished from a later version of itself. */
export interface FileFingerprint {
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
  fingerprint: FileFingerprint | undefined;
  /** Opens it. What comes is to be closed. @throws {SourceError} when it cannot be read. */
  open(): Promise<OpenSource>;
  /** Called once all of it is in the batch; a spooled file is then deleted. */
  cleanup?(): Promise<void>;
}

export interface OpenSource extends ByteSource {
  close(): Promise<void>;
}

/** A file, or the lack of one, as it is now. */
export async function readFingerprint(path: string): Promise<FileFingerprint> {
  try {
    const { size, mtimeNs, ctimeNs, ino } = await stat(path, { bigint: true });
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
export async function localFile(localPath: string, path: string): Promise<SourceFile> {
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
): SourceFile {
  return {
    path,
    sizeBytes: fingerprint.sizeBytes,
    localPath,
    fingerprint,
    open: () => OpenFile.open(localPath),
  };
}

/** Bytes in memory. */
export function memoryFile(path: string, source: ByteSource): SourceFile {
  const open = async (): Promise<OpenSource> => ({
    size: source.size,
    pump: (write) => source.pump(write),
    slice: (start, end) => source.slice(start, end),
    close: async () => undefined,
  });
  return { path, sizeBytes: source.size, localPath: undefined, fingerprint: undefined, open };
}

/**
 * @param hasSameBytes compares what is in the file with what was sent; without it, any change counts.
 * @throws {SourceError} when the file is not what it was when it was planned.
 */
export async function checkUnchanged(
  { localPath, fingerprint, path }: SourceFile,
  hasSameBytes?: () => Promise<boolean>,
): Promise<void> {
  if (localPath === undefined || fingerprint === undefined) return;
  if (isSameFingerprint(fingerprint, await readFingerprint(localPath))) return;
  // Touched, or copied over: only what is in it counts, where that is known.
  if (hasSameBytes !== undefined && (await hasSameBytes())) return;
  throw new SourceError(
    localPath,
    `${localPath} changed since it was planned (${path} in the batch).`,
  );
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

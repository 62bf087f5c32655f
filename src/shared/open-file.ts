/**
 * The one way to open a file by its path. A blind `open()` of a pipe waits for the other end for
 * ever, and after that not even `process.exit()` ends the process.
 */
import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Windows has neither. */
const NO_WAIT = (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);
const NO_LINK = constants.O_NOFOLLOW ?? 0;

/** What kind of thing a path names, for messages. */
export function fileKind(stats: Pick<Stats, keyof Stats & `is${string}`>): string {
  if (stats.isFile()) return 'a regular file';
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
}

/** A file that was opened, as it was at that moment. */
export interface OpenedFile {
  handle: FileHandle;
  stats: Stats;
}

/** Opens a regular file. @throws {Error} for anything else, without waiting for it. */
export async function openRegularFile(
  path: string,
  flags: number = constants.O_RDONLY,
): Promise<OpenedFile> {
  const handle = await open(path, flags | NO_WAIT);
  try {
    const stats = await handle.stat();
    assertRegular(stats);
    return { handle, stats };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** As `openRegularFile()`, to be read at once. The descriptor is to be closed. */
export function openRegularFileSync(path: string): { fd: number; stats: Stats } {
  const fd = openSync(path, constants.O_RDONLY | NO_WAIT);
  try {
    const stats = fstatSync(fd);
    assertRegular(stats);
    return { fd, stats };
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/**
 * At most so many of the first bytes of a regular file. Read at once: a load has 100,000 small ones, and with promises
 * each would take several turns of a thread.
 */
export function readStartSync(path: string, maxBytes: number): Buffer {
  const { fd, stats } = openRegularFileSync(path);
  try {
    // Of the pool where it is small: memory of its own would have to be collected for each file.
    const bytes = Buffer.allocUnsafe(Math.min(stats.size, maxBytes));
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
}

function assertRegular(stats: Stats): void {
  if (stats.isFile()) return;
  const error: NodeJS.ErrnoException = new Error(`it is ${fileKind(stats)}, not a regular file`);
  if (stats.isDirectory()) error.code = 'EISDIR';
  throw error;
}

/** Creates a file that only this user can read. Never opens what is there already, links included. */
export async function createPrivateFile(path: string, flags = 0): Promise<FileHandle> {
  const { O_CREAT, O_EXCL, O_RDWR } = constants;
  const handle = await open(path, O_CREAT | O_EXCL | O_RDWR | NO_LINK | flags, 0o600);
  // The umask may have taken bits away that the next process needs.
  await handle.chmod(0o600).catch(() => undefined);
  return handle;
}

/**
 * Who else can write a file or a folder, and what to do about it; `undefined` where nobody can.
 * Root can anyway, so a file of root is as good as one's own.
 */
export function foreignAccess(path: string, stats: Pick<Stats, 'uid' | 'mode'>) {
  const uid = process.geteuid?.();
  if (uid === undefined) return undefined; // Windows has other rights
  if (stats.uid !== uid && stats.uid !== 0) {
    return {
      by: 'owner',
      message: `belongs to another user (uid ${stats.uid}). Use one of your own`,
    } as const;
  }
  if ((stats.mode & 0o022) === 0) return undefined;
  const by = (stats.mode & 0o002) === 0 ? 'group' : 'others';
  const who = by === 'group' ? 'its group' : 'other users';
  return { by, message: `can be written by ${who}. Run: chmod go-w ${quoted(path)}` } as const;
}

const quoted = (path: string): string =>
  /^[\w@%+=:,./\\-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;

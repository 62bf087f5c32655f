/**
 * A folder for files whose names come from elsewhere: none leaves the folder, none replaces a file, and only
 * the user can read them.
 */
import { randomUUID } from 'node:crypto';
import { link, lstat, mkdir, realpath, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { createPrivateFile } from '../shared/open-file.js';
import { UsageError } from './exit-codes.js';
import { makeFolder } from './state-dir.js';

/** What file systems take, with room for the name of a partial file. */
const MAX_NAME_BYTES = 200;
/** Characters that a file system or a terminal takes for something else; a colon names a drive or a stream. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}:*?"<>|]/gu;
/** Names of devices on Windows, whatever their extension. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** Where a file is to be written. */
export interface Place {
  readonly path: string;
  /** Whether a complete file is there already. */
  readonly isPresent: boolean;
  /** The size in bytes: of the file that is there, and after `write()` of the new one. */
  sizeBytes: number;
  /** The size that was announced. */
  readonly expectedBytes: number | undefined;
}

export class DownloadFolder {
  readonly #folder: string;
  /** Paths that were given out, in lower case: many file systems ignore the case. */
  readonly #reserved = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /**
   * A path for a file with this name. Folders in the name become folders.
   * @throws {UsageError} if another file is there.
   */
  async reserve(name: string, expectedBytes: number | undefined): Promise<Place> {
    const path = this.#choosePath(name);
    await this.#makeParent(path);
    const stats = await lstat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (stats === undefined) return { path, isPresent: false, sizeBytes: 0, expectedBytes };
    if (stats.isFile() && stats.size === expectedBytes) {
      return { path, isPresent: true, sizeBytes: stats.size, expectedBytes };
    }
    throw new UsageError(
      `${path} exists, and is not the file that would be downloaded. Move it away, or pass another --out.`,
    );
  }

  /** Writes a file, which gets its name only once it is complete. */
  async write(place: Place, body: AsyncIterable<Uint8Array>): Promise<void> {
    const { path, expectedBytes } = place;
    const partial = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.part`);
    const handle = await createPrivateFile(partial);
    try {
      let sizeBytes = 0;
      for await (const chunk of body) {
        await handle.writeFile(chunk);
        sizeBytes += chunk.length;
      }
      if (expectedBytes !== undefined && sizeBytes !== expectedBytes) {
        throw new Error(
          `${path}: received ${sizeBytes} bytes of the ${expectedBytes} that were listed. Run the command again.`,
        );
      }
      await handle.close();
      await moveWithoutReplacing(partial, path);
      place.sizeBytes = sizeBytes;
    } finally {
      await handle.close().catch(() => undefined);
      await rm(partial, { force: true });
    }
  }

  /** Two names may become one path: then a number is added. */
  #choosePath(name: string): string {
    const parts = toSafeParts(name);
    const file = parts.pop() ?? 'file';
    for (let attempt = 1; ; attempt++) {
      const numbered = attempt === 1 ? file : `${file}.${attempt}`;
      const path = join(this.#folder, ...parts, numbered);
      const key = path.toLowerCase();
      if (this.#reserved.has(key)) continue;
      this.#reserved.add(key);
      return path;
    }
  }

  /** @throws {UsageError} if a link in the folder leads out of it. */
  async #makeParent(path: string): Promise<void> {
    await makeFolder(this.#folder);
    const root = await realpath(this.#folder);
    let parent = this.#folder;
    const inner = dirname(path).slice(dirname(join(this.#folder, 'x')).length);
    for (const part of inner.split(sep).filter((one) => one !== '')) {
      parent = join(parent, part);
      await mkdir(parent, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'EEXIST') throw error;
      });
      const real = await realpath(parent);
      if (!real.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)) {
        throw new UsageError(`${parent} is a link that leads out of ${this.#folder}. Remove it.`);
      }
    }
  }
}

/** The parts of a name, each a name that stands for itself in any folder. */
function toSafeParts(name: string): string[] {
  const parts = name.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
  return parts.map((part) => {
    const plain = part
      .replace(UNSAFE, '_')
      .replace(/^\.+$/, '_')
      .replace(/[. ]+$/, '_');
    return shorten(DEVICE.test(plain) ? `_${plain}` : plain);
  });
}

/** Cut at its beginning: the end has the number of a part and the extension. */
function shorten(name: string): string {
  let short = name;
  while (Buffer.byteLength(short) > MAX_NAME_BYTES) short = short.slice(1);
  return short;
}

/** A link fails where a file is, and `rename()` would replace it. Some file systems have no links. */
async function moveWithoutReplacing(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new UsageError(`${to} exists now. Move it away and run it again.`);
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP') throw error;
    await rename(from, to);
  }
}

/** Where bytes go: a temporary folder, never memory. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { folderPrefix, removeAbandoned } from '../abandoned.js';

export class Disk {
  readonly #folder: string;
  #files = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param parent where its folder is made. */
  static async create(parent: string): Promise<Disk> {
    const folder = await mkdtemp(join(parent, await folderPrefix()));
    await removeAbandoned(parent);
    return new Disk(folder);
  }

  /** A path that no file has had yet; what a file is called in its batch never gets to the disk. */
  newFile(): string {
    this.#files += 1;
    return join(this.#folder, `${this.#files}`);
  }

  /** A file of no bytes, to put parts into. */
  async newEmptyFile(): Promise<string> {
    const file = this.newFile();
    await writeFile(file, '');
    return file;
  }

  /** Writes as fast as the disk takes it; into the middle of a file that is there, with `start`. */
  async write(file: string, bytes: AsyncIterable<Uint8Array>, start?: number): Promise<number> {
    const place = start === undefined ? { flags: 'w' } : { flags: 'r+', start };
    const target = createWriteStream(file, place);
    await pipeline(bytes instanceof Readable ? bytes : Readable.from(bytes), target);
    return target.bytesWritten;
  }

  async remove(file: string): Promise<void> {
    await rm(file, { force: true });
  }

  async removeAll(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** The sha256 of a file, in hex. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

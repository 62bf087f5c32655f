/** Uploaded bytes go to a temporary folder, never into memory. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createTemporaryFolder } from './temporary-folder.js';

export class Disk {
  readonly #folder: string;
  #files = 0;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @param parent where its folder is created. */
  static async create(parent: string): Promise<Disk> {
    return new Disk(await createTemporaryFolder(parent));
  }

  /** A new path, which has nothing of the file's name in its batch: names are the client's. */
  newFile(): string {
    this.#files += 1;
    return join(this.#folder, `${this.#files}`);
  }

  /** A file of no bytes, to write parts into. */
  async newEmptyFile(): Promise<string> {
    const file = this.newFile();
    await writeFile(file, '');
    return file;
  }

  /** Writes as fast as the disk takes it; with `start`, into the middle of an existing file. */
  async write(file: string, bytes: AsyncIterable<Uint8Array>, start?: number): Promise<number> {
    const target = createWriteStream(
      file,
      start === undefined ? { flags: 'w' } : { flags: 'r+', start },
    );
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
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

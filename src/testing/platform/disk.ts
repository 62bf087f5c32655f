/** Uploaded bytes go to a temporary folder, never into memory. */
import { createHash } from 'node:crypto';
import {
  createReadStream,
  createWriteStream,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createTemporaryFolder } from './temporary-folder.js';

/**
 * Smaller files are written and read at once: a load has 100,000 of them, and each stream takes several turns of a
 * thread.
 */
const MAX_SMALL_BYTES = 64 * 1024;

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
    if (start === undefined && isSmall(bytes)) return writeSmall(file, bytes);
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
    // At once: with promises, 100,000 files take a minute.
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Whether a request says that it is small; its length is checked by the HTTP parser. */
const isSmall = (bytes: AsyncIterable<Uint8Array>): boolean =>
  bytes instanceof IncomingMessage &&
  Number(bytes.headers['content-length'] ?? Number.NaN) <= MAX_SMALL_BYTES;

async function writeSmall(file: string, bytes: AsyncIterable<Uint8Array>): Promise<number> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of bytes) chunks.push(chunk);
  const content = Buffer.concat(chunks);
  writeFileSync(file, content);
  return content.length;
}

/** The bytes of a file in chunks, until the signal is aborted. */
export async function* readChunks(file: string, signal?: AbortSignal): AsyncGenerator<Buffer> {
  const options = signal === undefined ? {} : { signal };
  if (statSync(file).size <= MAX_SMALL_BYTES) yield readFileSync(file);
  else yield* createReadStream(file, options) as AsyncIterable<Buffer>;
}

/** The sha256 of a file, in hex. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of readChunks(file)) hash.update(chunk);
  return hash.digest('hex');
}

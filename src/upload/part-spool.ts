/** Keeps a part of a stream until it is sent: a small one in memory, a larger one in a private file. */
import { type FileHandle, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ByteSource, byteSource, handleSource } from '../http/body.js';
import { createPrivateFile } from '../shared/open-file.js';

/** What is held in memory, and written at a time. */
const BUFFER_BYTES = 1024 * 1024;

/** The bytes of a part, which are read as often as it is sent. */
export class PartSpool {
  readonly #name: string;
  #buffered: Uint8Array[] = [];
  #bufferedBytes = 0;
  #handle: FileHandle | undefined;
  #folder: string | undefined;
  #writtenBytes = 0;

  /** @param name is in messages. */
  constructor(name: string) {
    this.#name = name;
  }

  get sizeBytes(): number {
    return this.#writtenBytes + this.#bufferedBytes;
  }

  /** Adds a copy of the bytes. @throws {Error} of the system, such as for a full disk. */
  async write(chunk: Uint8Array): Promise<void> {
    this.#buffered.push(Buffer.from(chunk));
    this.#bufferedBytes += chunk.length;
    if (this.#bufferedBytes > BUFFER_BYTES) await this.#flush();
  }

  /** All that was written, once nothing more is. */
  async finish(): Promise<ByteSource> {
    if (this.#handle === undefined) {
      const bytes = Buffer.concat(this.#buffered);
      return byteSource(bytes) as ByteSource; // bytes always are one
    }
    if (this.#bufferedBytes > 0) await this.#flush();
    return handleSource(this.#name, this.#handle, 0, this.#writtenBytes);
  }

  /** Lets go of the bytes. */
  async release(): Promise<void> {
    this.#buffered = [];
    const [handle, folder] = [this.#handle, this.#folder];
    this.#handle = undefined;
    await handle?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  async #flush(): Promise<void> {
    this.#handle ??= await this.#open();
    const bytes = Buffer.concat(this.#buffered);
    this.#buffered = [];
    this.#bufferedBytes = 0;
    let at = 0;
    while (at < bytes.length) {
      const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at);
      at += bytesWritten;
    }
    this.#writtenBytes += bytes.length;
  }

  async #open(): Promise<FileHandle> {
    this.#folder = await mkdtemp(join(tmpdir(), 'aep-batch-part-'));
    const path = join(this.#folder, 'part');
    const handle = await createPrivateFile(path);
    // Rows may be personal data: without a name the file is gone even if this process is killed.
    await rm(path).catch(() => undefined);
    await rm(this.#folder, { recursive: true, force: true }).catch(() => undefined);
    return handle;
  }
}

/** Keeps a part of a stream until it is sent: a small one in memory, a larger one in a private file. */
import { type FileHandle, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ByteSource, handleSource, memorySource } from '../http/body.js';
import { createPrivateFile } from '../shared/open-file.js';

/** What is held in memory, and written at a time. */
const BUFFER_BYTES = 256 * 1024;

/** Buffers for the next part: the garbage collector comes late for what is outside its heap. */
const pool: Buffer[] = [];
const MAX_POOLED = 8;

/** The bytes of a part, which are read as often as it is sent. */
export class PartSpool {
  readonly #name: string;
  #buffer: Buffer | undefined;
  #heldBytes = 0;
  #handle: FileHandle | undefined;
  #folder: string | undefined;
  #writtenBytes = 0;

  /** @param name is in messages. */
  constructor(name: string) {
    this.#name = name;
  }

  /** Adds a copy of the bytes. @throws {Error} of the system, such as for a full disk. */
  async write(chunk: Uint8Array): Promise<void> {
    this.#buffer ??= pool.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
    for (let at = 0; at < chunk.length; ) {
      if (this.#heldBytes === BUFFER_BYTES) await this.#flush();
      const piece = chunk.subarray(at, at + BUFFER_BYTES - this.#heldBytes);
      this.#buffer.set(piece, this.#heldBytes);
      this.#heldBytes += piece.length;
      at += piece.length;
    }
  }

  /** All that was written, once nothing more is. */
  async finish(): Promise<ByteSource> {
    if (this.#handle === undefined) {
      const bytes = Buffer.from(this.#buffer?.subarray(0, this.#heldBytes) ?? []);
      this.#releaseBuffer();
      return memorySource(bytes);
    }
    if (this.#heldBytes > 0) await this.#flush();
    this.#releaseBuffer();
    return handleSource(this.#name, this.#handle, 0, this.#writtenBytes);
  }

  /** Lets go of the bytes. */
  async release(): Promise<void> {
    this.#releaseBuffer();
    const [handle, folder] = [this.#handle, this.#folder];
    this.#handle = undefined;
    await handle?.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  #releaseBuffer(): void {
    if (this.#buffer !== undefined && pool.length < MAX_POOLED) pool.push(this.#buffer);
    this.#buffer = undefined;
  }

  async #flush(): Promise<void> {
    this.#handle ??= await this.#open();
    const bytes = this.#buffer?.subarray(0, this.#heldBytes) ?? Buffer.alloc(0);
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at);
      at += bytesWritten;
    }
    this.#writtenBytes += bytes.length;
    this.#heldBytes = 0;
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

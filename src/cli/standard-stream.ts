/** stdout and stderr, with every failed or partial write detected. */
import { fstatSync, writeSync } from 'node:fs';
import type { Writable } from 'node:stream';

/** A device may be busy for a moment; 10 s without progress count as a failure. */
const RETRY_MS = 10;
const MAX_RETRIES = 1000;
/** The reader of the pipe or terminal is gone: output ends, which is not a failure. */
const CLOSED = new Set([
  'EPIPE',
  'ECONNRESET',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);

/** `process.stdout` and `process.stderr`, or a stream in their place. */
export interface OutputStream extends Writable {
  /** Missing if it is not a descriptor of this process. */
  readonly fd?: number;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

export class StandardStream {
  readonly stream: OutputStream;
  #isFile: boolean | undefined;
  #isClosed = false;
  #failure: Error | undefined;
  /** Writes that have not left the process yet. */
  #pending = 0;
  #onFlushed: (() => void)[] = [];

  constructor(stream: OutputStream) {
    this.stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => this.#end(error));
  }

  /** Whether nothing more can be written. */
  get hasEnded(): boolean {
    return this.#isClosed || this.#failure !== undefined;
  }

  /** Why output was lost, for example a full disk; a closed pipe is not a failure. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Writes the text; to a full pipe, as soon as its reader makes room. */
  write(text: string): void {
    if (this.hasEnded) return;
    this.#isFile ??= this.#isRegularFile();
    if (this.#isFile) this.#writeFile(Buffer.from(text));
    else this.#writeStream(text);
  }

  /** Resolves once a slow reader has caught up. */
  async drained(): Promise<void> {
    if (this.stream.writableNeedDrain) await this.flushed();
  }

  /** Resolves once all text has left the process, or the stream has ended. */
  async flushed(): Promise<void> {
    if (this.#pending > 0) await new Promise<void>((resolve) => this.#onFlushed.push(resolve));
  }

  #writeStream(text: string): void {
    this.#pending += 1;
    this.stream.write(text, (error) => {
      if (error) this.#end(error);
      this.#pending -= 1;
      if (this.#pending === 0) for (const resolve of this.#onFlushed.splice(0)) resolve();
    });
  }

  #isRegularFile(): boolean {
    try {
      const stats = fstatSync(this.stream.fd ?? -1);
      return stats.isFile() || (stats.isCharacterDevice() && !this.stream.isTTY);
    } catch {
      return false;
    }
  }

  /** Node's own stream for files does not notice a short write: a nearly full disk would cut the text. */
  #writeFile(bytes: Buffer): void {
    let retries = 0;
    for (let at = 0; at < bytes.length; ) {
      try {
        at += writeSync(this.stream.fd ?? -1, bytes, at);
      } catch (error) {
        const failure = error as NodeJS.ErrnoException;
        if (failure.code !== 'EAGAIN' || retries++ === MAX_RETRIES) {
          this.#end(failure);
          return;
        }
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      }
    }
  }

  #end(error: NodeJS.ErrnoException): void {
    const isGone = CLOSED.has(error.code ?? '') || (error.code === 'EIO' && this.stream.isTTY);
    if (isGone) this.#isClosed = true;
    else this.#failure ??= error;
  }
}

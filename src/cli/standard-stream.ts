/** stdout and stderr, written so that nothing is lost without a word. */
import { fstatSync, writeSync } from 'node:fs';

/** A device may take nothing for a moment; longer than this, it is a failure. */
const RETRY_MS = 10;
const MAX_RETRIES = 1000;
/** The reader of a pipe or a terminal is gone. That ends the output and is no failure. */
const CLOSED = new Set([
  'EPIPE',
  'ECONNRESET',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);

export class StandardStream {
  readonly #stream: NodeJS.WriteStream & { fd: number };
  #isFile: boolean | undefined;
  #isClosed = false;
  #failure: Error | undefined;
  /** How many writes have not left the process yet. */
  #pending = 0;
  #onFlushed: (() => void)[] = [];

  constructor(stream: NodeJS.WriteStream & { fd: number }) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => this.#end(error));
  }

  /** Whether nothing can be written any more. */
  get hasEnded(): boolean {
    return this.#isClosed || this.#failure !== undefined;
  }

  /** Why output was lost, for instance a full disk; a closed pipe is no failure. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Writes the text. Where it goes to a pipe that is full, it is written later. */
  write(text: string): void {
    if (this.hasEnded) return;
    this.#isFile ??= this.#isRegularFile();
    if (this.#isFile) this.#writeFile(Buffer.from(text));
    else this.#writeStream(text);
  }

  /** Resolves once a reader that is slower than the output has caught up. */
  async drained(): Promise<void> {
    if (this.#stream.writableNeedDrain) await this.flushed();
  }

  /** Resolves once all that was written has left the process, or the stream has ended. */
  async flushed(): Promise<void> {
    if (this.#pending > 0) await new Promise<void>((resolve) => this.#onFlushed.push(resolve));
  }

  #writeStream(text: string): void {
    this.#pending += 1;
    this.#stream.write(text, (error) => {
      if (error) this.#end(error);
      this.#pending -= 1;
      if (this.#pending === 0) for (const resolve of this.#onFlushed.splice(0)) resolve();
    });
  }

  #isRegularFile(): boolean {
    try {
      const stats = fstatSync(this.#stream.fd);
      return stats.isFile() || (stats.isCharacterDevice() && !this.#stream.isTTY);
    } catch {
      return false;
    }
  }

  /** Node's own stream for files takes a short write for a whole one: a nearly full disk cuts the text. */
  #writeFile(bytes: Buffer): void {
    let retries = 0;
    for (let at = 0; at < bytes.length; ) {
      try {
        at += writeSync(this.#stream.fd, bytes, at);
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
    const isGone = CLOSED.has(error.code ?? '') || (error.code === 'EIO' && this.#stream.isTTY);
    if (isGone) this.#isClosed = true;
    else this.#failure ??= error;
  }
}

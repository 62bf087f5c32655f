import type { UploadContext } from './context.js';
import type { SourceFile } from './source.js';

/** Counts the bytes of one file: accepted bytes never fall, whatever has to be sent again. */
export class ByteCount {
  readonly #file: SourceFile;
  readonly #context: UploadContext;
  #sent = 0;
  #resumed = 0;
  #accepted = 0;
  #reported = 0;

  constructor(file: SourceFile, context: UploadContext) {
    this.#file = file;
    this.#context = context;
  }

  sent(bytes: number): void {
    if (bytes === 0) return;
    this.#sent += bytes;
    const { listeners, limiter } = this.#context;
    listeners.sent(this.#file, bytes, limiter.inFlight);
  }

  /** An earlier run had sent them. */
  resumed(bytes: number): void {
    this.#resumed += bytes;
    this.accepted(bytes);
    this.#context.listeners.resumed(this.#file, bytes);
  }

  accepted(bytes: number): void {
    this.#accepted += bytes;
    const more = this.#accepted - this.#reported;
    if (more <= 0) return;
    this.#reported = this.#accepted;
    const { listeners, limiter } = this.#context;
    listeners.accepted(this.#file, more, limiter.inFlight);
  }

  /** All of the file has to be sent again. */
  restart(): void {
    this.sent(-this.#sent);
    if (this.#resumed > 0) this.#context.listeners.resumed(this.#file, -this.#resumed);
    this.#resumed = 0;
    this.#accepted = 0;
  }
}

import type { UploadEvents } from './context.js';

/** What an upload reports of one file: accepted bytes never fall, whatever has to be sent again. */
export class ByteCount {
  readonly #events: UploadEvents;
  #sent = 0;
  #found = 0;
  #accepted = 0;
  #reported = 0;

  constructor(events: UploadEvents) {
    this.#events = events;
  }

  sent(bytes: number): void {
    this.#sent += bytes;
    if (bytes !== 0) this.#events.sent(bytes);
  }

  /** An earlier run had sent them. */
  found(bytes: number): void {
    this.#found += bytes;
    this.accepted(bytes);
    this.#events.found(bytes);
  }

  accepted(bytes: number): void {
    this.#accepted += bytes;
    const more = this.#accepted - this.#reported;
    if (more <= 0) return;
    this.#reported = this.#accepted;
    this.#events.accepted(more);
  }

  restart(): void {
    this.sent(-this.#sent);
    if (this.#found > 0) this.#events.found(-this.#found);
    this.#found = 0;
    this.#accepted = 0;
  }
}

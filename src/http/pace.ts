/** Bodies whose bytes are held back on purpose. When they may go is decided above this layer. */
import type { ByteSource } from './body.js';

/** Decides when a request with a body may begin. */
export interface Pace {
  /** Resolves when an attempt that sends so many bytes may begin. @throws the signal's reason. */
  admit(bytes: number, signal: AbortSignal): Promise<SendPermit>;
}

/** What one attempt may send. */
export interface SendPermit {
  /** The most bytes to send at a time: more would go out in bursts. */
  readonly sliceBytes: number;
  /** Counts bytes that are sent next; `undefined` where they may go at once. @throws the signal's reason. */
  take(bytes: number, signal: AbortSignal): Promise<void> | undefined;
  /** The attempt has ended: what it did not send is free again. */
  end(): void;
}

/** A source whose attempts, and slices, go out at a pace. */
export class PacedSource implements ByteSource {
  readonly size: number;
  readonly pace: Pace;
  readonly #source: ByteSource;

  constructor(source: ByteSource, pace: Pace) {
    this.#source = source;
    this.size = source.size;
    this.pace = pace;
  }

  pump(write: (chunk: Uint8Array) => Promise<void>): Promise<void> {
    return this.#source.pump(write);
  }

  slice(start: number, end: number): ByteSource {
    return new PacedSource(this.#source.slice(start, end), this.pace);
  }
}

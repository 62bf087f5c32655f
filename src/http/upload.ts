/** The bytes of one attempt, from a source to a transport: checked, counted, measured. */
import { isProxy } from 'node:util/types';
import { AepBatchError, SourceError } from '../shared/errors.js';
import { describeThrown } from '../shared/thrown.js';
import { type ByteSource, viewBytes } from './body.js';
import type { SendPermit } from './pace.js';

/**
 * The most that is handed to a transport at a time. A response that arrives while a slice is still
 * queued is trusted with no more than this.
 */
const MAX_SLICE_BYTES = 1024 * 1024;
const MIN_SLICE_BYTES = 16 * 1024;
/** A slice is accepted within the timeout on every link that carries 20 bytes per millisecond. */
const SLOWEST_BYTES_PER_MS = 20;

/** A slice that takes longer met back-pressure: to copy it into the kernel takes below 1 ms. */
const BACK_PRESSURE_MS = 50;
/** The most that the two kernels hold of a connection, of which nothing can be seen. */
const MAX_BUFFERED_BYTES = 8 * 1024 * 1024;
/** What a kernel takes at once, even if the other side reads nothing. */
const TAKEN_AT_ONCE_BYTES = 4 * 1024 * 1024;
/**
 * If all of a body was taken at once, its real rate is unknown. The default timeout of 60 s then has to
 * be enough at 30 kB/s, and other timeouts in proportion.
 */
const BYTES_PER_TIMEOUT = 1_800_000;

/** Hands a slice on; resolves when it was accepted and its memory may be used again. */
export type Deliver = (slice: Uint8Array) => Promise<void>;

/** A source of bytes while one attempt sends it. */
export class Upload {
  /** The Content-Length of the request. */
  readonly size: number;
  /** How many bytes were handed to the transport. */
  handed = 0;
  /** Whether the source has ended and all of its bytes were accepted. */
  isDone = false;
  /** Called whenever bytes were accepted. */
  onProgress: () => void = () => undefined;
  readonly #source: ByteSource;
  readonly #sliceBytes: number;
  #deliver: Deliver = async () => undefined;
  #isRunning = false;
  #isDelivering = false;
  #offered = 0;
  #last: Promise<void> | undefined;
  #stopped: Error | undefined;
  #reject: (reason: Error) => void = () => undefined;
  #rejectSlice: (reason: Error) => void = () => undefined;
  #beganMs = 0;
  /** What was accepted before the first back-pressure: it fills the buffers, and says nothing of the link. */
  #takenAtOnce: number | undefined;
  /** When the last slice was accepted. */
  #acceptedMs = 0;
  readonly #permit: SendPermit | undefined;
  /** Aborted when the upload is stopped: no pause outlives it. */
  readonly #ended: AbortController | undefined;
  #pausedMs = 0;

  /** Whether bytes are held back on purpose: neither the source nor the transport is waited for. */
  isPausing = false;

  /** @param permit paces the bytes; without one they go as fast as they can. */
  constructor(source: ByteSource, size: number, timeoutMs: number, permit?: SendPermit) {
    this.#source = source;
    this.size = size;
    const slice = Math.max(MIN_SLICE_BYTES, Math.floor(timeoutMs * SLOWEST_BYTES_PER_MS));
    this.#sliceBytes = Math.min(MAX_SLICE_BYTES, slice, permit?.sliceBytes ?? slice);
    this.#permit = permit;
    if (permit !== undefined) this.#ended = new AbortController();
  }

  /**
   * Reads the source to its end.
   * @throws {SourceError} as soon as it yields more or less than its size, or fails; what `deliver`
   * throws; the reason of `stop()`. None of them waits for the source.
   */
  run(deliver: Deliver): Promise<void> {
    this.#deliver = deliver;
    this.#isRunning = true;
    this.#beganMs = performance.now();
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      if (this.#stopped !== undefined) return reject(this.#stopped);
      this.#pump().then(resolve, (error) => this.stop(error as Error));
    });
  }

  /** Ends it: `run()` throws the reason at once, and so does each further write of the source. */
  stop(reason: Error): void {
    this.#stopped ??= reason;
    this.#ended?.abort(reason);
    this.#reject(this.#stopped);
    this.#rejectSlice(this.#stopped);
  }

  /** Whether it is the source that everything waits for, and not the transport. */
  get isWaitingForSource(): boolean {
    return this.#isRunning && !this.#isDelivering && !this.isDone;
  }

  /**
   * How long the bytes that the transport accepted may take to arrive, in milliseconds: they fill the
   * buffers of both kernels, and leave them at the rate that this attempt has measured.
   * @param timeoutMs what to scale with where there was nothing to measure.
   */
  drainMs(timeoutMs: number): number {
    const buffered = Math.min(this.handed, MAX_BUFFERED_BYTES);
    const measured = this.handed - Math.min(this.#takenAtOnce ?? 0, MAX_BUFFERED_BYTES);
    if (this.#takenAtOnce !== undefined || this.handed > MAX_BUFFERED_BYTES) {
      return (buffered * (this.#acceptedMs - this.#beganMs - this.#pausedMs)) / measured;
    }
    if (!this.isDone) return 0;
    return (Math.min(buffered, TAKEN_AT_ONCE_BYTES) * timeoutMs) / BYTES_PER_TIMEOUT;
  }

  async #pump(): Promise<void> {
    try {
      await this.#source.pump(this.#write);
    } catch (cause) {
      if (this.#stopped !== undefined) throw this.#stopped;
      if (!isProxy(cause) && cause instanceof AepBatchError) throw cause;
      throw this.#sourceError(`cannot be read: ${describeThrown(cause)}`, cause);
    }
    await this.#last; // a source need not wait for its writes
    if (this.#stopped !== undefined) throw this.#stopped;
    if (this.handed < this.size) {
      throw this.#sourceError(`ended after ${this.handed} of ${this.size} bytes`);
    }
    this.isDone = true;
  }

  readonly #write = (given: Uint8Array): Promise<void> => {
    const chunk = this.#stopped ?? this.#check(given);
    if (chunk instanceof Error) {
      this.stop(chunk);
      return handled(Promise.reject(chunk));
    }
    const { length } = chunk;
    this.#offered += length;
    const before = this.#last;
    const send = () => this.#send(chunk, length);
    const write = before === undefined ? send() : before.then(send);
    this.#last = write;
    const forget = () => {
      if (this.#last === write) this.#last = undefined;
    };
    write.then(forget, (error) => this.stop(error as Error));
    return write;
  };

  #check(given: unknown): Uint8Array | SourceError {
    const chunk = viewBytes(given);
    if (chunk === undefined) {
      const received = given === null ? 'null' : typeof given;
      return this.#sourceError(`yielded a chunk that is not a Uint8Array but ${received}`);
    }
    if (this.#offered + chunk.length <= this.size) return chunk;
    return this.#sourceError(`yielded more than its size of ${this.size} bytes`);
  }

  /** @param length how long the chunk was when it came: it has less where its buffer is gone by now. */
  async #send(chunk: Uint8Array, length: number): Promise<void> {
    for (let at = 0; at < length; at += this.#sliceBytes) {
      if (this.#stopped !== undefined) throw this.#stopped;
      if (chunk.length !== length) throw this.#bytesTaken();
      const whole = length <= this.#sliceBytes;
      const slice = whole ? chunk : chunk.subarray(at, at + this.#sliceBytes);
      if (this.#permit !== undefined) await this.#pause(this.#permit, slice.length);
      await this.#handOver(slice);
    }
  }

  async #pause(permit: SendPermit, bytes: number): Promise<void> {
    const { signal } = this.#ended ?? new AbortController();
    const pause = permit.take(bytes, signal);
    if (pause === undefined) return;
    const beganMs = performance.now();
    this.isPausing = true;
    try {
      await pause;
    } finally {
      this.isPausing = false;
      this.#pausedMs += performance.now() - beganMs;
    }
    if (this.#stopped !== undefined) throw this.#stopped;
    this.onProgress(); // whatever comes next has all of its time
  }

  async #handOver(slice: Uint8Array): Promise<void> {
    const beganMs = performance.now();
    const { length } = slice;
    this.handed += length;
    this.#isDelivering = true;
    // Not every broken socket calls back, and the source must not wait for it.
    await new Promise<void>((resolve, reject) => {
      this.#rejectSlice = reject;
      const settle = (settled: () => void) =>
        slice.length === length ? settled() : reject(this.#bytesTaken());
      this.#deliver(slice).then(
        () => settle(resolve),
        (error) => settle(() => reject(error)),
      );
    });
    this.#isDelivering = false;
    if (this.#stopped !== undefined) throw this.#stopped;
    this.#acceptedMs = performance.now();
    if (this.#takenAtOnce === undefined && this.#acceptedMs - beganMs > BACK_PRESSURE_MS) {
      this.#takenAtOnce = this.handed - length;
    }
    this.onProgress();
  }

  /** The source's own failure, of which no other attempt changes anything. */
  sourceStalled(ms: number): SourceError {
    return this.#sourceError(
      `yielded nothing for ${ms} ms after ${this.handed} of ${this.size} bytes`,
    );
  }

  #bytesTaken(): SourceError {
    return this.#sourceError(
      'took bytes back before they were sent: it detached or shrank their buffer',
    );
  }

  #sourceError(what: string, cause?: unknown): SourceError {
    const path = 'path' in this.#source ? this.#source.path : undefined;
    const name = typeof path === 'string' ? path : 'bytes';
    return new SourceError(name, `The source of ${name} ${what}.`, cause);
  }
}

/** A rejection that nobody has to wait for. */
function handled(promise: Promise<never>): Promise<never> {
  promise.catch(() => undefined);
  return promise;
}

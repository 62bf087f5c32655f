/** A stream in parts: read once from its start to its end, each part kept until it is sent. */
import { createHash, type Hash } from 'node:crypto';
import type { ByteSource } from '../http/body.js';
import type { ByteRange } from '../resources/types.js';
import { ByteQueue } from '../shared/byte-queue.js';
import { SourceError } from '../shared/errors.js';
import type { TaskGroup } from '../shared/task-group.js';
import { withResolvers } from '../shared/with-resolvers.js';
import type { PartReader, PartReading, ReadyPart } from './part-reader.js';
import { PartSpool } from './part-spool.js';
import type { StreamFile } from './source.js';

export class StreamReader implements PartReader {
  readonly #file: StreamFile;
  readonly #partSizeBytes: number;
  readonly #isHashed: boolean;
  readonly #signal: AbortSignal;
  /** A pass whose first part was read already. */
  #begun: { pass: StreamPass; first: ReadyPart } | undefined;
  #sizeBytes: number | undefined;

  constructor(
    file: StreamFile,
    { partSizeBytes, sha256 }: { partSizeBytes: number; sha256: boolean },
    signal: AbortSignal,
  ) {
    this.#file = file;
    this.#partSizeBytes = partSizeBytes;
    this.#isHashed = sha256;
    this.#signal = signal;
  }

  get sizeBytes(): number | undefined {
    return this.#sizeBytes;
  }

  /** The size of all of it, by the part that was read: at least that. */
  estimateSize(): number {
    const { sizeBytes } = this.#file;
    const read = this.#begun?.first.end ?? 0;
    return Math.max(read, this.#file.estimateSize?.(read) ?? sizeBytes);
  }

  /**
   * Reads the first part.
   * @returns the whole stream if that is all of it, and no longer than it may be; then it is hashed, too.
   */
  async readShort(
    maxBytes: number,
  ): Promise<{ bytes: ByteSource; sha256: string | undefined } | undefined> {
    const pass = new StreamPass(this.#file, this.#isHashed, this.#signal);
    try {
      const first = await this.#readPart(pass, this.#partSizeBytes);
      this.#begun = { pass, first };
      if (!(await pass.isAtEnd()) || first.end > maxBytes) return undefined;
      const { path } = this.#file;
      if (first.end === 0) throw new SourceError(path, `${path} has no bytes.`);
      return { bytes: first.bytes, sha256: pass.digest() };
    } catch (error) {
      await pass.close();
      throw error;
    }
  }

  /** Lets go of what was read and not sent. */
  async close(): Promise<void> {
    const begun = this.#begun;
    this.#begun = undefined;
    await begun?.first.release?.();
    await begun?.pass.close();
  }

  async read(have: readonly ByteRange[], group: TaskGroup): Promise<PartReading> {
    const begun = have.length === 0 ? this.#begun : undefined;
    if (begun === undefined) await this.close();
    this.#begun = undefined;
    this.#sizeBytes = undefined;
    const pass = begun?.pass ?? new StreamPass(this.#file, this.#isHashed, this.#signal);
    group.signal.addEventListener('abort', () => pass.stop(), { once: true });
    const hashed = withResolvers<string | undefined>();
    const parts = this.#cut(pass, have, begun?.first, hashed.resolve);
    return { parts, sha256: hashed.promise };
  }

  /** @param hashed is called in any case: a failure is thrown to whoever reads the parts. */
  async *#cut(
    pass: StreamPass,
    have: readonly ByteRange[],
    first: ReadyPart | undefined,
    hashed: (sha256: string | undefined) => void,
  ): AsyncGenerator<ReadyPart> {
    const arrived = [...have].sort((a, b) => a.start - b.start);
    try {
      if (first !== undefined) yield first;
      while (!(await pass.isAtEnd())) {
        const next = arrived.find(({ end }) => end > pass.at);
        if (next !== undefined && next.start <= pass.at) {
          await pass.take(next.end - pass.at, async () => undefined); // only hashed
        } else {
          const room = (next?.start ?? Number.POSITIVE_INFINITY) - pass.at;
          yield await this.#readPart(pass, Math.min(this.#partSizeBytes, room));
        }
      }
      this.#assertAll(pass.at, arrived);
      this.#sizeBytes = pass.at;
      hashed(pass.digest());
    } finally {
      hashed(undefined); // of no effect after the above
      await pass.close();
    }
  }

  async #readPart(pass: StreamPass, maxBytes: number): Promise<ReadyPart> {
    const spool = new PartSpool(this.#file.path);
    const start = pass.at;
    try {
      await pass.take(maxBytes, (chunk) => spool.write(chunk));
      const bytes = await spool.finish();
      return { start, end: pass.at, bytes, release: () => spool.release() };
    } catch (error) {
      await spool.release();
      throw error;
    }
  }

  /** @throws {SourceError} where more has arrived than the stream has. */
  #assertAll(sizeBytes: number, arrived: readonly ByteRange[]): void {
    const end = arrived.at(-1)?.end ?? 0;
    if (end <= sizeBytes) return;
    const { path } = this.#file;
    const message = `${path} changed since it was planned: it ends at byte ${sizeBytes}, and an earlier run has sent ${end}.`;
    throw new SourceError(path, message);
  }
}

/** One read of a stream, which hashes what it reads. */
class StreamPass {
  /** How many bytes were taken. */
  at = 0;
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;
  readonly #onAbort = () => this.#controller.abort(this.#outer.reason);
  readonly #chunks: ByteQueue;
  readonly #hash: Hash | undefined;

  constructor(file: StreamFile, isHashed: boolean, signal: AbortSignal) {
    this.#outer = signal;
    this.#hash = isHashed ? createHash('sha256') : undefined;
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener('abort', this.#onAbort);
    this.#chunks = new ByteQueue(file.stream(this.#controller.signal));
  }

  isAtEnd(): Promise<boolean> {
    return this.#chunks.isAtEnd();
  }

  /** Hands on the next bytes: as many, or all that there are. */
  take(maxBytes: number, write: (chunk: Uint8Array) => Promise<void>): Promise<void> {
    return this.#chunks.each(maxBytes, async (chunk) => {
      this.#hash?.update(chunk);
      await write(chunk);
      this.at += chunk.length;
    });
  }

  /** Of all that was taken. Call it once. */
  digest(): string | undefined {
    return this.#hash?.digest('hex');
  }

  /** Ends a read that may pause for long. */
  stop(): void {
    this.#controller.abort(this.#outer.reason);
  }

  async close(): Promise<void> {
    this.#outer.removeEventListener('abort', this.#onAbort);
    this.stop();
    await this.#chunks.close();
  }
}

/** Holds a batch to its bytes, where the sizes of its files are known only once they are read. */
import type { Admission } from '../upload/admission.js';
import type { SourceFile } from '../upload/source.js';
import type { IngestContext } from './context.js';

/**
 * Each file is recorded before any of it is sent: a file of which something may be in the batch is never left for
 * another one, whatever happens in between.
 */
export class BatchRoom implements Admission {
  readonly #context: IngestContext;
  readonly #maxBytes: number;
  /** Files that are being recorded. */
  readonly #pending = new Map<string, number>();
  #isClosed = false;

  constructor(context: IngestContext, maxBytes: number) {
    this.#context = context;
    this.#maxBytes = maxBytes;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  async admit({ path }: SourceFile, sizeBytes: number): Promise<boolean> {
    const { state, batchId } = this.#context;
    if (state.admitted.has(path)) return true;
    if (!this.#hasRoom(sizeBytes)) this.#isClosed = true;
    if (this.#isClosed) return false;
    this.#pending.set(path, sizeBytes);
    await this.#context.record({ type: 'admitted', batchId, path, sizeBytes });
    return true;
  }

  /** A file that alone exceeds the limit is a batch of its own. */
  #hasRoom(sizeBytes: number): boolean {
    const { admitted } = this.#context.state;
    let [count, bytes] = [admitted.count, admitted.bytes];
    for (const [path, size] of this.#pending) {
      if (admitted.has(path)) continue;
      count++;
      bytes += size;
    }
    return count === 0 || bytes + sizeBytes <= this.#maxBytes;
  }

  /** Leaves the files that were not admitted for another batch, if there are any. Call it once the others are sent. */
  async close(): Promise<void> {
    if (!this.#isClosed) return;
    const { batchId } = this.#context;
    await this.#context.record({ type: 'closed', batchId });
    await this.#context.onLeft?.(this.#context.state);
  }
}

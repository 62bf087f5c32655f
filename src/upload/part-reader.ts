/** Where the parts of a file come from, which is sent in parts: ranges of a file, or a stream. */
import type { ByteSource } from '../http/body.js';
import type { ByteRange } from '../resources/types.js';
import type { TaskGroup } from '../shared/task-group.js';
import { withResolvers } from '../shared/with-resolvers.js';
import { computeSha256 } from './hashing.js';
import { planParts } from './part-ranges.js';
import { checkedAtFirstRead, type SizedFile } from './source.js';

/** A part that is ready to be sent, as often as that takes. */
export interface ReadyPart extends ByteRange {
  readonly bytes: ByteSource;
  /** Called once it was sent, or will not be. */
  release?(): Promise<void>;
}

/** One pass over a file. */
export interface PartReading {
  /** The parts that are missing, in their order. */
  readonly parts: AsyncIterable<ReadyPart> | Iterable<ReadyPart>;
  /** Of the whole file; `undefined` where it is switched off. A failure has ended the group already. */
  readonly sha256: Promise<string | undefined>;
}

export interface PartReader {
  /** `undefined` while a stream has not ended. */
  readonly sizeBytes: number | undefined;
  /**
   * Begins a pass.
   * @param have what need not be sent.
   * @param group what fails with the reading, and ends it.
   */
  read(have: readonly ByteRange[], group: TaskGroup): Promise<PartReading>;
}

/** Ranges of an open file, which is hashed beside them. */
export class RangeReader implements PartReader {
  readonly sizeBytes: number;
  readonly #file: SizedFile;
  readonly #source: ByteSource;
  readonly #partSizeBytes: number;
  readonly #isHashed: boolean;

  constructor(
    file: SizedFile,
    source: ByteSource,
    { partSizeBytes, sha256 }: { partSizeBytes: number; sha256: boolean },
  ) {
    this.sizeBytes = source.size;
    this.#file = file;
    this.#source = source;
    this.#partSizeBytes = partSizeBytes;
    this.#isHashed = sha256;
  }

  async read(have: readonly ByteRange[], group: TaskGroup): Promise<PartReading> {
    const checked = withResolvers();
    const hashed = checkedAtFirstRead(this.#file, this.#source, checked.resolve);
    const sha256 = this.#isHashed
      ? computeSha256(hashed, group.signal)
      : Promise.resolve(undefined);
    sha256.catch((error) => group.abortOthers(error)).finally(checked.resolve);
    await checked.promise; // whatever touches the file from now on is compared with the hash
    return { sha256, parts: this.#cut(have) };
  }

  *#cut(have: readonly ByteRange[]): Generator<ReadyPart> {
    for (const { start, end } of planParts(this.sizeBytes, this.#partSizeBytes, have)) {
      yield { start, end, bytes: this.#source.slice(start, end) };
    }
  }
}

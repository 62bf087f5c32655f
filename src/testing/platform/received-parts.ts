/** Which parts of a large file have arrived. Gaps and overlaps are only found when it is completed. */
import type { ByteRange } from '../../resources/types.js';
import type { PlatformQuirks } from '../quirks.js';

export class ReceivedParts {
  /** In the order in which they arrived. */
  readonly #parts: ByteRange[] = [];

  /** Adds a part. One with the range of an earlier part replaces it, or overlaps it. */
  add(part: ByteRange, identicalRangeOverlaps: boolean): void {
    const isKnown = this.#parts.some(({ start, end }) => start === part.start && end === part.end);
    if (!isKnown || identicalRangeOverlaps) this.#parts.push(part);
  }

  /** The size of the file, if it has neither a gap nor an overlap; else what is wrong with it. */
  join(): { sizeBytes: number } | { wrong: string } {
    let at = 0;
    for (const { start, end } of this.#sorted()) {
      if (start > at) return { wrong: `bytes ${at}-${start - 1} are missing` };
      if (start < at) return { wrong: `bytes ${start}-${Math.min(at, end) - 1} came twice` };
      at = end;
    }
    return at === 0 ? { wrong: 'no part has arrived' } : { sizeBytes: at };
  }

  /** The `Range` header of HEAD; `undefined` where nothing has arrived. */
  toRangeHeader(format: PlatformQuirks['headFormat']): string | undefined {
    if (format === 'none' || this.#parts.length === 0) return undefined;
    const ranges = format === 'list' ? this.#parts : this.#merged();
    return `bytes${format === 'space' ? ' ' : '='}${ranges.map(toInclusive).join(',')}`;
  }

  #sorted(): ByteRange[] {
    return [...this.#parts].sort((a, b) => a.start - b.start || a.end - b.end);
  }

  /** Parts that touch, as one. */
  #merged(): ByteRange[] {
    const merged: ByteRange[] = [];
    for (const { start, end } of this.#sorted()) {
      const last = merged.at(-1);
      if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
      else merged.push({ start, end });
    }
    return merged;
  }
}

const toInclusive = ({ start, end }: ByteRange): string => `${start}-${end - 1}`;

/** Which parts of a large file have arrived. Gaps and overlaps are found at its end only. */
import type { ByteRange } from '../../resources/types.js';
import type { PlatformQuirks } from '../options.js';

/** Counts from 0, ends not included. */
export class Ledger {
  /** In the order in which they arrived. */
  readonly #parts: ByteRange[] = [];

  /** Notes a part; one that came before replaces itself, or overlaps itself. */
  add(part: ByteRange, identicalOverlaps: boolean): void {
    const same = this.#parts.some(({ start, end }) => start === part.start && end === part.end);
    if (!same || identicalOverlaps) this.#parts.push(part);
  }

  /** The size of the file, if it has no gap and no overlap; else what is wrong with it. */
  close(): { sizeBytes: number } | { wrong: string } {
    let at = 0;
    for (const { start, end } of this.#sorted()) {
      if (start > at) return { wrong: `bytes ${at}-${start - 1} are missing` };
      if (start < at) return { wrong: `bytes ${start}-${Math.min(at, end) - 1} came twice` };
      at = end;
    }
    return at === 0 ? { wrong: 'no part has arrived' } : { sizeBytes: at };
  }

  /** What HEAD says in `Range`; nothing where nothing has arrived. */
  header(format: PlatformQuirks['headFormat']): string | undefined {
    if (format === 'none' || this.#parts.length === 0) return undefined;
    const ranges = format === 'list' ? this.#parts : this.#joined();
    return `bytes${format === 'space' ? ' ' : '='}${ranges.map(inclusive).join(',')}`;
  }

  #sorted(): ByteRange[] {
    return [...this.#parts].sort((a, b) => a.start - b.start || a.end - b.end);
  }

  /** Parts that touch, as one. */
  #joined(): ByteRange[] {
    const joined: ByteRange[] = [];
    for (const { start, end } of this.#sorted()) {
      const last = joined.at(-1);
      if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
      else joined.push({ start, end });
    }
    return joined;
  }
}

const inclusive = ({ start, end }: ByteRange): string => `${start}-${end - 1}`;

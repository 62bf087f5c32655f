/** Which parts of a file are sent, and whether they are all of it. */
import { missingRanges } from '../resources/ranges.js';
import type { ByteRange } from '../resources/types.js';
import { SourceError } from '../shared/errors.js';

/** The parts of a file of which some bytes may have arrived already, none longer than a part. */
export function* planParts(
  sizeBytes: number,
  partSizeBytes: number,
  have: readonly ByteRange[] = [],
): Generator<ByteRange> {
  for (const { start, end } of missingRanges({ start: 0, end: sizeBytes }, have)) {
    for (let at = start; at < end; at += partSizeBytes) {
      yield { start: at, end: Math.min(at + partSizeBytes, end) };
    }
  }
}

/**
 * The ranges in their order; `undefined` where they cannot be of this file: beyond its end, or with
 * bytes that came twice, which no COMPLETE would join.
 */
export function toUsableRanges(
  ranges: readonly ByteRange[],
  sizeBytes: number,
): ByteRange[] | undefined {
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  let at = 0;
  for (const { start, end } of sorted) {
    if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end)) return undefined;
    if (start < at || end <= start || end > sizeBytes) return undefined;
    at = end;
  }
  return sorted;
}

/**
 * Makes sure that the parts are the file, each byte once, before it is completed: the platform would
 * find a gap or an overlap only then.
 * @throws {SourceError} that names the first gap or overlap.
 */
export function assertPartsCoverFile(
  path: string,
  sizeBytes: number,
  parts: readonly ByteRange[],
): void {
  let at = 0;
  for (const { start, end } of [...parts].sort((a, b) => a.start - b.start)) {
    if (start !== at) {
      const what =
        start > at
          ? `bytes ${at} to ${start} were never accepted`
          : `bytes ${start} to ${Math.min(at, end)} were accepted twice`;
      throw new SourceError(path, `${path}: ${what}, so the file is not completed.`);
    }
    at = end;
  }
  if (at !== sizeBytes) {
    throw new SourceError(
      path,
      `${path}: bytes ${at} to ${sizeBytes} were never accepted, so the file is not completed.`,
    );
  }
}

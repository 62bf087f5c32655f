/** The start of a stream: what is wrong with it is found before a batch is created. */
import { invalid } from '../http/options.js';
import type { IngestOptions } from './types.js';

const NEWLINE = 0x0a;
/** A first row that is longer than this is checked as it is sent. */
const MAX_FIRST_BYTES = 1024 * 1024;
/** A stream's check looks at this many bytes before it begins. */
const MIN_FIRST_BYTES = 16;

const BLANK: ReadonlySet<number> = new Set(Buffer.from(' \t\r\n'));
/** Whether there is nothing but white space. */
export const isBlank = (bytes: Uint8Array): boolean => bytes.every((byte) => BLANK.has(byte));

/** @throws {InvalidInputError} for options that a stream of JSON Lines cannot have. */
export function checkStreamOptions({ format, isMultiLineJson, csv }: IngestOptions): void {
  const fix = 'A stream is JSON Lines. Write other formats to a file first.';
  if (format !== undefined && format !== 'json') throw invalid('format', 'json', format, fix);
  if (isMultiLineJson === true) throw invalid('isMultiLineJson', 'false', true, fix);
  if (csv !== undefined) throw invalid('csv', 'no options for CSV', csv, fix);
}

/**
 * Reads a checked stream to the end of its first row, and gives all of it but blank chunks before that.
 * @throws what the check throws for a source without rows, or with a bad first row.
 */
export async function readFirstRow(
  chunks: AsyncGenerator<Uint8Array>,
): Promise<AsyncGenerator<Uint8Array>> {
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < MAX_FIRST_BYTES) {
    const { done, value } = await chunks.next();
    if (done === true) break;
    if (first.length === 0 && isBlank(value)) continue;
    const hasText = first.length > 0;
    // A copy: the source may use its buffer again.
    first.push(Buffer.from(value));
    length += value.length;
    const from = hasText ? 0 : value.findIndex((byte) => !BLANK.has(byte));
    if (value.includes(NEWLINE, from) && length >= MIN_FIRST_BYTES) break;
  }
  return (async function* () {
    yield* first.splice(0);
    yield* chunks;
  })();
}

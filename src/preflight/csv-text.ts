/** CSV in any charset, as UTF-8. */
import { isUtf8 } from 'node:buffer';
import { createChunkDecoder, resolveCharset } from '../shared/charset.js';
import { invalid } from '../shared/options.js';
import type { CsvOptions } from './types.js';

export const isUtf8Charset = ({ charset }: CsvOptions): boolean =>
  charset === undefined || resolveCharset(charset)?.isUtf8 === true;

/**
 * Returns a function that converts chunks to UTF-8; the empty chunk ends them. Chunks that need no
 * conversion are returned as they are.
 * @throws {InvalidInputError}
 */
export function createDecoder({ charset = 'utf-8' }: CsvOptions): (chunk: Buffer) => Buffer {
  const known = resolveCharset(charset);
  if (known === undefined) {
    const expected = 'a known charset, such as ISO-8859-1 or windows-1252';
    throw invalid('csv.charset', expected, charset, 'Leave it out for UTF-8.');
  }
  if (known.isUtf8) return (chunk) => chunk;
  const decoder = createChunkDecoder(known);
  return (chunk) => Buffer.from(chunk.length === 0 ? decoder.end() : decoder.decode(chunk));
}

/**
 * What to do about text that is not UTF-8. windows-1252 is the usual charset, and has the letters of ISO-8859-1
 * at the same bytes; others, such as windows-1251 or GBK, cannot be recognized by their bytes.
 */
export const UTF8_FIX =
  'Save the file as UTF-8, or pass its charset: perhaps windows-1252 (western European); others, such as windows-1251 or GBK, cannot be recognized.';

/** Whether bytes are UTF-8, and not merely ASCII. A character that the end divides does not count. */
export function isObviouslyUtf8(bytes: Buffer): boolean {
  const isAscii = bytes.every((byte) => byte < 0x80);
  if (isAscii) return false;
  return [0, 1, 2, 3].some((cut) => isUtf8(bytes.subarray(0, bytes.length - cut)));
}

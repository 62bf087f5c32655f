import { LineError } from '../http/errors.js';

/** No line of diagnostics is near this; one that is would fill the memory. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * Reads JSON Lines as they come; no more than a line is held. Empty lines are passed over, the last
 * line needs no end, and `\r\n` ends one, too.
 * @throws {LineError} for a line that is no JSON.
 */
export async function* readJsonLines(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<unknown> {
  let number = 0;
  for await (const line of readLines(bytes, file)) {
    number++;
    const text = line
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .trim();
    if (text === '') continue;
    try {
      yield JSON.parse(text);
    } catch (cause) {
      throw new LineError(file, number, `is no JSON: ${text.slice(0, 80)}`, cause);
    }
  }
}

/** Cuts bytes at their line ends; a character may be spread over two chunks. */
async function* readLines(bytes: AsyncIterable<Uint8Array>, file: string): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let size = 0;
  let number = 1;
  for await (const chunk of bytes) {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let at = buffer.indexOf(NEWLINE); at !== -1; at = buffer.indexOf(NEWLINE, from)) {
      yield Buffer.concat([...held, buffer.subarray(from, at)]);
      held = [];
      size = 0;
      number++;
      from = at + 1;
    }
    if (from === buffer.length) continue;
    held.push(buffer.subarray(from));
    size += buffer.length - from;
    if (size > MAX_LINE_BYTES)
      throw new LineError(file, number, `is over ${MAX_LINE_BYTES} bytes long`);
  }
  if (held.length > 0) yield Buffer.concat(held);
}

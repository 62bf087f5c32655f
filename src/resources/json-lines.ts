import { ParseError } from '../shared/errors.js';
import { parseJson } from '../shared/json.js';

/** No line of diagnostics is near this; one that is would fill the memory. */
const MAX_LINE_BYTES = 16 * 1024 * 1024;
const NEWLINE = 0x0a;
/** Even if it is JSON: of `12345` any part is. */
const ENDED_EARLY =
  'has no line feed at its end, and the response has neither Content-Length nor chunks: it ended early. Try again.';

/** What is read: a download, or anything else that knows whether its end is a real one. */
export interface LinesInput {
  readonly body: AsyncIterable<Uint8Array>;
  /** Without it the last line has to end in a line feed: nothing else says that it is whole. */
  readonly isProven: boolean;
}

/**
 * Reads JSON Lines as they come; no more than a line is held. Empty lines are passed over, and `\r\n`
 * ends one, too.
 * @throws {ParseError} for a line that is not JSON, or that the end of the response may have cut.
 */
export async function* readJsonLines(
  { body, isProven }: LinesInput,
  file: string,
): AsyncGenerator<unknown> {
  let number = 0;
  for await (const { line, isEnded } of readLines(body, file)) {
    number++;
    if (!isEnded && !isProven) throw new ParseError(file, number, ENDED_EARLY);
    const text = line
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .trim();
    if (text === '') continue;
    try {
      yield parseJson(text);
    } catch (cause) {
      throw new ParseError(file, number, `is not valid JSON: ${text.slice(0, 80)}`, cause);
    }
  }
}

/** Cuts bytes at their line ends; a character may be spread over two chunks. */
async function* readLines(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<{ line: Buffer; isEnded: boolean }> {
  let held: Buffer[] = [];
  let size = 0;
  let number = 1;
  for await (const chunk of bytes) {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let at = buffer.indexOf(NEWLINE); at !== -1; at = buffer.indexOf(NEWLINE, from)) {
      yield { line: Buffer.concat([...held, buffer.subarray(from, at)]), isEnded: true };
      held = [];
      size = 0;
      number++;
      from = at + 1;
    }
    if (from === buffer.length) continue;
    held.push(buffer.subarray(from));
    size += buffer.length - from;
    if (size > MAX_LINE_BYTES)
      throw new ParseError(file, number, `is over ${MAX_LINE_BYTES} bytes long`);
  }
  // An empty file has one line that is not ended, too.
  if (held.length > 0 || number === 1) yield { line: Buffer.concat(held), isEnded: false };
}

/** The start of a stream: what is wrong with it is found before a batch is created. */
import { invalid } from '../shared/options.js';
import { PreflightError } from './errors.js';
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

/** How much of a stream is looked at for its format, at most. */
const MAX_FORMAT_BYTES = 64 * 1024;
/** A line with something in it, to its end. */
const FIRST_LINE = /[^\s][^\n]*\n/;

/** Gives a stream on as it is. @throws {PreflightError} where it certainly is not JSON Lines. */
export async function* refuseOtherFormats(
  chunks: AsyncIterable<Uint8Array>,
  { partialIngestionPercent = 0 }: IngestOptions,
): AsyncGenerator<Uint8Array> {
  let head: Buffer | undefined = Buffer.alloc(0);
  const assertFormat = (bytes: Buffer) => {
    const format = otherFormat(bytes, partialIngestionPercent === 0);
    if (format === undefined) return;
    const message = `the stream is ${format}, and only JSON Lines can be read from one: save it to a file and ingest that.`;
    throw new PreflightError([{ level: 'error', message }]);
  };
  for await (const chunk of chunks) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < MAX_FORMAT_BYTES && !FIRST_LINE.test(head.toString('latin1'))) continue;
    assertFormat(head);
    yield head;
    head = undefined;
  }
  if (head === undefined || head.length === 0) return;
  assertFormat(head);
  yield head;
}

/**
 * What a stream begins with, where that is not JSON Lines.
 * @param isStrict whether no row may be rejected, not even the first one.
 */
function otherFormat(head: Buffer, isStrict: boolean): string | undefined {
  if (head.toString('latin1', 0, 4) === 'PAR1') return 'Parquet';
  const text = head.toString('utf8');
  const first = /\S/.exec(text)?.[0];
  if (first === undefined || first === '{') return undefined;
  if (first === '[') return 'a JSON array';
  const line = /[^\r\n]+/.exec(text.trimStart())?.[0] ?? '';
  const isText = !/[^\P{Cc}\t]|\uFFFD/u.test(line);
  if (!isText) return undefined; // the check of the stream says what it is
  if (/[,;|\t]/.test(line)) return 'CSV';
  return isStrict ? 'text that is not JSON' : undefined;
}

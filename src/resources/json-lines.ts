/** Reads JSON Lines that the platform wrote, and recovers after lines that cannot be read. */
import { ParseError } from '../shared/errors.js';
import { parseJson } from '../shared/json.js';
import { JsonPrefix } from '../shared/json-prefix.js';
import { LineSplitter } from '../shared/lines.js';

/** No line of diagnostics is near this; one that is would fill the memory. */
const MAX_VALUE_BYTES = 16 * 1024 * 1024;
/** A value over several lines that is nested deeper was cut off: its lines are read one by one. */
const MAX_DEPTH = 100;
const MAX_QUOTED_LENGTH = 80;
/** A line of a file that is one list, with its rows on lines of their own. */
const LIST_MARK = /^[[\],]$/;
/** Even if it is JSON: of `12345` any part is. */
const ENDED_EARLY =
  'has no line feed at its end, and the response has neither Content-Length nor chunks: it ended early. Try again.';
const TOO_LONG = `is over ${MAX_VALUE_BYTES} bytes long`;

/** What is read: a download, or anything else that knows whether its end is a real one. */
export interface LinesInput {
  readonly body: AsyncIterable<Uint8Array>;
  /** Without it the last line has to end in a line feed: nothing else says that it is whole. */
  readonly isProven: boolean;
}

/** A value of the file, or why a line of it cannot be read. */
type Read = { readonly value: unknown } | { readonly error: ParseError };

/**
 * Reads JSON Lines as they come; no more than a value is held. Empty lines are skipped, `\r\n` ends a
 * line, too, and a value may be spread over several lines. A list of objects counts as its objects.
 *
 * Yields the values in groups, each to be read to its end before the next: a promise for each value would cost
 * more than the value.
 * @param onUnreadable called for each line that cannot be read; the lines after it are still read.
 * @throws {ParseError} at the end, for a last line that the end of the response may have cut.
 */
export async function* readJsonLines(
  { body, isProven }: LinesInput,
  file: string,
  onUnreadable: (error: ParseError) => void,
): AsyncGenerator<Iterable<unknown>> {
  const splitter = new LineSplitter(MAX_VALUE_BYTES);
  const values = new ValueReader(file);
  let last = 0;
  function* readChunk(chunk: Uint8Array): Generator<unknown> {
    for (const { bytes, number, isEnded } of splitter.push(chunk)) {
      if (isEnded) last = number;
      if (bytes === undefined) yield* report(values.skip(number, TOO_LONG), onUnreadable);
      else yield* report(values.push(toText(bytes), number), onUnreadable);
    }
  }
  for await (const chunk of body) yield readChunk(chunk);
  let cut: ParseError | undefined;
  // An empty file has one line that is not ended, too.
  if (!isProven && last === 0) cut = new ParseError(file, 1, ENDED_EARLY);
  for (const { bytes, number } of splitter.end()) {
    if (!isProven) cut = new ParseError(file, number, ENDED_EARLY);
    else if (bytes !== undefined) yield report(values.push(toText(bytes), number), onUnreadable);
  }
  yield report(values.end(), onUnreadable);
  if (cut !== undefined) throw cut;
}

function* report(
  all: readonly Read[],
  onUnreadable: (error: ParseError) => void,
): Generator<unknown> {
  for (const one of all) {
    if ('value' in one) yield one.value;
    else onUnreadable(one.error);
  }
}

const toText = (line: Buffer): string =>
  line
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trim();

interface TextLine {
  readonly text: string;
  readonly number: number;
}

/** Finds the values in lines, and starts again after a line that belongs to none. */
class ValueReader {
  readonly #file: string;
  /** The lines of a value that is not complete. */
  #pending: TextLine[] = [];
  #pendingLength = 0;
  #prefix = new JsonPrefix(MAX_DEPTH);

  constructor(file: string) {
    this.#file = file;
  }

  push(text: string, number: number): Read[] {
    if (text === '') return [];
    const isPending = this.#pending.length > 0;
    if (!isPending && LIST_MARK.test(text)) return [];
    if (isPending) return this.#readAll([{ text, number }]);
    // Nearly every line is a value of its own.
    try {
      return toReads(parseJson(text));
    } catch {
      return this.#readAll([{ text, number }]);
    }
  }

  /** Reports a line whose text is not known. */
  skip(number: number, problem: string): Read[] {
    return [...this.end(), { error: new ParseError(this.#file, number, problem) }];
  }

  /** Gives up the value that is not complete. */
  end(): Read[] {
    const reads: Read[] = [];
    while (this.#pending.length > 0) reads.push(...this.#readAll([]));
    return reads;
  }

  #readAll(lines: readonly TextLine[]): Read[] {
    const reads: Read[] = [];
    // Read from the end, so that lines that are read again can be put back.
    const queue = lines.toReversed();
    // What is left of a value that was cut off has parts that are JSON by themselves, but no rows.
    let rowsOnly = false;
    const readAgain = () => {
      queue.push(...this.#giveUp(reads).reverse());
      rowsOnly = true;
    };
    if (queue.length === 0) readAgain();
    for (let line = queue.pop(); line !== undefined; line = queue.pop()) {
      const isOther =
        this.#pending.length > 0 && ROW_FIELD.test(line.text) && isRow(parseOrNothing(line.text));
      if (!isOther && this.#follow(line, reads, rowsOnly)) continue;
      queue.push(line);
      readAgain();
    }
    return reads;
  }

  /** Reads one line. @returns whether it fits to the lines that are pending. */
  #follow(line: TextLine, reads: Read[], rowsOnly: boolean): boolean {
    const isFirst = this.#pending.length === 0;
    const state = this.#prefix.push(line.text);
    const length = this.#pendingLength + line.text.length;
    if (state.kind === 'open' && length <= MAX_VALUE_BYTES) {
      this.#pending.push(line);
      this.#pendingLength = length;
      return true;
    }
    if (state.kind !== 'complete') {
      if (isFirst) reads.push(this.#unreadable(line));
      if (isFirst) this.#reset();
      return isFirst;
    }
    const text = [...this.#pending.map((one) => one.text), line.text.slice(0, state.end)].join(
      '\n',
    );
    const rest = line.text.slice(state.end).replace(/^\s*,?\s*/, '');
    const lines = [...this.#pending, line];
    this.#reset();
    const value = parseOrNothing(text);
    const isTaken = typeof value === 'object' && value !== null && (!rowsOnly || isRow(value));
    if (isTaken) reads.push(...toReads(value));
    else reads.push(...lines.map((one) => this.#unreadable(one)));
    if (rest === '' || !isTaken) return true;
    return this.#follow({ text: rest, number: line.number }, reads, rowsOnly);
  }

  /** The first pending line is unreadable. @returns the others, to be read again. */
  #giveUp(reads: Read[]): TextLine[] {
    const [first, ...others] = this.#pending;
    if (first !== undefined) reads.push(this.#unreadable(first));
    this.#reset();
    return others;
  }

  #reset(): void {
    this.#pending = [];
    this.#pendingLength = 0;
    this.#prefix = new JsonPrefix(MAX_DEPTH);
  }

  #unreadable({ text, number }: TextLine): Read {
    const problem = `is not valid JSON: ${text.slice(0, MAX_QUOTED_LENGTH)}`;
    try {
      parseJson(text);
    } catch (cause) {
      return { error: new ParseError(this.#file, number, problem, cause) };
    }
    return { error: new ParseError(this.#file, number, 'belongs to a value that was cut off') };
  }
}

function parseOrNothing(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fields that only a row has, and no value inside one. */
const ROW_FIELD = /"_(?:errors|validationErrors|corrupt_record)"/;
const isRow = (value: unknown): boolean =>
  isObject(value) &&
  ('_errors' in value || '_validationErrors' in value || '_corrupt_record' in value);

/** A whole file may be one list. */
const toReads = (value: unknown): Read[] =>
  Array.isArray(value) && value.length > 0 && value.every(isObject)
    ? value.map((one: unknown) => ({ value: one }))
    : [{ value }];

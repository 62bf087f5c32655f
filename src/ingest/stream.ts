/** Reads a stream of JSON Lines: it is checked as it is read, and its first row before a batch is created. */
import { setMaxListeners } from 'node:events';
import { createFinding } from '../preflight/findings.js';
import { StreamCheck } from '../preflight/stream.js';
import type { Finding } from '../preflight/types.js';
import { AepBatchError, InvalidInputError } from '../shared/errors.js';
import { notify } from '../shared/notify.js';
import { invalid, omitUndefined } from '../shared/options.js';
import { IngestError, PreflightError } from './errors.js';
import type { OpenStream } from './input.js';
import type { RowCheck } from './row-check.js';
import type { IngestOptions } from './types.js';

const NEWLINE = 0x0a;
/** A first row that is longer than this is checked while it is sent. */
const MAX_FIRST_BYTES = 1024 * 1024;
/** How many bytes the check of a stream needs before it begins. */
const MIN_FIRST_BYTES = 16;

const BLANK: ReadonlySet<number> = new Set(Buffer.from(' \t\r\n'));
const isBlank = (bytes: Uint8Array): boolean => bytes.every((byte) => BLANK.has(byte));

/** @throws {InvalidInputError} for options that a stream of JSON Lines cannot have. */
export function checkStreamOptions({ format, isMultiLineJson, csv }: IngestOptions): void {
  const fix = 'A stream is JSON Lines. Write other formats to a file first.';
  if (format !== undefined && format !== 'json') throw invalid('format', 'json', format, fix);
  if (isMultiLineJson === true) throw invalid('isMultiLineJson', 'false', true, fix);
  if (csv !== undefined) throw invalid('csv', 'no options for CSV', csv, fix);
}

type OpenRowCheck = () => Promise<RowCheck | undefined>;

/**
 * Reads a stream until it ends, the ingest fails or the caller aborts. `AbortSignal.any()` would stay
 * registered with a signal of the caller that may live as long as the program.
 */
export class StreamReading {
  readonly #options: IngestOptions;
  readonly #openRowCheck: OpenRowCheck;
  readonly #controller = new AbortController();
  readonly #chunks: AsyncGenerator<Uint8Array>;
  readonly #onAbort = () => this.#controller.abort(this.#options.signal?.reason);

  /** @param openRowCheck is called once there are rows: a stream without any needs no schema. */
  constructor(
    open: OpenStream,
    options: IngestOptions,
    openRowCheck: OpenRowCheck = async () => undefined,
  ) {
    const { signal } = options;
    this.#openRowCheck = openRowCheck;
    this.#options = options;
    this.#chunks = open(this.#controller.signal);
    if (signal === undefined) return;
    setMaxListeners(0, signal);
    signal.addEventListener('abort', this.#onAbort);
    if (signal.aborted) this.#onAbort();
  }

  /**
   * The stream from its beginning, once its first row was found to be good.
   * @throws {PreflightError | InvalidInputError | SourceError | IngestError} before anything was sent.
   */
  async start(): Promise<AsyncGenerator<Uint8Array>> {
    const stream = rejectOtherFormats(this.#chunks, this.#options);
    const rows = checkRows(stream, this.#options, this.#openRowCheck);
    try {
      return await readFirstRow(rows);
    } catch (error) {
      if (error instanceof AepBatchError) throw error;
      throw new IngestError(error, { batchId: undefined, journal: undefined, batch: 'none' });
    }
  }

  /** Ends the reading: a stream that pauses for long must not delay the end of a failed ingest. */
  stop(): void {
    this.#controller.abort();
  }

  async close(): Promise<void> {
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.stop();
    await this.#chunks.return(undefined);
  }
}

/**
 * Reads a checked stream to the end of its first row, and returns all of it but leading blank chunks.
 * @throws what the check throws for a source without rows, or with a bad first row.
 */
async function readFirstRow(
  chunks: AsyncGenerator<Uint8Array>,
): Promise<AsyncGenerator<Uint8Array>> {
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < MAX_FIRST_BYTES) {
    const { done, value } = await chunks.next();
    if (done === true) break;
    if (first.length === 0 && isBlank(value)) continue;
    const hasText = first.length > 0;
    // A copy: the source may reuse its buffer.
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

/**
 * Checks the rows of a stream while it is read.
 * @throws {PreflightError} at the first error, {InvalidInputError} at the end of one without rows.
 */
async function* checkRows(
  stream: AsyncGenerator<Uint8Array>,
  { partialIngestionPercent, onWarning }: IngestOptions,
  openRowCheck: OpenRowCheck,
): AsyncGenerator<Uint8Array> {
  // At least the first line; less is all that there is.
  const { done, value: first } = await stream.next();
  if (done === true || (first.length < MAX_FORMAT_BYTES && isBlank(first))) throw withoutRows();
  const rowCheck = await openRowCheck();
  const check = new StreamCheck(
    'the stream',
    omitUndefined({ partialIngestionPercent, rowChecker: rowCheck?.checker }),
  );
  const report = (findings: readonly Finding[]) => {
    if (check.errors > 0) throw new PreflightError(findings);
    for (const finding of findings) notify(onWarning, finding);
  };
  let hasRows = false;
  const take = (chunk: Uint8Array): Uint8Array => {
    report(check.push(chunk));
    hasRows ||= !isBlank(chunk);
    return chunk;
  };
  yield take(first);
  for await (const chunk of stream) yield take(chunk);
  if (!hasRows) throw withoutRows();
  const findings = check.end();
  report(findings);
  rowCheck?.assertFewRejected(findings);
  for (const finding of rowCheck?.listWarnings() ?? []) notify(onWarning, finding);
}

const withoutRows = (): InvalidInputError =>
  new InvalidInputError('source', 'Invalid source: expected rows, and the source has no rows.');

/** How much of a stream is looked at for its format, at most. */
const MAX_FORMAT_BYTES = 64 * 1024;
/** A line that is not blank, to its end. */
const FIRST_LINE = /[^\s][^\n]*\n/;

/** Passes a stream on. @throws {PreflightError} if it is certainly not JSON Lines. */
async function* rejectOtherFormats(
  chunks: AsyncIterable<Uint8Array>,
  { partialIngestionPercent = 0 }: IngestOptions,
): AsyncGenerator<Uint8Array> {
  let head: Buffer | undefined = Buffer.alloc(0);
  const assertFormat = (bytes: Buffer) => {
    const format = findOtherFormat(bytes, partialIngestionPercent === 0);
    if (format === undefined) return;
    const message = `The stream is ${format}, and only JSON Lines can be read from one. Save it to a file and ingest that.`;
    const finding = {
      level: 'error',
      effect: 'batch-fails',
      rule: 'file-format',
      message,
    } as const;
    throw new PreflightError([createFinding(finding)]);
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
 * The format that a stream begins with if that is not JSON Lines.
 * @param isStrict whether no row may be rejected, not even the first one.
 */
function findOtherFormat(head: Buffer, isStrict: boolean): string | undefined {
  if (head.toString('latin1', 0, 4) === 'PAR1') return 'Parquet';
  const text = head.toString('utf8');
  const first = /\S/.exec(text)?.[0];
  if (first === undefined || first === '{') return undefined;
  if (first === '[') return 'a JSON array';
  const line = /[^\r\n]+/.exec(text.trimStart())?.[0] ?? '';
  const isText = !/[^\P{Cc}\t]|\uFFFD/u.test(line);
  if (!isText) return undefined; // the check of the rows names it
  if (/[,;|\t]/.test(line)) return 'CSV';
  return isStrict ? 'text that is not JSON' : undefined;
}

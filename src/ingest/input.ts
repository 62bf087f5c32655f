/** What an ingest is given, checked: paths, bytes under a name, or a stream of JSON Lines. */
import { types } from 'node:util';
import { checkBytes } from '../resources/options.js';
import { checkFilledText, checkLocalPath } from '../shared/checks.js';
import { InvalidInputError, SourceError } from '../shared/errors.js';
import {
  type Check,
  describeKind,
  describeValue,
  invalid,
  type OptionTable,
  optional,
  validateOptions,
} from '../shared/options.js';
import { memoryFile, type SourceFile } from '../upload/source.js';
import { toJsonLine } from './json-value.js';

/** A source in one of three forms. */
export type CheckedSource =
  | { paths: readonly string[] }
  | { file: SourceFile }
  | { stream: OpenStream };

/** Begins to read a stream; the signal ends that. */
export type OpenStream = (signal: AbortSignal) => AsyncGenerator<Uint8Array>;

type AnyIterable = AsyncIterable<unknown> | Iterable<unknown>;
interface SourceFields {
  name?: string;
  bytes?: unknown;
  records?: AnyIterable;
  jsonLines?: AnyIterable;
}

const checkIterable: Check<AnyIterable> = (field, value) => {
  const expected = 'an iterable or async iterable';
  if (typeof value !== 'object' || value === null) {
    const fix = typeof value === 'function' ? 'Call it, and pass what it returns.' : '';
    throw invalid(field, expected, value, fix);
  }
  if (ArrayBuffer.isView(value)) {
    throw invalid(field, expected, value, 'Bytes in memory go in as { name, bytes }.');
  }
  if (Symbol.asyncIterator in value || Symbol.iterator in value) return value as AnyIterable;
  throw invalid(field, expected, value, types.isPromise(value) ? 'Await it first.' : '');
};

const SOURCE: OptionTable<SourceFields> = {
  name: optional(checkFilledText),
  bytes: optional((_, value) => value),
  records: optional(checkIterable),
  jsonLines: optional(checkIterable),
};
const EXPECTED = 'a path, an array of paths, { name, bytes }, { records } or { jsonLines }';
const SOURCE_NAMES = { what: 'source', prefix: '', expected: EXPECTED };

/** Paths of files and folders on this machine, at least one. */
export function checkPaths(field: string, value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [checkLocalPath(field, value)];
  if (value.length === 0) throw invalid(field, 'at least one path', value);
  return Array.from(value, (path: unknown, at) => checkLocalPath(`${field}[${at}]`, path));
}

/** @throws {InvalidInputError} for what is no source. */
export function checkSource(source: unknown): CheckedSource {
  if (typeof source === 'string' || Array.isArray(source)) {
    return { paths: checkPaths('source', source) };
  }
  const { name, bytes, records, jsonLines } = validateOptions(SOURCE, source, SOURCE_NAMES);
  const isFile = name !== undefined || bytes !== undefined;
  const kinds = [isFile, records !== undefined, jsonLines !== undefined].filter(Boolean);
  if (kinds.length !== 1) throw invalid('source', EXPECTED, source);
  if (records !== undefined) return { stream: (signal) => toJsonLines(records, signal) };
  if (jsonLines !== undefined) return { stream: (signal) => toChunks(jsonLines, signal) };
  const content = checkBytes('bytes', bytes, 'a Uint8Array or a Blob');
  return { file: memoryFile(checkFilledText('name', name), content) };
}

/** Each record as a line. */
async function* toJsonLines(records: AnyIterable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let number = 0;
  for await (const record of readSource(records, 'records', signal)) {
    yield Buffer.from(`${toJsonLine(record, `record ${++number}`)}\n`);
  }
}

/** The chunks of a stream, which are bytes. */
async function* toChunks(jsonLines: AnyIterable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let number = 0;
  for await (const chunk of readSource(jsonLines, 'jsonLines', signal)) {
    number++;
    if (!types.isUint8Array(chunk)) throw notBytes(chunk, number);
    yield chunk;
  }
}

function notBytes(chunk: unknown, number: number): InvalidInputError {
  const fix =
    typeof chunk === 'string'
      ? 'Pass bytes: read without an encoding, and with the line ends, which readline removes.'
      : 'Objects go in as { records }.';
  const message = `Invalid chunk ${number} of jsonLines: expected a Uint8Array, received ${describeKind(chunk)}. ${fix}`;
  return new InvalidInputError('jsonLines', message);
}

/**
 * The items of a caller's iterable, until the signal ends the reading: one that never brings another
 * item would keep the ingest for ever.
 * @throws {SourceError} with the cause, when the iterable fails.
 */
async function* readSource(
  items: AnyIterable,
  name: string,
  signal: AbortSignal,
): AsyncGenerator<unknown> {
  const failed = (cause: unknown) => {
    if (signal.aborted) return signal.reason;
    const why = cause instanceof Error ? cause.message : describeValue(cause);
    return new SourceError(name, `Reading ${name} failed: ${why}`, cause);
  };
  const next = abortableNext(openIterator(items, failed), signal);
  let isOpen = true;
  try {
    for (;;) {
      const { done, value } = await next.read().catch((cause: unknown) => {
        isOpen = false; // an iterator that failed has ended
        throw failed(cause);
      });
      if (done === true) {
        isOpen = false;
        return;
      }
      yield value;
    }
  } finally {
    next.close(isOpen || signal.aborted);
    // The iterator of a Node stream closes it only after its next chunk.
    if (signal.aborted && 'destroy' in items && typeof items.destroy === 'function')
      items.destroy();
  }
}

type AnyIterator = AsyncIterator<unknown> | Iterator<unknown>;

function openIterator(items: AnyIterable, failed: (cause: unknown) => unknown): AnyIterator {
  try {
    return Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  } catch (cause) {
    throw failed(cause);
  }
}

/** Reads an iterator, and stops to wait for it once the signal is aborted. */
function abortableNext(iterator: AnyIterator, signal: AbortSignal) {
  let reject: ((reason: unknown) => void) | undefined;
  const onAbort = () => reject?.(signal.reason);
  signal.addEventListener('abort', onAbort);
  return {
    async read(): Promise<IteratorResult<unknown>> {
      signal.throwIfAborted();
      const result = iterator.next();
      if (!('then' in result)) {
        const { done, value } = result;
        return { done: Boolean(done), value: await value };
      }
      const { done, value } = await new Promise<IteratorResult<unknown>>((resolve, fail) => {
        reject = fail;
        result.then(resolve, fail);
      });
      // As a loop of JavaScript takes it: whatever is truthy is the end.
      return { done: Boolean(done), value };
    },
    /** Not awaited: a generator that waits for its next item would only end after that. */
    close(isOpen: boolean): void {
      signal.removeEventListener('abort', onAbort);
      if (!isOpen) return;
      new Promise((resolve) => resolve(iterator.return?.())).catch(() => undefined);
    },
  };
}

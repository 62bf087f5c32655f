/** Makes a caller's source a file that can be uploaded. It is not trusted: what it yields is counted and checked. */
import { isPromise, isUint8Array } from 'node:util/types';
import { rangeSource } from '../http/body.js';
import { checkFilledText, checkNumber } from '../shared/checks.js';
import { AepBatchError, SourceError } from '../shared/errors.js';
import { describeKind, invalid } from '../shared/options.js';
import { isIterable, readItems } from '../shared/read-items.js';
import { describeThrown, read } from '../shared/thrown.js';
import type { OpenSource, SourceFile } from '../upload/source.js';
import type { Source } from './source.js';

const MAX_FINGERPRINT_LENGTH = 1000;

/**
 * @param field names the source in messages.
 * @throws {InvalidInputError} for what is not a source, {SourceError} where its fingerprint cannot be read.
 */
export async function toSourceFile(field: string, source: Source): Promise<SourceFile> {
  const path = checkFilledText(`${field}.path`, read(source, 'path'));
  for (const name of ['fingerprint', 'read']) {
    const method = read(source, name);
    if (typeof method !== 'function') throw invalid(`${field}.${name}`, 'a method', method);
  }
  const size = read(source, 'sizeBytes');
  const bounds = { min: 0, max: Number.MAX_SAFE_INTEGER, unit: 'bytes', whole: true };
  const sizeBytes =
    size === undefined ? undefined : checkNumber(`${field}.sizeBytes`, size, bounds);
  const readVersion = () => readFingerprint(path, source);
  const version = { fingerprint: await readVersion(), read: readVersion };
  const known = { path, localPath: undefined, fingerprint: undefined, version };
  if (sizeBytes === undefined)
    return { ...known, sizeBytes: 0, stream: (signal) => readChunks(path, source, signal) };
  return { ...known, sizeBytes, open: async () => openSource(path, source, sizeBytes) };
}

async function readFingerprint(path: string, source: Source): Promise<string> {
  let value: unknown;
  try {
    value = await source.fingerprint();
  } catch (cause) {
    throw toError(path, 'has no fingerprint', cause);
  }
  const isText =
    typeof value === 'string' && value !== '' && value.length <= MAX_FINGERPRINT_LENGTH;
  if (isText) return String(value);
  const expected = `a text of 1 to ${MAX_FINGERPRINT_LENGTH} characters`;
  const received = typeof value === 'string' ? `${value.length} characters` : describeKind(value);
  const message = `Invalid fingerprint of ${path}: expected ${expected}, received ${received}.`;
  throw new SourceError(path, message);
}

/** An error of this library says enough; any other is named as the source's. */
function toError(path: string, what: string, cause: unknown): unknown {
  if (cause instanceof AepBatchError) return cause;
  return new SourceError(path, `${path} ${what}: ${describeThrown(cause)}`, cause);
}

async function* readChunks(
  path: string,
  source: Source,
  signal: AbortSignal,
  range: [number, number] | [] = [],
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  const fail = (cause: unknown) => toError(path, 'cannot be read', cause);
  let items: unknown;
  try {
    items = source.read(...range);
    if (isPromise(items)) items = await items;
  } catch (cause) {
    throw fail(cause);
  }
  if (!isIterable(items)) {
    const message = `${path}: expected an iterable of chunks from read(), received ${describeKind(items)}.`;
    throw new SourceError(path, message);
  }
  for await (const chunk of readItems(items, path, signal, fail)) {
    if (!isUint8Array(chunk)) {
      const message = `${path}: expected chunks that are Uint8Arrays, received ${describeKind(chunk)}.`;
      throw new SourceError(path, message);
    }
    yield chunk;
  }
}

/** Ranges of a source of a known size. */
function openSource(path: string, source: Source, sizeBytes: number): OpenSource {
  const controller = new AbortController();
  const pumpRange = async (
    start: number,
    end: number,
    write: (chunk: Uint8Array) => Promise<void>,
  ) => {
    let at = start;
    const wrong = (what: string) =>
      new SourceError(path, `${path} ${what} for bytes ${start} to ${end} of ${sizeBytes}.`);
    for await (const chunk of readChunks(path, source, controller.signal, [start, end])) {
      at += chunk.length;
      if (at > end) throw wrong(`yielded more than ${end - start} bytes`);
      await write(chunk);
    }
    if (at < end) throw wrong(`ended after ${at - start} bytes`);
  };
  return {
    ...rangeSource(0, sizeBytes, pumpRange),
    // A source may leave a reading pending for ever.
    close: async () => controller.abort(new SourceError(path, `${path} was closed.`)),
  };
}

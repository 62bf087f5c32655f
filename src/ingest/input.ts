/** What an ingest is given, checked: paths, bytes under a name, or a stream of JSON Lines. */
import { types } from 'node:util';
import { checkBytes } from '../resources/options.js';
import { checkFilledText, checkLocalPath } from '../shared/checks.js';
import { InvalidInputError } from '../shared/errors.js';
import {
  type Check,
  describeKind,
  invalid,
  type OptionTable,
  optional,
  validateOptions,
} from '../shared/options.js';
import { type AnyIterable, isIterable, readItems } from '../shared/read-items.js';
import { isSource, type Source } from '../sources/source.js';
import { memoryFile, type SourceFile } from '../upload/source.js';
import { toJsonLine } from './json-value.js';

/** A path, or contents from elsewhere. */
export type Input = string | Source;

/** A source in one of three forms. */
export type CheckedSource =
  | { inputs: readonly Input[] }
  | { file: SourceFile }
  | { stream: OpenStream };

/** Begins to read a stream; the signal ends that. */
export type OpenStream = (signal: AbortSignal) => AsyncGenerator<Uint8Array>;

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
  if (isIterable(value)) return value;
  throw invalid(field, expected, value, types.isPromise(value) ? 'Await it first.' : '');
};

const SOURCE: OptionTable<SourceFields> = {
  name: optional(checkFilledText),
  bytes: optional((_, value) => value),
  records: optional(checkIterable),
  jsonLines: optional(checkIterable),
};
const EXPECTED =
  'a path, a Source, an array of them, { name, bytes }, { records } or { jsonLines }';
const SOURCE_NAMES = { what: 'source', prefix: '', expected: EXPECTED };

/** Paths of files and folders on this machine, and sources from elsewhere: at least one. */
export function checkInputs(field: string, value: unknown): readonly Input[] {
  if (!Array.isArray(value)) return [checkInput(field, value)];
  if (value.length === 0) throw invalid(field, 'at least one path', value);
  return Array.from(value, (one: unknown, at) => checkInput(`${field}[${at}]`, one));
}

const checkInput = (field: string, value: unknown): Input =>
  isSource(value) ? value : checkLocalPath(field, value);

/** @throws {InvalidInputError} for what is not a source. */
export function checkSource(source: unknown): CheckedSource {
  if (typeof source === 'string' || Array.isArray(source) || isSource(source)) {
    return { inputs: checkInputs('source', source) };
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
  for await (const record of readItems(records, 'records', signal)) {
    yield Buffer.from(`${toJsonLine(record, `record ${++number}`)}\n`);
  }
}

/** The chunks of a stream, which are bytes. */
async function* toChunks(jsonLines: AnyIterable, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  let number = 0;
  for await (const chunk of readItems(jsonLines, 'jsonLines', signal)) {
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

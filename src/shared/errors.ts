/** The errors that every layer may throw; those of calls are in `http/errors.ts`. */
import { printable } from './printable.js';
import { describeThrown, isErrorLike, read } from './thrown.js';

/** How many causes `toJSON()` shows. */
const MAX_SHOWN_CAUSES = 5;

/**
 * The base class of everything that this library throws. `name` is the literal class name. In a
 * message, characters that a terminal does not show as they are stand as escapes (`\u202e`).
 */
export class AepBatchError extends Error {
  override readonly name: string = 'AepBatchError';

  constructor(message?: string, options?: ErrorOptions) {
    super(message === undefined ? undefined : printable(message, '\n'), options);
  }

  /** What `JSON.stringify()` shows: the name, the message, the error's own fields and its causes. */
  toJSON(): Record<string, unknown> {
    const { name, message, cause, ...fields } = this;
    const shown = cause === undefined ? {} : { cause: causeToJson(cause, MAX_SHOWN_CAUSES) };
    return { name, message, ...fields, ...shown };
  }
}

/** A cause as `{name, message, cause?}`. Its other fields may be anything, and stay out. */
function causeToJson(cause: unknown, left: number): unknown {
  if (!isErrorLike(cause)) return describeThrown(cause);
  const [next, name] = [read(cause, 'cause'), read(cause, 'name')];
  const message = read(cause, 'message');
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: typeof message === 'string' && message !== '' ? message : describeThrown(cause, 0),
    ...(next === undefined || left <= 1 ? {} : { cause: causeToJson(next, left - 1) }),
  };
}

/** What a caller gave cannot be used. Nothing was sent. */
export class InvalidInputError extends AepBatchError {
  override readonly name = 'InvalidInputError';
  /** Which option or field it is, for instance `datasetId` or `inputFormat.format`. */
  readonly field: string;

  constructor(field: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.field = field;
  }
}

/** What is to be sent cannot be read, or changed while it was read. */
export class SourceError extends AepBatchError {
  override readonly name = 'SourceError';
  /** Which file it is. */
  readonly path: string;

  constructor(path: string, message: string, cause?: unknown) {
    super(printable(message), cause === undefined ? undefined : { cause });
    this.path = path;
  }
}

/** A URL that is to be sent cannot be read now, and may be later: a resume goes on where it broke off. */
export class SourceUnavailableError extends AepBatchError {
  override readonly name = 'SourceUnavailableError';
  /** The URL, without its query. */
  readonly path: string;
  /** The status of the last response: 400, 401 or 403 where access was refused. `undefined` where there was none. */
  readonly status: number | undefined;

  constructor(path: string, message: string, status: number | undefined, cause?: unknown) {
    super(printable(message), cause === undefined ? undefined : { cause });
    this.path = path;
    this.status = status;
  }
}

/** A line of a downloaded file cannot be read. */
export class ParseError extends AepBatchError {
  override readonly name = 'ParseError';
  /** The file's name. */
  readonly file: string;
  /** The number of the line, from 1. */
  readonly line: number;

  constructor(file: string, line: number, what: string, cause?: unknown) {
    super(printable(`${file}: line ${line} ${what}`), cause === undefined ? undefined : { cause });
    this.file = file;
    this.line = line;
  }
}

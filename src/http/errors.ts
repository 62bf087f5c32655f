/** The errors of calls: the classes, their one-sentence messages, and how other errors become ours. */
import { isProxy } from 'node:util/types';
import { AepBatchError } from '../shared/errors.js';
import { printableLine } from '../shared/printable.js';
import { describeThrown, systemCode } from '../shared/thrown.js';

/** The caller's own function for an access token failed, or gave none. Nothing was sent. */
export class CredentialsError extends AepBatchError {
  override readonly name = 'CredentialsError';
  /** As of a `CallError`. */
  declare batchId?: string;
}

/** What every error of a call says about it. */
export interface CallInfo {
  /** The operationId of the document, for instance `createBatch`. */
  readonly operation: string;
  /** The HTTP method. */
  readonly method: string;
  /** The full URL; it never holds a secret. */
  readonly url: string;
  /** How often the request was sent, the first time included. */
  readonly attempts: number;
  /** The request id: the platform's own where it sent one, else the one that was sent. */
  readonly requestId: string | undefined;
  /** Whether the call may have taken effect although it failed. Always false where it only reads. */
  readonly stateUnknown: boolean;
}

/** One attempt of a call. */
export interface AttemptInfo extends CallInfo {
  /** How often the request may be sent in all. */
  readonly maxAttempts: number;
  /** Whether an earlier attempt may have taken effect: no later error response undoes that. */
  readonly priorAttemptAmbiguous: boolean;
}

/** A call that was made and did not end well. */
export abstract class CallError extends AepBatchError implements CallInfo {
  readonly operation: string;
  readonly method: string;
  readonly url: string;
  readonly attempts: number;
  readonly requestId: string | undefined;
  readonly stateUnknown: boolean;
  /** The batch whose wait ended with this error; only `batches.wait()` sets it. */
  declare batchId?: string;

  constructor(message: string, info: CallInfo, options?: ErrorOptions) {
    super(message, options);
    this.operation = info.operation;
    this.method = info.method;
    this.url = info.url;
    this.attempts = info.attempts;
    this.requestId = info.requestId;
    this.stateUnknown = info.stateUnknown;
  }
}

/** Adds a sentence to the message, in the stack too: that is what Node prints. */
export function extendMessage(error: Error, sentence: string): void {
  const { message, stack } = error; // the stack first: it may be made when it is first read
  error.message = `${message} ${sentence}`;
  const at = stack?.indexOf(message) ?? -1;
  if (stack === undefined || at === -1) return;
  const end = at + message.length;
  error.stack = `${stack.slice(0, end)} ${sentence}${stack.slice(end)}`;
}

/** Certificates and protocols do not change between two attempts. */
const PERMANENT = /CERT|SELF_SIGNED|UNABLE_TO|EPROTO|ERR_TLS|ERR_SSL|ERR_INVALID|ERR_PROXY_REFUSED/;

/** No response: there was no connection, or it broke. */
export class ConnectionError extends CallError {
  override readonly name = 'ConnectionError';
  /** The system's code, for instance `ECONNREFUSED`; `ERR_PROXY_REFUSED` where a proxy rejected the tunnel. */
  readonly code: string | undefined;
  /** Whether another attempt would end alike, as with a certificate that is not trusted. */
  readonly permanent: boolean;

  constructor(message: string, info: CallInfo, cause: unknown) {
    super(message, info, { cause });
    this.code = systemCode(cause);
    this.permanent = PERMANENT.test(this.code ?? '');
  }
}

/** No response came in time. */
export class TimeoutError extends CallError {
  override readonly name = 'TimeoutError';
  /** The limit that was passed, in milliseconds. */
  readonly timeoutMs: number;

  constructor(message: string, info: CallInfo, timeoutMs: number) {
    super(message, info);
    this.timeoutMs = timeoutMs;
  }
}

/** The caller's own signal ended the call, or the client was closed; `cause` is the reason. */
export class AbortError extends CallError {
  override readonly name = 'AbortError';
}

/** A response that is not an error but cannot be used: a redirect, or a success with a broken body. */
export class InvalidResponseError extends CallError {
  override readonly name = 'InvalidResponseError';
  /** The HTTP status. */
  readonly status: number;

  constructor(message: string, info: CallInfo, status: number, cause?: unknown) {
    super(message, info, cause === undefined ? undefined : { cause });
    this.status = status;
  }
}

/** What an `ApiError` is made of; `error-response.ts` reads it from the response. */
export interface ApiErrorFields {
  readonly info: CallInfo;
  readonly message: string;
  readonly status: number;
  readonly code: string | undefined;
  readonly detail: string | undefined;
  readonly body: unknown;
  readonly retryAfterMs: number | undefined;
}

/** The platform responded with an error: any status from 400 on. */
export class ApiError extends CallError {
  override readonly name: string = 'ApiError';
  /** The HTTP status. */
  readonly status: number;
  /** The platform's error code, for instance `403010` or `ERR-BI-104`, if the body has one. */
  readonly code: string | undefined;
  /** The platform's own words, if the body has any. */
  readonly detail: string | undefined;
  /** The body: parsed where it is JSON, else as text; `undefined` where it was empty. */
  readonly body: unknown;
  /** How long the platform asks to wait, in milliseconds, if it said so (`Retry-After`). */
  readonly retryAfterMs: number | undefined;

  constructor(fields: ApiErrorFields, options?: ErrorOptions) {
    super(fields.message, fields.info, options);
    this.status = fields.status;
    this.code = fields.code;
    this.detail = fields.detail;
    this.body = fields.body;
    this.retryAfterMs = fields.retryAfterMs;
  }
}

/** 400: malformed, or a header or field is missing. */
export class BadRequestError extends ApiError {
  override readonly name = 'BadRequestError';
}
/**
 * 401: the access token is wrong or has expired, or a permission is missing. Also where the token
 * service rejected the credential.
 */
export class AuthenticationError extends ApiError {
  override readonly name = 'AuthenticationError';
}
/** 403: the API key is wrong, or the credential may not do this. */
export class PermissionError extends ApiError {
  override readonly name = 'PermissionError';
}
/** 404: no such batch, dataset, file or route. */
export class NotFoundError extends ApiError {
  override readonly name = 'NotFoundError';
}
/** 409: the platform's state is in the way, for instance an external id that is taken. */
export class ConflictError extends ApiError {
  override readonly name = 'ConflictError';
}
/** 413: the body is larger than the gateway lets through. */
export class ContentTooLargeError extends ApiError {
  override readonly name = 'ContentTooLargeError';
}
/** 414: the URL is longer than 2000 characters. */
export class UriTooLongError extends ApiError {
  override readonly name = 'UriTooLongError';
}
/** 406: the form or the version that was asked for is not available. */
export class NotAcceptableError extends ApiError {
  override readonly name = 'NotAcceptableError';
}
/** 415: the content type is none that the call takes. */
export class UnsupportedMediaTypeError extends ApiError {
  override readonly name = 'UnsupportedMediaTypeError';
}
/** 416: the file does not have the bytes that were asked for. */
export class RangeNotSatisfiableError extends ApiError {
  override readonly name = 'RangeNotSatisfiableError';
}
/** 422: well formed, but it cannot be done. */
export class UnprocessableContentError extends ApiError {
  override readonly name = 'UnprocessableContentError';
}
/** 428: the batch's state does not allow the move. */
export class PreconditionRequiredError extends ApiError {
  override readonly name = 'PreconditionRequiredError';
}
/** 429: too many requests. */
export class RateLimitError extends ApiError {
  override readonly name = 'RateLimitError';
}
/** 5xx: the platform failed. Only 503 says that the call had no effect. */
export class ServerError extends ApiError {
  override readonly name = 'ServerError';
}

/** One sentence for every failed call: which request, what happened, which attempt, what to do. */
export function formatCallError(info: AttemptInfo, what: string, hint?: string): string {
  const id = info.requestId === undefined ? '' : `request id ${info.requestId}, `;
  const reason = quote(what).replace(/\.$/, '');
  const attempt = `attempt ${info.attempts} of ${info.maxAttempts}`;
  const end = hint === undefined ? '' : ` ${hint}`;
  return `${info.method} ${info.url} failed: ${reason} (${id}${attempt}).${end}`;
}

/** The longest that a message quotes what a server said; `body` has all of it. */
const MAX_QUOTED_LENGTH = 400;

/** One printable line, no longer than a person reads. */
function quote(text: string): string {
  // Escapes are longer than what they stand for; no more is looked at than can be shown.
  const line = printableLine(text.slice(0, 2 * MAX_QUOTED_LENGTH));
  return line.length > MAX_QUOTED_LENGTH ? `${line.slice(0, MAX_QUOTED_LENGTH)}…` : line;
}

/** The sentence for a call that may or may not have taken effect. */
export const ambiguityHint = ({ stateUnknown }: CallInfo): string | undefined =>
  stateUnknown ? 'Whether it took effect is not known.' : undefined;

/**
 * What a call is rejected with, whose last failure is not its own where no token could be fetched: an earlier attempt
 * that may have taken effect matters more.
 * @param prior the failure of that attempt, which then names the last one.
 */
export function preferAmbiguousError(
  prior: CallError | undefined,
  error: AepBatchError,
): AepBatchError {
  if (prior === undefined) return error;
  if (error instanceof CallError && error.operation === prior.operation) return error;
  prior.cause = error;
  const reason = error.message.replace(' Nothing was sent.', '');
  extendMessage(prior, `It could not be sent again: ${reason}`);
  return prior;
}

/** A wait or a piece of work that the caller's signal ended, where no request failed. */
export function abortError(what: string, url: string, reason: unknown): AbortError {
  const call = { method: '', url, attempts: 0, requestId: undefined, stateUnknown: false };
  return new AbortError(`${what} was aborted.`, { operation: what, ...call }, { cause: reason });
}

/**
 * Anything that was thrown, as one of this library's errors, with what was thrown as its cause.
 * @param what the work that failed, for the message.
 */
export function toOwnError(
  thrown: unknown,
  what: string,
  { signal, clean = (cause) => cause }: OwnErrorOptions = {},
): AepBatchError {
  if (!isProxy(thrown) && thrown instanceof AepBatchError) return thrown;
  if (signal?.aborted) return abortError(what, '', clean(signal.reason));
  const cause = clean(thrown);
  return new AepBatchError(`${what} failed: ${describeThrown(cause)}.`, { cause });
}

export interface OwnErrorOptions {
  readonly signal?: AbortSignal | undefined;
  /** Takes secrets out of a cause. */
  readonly clean?: (thrown: unknown) => unknown;
}

/** Does the work, and lets only this library's errors out. */
export async function withOwnErrors<T>(
  what: string,
  work: () => Promise<T>,
  options: OwnErrorOptions = {},
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toOwnError(error, what, options);
  }
}

/** Gives what comes, and lets only this library's errors out. */
export async function* iterateWithOwnErrors<T>(
  what: string,
  items: AsyncIterable<T>,
  options: OwnErrorOptions = {},
): AsyncGenerator<T, void> {
  try {
    yield* items;
  } catch (error) {
    throw toOwnError(error, what, options);
  }
}

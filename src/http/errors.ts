import { advice } from './advice.js';
import type { Redactor } from './secrets.js';

/** The root of everything that this library throws. `name` is the literal class name. */
export class AepBatchError extends Error {
  override readonly name: string = 'AepBatchError';
}

/** What a caller gave cannot be used. Nothing was sent. */
export class InvalidInputError extends AepBatchError {
  override readonly name = 'InvalidInputError';
  /** Which option or field it is, for instance `datasetId` or `inputFormat.format`. */
  readonly field: string;

  constructor(field: string, message: string) {
    super(message);
    this.field = field;
  }
}

/** The facts about a call that every error of it carries. */
export interface CallFacts {
  /** The HTTP method. */
  readonly method: string;
  /** The full URL; it never holds a secret. */
  readonly url: string;
  /** How often the request was sent, the first time included. */
  readonly attempts: number;
  /** The request id of the last attempt: the platform's own where it sent one. */
  readonly requestId: string | undefined;
}

/** A call on its way: how often it may be sent in all. */
export interface CallAttempt extends CallFacts {
  readonly maxAttempts: number;
}

/** A call that was made and did not end well. */
export abstract class CallError extends AepBatchError implements CallFacts {
  readonly method: string;
  readonly url: string;
  readonly attempts: number;
  readonly requestId: string | undefined;

  constructor(message: string, facts: CallFacts, options?: ErrorOptions) {
    super(message, options);
    this.method = facts.method;
    this.url = facts.url;
    this.attempts = facts.attempts;
    this.requestId = facts.requestId;
  }
}

/** No answer came: no connection, or one that broke. Whether the call took effect is not known. */
export class ConnectionError extends CallError {
  override readonly name = 'ConnectionError';
  /** The system's code, for instance `ECONNREFUSED` or `ECONNRESET`. */
  readonly code: string | undefined;

  constructor(message: string, facts: CallFacts, cause: unknown) {
    super(message, facts, { cause });
    this.code = codeOf(cause);
  }
}

/** No answer came in time. Whether the call took effect is not known. */
export class TimeoutError extends CallError {
  override readonly name = 'TimeoutError';
  /** The limit that was passed, in milliseconds. */
  readonly timeoutMs: number;

  constructor(message: string, facts: CallFacts, timeoutMs: number) {
    super(message, facts);
    this.timeoutMs = timeoutMs;
  }
}

/** The caller's own signal ended the call; `cause` is the signal's reason. */
export class AbortError extends CallError {
  override readonly name = 'AbortError';
}

/** The platform said yes, with an answer that cannot be used: a redirect, or a broken body. */
export class AnswerError extends CallError {
  override readonly name = 'AnswerError';
  readonly status: number;

  constructor(message: string, facts: CallFacts, status: number, cause?: unknown) {
    super(message, facts, cause === undefined ? undefined : { cause });
    this.status = status;
  }
}

interface Refusal extends CallFacts {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** The body as text, with secrets already removed. */
  readonly text: string;
  readonly message: string;
}

/** The platform refused the call: any status outside 2xx that is no redirect. */
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

  constructor(refusal: Refusal) {
    super(refusal.message, refusal);
    this.status = refusal.status;
    this.body = parseBody(refusal.text);
    this.code = errorCode(this.body);
    this.detail = errorDetail(this.body);
  }
}

/** 400: malformed, or a header or field is missing. */
export class BadRequestError extends ApiError {
  override readonly name = 'BadRequestError';
}
/** 401: the access token is wrong or has expired, or a permission is missing. */
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
/** 415: the content type is none that the call takes. */
export class UnsupportedMediaTypeError extends ApiError {
  override readonly name = 'UnsupportedMediaTypeError';
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
  /** How long the platform asks to wait, in milliseconds, if it said so. */
  readonly retryAfterMs: number | undefined;

  constructor(refusal: Refusal) {
    super(refusal);
    this.retryAfterMs = retryAfterMs(refusal.headers.get('retry-after'), Date.now());
  }
}
/** 5xx: the platform failed. Only 503 says that the call had no effect. */
export class ServerError extends ApiError {
  override readonly name = 'ServerError';
  /** How long the platform asks to wait, in milliseconds, if it said so. */
  readonly retryAfterMs: number | undefined;

  constructor(refusal: Refusal) {
    super(refusal);
    this.retryAfterMs = retryAfterMs(refusal.headers.get('retry-after'), Date.now());
  }
}

const CLASS_BY_STATUS: Readonly<Record<number, new (refusal: Refusal) => ApiError>> = {
  400: BadRequestError,
  401: AuthenticationError,
  403: PermissionError,
  404: NotFoundError,
  409: ConflictError,
  413: ContentTooLargeError,
  414: UriTooLongError,
  415: UnsupportedMediaTypeError,
  422: UnprocessableContentError,
  428: PreconditionRequiredError,
  429: RateLimitError,
};

/** The one place where an answer outside 2xx becomes an error. */
export function apiError(
  answer: { status: number; headers: { get(name: string): string | null }; text: string },
  facts: CallAttempt,
  redact: Redactor,
): ApiError {
  const text = redact(answer.text);
  const body = parseBody(text);
  const said = [errorCode(body), errorDetail(body)].filter((part) => part !== undefined).join(' ');
  const what = `${answer.status}${said === '' ? '' : `: ${said}`}`;
  const message = failed(facts, what, advice(answer.status, errorCode(body)));
  const Class = CLASS_BY_STATUS[answer.status] ?? (answer.status >= 500 ? ServerError : ApiError);
  return new Class({
    ...facts,
    ...answer,
    headers: answer.headers,
    text,
    message: redact(message),
  });
}

/** One sentence for every failed call: which request, what happened, which attempt, what to do. */
export function failed(facts: CallAttempt, what: string, toDo?: string): string {
  const path = facts.url.replace(/^https?:\/\/[^/]+/, '');
  const id = facts.requestId === undefined ? '' : `request id ${facts.requestId}, `;
  const attempt = `attempt ${facts.attempts} of ${facts.maxAttempts}`;
  const end = toDo === undefined ? '' : ` ${toDo}`;
  return `${facts.method} ${path} failed: ${what.replace(/\.$/, '')} (${id}${attempt}).${end}`;
}

/** `Retry-After` in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3). */
export function retryAfterMs(value: string | null, nowMs: number): number | undefined {
  if (value === null || value.trim() === '') return undefined;
  const seconds = Number(value);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

function codeOf(cause: unknown): string | undefined {
  if (typeof cause !== 'object' || cause === null) return undefined;
  if ('code' in cause && typeof cause.code === 'string') return cause.code;
  return 'cause' in cause ? codeOf(cause.cause) : undefined;
}

function parseBody(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text; // an HTML page, for instance: kept as it came
  }
}

type Fields = Readonly<Record<string, unknown>>;
const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** `{errors: {…}}` holds lists of errors, or one, under keys of any name: the first of them. */
function firstListed(body: Fields): Fields | undefined {
  if (!isFields(body['errors'])) return undefined;
  const first = Object.values(body['errors']).flat().find(isFields);
  return first ?? body['errors'];
}

function errorCode(body: unknown): string | undefined {
  if (!isFields(body)) return undefined;
  const listed = firstListed(body);
  for (const code of [body['error_code'], body['code'], listed?.['code'], listed?.['errorCode']]) {
    if (typeof code === 'string' || typeof code === 'number') return String(code);
  }
  // A problem's type is a URI whose last part is the code: …/aep/errors/ERR-BI-104
  const type = typeof body['type'] === 'string' ? body['type'] : '';
  return /\/errors\/([\w-]+)$/.exec(type)?.[1];
}

function errorDetail(body: unknown): string | undefined {
  if (typeof body === 'string') return pageTitle(body);
  if (!isFields(body)) return undefined;
  const report = isFields(body['report']) ? body['report'] : undefined;
  const listed = firstListed(body);
  const candidates = [
    body['detail'],
    body['message'],
    report?.['message'],
    body['title'],
    body['error_description'],
    listed?.['message'],
    listed?.['detail'],
    listed?.['title'],
    body['error'],
  ];
  return candidates.find((text): text is string => typeof text === 'string' && text !== '');
}

/** What a page says in its title, or its first words. */
function pageTitle(page: string): string {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(page)?.[1]?.trim();
  if (title) return title;
  const words = page
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return words.length > 120 ? `${words.slice(0, 120)}…` : words;
}

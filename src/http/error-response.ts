import type { PlainLimits } from '../shared/plain.js';
import {
  ApiError,
  type AttemptInfo,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  ContentTooLargeError,
  failed,
  NotFoundError,
  PermissionError,
  PreconditionRequiredError,
  RangeNotSatisfiableError,
  RateLimitError,
  type Refusal,
  ServerError,
  UnprocessableContentError,
  UnsupportedMediaTypeError,
  UriTooLongError,
} from './errors.js';
import { advice } from './hints.js';
import type { Secrets } from './redact.js';
import { parseRetryAfter } from './retry-after.js';

const CLASS_BY_STATUS: Readonly<Record<number, new (refusal: Refusal) => ApiError>> = {
  400: BadRequestError,
  401: AuthenticationError,
  403: PermissionError,
  404: NotFoundError,
  409: ConflictError,
  413: ContentTooLargeError,
  414: UriTooLongError,
  415: UnsupportedMediaTypeError,
  416: RangeNotSatisfiableError,
  422: UnprocessableContentError,
  428: PreconditionRequiredError,
  429: RateLimitError,
};

/** What is kept of the body of an error response. */
const BODY_LIMITS: PlainLimits = { maxDepth: 32, maxCharacters: 64 * 1024 };
/** The platform's own words are read from so many characters. */
const MAX_DETAIL_CHARACTERS = 4096;
const MAX_CODE_CHARACTERS = 100;

/** A response with an error status, and its body: parsed where it is JSON, else as text. */
export interface ErrorResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: unknown;
}

/** The one place where a response outside 2xx becomes an error. */
export function apiError(
  { status, headers, body: given }: ErrorResponse,
  facts: AttemptInfo,
  { secrets, nowMs }: { secrets: Secrets; nowMs: number },
): ApiError {
  const lost = facts.stateUnknown && (status === 408 || (status >= 500 && status !== 503));
  const known = { ...facts, stateUnknown: lost || facts.priorAttemptAmbiguous };
  // Redacted where it is parsed: our own words never hold a secret, but may look like one.
  const body = isBlank(given) ? undefined : secrets.redactValue(given, BODY_LIMITS);
  const code = errorCode(body);
  const detail = errorDetail(body);
  const said = [code, detail].filter((part) => part !== undefined).join(' ');
  const what = `${status}${said === '' ? '' : `: ${said}`}`;
  const message = failed(facts, what, advice(status, code, known.stateUnknown));
  const waitMs = parseRetryAfter(headers, nowMs);
  const isServerError = status >= 500 && status <= 599;
  const Class = CLASS_BY_STATUS[status] ?? (isServerError ? ServerError : ApiError);
  return new Class({ facts: known, message, status, code, detail, body, retryAfterMs: waitMs });
}

const isBlank = (body: unknown): boolean => typeof body === 'string' && body.trim() === '';

/** The body of an error response: an HTML page, for instance, stays text. */
export function parseErrorBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
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
  const candidates = [
    body['error_code'],
    body['code'],
    listed?.['code'],
    listed?.['errorCode'],
    body['error'], // of the token call, after RFC 6749
  ];
  for (const code of candidates) {
    if (typeof code !== 'string' && typeof code !== 'number') continue;
    return cut(String(code), MAX_CODE_CHARACTERS);
  }
  // A problem's type is a URI whose last part is the code: …/aep/errors/ERR-BI-104
  const type = typeof body['type'] === 'string' ? body['type'].slice(-MAX_CODE_CHARACTERS) : '';
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
  ];
  const text = candidates.find((one) => typeof one === 'string' && one !== '');
  return typeof text === 'string' ? cut(text, MAX_DETAIL_CHARACTERS) : undefined;
}

const cut = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)}…` : text;

/** What a page says in its title, or its first words, from its beginning alone. */
function pageTitle(page: string): string {
  const start = page.slice(0, MAX_DETAIL_CHARACTERS);
  const title = titleOf(start);
  if (title !== '') return title;
  const words = withoutTags(start).replace(/\s+/g, ' ').trim();
  return cut(words, 120);
}

function titleOf(page: string): string {
  const lower = page.toLowerCase();
  const tag = lower.indexOf('<title');
  const open = tag === -1 ? -1 : lower.indexOf('>', tag);
  const close = open === -1 ? -1 : lower.indexOf('<', open);
  const isTitle = close !== -1 && lower.startsWith('</title>', close);
  return isTitle ? page.slice(open + 1, close).trim() : '';
}

/** By hand: a pattern that looks for the end of every `<` takes quadratic time on a row of them. */
function withoutTags(page: string): string {
  const words: string[] = [];
  let at = 0;
  while (at < page.length) {
    const open = page.indexOf('<', at);
    const close = open === -1 ? -1 : page.indexOf('>', open);
    if (close === -1) break;
    words.push(page.slice(at, open));
    at = close + 1;
  }
  return [...words, page.slice(at)].join(' ');
}

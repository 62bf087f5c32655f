import { advice } from './advice.js';
import {
  ApiError,
  AuthenticationError,
  BadRequestError,
  type CallAttempt,
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
import { parseRetryAfter } from './retry-after.js';
import type { Redactor } from './secrets.js';

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

/** An answer that is a refusal. */
export interface RefusedAnswer {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly text: string;
}

/** The one place where an answer outside 2xx becomes an error. */
export function apiError(
  { status, headers, text }: RefusedAnswer,
  facts: CallAttempt,
  { redact, nowMs }: { redact: Redactor; nowMs: number },
): ApiError {
  const lost = facts.stateUnknown && (status === 408 || (status >= 500 && status !== 503));
  const known = { ...facts, stateUnknown: lost || facts.earlierLost };
  const body = parseBody(redact(text));
  const code = errorCode(body);
  const detail = errorDetail(body);
  const said = [code, detail].filter((part) => part !== undefined).join(' ');
  const what = `${status}${said === '' ? '' : `: ${said}`}`;
  const message = redact(failed(facts, what, advice(status, code, known.stateUnknown)));
  const waitMs = parseRetryAfter(headers, nowMs);
  const Class = CLASS_BY_STATUS[status] ?? (status >= 500 ? ServerError : ApiError);
  return new Class({ facts: known, message, status, code, detail, body, retryAfterMs: waitMs });
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
  const candidates = [
    body['error_code'],
    body['code'],
    listed?.['code'],
    listed?.['errorCode'],
    body['error'], // of the token call, after RFC 6749
  ];
  for (const code of candidates) {
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

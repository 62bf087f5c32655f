/** Error responses as errors, and what a person can do about each. Imported with the first of them. */
import type { PlainLimits } from '../shared/plain.js';
import {
  ApiError,
  type ApiErrorFields,
  type AttemptInfo,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  ContentTooLargeError,
  formatCallError,
  NotAcceptableError,
  NotFoundError,
  PermissionError,
  PreconditionRequiredError,
  RangeNotSatisfiableError,
  RateLimitError,
  ServerError,
  UnprocessableContentError,
  UnsupportedMediaTypeError,
  UriTooLongError,
} from './errors.js';
import type { Secrets } from './redact.js';
import type { Clock } from './retry.js';
import { parseRetryAfter } from './retry-after.js';

const CLASS_BY_STATUS: Readonly<Record<number, new (fields: ApiErrorFields) => ApiError>> = {
  400: BadRequestError,
  401: AuthenticationError,
  403: PermissionError,
  404: NotFoundError,
  406: NotAcceptableError,
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

/** A response outside 2xx, and its body: parsed where it is JSON, else as text. */
export interface ErrorResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  readonly body: unknown;
}

/** The one place where a response outside 2xx becomes an error. */
export function toApiError(
  { status, headers, body: received }: ErrorResponse,
  info: AttemptInfo,
  { secrets, clock }: { secrets: Secrets; clock: Clock },
): ApiError {
  const isAmbiguous = info.stateUnknown && (status === 408 || (status >= 500 && status !== 503));
  const stateUnknown = isAmbiguous || info.priorAttemptAmbiguous;
  // Redacted where it is parsed: our own words never hold a secret, but may look like one.
  const body = isBlank(received) ? undefined : secrets.redactValue(received, BODY_LIMITS);
  const code = errorCode(body);
  const detail = errorDetail(body);
  const reason = [code, detail].filter((part) => part !== undefined).join(' ');
  const what = `${status}${reason === '' ? '' : `: ${reason}`}`;
  const message = formatCallError(info, what, hintFor(status, code, stateUnknown, info.url));
  const retryAfterMs = parseRetryAfter(headers, clock.now());
  const isServerError = status >= 500 && status <= 599;
  const Class = CLASS_BY_STATUS[status] ?? (isServerError ? ServerError : ApiError);
  return new Class({
    info: { ...info, stateUnknown },
    message,
    status,
    code,
    detail,
    body,
    retryAfterMs,
  });
}

const isBlank = (body: unknown): boolean => typeof body === 'string' && body.trim() === '';

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
  const title = findTitle(start);
  if (title !== '') return title;
  const words = withoutTags(start).replace(/\s+/g, ' ').trim();
  return cut(words, 120);
}

function findTitle(page: string): string {
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

/** What a person can do about an error response, by the platform's code and else by the status. */
const HINT_BY_CODE: Readonly<Record<string, string>> = {
  'INGEST-1211-400': 'Ingest with error diagnostics to get every rejected row.',
  '400003': 'A required header is missing: check orgId and apiKey.',
  '401013': 'The access token is not valid: get a new one.',
  '403000': 'The API key is missing: pass apiKey, the client id of your credential.',
  '403003': 'The API key is wrong: it is the client id that the access token was issued for.',
  '403010': 'No access token arrived: check credentials.',
  '403025': 'The organisation is wrong or not entitled: check orgId (…@AdobeOrg).',
  invalid_client: 'Check clientId and clientSecret of the credential.',
  invalid_scope: 'Check scopes against those of the credential.',
  '429050': 'Send fewer requests at a time, or wait.',
};
const HINT_BY_STATUS: Readonly<Record<number, string>> = {
  400: 'Check the request against the API reference.',
  401: 'Get a new access token, and check that the credential may use this sandbox.',
  403: 'Check orgId, apiKey and sandbox, and that the credential has the permission for this.',
  404: 'Check the ids, the sandbox and the origin.',
  406: 'Check the Accept header: the resource does not have this version or form.',
  413: 'Send smaller requests; upload a large file in parts.',
  405: 'Check the path and the origin.',
  408: 'Whether it took effect is not known.',
  409: 'Another change is in the way: look at the status of the batch, and try again.',
  414: 'Shorten the path: a URL may have 2000 characters.',
  415: 'Check the content type.',
  416: 'Get the size of the file first, with HEAD.',
  422: 'Check the values that were sent, and the format and schema of the dataset.',
  428: 'The status of the batch does not allow this: abort is for a batch that is not loaded yet, revert for one that is.',
  429: 'Send fewer requests at a time, or wait.',
  500: 'Whether it took effect is not known.',
  502: 'Whether it took effect is not known.',
  503: 'Try again later.',
  504: 'Whether it took effect is not known.',
};

/** A batch that cannot be completed can be neither aborted nor reverted for that reason alone. */
const COMPLETE_HINT = 'Only a batch that is loading can be completed: look at its status.';

/**
 * What to do about an error response.
 * @param isAmbiguous whether the call may have taken effect; what only reads never does.
 */
function hintFor(
  status: number,
  code: string | undefined,
  isAmbiguous: boolean,
  url: string,
): string | undefined {
  const known = code === undefined ? undefined : HINT_BY_CODE[code];
  if (known !== undefined) return known;
  if (!isAmbiguous && (status === 408 || status >= 500)) return 'Try again later.';
  if (status === 428 && /[?&]action=COMPLETE\b/.test(url)) return COMPLETE_HINT;
  return HINT_BY_STATUS[status];
}

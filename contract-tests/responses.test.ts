import { describe, expect, test } from '@jest/globals';
import { formatCase, type ResponseCase, responseCases } from '../spec-tools/response-cases.js';
import {
  type ApiError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  ContentTooLargeError,
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
} from '../src/index.js';
import { type Call, calls, type ExpectedRequest } from './support/calls.js';
import { createClient, OAUTH } from './support/client.js';
import { type Exchange, type ResponseSelector, usePrismProxy } from './support/prism-proxy.js';

const proxy = usePrismProxy();

/** The error class of each status. */
const CLASSES: Readonly<Record<number, typeof ApiError>> = {
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
const findErrorClass = (status: number) => (status >= 500 ? ServerError : CLASSES[status]);

const toSelector = ({ status, example }: ResponseCase): ResponseSelector =>
  example === undefined ? { status } : { status, example };

/** The calls that handle the response of a case. */
function findCalls({ operation, status, mediaType, example }: ResponseCase): Call[] {
  const bytes = mediaType === 'application/octet-stream';
  const response = { status, bytes, ...(example === undefined ? {} : { example }) };
  return calls.filter((call) => call.operation === operation && call.handles(response));
}

/** Makes the call of a case with the response of that case, and checks the request. */
async function runCase(responseCase: ResponseCase): Promise<unknown> {
  const [call] = findCalls(responseCase);
  if (call === undefined) throw new Error(`no call handles ${formatCase(responseCase)}`);
  const outcome = await runCall(call, [toSelector(responseCase)]).catch((error: unknown) => error);
  // Only the first request: the response may lead to other requests than the listed ones.
  expectRequests(call, proxy.exchanges.slice(0, 1));
  return outcome;
}

/** Makes a call with the selected responses. A token request is followed by the call that needs it. */
function runCall(
  { operation, run }: Call,
  responses: readonly ResponseSelector[],
): Promise<unknown> {
  const oauth = { credentials: { ...OAUTH, origin: proxy.origin } };
  const isToken = operation === 'getToken';
  const batch = { status: 200, example: 'catalog-batch-active' };
  // A rejected action is followed by a look at the batch.
  const isFollowed = isToken || responses.at(-1)?.status === 428;
  proxy.respondWith(...responses, ...(isFollowed ? [batch] : []));
  return run(createClient(proxy.origin, { maxRetries: 0, ...(isToken ? oauth : {}) }));
}

/** A received request in the form of `calls.ts`, with the headers that are expected. */
function toExpectedRequest(
  { method, target, headers, body }: Exchange,
  expected: ExpectedRequest | undefined,
): ExpectedRequest {
  const get = (name: string) => headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? '';
  const accept = get('accept');
  const names = Object.keys(expected?.headers ?? {});
  return {
    method,
    target,
    ...(accept === 'application/json' ? {} : { accept }),
    ...(body.length === 0 ? {} : { body: parseBody(body.toString(), get('content-type')) }),
    ...(names.length === 0 ? {} : { headers: Object.fromEntries(names.map((n) => [n, get(n)])) }),
  };
}

function parseBody(body: string, type: string): unknown {
  if (type.includes('json')) return JSON.parse(body);
  return type.includes('form') ? Object.fromEntries(new URLSearchParams(body)) : body;
}

/** Compares the requests that a call made so far with its expected requests. */
function expectRequests(call: Call, exchanges: readonly Exchange[]): void {
  const own = exchanges.filter(({ operation }) => operation === call.operation);
  const expected = call.expected.slice(0, own.length);
  expect(own.map((exchange, at) => toExpectedRequest(exchange, expected[at]))).toEqual(
    expected.map(({ headers = {}, ...rest }) => ({
      ...rest,
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
    })),
  );
}

/** The responses that a call is tested with by itself: its own, or the first success it handles. */
function findResponses(call: Call): readonly ResponseSelector[] {
  if (call.responses !== undefined) return call.responses;
  const success = responseCases.find((one) => one.status < 300 && findCalls(one)[0] === call);
  if (success === undefined) throw new Error(`no response for ${call.title}`);
  return [toSelector(success)];
}

describe('every call sends its expected requests and no others', () => {
  test.each(calls.map((call) => [`${call.operation}: ${call.title}`, call] as const))(
    '%s',
    async (_, call) => {
      await runCall(call, findResponses(call));

      const own = proxy.exchanges.filter(({ operation }) => operation === call.operation);
      expect(own).toHaveLength(call.expected.length);
      expectRequests(call, own);
    },
  );
});

describe('every documented success is received without a violation and parsed by the client', () => {
  const successes = responseCases.filter(({ status }) => status < 300);
  test.each(successes.map((one) => [formatCase(one), one] as const))('%s', async (_, success) => {
    expect(await runCase(success)).not.toBeInstanceOf(Error);

    const sent = proxy.exchanges.find(({ operation }) => operation === success.operation);
    expect(sent?.status).toBe(success.status);
    if (success.example === undefined) return;
    const { value } = success;
    const text = sent?.responseBody.toString('utf8') ?? '';
    const isJson = /\bjson\b/.test(success.mediaType ?? '');
    expect(isJson ? JSON.stringify(JSON.parse(text)) : text).toBe(
      typeof value === 'string' ? value : JSON.stringify(value),
    );
  });
});

test('every documented status is a success or has an error class', () => {
  const without = responseCases.filter(
    ({ status }) => status >= 300 && findErrorClass(status) === undefined,
  );
  expect(without.map(formatCase)).toEqual([]);
});

describe('every documented error response becomes an error of the class of its status', () => {
  const errors = responseCases.filter(({ status }) => status >= 400);
  test.each(errors.map((one) => [formatCase(one), one] as const))('%s', async (_, failure) => {
    const { operation, status } = failure;
    const error = await runCase(failure);

    // A rejected credential is an authentication error, whatever its status.
    const Class =
      operation === 'getToken' && status === 400 ? AuthenticationError : findErrorClass(status);
    if (Class === undefined) throw new Error(`Add a class for ${status} to CLASSES.`);
    expect(error).toBeInstanceOf(Class);
    expect(error).toMatchObject({ status, operation, body: failure.value, attempts: 1 });
    const { message, detail, retryAfterMs } = error as ApiError;
    expect(message).toContain(`failed: ${status}`);
    if (failure.example !== undefined) expect(detail).toEqual(expect.any(String));
    const wait = failure.headers['Retry-After'];
    expect(retryAfterMs).toBe(wait === undefined ? undefined : Number(wait) * 1000);
  });
});

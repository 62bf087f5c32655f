import { describe, expect, test } from '@jest/globals';
import {
  type ApiError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  ContentTooLargeError,
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
import { type Call, calls, type Sent } from './support/calls.js';
import { type Cell, cellName, cells } from './support/cases.js';
import { clientFor, OAUTH } from './support/client.js';
import { type Exchange, useWire, type Wanted } from './support/prism-proxy.js';

const wire = useWire();

/** Which class a refusal becomes. */
const CLASSES: Readonly<Record<number, typeof ApiError>> = {
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
const classOf = (status: number) => (status >= 500 ? ServerError : CLASSES[status]);

const wantedOf = ({ status, example }: Cell): Wanted =>
  example === undefined ? { status } : { status, example };

const isBytes = ({ mediaType }: Cell) => mediaType === 'application/octet-stream';

/** The calls that take the answer of a cell. */
function callsOf(cell: Cell): Call[] {
  const want = { status: cell.status, bytes: isBytes(cell) };
  return calls.filter(({ operation, takes }) => operation === cell.operation && takes(want));
}

/** Makes the call of a cell, has it answered as the cell says, and looks at what was sent. */
async function run(cell: Cell): Promise<unknown> {
  const [call] = callsOf(cell);
  if (call === undefined) throw new Error(`no call takes ${cellName(cell)}`);
  const outcome = await make(call, [wantedOf(cell)]).catch((error: unknown) => error);
  // Only its first request: an answer may well lead to others than those it has to send.
  expectSent(call, wire.exchanges.slice(0, 1));
  return outcome;
}

/** Makes a call and has it answered so; the call for a token is followed by one that needs it. */
function make({ operation, run }: Call, answers: readonly Wanted[]): Promise<unknown> {
  const oauth = { credentials: { ...OAUTH, origin: wire.origin } };
  const token = operation === 'getToken';
  const batch = { status: 200, example: 'catalog-batch-active' };
  wire.answerWith(...answers, ...(token ? [batch] : []));
  return run(clientFor(wire.origin, { maxRetries: 0, ...(token ? oauth : {}) }));
}

/** What reached the wire, in the words of `calls.ts`. */
function sentAs({ method, target, headers, body }: Exchange, expected: Sent | undefined): Sent {
  const of = (name: string) => headers.find(([key]) => key.toLowerCase() === name)?.[1] ?? '';
  const accept = of('accept');
  const asked = Object.keys(expected?.headers ?? {});
  return {
    method,
    target,
    ...(accept === 'application/json' ? {} : { accept }),
    ...(body.length === 0 ? {} : { body: bodyOf(body.toString(), of('content-type')) }),
    ...(asked.length === 0 ? {} : { headers: Object.fromEntries(asked.map((n) => [n, of(n)])) }),
  };
}

function bodyOf(body: string, type: string): unknown {
  if (type.includes('json')) return JSON.parse(body);
  return type.includes('form') ? Object.fromEntries(new URLSearchParams(body)) : body;
}

/** The requests of a call, held against what it has to send, as far as they were made. */
function expectSent(call: Call, exchanges: readonly Exchange[]): void {
  const own = exchanges.filter(({ operation }) => operation === call.operation);
  const sent = call.sent.slice(0, own.length);
  expect(own.map((exchange, at) => sentAs(exchange, sent[at]))).toEqual(
    sent.map(({ headers = {}, ...rest }) => ({
      ...rest,
      ...(Object.keys(headers).length === 0 ? {} : { headers }),
    })),
  );
}

/** How a call is answered when it is tried by itself: as it says, or by the first cell it takes. */
function answersOf(call: Call): readonly Wanted[] {
  const cell = cells.find((one) => one.status < 300 && callsOf(one)[0] === call);
  if (call.answers === undefined && cell === undefined)
    throw new Error(`nothing answers ${call.title}`);
  return call.answers ?? (cell === undefined ? [] : [wantedOf(cell)]);
}

/** What a body is on the wire. */
const onWire = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

describe('every call sends what it has to, and nothing else', () => {
  test.each(calls.map((call) => [`${call.operation}: ${call.title}`, call] as const))(
    '%s',
    async (_, call) => {
      await make(call, answersOf(call));

      const own = wire.exchanges.filter(({ operation }) => operation === call.operation);
      expect(own).toHaveLength(call.sent.length);
      expectSent(call, own);
    },
  );
});

describe('every answer that is a success is served without a violation and read by the client', () => {
  const successes = cells.filter(({ status }) => status < 300);
  test.each(successes.map((cell) => [cellName(cell), cell] as const))('%s', async (_, cell) => {
    expect(await run(cell)).not.toBeInstanceOf(Error);

    const served = wire.exchanges.find(({ operation }) => operation === cell.operation);
    expect(served?.status).toBe(cell.status);
    if (cell.example === undefined) return;
    const body = served?.answer.toString('utf8') ?? '';
    const value = cell.mediaType === 'application/json' ? JSON.stringify(JSON.parse(body)) : body;
    expect(value).toBe(onWire(cell.value));
  });
});

test('every status that the document has is a success, or has an error class', () => {
  const without = cells.filter(({ status }) => status >= 300 && classOf(status) === undefined);
  expect(without.map(cellName)).toEqual([]);
});

describe('every answer that is a refusal becomes an error of the class of its status', () => {
  const refusals = cells.filter(({ status }) => status >= 400);
  test.each(refusals.map((cell) => [cellName(cell), cell] as const))('%s', async (_, cell) => {
    const error = await run(cell);

    // A credential that is refused is a matter of authentication, whichever status says so.
    const Class =
      cell.operation === 'getToken' && cell.status === 400
        ? AuthenticationError
        : classOf(cell.status);
    if (Class === undefined) throw new Error(`${cell.status} has no class: add one to CLASSES`);
    expect(error).toBeInstanceOf(Class);
    expect(error).toMatchObject({
      status: cell.status,
      operation: cell.operation,
      body: cell.value,
      attempts: 1,
    });
    const { message, detail, retryAfterMs } = error as ApiError;
    expect(message).toContain(`failed: ${cell.status}`);
    if (cell.example !== undefined) expect(detail).toEqual(expect.any(String));
    const wait = cell.headers['Retry-After'];
    expect(retryAfterMs).toBe(wait === undefined ? undefined : Number(wait) * 1000);
  });
});

import { describe, expect, test } from '@jest/globals';
import {
  type ApiError,
  AuthenticationError,
  BadRequestError,
  type BatchClient,
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
import { calls } from './support/calls.js';
import { type Cell, cellName, cells } from './support/cells.js';
import { clientFor, OAUTH } from './support/client.js';
import { useWire, type Wanted } from './support/wire.js';

const wire = useWire();

/** Which class a refusal becomes; a status that is documented and not listed here fails below. */
const CLASSES: Record<number, typeof ApiError> = {
  400: BadRequestError,
  401: AuthenticationError,
  403: PermissionError,
  404: NotFoundError,
  413: ContentTooLargeError,
  414: UriTooLongError,
  415: UnsupportedMediaTypeError,
  416: RangeNotSatisfiableError,
  422: UnprocessableContentError,
  428: PreconditionRequiredError,
  429: RateLimitError,
  500: ServerError,
  503: ServerError,
};

const wantedOf = ({ status, example }: Cell): Wanted =>
  example === undefined ? { status } : { status, example };

/** Makes the call of a cell and has it answered as the cell says. */
function run(cell: Cell): Promise<unknown> {
  const oauth = { credentials: { ...OAUTH, origin: wire.origin } };
  const token = cell.operation === 'getToken';
  const client: BatchClient = clientFor(wire.origin, { maxRetries: 0, ...(token ? oauth : {}) });
  if (token) wire.answerWith(wantedOf(cell), { status: 200, example: 'catalog-batch-active' });
  else wire.answerWith(wantedOf(cell));
  const want = { status: cell.status, bytes: cell.mediaType === 'application/octet-stream' };
  return calls[cell.operation as keyof typeof calls](client, want);
}

/** What a body is on the wire. */
const onWire = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

describe('every answer that is a success is served without a violation and read by the client', () => {
  const successes = cells.filter(({ status }) => status < 300);
  test.each(successes.map((cell) => [cellName(cell), cell] as const))('%s', async (_, cell) => {
    await run(cell);

    const served = wire.exchanges.find(({ operation }) => operation === cell.operation);
    expect(served?.status).toBe(cell.status);
    if (cell.example === undefined) return;
    const body = served?.answer.toString('utf8') ?? '';
    const value = cell.mediaType === 'application/json' ? JSON.stringify(JSON.parse(body)) : body;
    expect(value).toBe(onWire(cell.value));
  });
});

describe('every answer that is a refusal becomes an error of the class of its status', () => {
  const refusals = cells.filter(({ status }) => status >= 400);
  test.each(refusals.map((cell) => [cellName(cell), cell] as const))('%s', async (_, cell) => {
    const error = await run(cell).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );

    // A credential that is refused is a matter of authentication, whichever status says so.
    const Class =
      cell.operation === 'getToken' && cell.status === 400
        ? AuthenticationError
        : CLASSES[cell.status];
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

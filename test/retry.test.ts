import { describe, expect, jest, test } from '@jest/globals';
import { parseRetryAfter } from '../src/http/retry-after.js';
import { ApiError, RateLimitError, type RetryEvent, ServerError } from '../src/index.js';
import { clientFor, testClock, thrownBy } from './support/client.js';
import { cut, cutInBody, respondWith, useServer } from './support/server.js';

const server = useServer();
const ID = 'b1';
const BATCH = { b1: { status: 'success' } };
const setUp = (options = {}) => {
  const clock = testClock();
  return { clock, client: clientFor(server.origin, { clock, ...options }) };
};

describe('a call that only reads is tried again', () => {
  test.each([408, 429, 500, 502, 503, 504])('after %i', async (status) => {
    const { clock, client } = setUp();
    server.play(status, status, BATCH);

    expect(await client.batches.get(ID)).toMatchObject({ id: 'b1', status: 'success' });
    expect(server.seen).toHaveLength(3);
    expect(clock.slept).toEqual([500, 1000]);
  });

  test.each([
    ['a connection that was cut before the response', cut],
    ['one that was cut in the middle of its body', cutInBody],
    ['half a JSON', respondWith(200, '{"b1":{"status":')],
    ['a page of HTML with 200', respondWith(200, '<html>')],
  ])('after %s', async (_, broken) => {
    const { client } = setUp();
    server.play(broken, BATCH);

    expect(await client.batches.get(ID)).toMatchObject({ id: 'b1' });
    expect(server.seen).toHaveLength(2);
  });

  test('after nobody listened, which the error says', async () => {
    const { clock, client } = setUp({ origin: 'http://127.0.0.1:1' });
    const error = await thrownBy(client.batches.complete(ID));

    expect(clock.slept).toHaveLength(2);
    expect(error).toMatchObject({ code: 'ECONNREFUSED', attempts: 3, stateUnknown: false });
    expect(String(error)).toContain('Nothing was sent');
  });
});

describe('another try would end alike, so there is none', () => {
  test.each([400, 403, 404, 409, 413, 415, 422, 428])('after %i', async (status) => {
    const { client } = setUp();
    server.play(status);

    expect(await thrownBy(client.batches.get(ID))).toMatchObject({ status, attempts: 1 });
  });
});

const STATUSES = [
  ...[
    400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418,
  ],
  ...[421, 422, 423, 424, 425, 426, 428, 429, 430, 431, 451, 499],
  ...[500, 501, 502, 503, 504, 505, 506, 507, 508, 510, 511, 520, 521, 522, 524, 530, 598, 599],
];
/** After these nothing has happened. */
const REJECTED = [429, 503];
/** After these the request may have taken effect. */
const AMBIGUOUS = [408, 500, 502, 504];
const isUnknown = (status: number) => status === 408 || (status >= 500 && status !== 503);

describe('each status of an error response', () => {
  type Client = ReturnType<typeof clientFor>;
  const address = { batchId: 'b1', datasetId: 'd1', path: 'a' };
  /** How often each status has the call made, where one retry is allowed, and the calls between. */
  async function trace(call: (client: Client) => Promise<unknown>) {
    const found: Record<number, string> = {};
    for (const status of STATUSES) {
      server.seen.length = 0;
      server.respond = (request, response) => {
        const isFirst = server.seen.length === 1;
        const isLookup = request.method === 'GET' && !isFirst;
        response.writeHead(isFirst ? status : 200);
        response.end(isFirst ? '' : JSON.stringify(isLookup ? { b1: { status: 'loading' } } : {}));
      };
      const error = await thrownBy(call(setUp({ maxRetries: 1 }).client));
      const methods = server.seen.map((one) => one.split(' ')[0]).join(' ');
      const unknown = (error as ApiError | undefined)?.stateUnknown ? ' unknown' : '';
      found[status] = `${methods}${unknown}`;
    }
    return found;
  }
  const expected = (decide: (status: number) => string) =>
    Object.fromEntries(STATUSES.map((status) => [status, decide(status)]));
  const isRetried = (status: number) => [...REJECTED, ...AMBIGUOUS].includes(status);

  test('lets what only reads be tried again after six of them, and leaves nothing unknown', async () => {
    const decide = (status: number) => (isRetried(status) ? 'HEAD HEAD' : 'HEAD');
    expect(await trace((client) => client.files.head('f1', 'a'))).toEqual(expected(decide));
  });

  test('lets a PUT be tried again after the same six, and leaves the others of 5xx unknown', async () => {
    const put = (client: Client) => client.files.put(address, Buffer.from('x'));
    const decide = (status: number) =>
      isRetried(status) ? 'PUT PUT' : `PUT${isUnknown(status) ? ' unknown' : ''}`;
    expect(await trace(put)).toEqual(expected(decide));
  });

  test('lets an action be tried again after two of them, and has the batch read after four and a 428', async () => {
    const decide = (status: number) => {
      if (REJECTED.includes(status)) return 'POST POST';
      if (AMBIGUOUS.includes(status)) return 'POST GET POST';
      return `${status === 428 ? 'POST GET' : 'POST'}${isUnknown(status) ? ' unknown' : ''}`;
    };
    expect(await trace((client) => client.batches.abort('b1'))).toEqual(expected(decide));
  });
});

test('the waits double up to 8 s, and a quarter more or less is chance', async () => {
  const clock = testClock();
  const chances = [0, 0.999999, 0.5, 0.5, 0.5, 0.5];
  const client = clientFor(server.origin, {
    clock: { ...clock, random: () => chances.shift() ?? 0.5 },
    maxRetries: 6,
  });
  server.play(503, 503, 503, 503, 503, 503, BATCH);
  await client.batches.get(ID);

  expect(clock.slept).toEqual([375, 1250, 2000, 4000, 8000, 8000]);
});

describe('a wait that the platform asks for', () => {
  /** Plays the headers with a 503, then a success, and gives how long the client slept between. */
  const sleptAfter = async (headers: Record<string, string>, random = 0.5) => {
    const clock = { ...testClock(), random: () => random };
    server.play(respondWith(503, '', headers), BATCH);
    await clientFor(server.origin, { clock }).batches.get(ID);
    return clock.slept;
  };
  /** The response's own time, which is not that of the client's clock. */
  const SENT = 'Tue, 14 Nov 2023 22:13:20 GMT';

  test.each([
    ['7', 7000],
    ['1.5', 1500],
    ['2.', 2000],
    ['0000000000000003', 3000],
    ['5, 5', 5000],
    ['3,5, 4', 5000],
    ['soon, 6', 6000],
    [' 8 ', 8000],
  ])('in seconds, as %j, is kept to', async (text, ms) => {
    expect(await sleptAfter({ 'retry-after': text }, 0)).toEqual([ms]);
  });

  test.each([
    [0, 10_000],
    [0.5, 11_250],
    [0.999999, 12_500],
  ])('is lengthened by up to a quarter, never shortened (%d)', async (random, ms) => {
    expect(await sleptAfter({ 'retry-after': '10' }, random)).toEqual([ms]);
  });

  test.each(['0', '0.0', '.1', 'Tue, 14 Nov 2023 22:13:20 GMT', 'Tue, 14 Nov 2000 00:00:00 GMT'])(
    'as %j is not shorter than the backoff',
    async (text) => {
      expect(await sleptAfter({ 'retry-after': text, date: SENT })).toEqual([500]);
    },
  );

  test.each([
    '-5',
    '+5',
    '0x10',
    '1e3',
    'Infinity',
    'NaN',
    '1.5.5',
    'soon',
    '7 seconds',
    '',
    ',',
    'Tue',
    'Tue, 99 Nov 2023 22:13:30 GMT',
    'Tue, 14 Nov 2023 22:13:30 +0100',
    '9'.repeat(2000),
  ])('as %j is none', async (text) => {
    expect(await sleptAfter({ 'retry-after': text, date: SENT })).toEqual([500]);
  });

  test.each([
    'Tue, 14 Nov 2023 22:13:30 GMT',
    'Tuesday, 14-Nov-23 22:13:30 GMT',
    'Tue Nov 14 22:13:30 2023',
    'tue, 14 nov 2023 22:13:30 gmt',
    'Tue, 14 Nov 2023 22:13:30 GMT, Tue, 14 Nov 2023 22:13:25 GMT',
    '4, Tuesday, 14-Nov-23 22:13:30 GMT, 5',
  ])('as the date %s is reckoned from the time of the response', async (date) => {
    for (const sent of [SENT, 'Tuesday, 14-Nov-23 22:13:20 GMT', 'Tue Nov 14 22:13:20 2023']) {
      expect(await sleptAfter({ 'retry-after': date, date: sent }, 0)).toEqual([10_000]);
    }
  });

  test.each([
    ['Tue, 14 Nov 2023 22:13:30 GMT', 'Tue, 14 Nov 2023 22:13:20 GMT', 10_000],
    ['Wed, 15 Nov 2023 22:13:30 GMT', 'Wed, 15 Nov 2023 22:13:20 GMT', 10_000],
    ['Mon, 14 Nov 2022 22:13:30 GMT', 'Mon, 14 Nov 2022 22:13:20 GMT', 10_000],
    ['Tue, 14 Nov 2023 22:13:10 GMT', 'Tue, 14 Nov 2023 22:13:20 GMT', 0],
    ['Tue Nov 14 22:13:30 2023', 'Tue Nov 14 22:13:20 2023', 10_000],
    ['2.0001', SENT, 2001],
    ['3, 1', SENT, 3000],
    ['1, 3', SENT, 3000],
  ])('as %s with the date %s is %d ms, whatever our clock says', async (text, date, ms) => {
    const { client } = setUp({ maxRetries: 0 });
    server.play(respondWith(429, '', { 'retry-after': text, date }));

    expect(await thrownBy(client.batches.get(ID))).toMatchObject({ retryAfterMs: ms });
  });

  test('as a date without a zone means the same on a machine in any zone', () => {
    const parse = Date.parse;
    const zone = jest.spyOn(Date, 'parse');
    zone.mockImplementation((text) => parse(/gmt|utc/i.test(text) ? text : `${text} -0500`));
    const headers = new Headers({ 'retry-after': 'Tue Nov 14 22:13:30 2023', date: SENT });
    const ms = parseRetryAfter(headers, 0);
    zone.mockRestore();

    expect(ms).toBe(10_000);
  });

  test('in several headers is the longest of them', async () => {
    const clock = { ...testClock(), random: () => 0 };
    server.play((_, response) => {
      response.setHeader('retry-after', ['1', '30', '2']);
      response.writeHead(503).end();
    }, BATCH);
    await clientFor(server.origin, { clock }).batches.get(ID);

    expect(clock.slept).toEqual([30_000]);
  });

  test('as a date is reckoned from our clock where the response names no time', async () => {
    const clock = { ...testClock(), random: () => 0 };
    const date = new Date(clock.nowMs + 9000).toUTCString();
    server.play((_, response) => {
      response.sendDate = false;
      response.writeHead(503, { 'retry-after': date }).end();
    }, BATCH);
    await clientFor(server.origin, { clock }).batches.get(ID);

    expect(clock.slept).toEqual([9000]);
  });

  test.each(['61', '60.5', '9'.repeat(400), '1, 61'])(
    'that is longer than a minute, as %s, ends the call, and the error says how long',
    async (text) => {
      const { clock, client } = setUp();
      server.play(respondWith(429, '', { 'retry-after': text }));
      const error = await thrownBy(client.batches.get(ID));

      expect(error).toBeInstanceOf(RateLimitError);
      expect(error).toMatchObject({ attempts: 1 });
      const { retryAfterMs } = error as RateLimitError;
      expect(retryAfterMs).toBeGreaterThan(60_000);
      expect(Number.isSafeInteger(retryAfterMs)).toBe(true);
      expect(clock.slept).toEqual([]);
    },
  );

  test('of just a minute is kept to, though jitter makes it longer', async () => {
    expect(await sleptAfter({ 'retry-after': '60' })).toEqual([67_500]);
  });

  test('may be longer where the option says so', async () => {
    const { clock, client } = setUp({ maxRetryAfterMs: 120_000 });
    server.play(respondWith(429, '', { 'retry-after': '80' }), BATCH);
    await client.batches.get(ID);

    expect(clock.slept).toEqual([90_000]);
  });
});

test('where no wait of the platform is accepted, a call ends with the wait that it asked for', async () => {
  const { clock, client } = setUp({ maxRetryAfterMs: 0 });
  server.play(respondWith(429, '', { 'retry-after': '1' }));

  expect(await thrownBy(client.batches.get(ID))).toMatchObject({ attempts: 1, retryAfterMs: 1000 });
  expect(clock.slept).toEqual([]);
});

describe('how often', () => {
  test('twice by default, and the error says which attempt it was', async () => {
    const { client } = setUp();
    server.play(503, 503, 503);
    const error = await thrownBy(client.batches.get(ID));

    expect(error).toBeInstanceOf(ServerError);
    expect(error).toMatchObject({ attempts: 3 });
    expect(String(error)).toContain('attempt 3 of 3');
  });

  test('as many times as the option says', async () => {
    const { client } = setUp({ maxRetries: 12 });
    server.play(...Array.from({ length: 12 }, () => 503), BATCH);

    expect(await client.batches.get(ID)).toMatchObject({ id: 'b1' });
    expect(server.seen).toHaveLength(13);
  });

  test.each([
    ['of the client', { maxRetries: 0 }, {}],
    ['of the call', {}, { maxRetries: 0 }],
  ])('0 %s means never: neither a retry, nor a renewal, nor a look', async (_, options, call) => {
    const { client } = setUp({ ...options, credentials: () => `token-${Math.random()}` });
    server.play(503);
    await thrownBy(client.batches.get(ID, call));
    expect(server.seen).toHaveLength(1);

    server.play(401);
    await thrownBy(client.batches.get(ID, call));
    expect(server.seen).toHaveLength(2);

    server.play(cut);
    const create = client.batches.create({ datasetId: 'd', externalId: 'e' }, call);
    expect(await thrownBy(create)).toMatchObject({ stateUnknown: true });
    expect(server.seen).toHaveLength(3);
  });

  test('raw is tried again, too, and returns the last response', async () => {
    const { client } = setUp();
    server.play(503, 503, respondWith(503, { title: 'busy' }));
    const params = { path: { batchId: ID } };
    const result = await client.raw.GET('/data/foundation/catalog/batches/{batchId}', { params });

    expect(result.error).toEqual({ title: 'busy' });
    expect(server.seen).toHaveLength(3);
  });
});

test('onRetry is called before each wait', async () => {
  const events: RetryEvent[] = [];
  const { client } = setUp({ onRetry: (event: RetryEvent) => events.push(event) });
  server.play(503, cut, BATCH);
  await client.batches.get(ID);

  expect(events.map(({ operation, attempt, delayMs }) => [operation, attempt, delayMs])).toEqual([
    ['getBatch', 1, 500],
    ['getBatch', 2, 1000],
  ]);
  expect(events[0]?.error).toBeInstanceOf(ApiError);
});

test('an onRetry that throws is no failure of the call', async () => {
  const onRetry = () => {
    throw new Error('the log is full');
  };
  const { client } = setUp({ onRetry });
  server.play(503, BATCH);
  expect(await client.batches.get(ID, { onRetry })).toMatchObject({ id: 'b1' });
});

test('one request id goes with all attempts, and the one that the platform gives is kept', async () => {
  const { client } = setUp();
  server.play(503, respondWith(404, '', { 'x-adobe-request-id': 'platform-1' }));
  const error = await thrownBy(client.batches.get(ID));

  const sent = server.requests.map(({ headers }) => headers['x-request-id']);
  expect(sent[0]).toMatch(/^[\da-f-]{36}$/);
  expect(sent[1]).toBe(sent[0]);
  expect(error).toMatchObject({ requestId: 'platform-1' });
});

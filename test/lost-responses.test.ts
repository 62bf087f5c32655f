import { describe, expect, test } from '@jest/globals';
import {
  AepBatchError,
  ConflictError,
  ConnectionError,
  PermissionError,
  PreconditionRequiredError,
  UnknownOutcomeError,
} from '../src/index.js';
import { clientFor, testClock, thrownBy } from './support/client.js';
import { cut, type Play, respondWith, useServer } from './support/server.js';

// In each test the server does the work and cuts the connection, or responds as if it had not.
const server = useServer();
const setUp = (options = {}) => clientFor(server.origin, { clock: testClock(), ...options });
const CREATE = 'POST /data/foundation/import/batches';
const LOOK = expect.stringMatching(/^GET \/data\/foundation\/catalog\/batches\?externalId=e1&/);
const FILE = { batchId: 'b1', datasetId: 'd1', path: 'a.parquet' };
const URL = '/data/foundation/import/batches/b1/datasets/d1/files/a.parquet';
const LOADING = {
  status: 'loading',
  externalId: 'e1',
  relatedObjects: [{ type: 'dataSet', id: 'd1' }],
};
const CREATED = { ...LOADING, id: 'b1' };
const NONE = {};

const lost: [string, Play][] = [
  ['a reset', cut],
  ['408', respondWith(408)],
  ['500', respondWith(500)],
  ['502 with a page', respondWith(502, '<html><title>Bad Gateway</title>')],
  ['504', respondWith(504)],
  ['half a response', respondWith(201, '{"id":"b')],
];

describe('creating a batch with an externalId', () => {
  const create = (options = {}) =>
    setUp(options).batches.create({ datasetId: 'd1', externalId: 'e1' });

  test.each(lost)('after %s adopts the batch that the Catalog has', async (_, end) => {
    server.play(end, { b1: LOADING });

    expect(await create()).toMatchObject({ id: 'b1', status: 'loading' });
    expect(server.seen).toEqual([CREATE, LOOK]);
  });

  test('looks three times, since the Catalog may lag, and then creates it again', async () => {
    server.play(cut, NONE, NONE, NONE, respondWith(201, CREATED));

    expect(await create()).toMatchObject({ id: 'b1' });
    expect(server.seen).toEqual([CREATE, LOOK, LOOK, LOOK, CREATE]);
    expect(server.requests.at(-1)?.body.toString()).toContain('"externalId":"e1"');
  });

  test.each([400, 409, 422])(
    'looks once more when the second try is rejected with %i as a duplicate',
    async (status) => {
      server.play(cut, NONE, NONE, NONE, status, { b1: LOADING });

      expect(await create()).toMatchObject({ id: 'b1' });
      expect(server.seen).toHaveLength(6);
    },
  );

  test('throws the error response when there is still none after that', async () => {
    server.play(cut, NONE, NONE, NONE, 400, NONE);
    expect(await thrownBy(create())).toMatchObject({ status: 400 });
  });

  test.each([
    ['of another dataset', { ...LOADING, relatedObjects: [{ type: 'dataSet', id: 'd2' }] }],
    ['that names no dataset', { ...LOADING, relatedObjects: undefined }],
    [
      'whose relations are none',
      { ...LOADING, relatedObjects: [null, { type: 'other', id: 'd1' }] },
    ],
    ['that has gone on', { ...LOADING, status: 'success' }],
  ])('adopts no batch %s, and says so', async (_, batch) => {
    server.play(cut, { b1: batch });
    const error = await thrownBy(create());

    expect(error).toBeInstanceOf(ConnectionError);
    expect(error).toMatchObject({ stateUnknown: true, cause: expect.any(UnknownOutcomeError) });
    expect(String(error)).toContain('not the batch of this call');
  });

  test('adopts no batch that the Catalog lists without an id: nothing could be sent to it', async () => {
    server.play(cut, { '': LOADING });
    const error = await thrownBy(create());

    expect(error).toMatchObject({ stateUnknown: true, cause: expect.any(UnknownOutcomeError) });
    expect((error as Error).cause).toMatchObject({
      message: expect.stringContaining('is listed without an id'),
    });
  });

  test.each([
    ['finds one that has gone on', { b1: { ...LOADING, status: 'success' } }, UnknownOutcomeError],
    ['fails', respondWith(403, { title: 'no' }), PermissionError],
  ])(
    'throws the error response when the late look %s, with that as its cause',
    async (_, look, cause) => {
      server.play(cut, NONE, NONE, NONE, respondWith(409, { title: 'taken' }), look);
      const error = await thrownBy(create());

      expect(error).toBeInstanceOf(ConflictError);
      expect(error).toMatchObject({ status: 409, detail: 'taken', cause: expect.any(cause) });
    },
  );

  test('looks among the newest batches, a few at most', async () => {
    server.play(cut, { b1: LOADING });
    await create();
    const query = new URLSearchParams(server.seen.at(-1)?.split('?')[1]);
    expect(Object.fromEntries(query)).toEqual({
      externalId: 'e1',
      orderBy: 'desc:created',
      limit: '10',
      start: '0',
    });
  });

  test('adopts no batch with another externalId, should the filter let one through', async () => {
    server.play(
      cut,
      { b2: { ...LOADING, externalId: 'e2' } },
      NONE,
      NONE,
      respondWith(201, CREATED),
    );
    expect(await create()).toMatchObject({ id: 'b1' });
  });

  test.each([429, 503])('after %i is simply tried again: it had no effect', async (status) => {
    server.play(status, respondWith(201, CREATED));

    await create();
    expect(server.seen).toEqual([CREATE, CREATE]);
  });
});

test('creating a batch without an externalId is not repeated after a lost response, and says why', async () => {
  server.play(cut);
  const error = await thrownBy(setUp().batches.create({ datasetId: 'd1' }));

  expect(error).toMatchObject({ stateUnknown: true, attempts: 1 });
  expect(String(error)).toContain('Pass an externalId');
  expect(server.seen).toEqual([CREATE]);
});

describe('a part', () => {
  const bytes = Buffer.from('0123456789');
  const upload = () => setUp().files.uploadPart(FILE, { start: 100 }, bytes);
  const ranges = (range: string) => respondWith(200, '', { range });
  const PART = [`PATCH ${URL}`, `HEAD ${URL}`];

  // Whatever body a success has, the part has arrived: half a response is a response here.
  test.each(lost.slice(0, -1))(
    'after %s is not sent again when all of it has arrived',
    async (_, end) => {
      server.play(end, ranges('bytes=0-49,100-109'));

      await upload();
      expect(server.seen).toEqual(PART);
    },
  );

  test('is sent again as it was when none of it has arrived', async () => {
    server.play(cut, ranges('bytes 0-99'), 200);

    await upload();
    expect(server.requests.at(-1)?.headers['content-range']).toBe('bytes 100-109');
  });

  test('is sent where bytes are missing, and only there', async () => {
    server.play(cut, ranges('bytes=102-104,107-107'), 200, 200, 200);

    await upload();
    const sent = server.requests
      .slice(2)
      .map(({ headers, body }) => [headers['content-range'], `${body}`]);
    expect(sent).toEqual([
      ['bytes 100-101', '01'],
      ['bytes 105-106', '56'],
      ['bytes 108-109', '89'],
    ]);
  });

  test('is sent again where HEAD shows no ranges: the same range, with the same bytes', async () => {
    server.play(cut, 200, 200);
    await upload();

    expect(server.seen).toEqual([...PART, PART[0]]);
    const [first, , second] = server.requests;
    expect(second?.headers['content-range']).toBe(first?.headers['content-range']);
    expect(second?.body).toEqual(first?.body);
  });

  test.each([429, 503])('after %i is simply sent again', async (status) => {
    server.play(status, 200);

    await upload();
    expect(server.seen).toEqual([PART[0], PART[0]]);
  });
});

describe('a large file', () => {
  test('that was announced is not announced again', async () => {
    server.play(cut, 200);
    await setUp().files.initialize(FILE);
    expect(server.seen).toEqual([`POST ${URL}?action=INITIALIZE`, `HEAD ${URL}`]);
  });

  test('that was not announced is announced once more', async () => {
    server.play(cut, 404, 201);
    await setUp().files.initialize(FILE);
    expect(server.seen).toHaveLength(3);
  });

  test('that is still open is completed once more', async () => {
    server.play(
      cut,
      respondWith(200, '', { range: 'bytes=0-9' }),
      respondWith(200, { name: 'a.parquet', sizeInBytes: 10 }),
    );
    expect(await setUp().files.complete(FILE)).toEqual({ name: 'a.parquet', sizeBytes: 10 });
  });

  test('that is not open any more may be complete or gone, which the error says', async () => {
    server.play(cut, 404);
    const error = await thrownBy(setUp().files.complete(FILE));
    expect(error).toMatchObject({ stateUnknown: true, cause: expect.any(UnknownOutcomeError) });
  });
});

describe('an action on a batch', () => {
  const STATUS = 'GET /data/foundation/catalog/batches/b1';
  const act = (action: string) => `POST /data/foundation/import/batches/b1?action=${action}`;

  test.each([
    ['abort', 'ABORT', 'aborted'],
    ['fail', 'FAIL', 'failed'],
    ['revert', 'REVERT', 'inactive'],
  ] as const)('%s is done when the batch stands so', async (method, action, status) => {
    server.play(cut, { b1: { status } });
    await setUp().batches[method]('b1');
    expect(server.seen).toEqual([act(action), STATUS]);
  });

  test.each([
    ['abort', 'ABORT', 'loading'],
    ['fail', 'FAIL', 'loading'],
    ['revert', 'REVERT', 'success'],
  ] as const)('%s is asked for once more when it does not', async (method, action, status) => {
    server.play(cut, { b1: { status } }, 200);
    await setUp().batches[method]('b1');
    expect(server.seen).toEqual([act(action), STATUS, act(action)]);
  });

  test.each([
    ['abort', 'loading', 'aborted'],
    ['fail', 'loading', 'failed'],
    ['revert', 'success', 'inactive'],
  ] as const)(
    '%s is done when the second try is rejected, since the first had worked and the Catalog was late',
    async (method, before, after) => {
      server.play(cut, { b1: { status: before } }, 428, { b1: { status: after } });
      await setUp().batches[method]('b1');
      expect(server.seen).toHaveLength(4);
    },
  );

  test.each([
    ['abort', 'aborted'],
    ['fail', 'failure'],
    ['revert', 'deleted'],
  ] as const)(
    '%s is done when the second try is rejected with whatever status, and the batch is %s',
    async (method, status) => {
      for (const rejection of [400, 403, 404, 409, 412, 422]) {
        server.play(cut, { b1: { status: 'stalled' } }, rejection, { b1: { status } });
        await setUp().batches[method]('b1');
      }
      expect(server.seen).toHaveLength(24);
    },
  );

  test.each([
    ['abort', 'abandoned'],
    ['abort', 'failed'],
    ['abort', 'inactive'],
    ['fail', 'aborted'],
    ['fail', 'abandoned'],
    ['fail', 'stalled'],
    ['revert', 'aborted'],
    ['revert', 'failed'],
    ['complete', 'loading'],
    ['complete', 'aborted'],
  ] as const)(
    '%s that is rejected has not been done when the batch is %s: another cause led there',
    async (method, status) => {
      server.play(428, { b1: { status } });
      expect(await thrownBy(setUp().batches[method]('b1'))).toMatchObject({ status: 428 });
    },
  );

  test.each([
    ['stands as before', { b1: { status: 'success' } }, undefined],
    ['cannot be asked for', respondWith(403, { title: 'no' }), expect.any(PermissionError)],
  ])('is rejected when the batch %s after that', async (_, look, cause) => {
    server.play(cut, { b1: { status: 'success' } }, 428, look);
    const error = await thrownBy(setUp().batches.revert('b1'));
    expect(error).toBeInstanceOf(PreconditionRequiredError);
    expect((error as Error).cause).toEqual(cause);
  });

  test('whose first response is an error is rejected, and its status is not looked up', async () => {
    server.play(409);
    expect(await thrownBy(setUp().batches.abort('b1'))).toMatchObject({ status: 409 });
    expect(server.seen).toEqual([act('ABORT')]);
  });

  test('that the status does not allow is rejected, and the status says what it allows', async () => {
    server.play(428, { b1: { status: 'success' } });
    const error = await thrownBy(setUp().batches.abort('b1'));
    expect(error).toMatchObject({ status: 428, message: expect.stringContaining('revert it') });
    expect(server.seen).toEqual([act('ABORT'), STATUS]);
  });

  test('that the status does not allow is rejected if the status cannot be read, too', async () => {
    server.play(428, 403);
    const error = await thrownBy(setUp().batches.abort('b1'));
    expect(error).toMatchObject({ status: 428, cause: expect.any(PermissionError) });
    expect(String(error)).toContain('revert for one that is');
  });

  test('complete is asked for once more without a question: twice is as once', async () => {
    server.play(cut, 200);
    await setUp().batches.complete('b1');
    expect(server.seen).toEqual([act('COMPLETE'), act('COMPLETE')]);
  });

  test.each([429, 503])(
    'COMPLETE whose response was lost may have taken effect, though the next gets %i',
    async (status) => {
      server.play(cut, respondWith(status));

      const error = await thrownBy(setUp({ maxRetries: 1 }).batches.complete('b1'));
      expect(error).toMatchObject({ status, attempts: 2, stateUnknown: true });
    },
  );

  test.each([
    ...[400, 403, 404, 409, 428].map((status) => [status, 'success'] as const),
    ...['loaded', 'queued', 'processing', 'staging', 'staged', 'retrying', 'stalled'].map(
      (status) => [412, status] as const,
    ),
    ...['active', 'archived', 'retained', 'failed', 'failure', 'inactive', 'deleted'].map(
      (status) => [422, status] as const,
    ),
  ])(
    'COMPLETE whose retry is rejected with %i is done when the batch is %s',
    async (rejection, status) => {
      for (const lost of [cut, 504]) {
        server.play(lost, rejection, { b1: { status } });
        await setUp().batches.complete('b1');
      }
      expect(server.seen).toEqual([
        act('COMPLETE'),
        act('COMPLETE'),
        STATUS,
        act('COMPLETE'),
        act('COMPLETE'),
        STATUS,
      ]);
    },
  );

  test.each<[string, Play]>([
    ['is loading', { b1: { status: 'loading' } }],
    ['is aborted', { b1: { status: 'aborted' } }],
    ['has an unknown status', { b1: { status: 'teleported' } }],
    ['has no status', { b1: {} }],
    ['is missing', 404],
    ['cannot be read', respondWith(403)],
  ])('COMPLETE whose retry is rejected stays unknown when the batch %s', async (_, batch) => {
    server.play(cut, 400, batch);
    const error = await thrownBy(setUp().batches.complete('b1'));
    expect(error).toMatchObject({ status: 400, attempts: 2, stateUnknown: true });
  });

  test('COMPLETE that is rejected at once has failed: the batch is not read', async () => {
    server.play(503, 409);
    expect(await thrownBy(setUp().batches.complete('b1'))).toMatchObject({ status: 409 });
  });

  test('COMPLETE that was rejected had no effect', async () => {
    server.play(respondWith(503), respondWith(429));

    const error = await thrownBy(setUp({ maxRetries: 1 }).batches.complete('b1'));
    expect(error).toMatchObject({ status: 429, attempts: 2, stateUnknown: false });
  });
});

test('a put is sent again, all of it: it replaces what is there', async () => {
  server.play(cut, 500, 200);
  await setUp().files.put(FILE, Buffer.from('abc'));
  expect(server.requests.map(({ body }) => `${body}`)).toEqual(['abc', 'abc', 'abc']);
});

test('a put of which an attempt may have arrived stays unknown, although the last one was never sent', async () => {
  const ends = [
    () => Promise.resolve(new Response('', { status: 500 })),
    () => Promise.reject(Object.assign(new Error('nobody listens'), { code: 'ECONNREFUSED' })),
  ];
  const fetch: typeof globalThis.fetch = async (_, init) => {
    await new Response(init?.body).arrayBuffer();
    return (ends.shift() as (typeof ends)[number])();
  };
  const error = await thrownBy(setUp({ fetch, maxRetries: 1 }).files.put(FILE, Buffer.from('abc')));

  expect(error).toMatchObject({ code: 'ECONNREFUSED', attempts: 2, stateUnknown: true });
  expect(String(error)).not.toContain('Nothing was sent');
});

describe('a lost response stays ambiguous', () => {
  const complete = 'POST /data/foundation/import/batches/b1?action=COMPLETE';

  test.each([
    ['a function that fails', () => Promise.reject(new Error('vault hiccup'))],
    ['a function that gives none', () => ''],
  ])('where no access token can be got for the next try: %s', async (_, next) => {
    let asked = 0;
    const credentials = () => (asked++ === 0 ? 'a-first-token' : next());
    server.play(cut);
    const error = await thrownBy(setUp({ credentials }).batches.complete('b1'));

    expect(error).toMatchObject({ name: 'ConnectionError', stateUnknown: true });
    expect((error as Error).message).not.toContain('Nothing was sent');
    expect((error as Error).cause).toBeInstanceOf(AepBatchError);
    const { message, stack } = error as Error;
    expect(message).toContain(' It could not be sent again: ');
    expect(stack).toContain(message); // it is what Node prints
    expect(server.seen).toEqual([complete]);
  });

  test('where the token has run out then, and the token service issues no other', async () => {
    const credentials = {
      clientId: 'i',
      clientSecret: 'secret',
      scopes: 's',
      origin: server.origin,
    };
    const shortLived = respondWith(200, { access_token: 'a-first-token', expires_in: 0.1 });
    server.play(shortLived, cut, respondWith(400, { error: 'invalid_client' }));
    const error = await thrownBy(setUp({ credentials }).batches.complete('b1'));

    expect(error).toMatchObject({
      name: 'ConnectionError',
      operation: 'batchAction',
      stateUnknown: true,
      cause: { operation: 'getToken' },
    });
    expect(server.seen).toEqual([expect.any(String), complete, expect.any(String)]);
  });

  test('where the token is rejected then, and there is no other', async () => {
    let asked = 0;
    const credentials = () => {
      if (asked++ < 2) return `token-number-${asked}`;
      throw new Error('vault hiccup');
    };
    server.play(cut, 401);
    const error = await thrownBy(setUp({ credentials }).batches.complete('b1'));

    expect(error).toMatchObject({ name: 'ConnectionError', stateUnknown: true });
  });

  test.each<[string, Play, boolean]>([
    ['of a call that was refused there is none', respondWith(503), false],
    ['of one whose response was lost', cut, true],
  ])('where it is aborted before another try; %s', async (_, end, stateUnknown) => {
    const abort = new AbortController();
    server.play(end);
    const call = setUp({ clock: undefined }).batches.complete('b1', {
      signal: abort.signal,
      onRetry: () => abort.abort(),
    });

    const error = await thrownBy(call);
    expect(error).toMatchObject({ name: 'AbortError', stateUnknown });
    expect((error as Error).message.includes('not known')).toBe(stateUnknown);
  });

  test('where the call is aborted while the platform is asked', async () => {
    const abort = new AbortController();
    server.play(cut, () => abort.abort(new Error('enough')));
    const call = setUp().batches.create(
      { datasetId: 'd1', externalId: 'e1' },
      { signal: abort.signal },
    );

    const error = await thrownBy(call);
    expect(error).toMatchObject({
      name: 'AbortError',
      operation: 'createBatch',
      stateUnknown: true,
      cause: { message: 'enough' },
    });
  });
});

import { once } from 'node:events';
import http from 'node:http';
import { describe, expect, test } from '@jest/globals';
import { ConnectionError, RateLimitError, ServerError, TimeoutError } from '../../src/index.js';
import {
  type Fault,
  type FaultAction,
  type RandomFaults,
  startSimulator,
} from '../../src/testing/index.js';
import { all, thrownBy } from '../support/client.js';
import { bytes, completed, stage, statuses } from '../support/simulator.js';

const datasetId = 'dataset';
const create = (action: FaultAction, nth = 1) => ({
  faults: [{ when: { operation: 'createBatch' as const, nth }, then: action }],
});
const ids = async ({ client }: Awaited<ReturnType<typeof stage>>) =>
  (await all(client.batches.list())).map(({ id }) => id);

describe('a request that meets a fault', () => {
  test('reset: the request takes no effect, and the connection is reset', async () => {
    const here = await stage(create('reset'));
    const error = await thrownBy(here.client.batches.create({ datasetId }));

    expect(error).toBeInstanceOf(ConnectionError);
    expect(await ids(here)).toEqual([]);
  });

  test('reset-after-applying: the request takes effect, and the connection is reset', async () => {
    const here = await stage(create('reset-after-applying'));
    const error = await thrownBy(here.client.batches.create({ datasetId }));

    expect(error).toBeInstanceOf(ConnectionError);
    expect(await ids(here)).toHaveLength(1);
  });

  test('hang: no response is sent, and the request takes no effect', async () => {
    const here = await stage(create('hang'));
    const error = await thrownBy(here.client.batches.create({ datasetId }, { timeoutMs: 50 }));

    expect(error).toBeInstanceOf(TimeoutError);
    expect(await ids(here)).toEqual([]);
  });

  test('status: the response has the configured status, body and headers', async () => {
    const body = { title: 'Conflict', detail: 'as configured' };
    const here = await stage(create({ status: 409, headers: { 'x-own': 'yes' }, body }));
    const { error, response } = await here.client.raw.POST('/data/foundation/import/batches', {
      body: { datasetId },
    });

    expect(response.status).toBe(409);
    expect(response.headers.get('x-own')).toBe('yes');
    expect(error).toEqual(body);
    expect(await ids(here)).toEqual([]);
  });

  test('status with a string as body: the string is sent as it is', async () => {
    const here = await stage(create({ status: 502, body: '<html>Bad Gateway</html>' }));
    const error = await thrownBy(here.client.batches.create({ datasetId }));

    expect(error).toMatchObject({ status: 502, body: '<html>Bad Gateway</html>' });
  });

  test('status with afterApplying: the request takes effect all the same', async () => {
    const here = await stage(create({ status: 500, afterApplying: true }));

    expect(await thrownBy(here.client.batches.create({ datasetId }))).toBeInstanceOf(ServerError);
    expect(await ids(here)).toHaveLength(1);
  });

  test.each([true, false])(
    'a 429 has a Retry-After when the quirk retryAfter is %s',
    async (retryAfter) => {
      const here = await stage({ ...create({ status: 429 }), quirks: { retryAfter } });
      const error = await thrownBy(here.client.batches.create({ datasetId }));

      expect(error).toBeInstanceOf(RateLimitError);
      expect((error as RateLimitError).retryAfterMs).toBe(retryAfter ? 1000 : undefined);
    },
  );

  test('respondEarly: the response is sent before the body is read, and the request takes no effect', async () => {
    const { simulator, client } = await stage();
    const { id } = await client.batches.create({ datasetId });
    simulator.faults.set({ when: { operation: 'uploadFile' }, then: { respondEarly: 200 } });
    const path = `/data/foundation/import/batches/${id}/datasets/${datasetId}/files/rows.json`;
    const declared = 64 * 1024 * 1024;
    const request = http.request(simulator.origin + path, {
      method: 'PUT',
      headers: { 'content-length': declared },
    });
    request.on('error', () => undefined);
    request.write(Buffer.alloc(1024 * 1024));
    const [response] = await once(request, 'response');
    await new Promise<void>((resolve) => {
      // The kernel buffers a few MB, and then no more: nobody reads.
      const send = () => {
        while (request.write(Buffer.alloc(1024 * 1024))) {}
      };
      send();
      const idle = setInterval(() => {
        if (request.socket?.bytesWritten === seen) {
          clearInterval(idle);
          resolve();
        }
        seen = request.socket?.bytesWritten ?? 0;
      }, 100);
      let seen = -1;
      request.on('drain', send);
    });

    expect(response.statusCode).toBe(200);
    expect(request.socket?.bytesWritten).toBeLessThan(declared / 2);
    expect(simulator.files(id)).toEqual([]);
    expect(simulator.log.at(-1)).toMatchObject({ status: 200, fault: 'early response 200' });
    request.destroy();
  });

  test('respondEarly: the connection stays usable after a small body', async () => {
    const { simulator, client } = await stage();
    const { id } = await client.batches.create({ datasetId });
    simulator.faults.set({
      when: { operation: 'uploadFile', nth: 1 },
      then: { respondEarly: 200 },
    });
    const target = { batchId: id, datasetId, path: 'rows.json' };
    await thrownBy(client.files.put(target, bytes('{}')));
    await client.files.put(target, bytes('{}'));

    expect(simulator.files(id)).toMatchObject([{ sizeBytes: 2 }]);
  });

  test('delayMs: the usual response is sent later', async () => {
    const here = await stage(create({ delayMs: 60 }));
    const began = performance.now();
    await here.client.batches.create({ datasetId });

    expect(performance.now() - began).toBeGreaterThanOrEqual(59);
  });

  test('resetAfterBytes of an upload: the request is cut and takes no effect', async () => {
    const here = await stage({
      faults: [
        { when: { operation: 'uploadFilePart', nth: 1 }, then: { resetAfterBytes: 1000 } },
        { when: { operation: 'uploadFile' }, then: { resetAfterBytes: 0 } },
      ],
    });
    const { id: batchId } = await here.client.batches.create({ datasetId });
    const address = { batchId, datasetId, path: 'a' };
    await here.client.files.initialize(address);
    const part = new Uint8Array(2_000_000);
    const send = () => thrownBy(here.client.files.uploadPart(address, { start: 0 }, part));

    expect(await send()).toBeInstanceOf(ConnectionError);
    expect(await here.client.files.receivedRanges(address)).toBeUndefined();
    expect(await send()).toBeUndefined();
    const other = { ...address, path: 'b' };
    expect(await thrownBy(here.client.files.put(other, bytes('x')))).toBeInstanceOf(
      ConnectionError,
    );
  });

  test('resetAfterBytes of another operation: it takes effect, and its response is cut', async () => {
    const here = await stage(create({ resetAfterBytes: 10 }));
    const error = await thrownBy(here.client.batches.create({ datasetId }));

    expect(error).toMatchObject({ stateUnknown: true });
    expect(await ids(here)).toHaveLength(1);
  });

  test('resetAfterBytes of a download: exactly that many bytes arrive', async () => {
    const here = await stage();
    const text = `{"a":"${'x'.repeat(200_000)}"}\n`;
    const id = await completed(here, text);
    await statuses(here, id, 2);
    const [file] = await all(here.client.batches.files(id));
    here.simulator.faults.set({
      when: { operation: 'getFile' },
      then: { resetAfterBytes: 100_000 },
    });
    const { body } = await here.client.files.download(file?.id ?? '', 'rows.json');
    let came = 0;
    const reading = (async () => {
      for await (const chunk of body) came += chunk.length;
    })();

    expect(await thrownBy(reading)).toBeInstanceOf(ConnectionError);
    expect(came).toBe(100_000);
  });
});

describe('which request meets a fault', () => {
  const codes = async (here: Awaited<ReturnType<typeof stage>>, calls: number) => {
    for (let call = 0; call < calls; call++) {
      await here.client.raw.POST('/data/foundation/import/batches', { body: { datasetId } });
    }
    return here.simulator.log
      .filter(({ operation }) => operation === 'createBatch')
      .map(({ status }) => status);
  };

  test('requests are counted per operation', async () => {
    const here = await stage(create({ status: 500 }, 2));
    await all(here.client.batches.list());

    expect(await codes(here, 3)).toEqual([201, 500, 201]);
  });

  test('a fault without nth meets every request', async () => {
    const here = await stage({
      faults: [{ when: { operation: 'createBatch' }, then: { status: 503 } }],
    });
    expect(await codes(here, 3)).toEqual([503, 503, 503]);
  });

  test('add() goes on counting requests, set() starts again', async () => {
    const here = await stage();
    const fault = { when: { operation: 'createBatch', nth: 2 }, then: { status: 500 } } as const;
    await codes(here, 1);
    here.simulator.faults.add(fault);
    await codes(here, 1);
    here.simulator.faults.set(fault);

    expect(await codes(here, 2)).toEqual([201, 500, 201, 500]);
  });

  test('which requests meet a fault by chance depends on the seed alone', async () => {
    const run = async (seed: number) => {
      const random = { seed, rate: 0.5, operations: ['createBatch'] as const };
      const here = await stage({
        random: { ...random, actions: [{ status: 500 }, { status: 503 }] },
      });
      return codes(here, 24);
    };
    const [one, again, other] = [await run(1), await run(1), await run(2)];

    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
    expect(new Set(one)).toEqual(new Set([201, 500, 503]));
  });

  test('a client that retries succeeds in spite of faults by chance', async () => {
    const here = await stage({
      random: { seed: 7, rate: 0.3, operations: ['uploadFile', 'getBatch'] },
    });
    const clock = { ...realTime, sleep: async () => undefined };
    const client = here.clientWith({ maxRetries: 10, clock });
    const { id: batchId } = await client.batches.create({ datasetId });
    for (let file = 0; file < 30; file++) {
      await client.files.put({ batchId, datasetId, path: `${file}` }, bytes(`${file}`));
      await client.batches.get(batchId);
    }

    expect(here.simulator.files(batchId)).toHaveLength(30);
    expect(here.simulator.log.some(({ fault }) => fault === 'reset-after-applying')).toBe(true);
  });
});

const realTime = { now: Date.now, random: Math.random };

test('the log has every request in its order with its fault, its range and its status', async () => {
  const here = await stage(create('reset', 2));
  const { id: batchId } = await here.client.batches.create({ datasetId });
  await thrownBy(here.client.batches.create({ datasetId }));
  const address = { batchId, datasetId, path: 'a' };
  await here.client.files.initialize(address);
  await here.client.files.uploadPart(address, { start: 4 }, bytes('abc'));
  await fetch(`${here.simulator.origin}/elsewhere`);
  const file = `/data/foundation/import/batches/${batchId}/datasets/${datasetId}/files/a`;

  expect(here.simulator.log).toEqual([
    { order: 1, operation: 'getToken', method: 'POST', path: '/ims/token/v3', status: 200 },
    ...[{ status: 201 }, { fault: 'reset' }].map((end, at) => {
      const path = '/data/foundation/import/batches';
      return { order: at + 2, operation: 'createBatch', method: 'POST', path, ...end };
    }),
    {
      order: 4,
      operation: 'fileAction',
      method: 'POST',
      path: `${file}?action=INITIALIZE`,
      status: 201,
    },
    {
      order: 5,
      operation: 'uploadFilePart',
      method: 'PATCH',
      path: file,
      range: 'bytes 4-6',
      status: 200,
    },
    { order: 6, operation: undefined, method: 'GET', path: '/elsewhere', status: 404 },
  ]);
});

describe('a fault that could never be played is rejected before anything starts', () => {
  const then = 'reset';
  const when = { operation: 'createBatch' };
  test.each<[string, unknown, RegExp]>([
    [
      'an operation that does not exist',
      { when: { operation: 'createBach' }, then },
      /when\.operation: expected one of .*createBatch.*, received "createBach"/,
    ],
    ['no operation', { when: {}, then }, /when\.operation: .* received undefined/],
    [
      'the name of a method of objects',
      { when: { operation: 'toString' }, then },
      /when\.operation/,
    ],
    [
      'an action that does not exist',
      { when, then: 'rest' },
      /then: expected 'reset', .* received "rest"/,
    ],
    [
      'an action with unknown fields',
      { when, then: { delay: 5 } },
      /then: expected .* received an object/,
    ],
    ['two actions at once', { when, then: { delayMs: 5, status: 500 } }, /then: expected/],
    [
      'a field too many in an action',
      { when, then: { status: 500, header: {} } },
      /Unknown option .*then\.header\. .*Expected one of status, headers/,
    ],
    ['a field too many in when', { when: { ...when, n: 1 }, then }, /Unknown option .*when\.n\. /],
    ['a field too many', { when, then, times: 2 }, /Unknown option .*\.times\. /],
    [
      'a request number of 0',
      { when: { ...when, nth: 0 }, then },
      /when\.nth: expected a whole number/,
    ],
    [
      'a status that is text',
      { when, then: { status: '500' } },
      /then\.status: expected a status from 200 to 999/,
    ],
    ['a delay below 0', { when, then: { delayMs: -1 } }, /then\.delayMs/],
    ['an early status of 1', { when, then: { respondEarly: 1 } }, /then\.respondEarly/],
    ['no action', { when }, /then: expected .* received undefined/],
    ['null in its place', null, /faults\[0\]: expected an object with when, then, received null/],
    [
      'a header that cannot be sent',
      { when, then: { status: 500, headers: { a: 'b\n' } } },
      /headers\.a: expected a header value/,
    ],
    ['a body that JSON cannot hold', { when, then: { status: 500, body: 1n } }, /then\.body/],
  ])('a fault with %s is rejected', async (_, fault, message) => {
    const { simulator } = await stage();
    const faults = [fault as Fault];
    const started = { temporaryFolder: '/nonexistent', faults };

    expect(await thrownBy(startSimulator(started))).toEqual(
      expect.objectContaining({
        name: 'InvalidInputError',
        message: expect.stringMatching(message),
      }),
    );
    expect(() => simulator.faults.set(...faults)).toThrow(message);
    expect(() => simulator.faults.add(...faults)).toThrow(message);
  });

  test.each<[unknown, RegExp]>([
    [{ seed: 1, rate: 1, operations: ['uploadFiles'] }, /random\.operations\[0\]: expected one of/],
    [{ seed: 1, rate: 1, operations: 'uploadFile' }, /random\.operations: expected an array/],
    [{ seed: 1, rate: 1, actions: ['rset'] }, /random\.actions\[0\]: expected 'reset'/],
    [{ seed: 1, rate: 1, actions: [] }, /random\.actions: expected at least one action/],
    [{ seed: 1, rate: 10 }, /random\.rate: expected a share from 0 to 1, received 10/],
    [{ seed: 'x', rate: 1 }, /random\.seed/],
    [{ seed: 1, rate: 1, share: 1 }, /Unknown option random\.share/],
  ])('the option random as %j is rejected', async (random, message) => {
    const started = startSimulator({ random: random as RandomFaults });

    expect(String(await thrownBy(started))).toMatch(message);
  });
});

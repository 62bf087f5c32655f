import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import { toClock } from '../src/http/retry.js';
import {
  AbortError,
  type Credentials,
  createBatchClient,
  type RetryEvent,
  TimeoutError,
} from '../src/index.js';
import { all, clientFor, hasWarnedOfLeak, testClock, thrownBy } from './support/client.js';
import { cut, hang, type Play, respondWith, useServer } from './support/server.js';

const server = useServer();
const BATCH = { b1: { status: 'success' } };
const FILE = { batchId: 'b1', datasetId: 'd1', path: 'a.parquet' };

/** Sends the head and the first bytes of a body, and then nothing more. */
const stall: Play = (_, response) => {
  response.writeHead(200, { 'content-length': '100' }).write('{');
};

describe('the time of an attempt', () => {
  test.each([
    ['to the first byte of the response', hang],
    ['and to the last', stall],
  ])('goes %s', async (_, play) => {
    // Enough for the request to arrive on a busy machine: the next test would get it otherwise.
    const client = clientFor(server.origin, { timeoutMs: 250, maxRetries: 0 });
    server.play(play);
    const error = await thrownBy(client.batches.get('b1'));

    expect(error).toBeInstanceOf(TimeoutError);
    expect(error).toMatchObject({ timeoutMs: 250, attempts: 1 });
  });

  test('starts again for each', async () => {
    // Enough for a response on a busy machine.
    const client = clientFor(server.origin, { timeoutMs: 500, clock: testClock() });
    server.play(hang, BATCH);
    expect(await client.batches.get('b1')).toMatchObject({ id: 'b1' });
  });

  test('holds for a fetch that ignores its signal', async () => {
    const fetch = () => new Promise<Response>(() => undefined);
    const client = clientFor(server.origin, { fetch, timeoutMs: 30, maxRetries: 0 });
    expect(await thrownBy(client.batches.get('b1'))).toBeInstanceOf(TimeoutError);
  });

  test('starts again with every chunk of a download, and ends it when nothing comes', async () => {
    const client = clientFor(server.origin, { timeoutMs: 300 });
    server.play(async (_, response) => {
      response.writeHead(200, { 'content-length': '5' });
      for (const letter of 'abcd') {
        response.write(letter);
        await sleep(100);
      }
    });
    const { body } = await client.files.download('f1', 'a');
    const reading = thrownBy(new Response(body).text());

    expect(await reading).toBeInstanceOf(TimeoutError);
  });

  test('does not run while the reader of a download takes its time', async () => {
    server.play((_, response) => void response.writeHead(200).end(Buffer.alloc(1_000_000)));
    const { body } = await clientFor(server.origin, { timeoutMs: 300 }).files.download('f1', 'a');

    let size = 0;
    let pauses = 1;
    for await (const chunk of body) {
      size += chunk.length;
      if (pauses-- > 0) await sleep(400);
    }
    expect(size).toBe(1_000_000);
  });

  test('runs again once the reader waits for bytes', async () => {
    server.play((_, response) => void response.writeHead(200).write(Buffer.alloc(1_000_000)));
    const { body } = await clientFor(server.origin, { timeoutMs: 60 }).files.download('f1', 'a');

    const reader = body.getReader();
    await sleep(90);
    const read = async () => {
      while (!(await reader.read()).done);
    };
    expect(await thrownBy(read())).toMatchObject({ name: 'TimeoutError' });
  });

  test('starts again with every chunk of an upload', async () => {
    const client = clientFor(server.origin, { timeoutMs: 60 });
    server.play(200);
    const slow = {
      size: 4,
      async pump(write: (chunk: Uint8Array) => Promise<void>) {
        for (const letter of 'abcd') {
          await new Promise((resolve) => setTimeout(resolve, 30));
          await write(Buffer.from(letter));
        }
      },
      slice: () => slow,
    };
    await client.files.put(FILE, slow);

    expect(`${server.requests[0]?.body}`).toBe('abcd');
  });

  test('does not end in silence at a switch of protocols', async () => {
    const client = clientFor(server.origin, { timeoutMs: 5000, maxRetries: 0 });
    server.play((_, response) => {
      response.socket?.end('HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n');
    });
    expect(await thrownBy(client.batches.get('b1'))).toMatchObject({ name: 'ConnectionError' });
  });
});

describe("the caller's signal", () => {
  test('ends a request at once', async () => {
    const abort = new AbortController();
    server.play(() => abort.abort('enough'));
    const error = await thrownBy(
      clientFor(server.origin).batches.get('b1', { signal: abort.signal }),
    );

    expect(error).toBeInstanceOf(AbortError);
    expect(error).toMatchObject({ cause: 'enough' });
  });

  test('ends the wait for another attempt at once', async () => {
    const abort = new AbortController();
    const client = clientFor(server.origin, { onRetry: () => setImmediate(() => abort.abort()) });
    server.play(respondWith(503, '', { 'retry-after': '30' }));
    const error = await thrownBy(client.batches.get('b1', { signal: abort.signal }));

    expect(error).toBeInstanceOf(AbortError);
    expect(server.seen).toHaveLength(1);
  });

  test('ends the wait for the Catalog at once', async () => {
    const abort = new AbortController();
    const client = clientFor(server.origin, {
      clock: {
        ...testClock(),
        sleep: async (ms, signal) => {
          if (ms === 1000) abort.abort();
          signal.throwIfAborted();
        },
      },
    });
    server.play(cut, {});
    const create = client.batches.create(
      { datasetId: 'd', externalId: 'e' },
      { signal: abort.signal },
    );
    expect(await thrownBy(create)).toBeInstanceOf(AbortError);
  });

  test('ends a download in the middle', async () => {
    const abort = new AbortController();
    server.play(stall);
    const { body } = await clientFor(server.origin).files.download('f1', 'a', {
      signal: abort.signal,
    });
    setImmediate(() => abort.abort());

    expect(await thrownBy(new Response(body).text())).toBeInstanceOf(AbortError);
  });

  test('ends a list between two pages', async () => {
    const abort = new AbortController();
    const page = Object.fromEntries(
      Array.from({ length: 2 }, (_, n) => [`b${n}`, { status: 'success' }]),
    );
    server.play(page);
    const list = clientFor(server.origin).batches.list({ pageSize: 2 }, { signal: abort.signal });
    const read = async () => {
      for await (const _ of list) abort.abort();
    };
    expect(await thrownBy(read())).toBeInstanceOf(AbortError);
    expect(server.seen).toHaveLength(1);
  });

  test('is let go of after each call: no listener is left', async () => {
    const { signal } = new AbortController();
    const client = clientFor(server.origin, { clock: testClock() });
    server.play(BATCH, 503, BATCH, 404);
    await client.batches.get('b1', { signal });
    await client.batches.get('b1', { signal });
    await thrownBy(client.batches.get('b1', { signal }));

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('may end any number of calls at once: Node takes them for no leak', async () => {
    const ending = new AbortController();
    const { signal } = ending;
    const client = clientFor(server.origin);
    server.respond = () => server.seen.length === 12 && ending.abort();
    const calls = Array.from({ length: 12 }, () => thrownBy(client.batches.get('b1', { signal })));
    const errors = await Promise.all(calls);

    expect(errors.every((error) => error instanceof AbortError)).toBe(true);
    expect(hasWarnedOfLeak(signal)).toBe(false);
  });

  test.each([{}, 'x', new AbortController()])('is rejected when it is none: %p', async (signal) => {
    const call = clientFor(server.origin).batches.get('b1', { signal: signal as AbortSignal });
    expect(await thrownBy(call)).toMatchObject({ name: 'InvalidInputError', field: 'signal' });
  });
});

test.each<[string, Credentials]>([
  ['given', 'a-token-that-is-given'],
  ['returned by a function', async () => 'a-token-of-a-function'],
])('a call leaves no timer behind, where its token is %s', async (_, credentials) => {
  const countTimers = () =>
    process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const client = clientFor(server.origin, { credentials, clock: testClock() });
  server.play(BATCH, BATCH, 503, BATCH, 404, 301);
  await client.batches.get('b1'); // the sockets have timers of their own
  const before = countTimers();
  await client.batches.get('b1');
  await client.batches.get('b1');
  await thrownBy(client.batches.get('b1'));
  await thrownBy(client.batches.get('b1'));

  expect(countTimers()).toBeLessThanOrEqual(before);
});

describe('the real clock', () => {
  const { sleep: rest } = toClock(undefined);

  test('leaves no listener at the signal of a wait that has ended', async () => {
    const { signal } = new AbortController();
    await rest(1, signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('begins no wait whose signal has ended, and ends one whose signal does', async () => {
    const ended = new AbortController();
    ended.abort(new Error('before'));
    const ending = new AbortController();
    const waits = [rest(60_000, ended.signal), rest(60_000, ending.signal)];
    ending.abort(new Error('meanwhile'));

    expect(await Promise.all(waits.map(thrownBy))).toMatchObject([
      { message: 'before' },
      { message: 'meanwhile' },
    ]);
  });
});

test('calls that fail at the same time are not made again at the same time', async () => {
  server.respond = (_, response) => void response.writeHead(503).end();
  const delays = await Promise.all(
    Array.from({ length: 6 }, async () => {
      const abort = new AbortController();
      let delay = 0;
      const onRetry = ({ delayMs }: RetryEvent) => {
        delay = delayMs;
        abort.abort();
      };
      const { signal } = abort;
      await thrownBy(clientFor(server.origin, { onRetry }).batches.get('b1', { signal }));
      return delay;
    }),
  );

  expect(new Set(delays).size).toBeGreaterThan(1);
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(375);
  expect(Math.max(...delays)).toBeLessThanOrEqual(625);
});

describe('close()', () => {
  test('ends all calls and lets nothing more be sent', async () => {
    const client = clientFor(server.origin);
    server.play(() => void client.close());
    const error = await thrownBy(client.batches.get('b1'));
    expect(error).toBeInstanceOf(AbortError);
    expect(String((error as Error).cause)).toContain('closed');

    expect(await thrownBy(client.batches.get('b1'))).toBeInstanceOf(AbortError);
    expect(server.seen).toHaveLength(1);
  });

  test('is what `await using` calls', async () => {
    const client = createBatchClient({ orgId: 'o', sandbox: 's', apiKey: 'k', credentials: 't' });
    await client[Symbol.asyncDispose]();
    expect(await thrownBy(all(client.batches.list()))).toBeInstanceOf(AbortError);
  });
});

describe('another token that does not come, after a 401,', () => {
  const waiting = (options = {}) => {
    let asked = 0;
    const credentials = () =>
      asked++ === 0 ? 'a-first-token' : new Promise<string>(() => undefined);
    server.play(401);
    return clientFor(server.origin, { credentials, ...options });
  };

  test('is waited for as long as an attempt may take', async () => {
    const error = await thrownBy(waiting({ timeoutMs: 40 }).batches.get('b1'));
    expect(error).toMatchObject({ name: 'TimeoutError', timeoutMs: 40, stateUnknown: false });
  });

  test("is not waited for any more after the caller's signal, or close()", async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 20);
    const call = waiting().batches.get('b1', { signal: abort.signal });
    expect(await thrownBy(call)).toBeInstanceOf(AbortError);

    const client = waiting();
    setTimeout(() => client.close(), 20);
    expect(await thrownBy(client.batches.get('b1'))).toBeInstanceOf(AbortError);
  });
});

import type { Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import nodeFetch from 'node-fetch';
import { type ClientOptions, SourceError } from '../src/index.js';
import { pumpChunks } from '../src/shared/pump-chunks.js';
import { streamChunks } from '../src/shared/stream-chunks.js';
import { clientFor, testClock, thrownBy } from './support/client.js';
import { generate, listen, MiB, until, wholeChunks } from './support/sockets.js';

const FILE = { batchId: 'b1', datasetId: 'd1', path: 'a.parquet' };

/** Keeps all that arrives, and responds once the head and so many bytes of body are there. */
async function record(size: number) {
  const arrived: Buffer[][] = [];
  const respond = (socket: Socket, chunks: Buffer[]) => {
    const all = Buffer.concat(chunks);
    const head = all.indexOf('\r\n\r\n') + 4;
    if (head > 3 && all.length >= head + size) {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
    }
  };
  const server = await listen((socket, index) => {
    const chunks: Buffer[] = [];
    arrived[index] = chunks;
    socket.on('data', (data) => {
      chunks.push(data);
      respond(socket, chunks);
    });
    socket.resume();
  });
  /** The bodies, without their heads. */
  const bodies = () =>
    arrived.map((chunks) => {
      const all = Buffer.concat(chunks);
      return all.subarray(all.indexOf('\r\n\r\n') + 4);
    });
  return Object.assign(server, { bodies });
}

const text = (...parts: string[]) => parts.map((part) => Buffer.from(part));
const never = () => new Promise<never>(() => undefined);

/** A size, what is yielded of it, what is wrong with that, and the most that may arrive of it. */
const FAULTS: [string, number, () => Iterable<unknown> | AsyncIterable<unknown>, RegExp, string][] =
  [
    [
      'more in a further chunk',
      4,
      () => text('abcd', 'GET / HTTP/1.1\r\n\r\n'),
      /more than its size of 4/,
      'abcd',
    ],
    ['more in the only chunk', 4, () => text('abcdefgh'), /more than its size of 4/, ''],
    ['more within a chunk', 4, () => text('ab', 'cdef'), /more than its size of 4/, 'ab'],
    ['more than nothing', 0, () => text('a'), /more than its size of 0/, ''],
    [
      'bytes without an end',
      4,
      async function* () {
        for (;;) yield Buffer.from('ab');
      },
      /more than its size of 4/,
      'abab',
    ],
    ['fewer', 10, () => text('abcd'), /ended after 4 of 10 bytes/, 'abcd'],
    ['nothing', 10, () => [], /ended after 0 of 10 bytes/, ''],
    [
      'an error',
      10,
      async function* () {
        yield Buffer.from('abcd');
        throw new Error('disk gone');
      },
      /cannot be read: disk gone/,
      'abcd',
    ],
    [
      'a value that is thrown and no Error',
      10,
      async function* () {
        yield Buffer.from('abcd');
        throw 'disk gone';
      },
      /cannot be read: disk gone/,
      'abcd',
    ],
    ['a text', 4, () => ['abcd'], /not a Uint8Array but string/, ''],
    ['nothing at all', 4, () => [null], /not a Uint8Array but null/, ''],
    ['numbers of 32 bits', 4, () => [new Uint32Array(1)], /not a Uint8Array but object/, ''],
    ['the buffer behind bytes', 4, () => [new ArrayBuffer(4)], /not a Uint8Array but object/, ''],
  ];

const TRANSPORTS: [string, Partial<ClientOptions>][] = [
  ['the own transport', {}],
  ['the fetch of Node', { fetch: globalThis.fetch }],
  ['the fetch of node-fetch', { fetch: nodeFetch as unknown as typeof fetch }],
];

describe.each(TRANSPORTS)('with %s, a source that yields', (_, options) => {
  test.each(FAULTS)(
    '%s fails with a SourceError, once, and the connection ends',
    async (_, size, chunks, says, most) => {
      await using server = await record(size);
      const { source, reads } = generate(size, chunks);
      const clock = testClock();
      const client = clientFor(server.origin, { ...options, clock });
      const error = await thrownBy(client.files.put(FILE, source));

      expect(error).toBeInstanceOf(SourceError);
      expect(String(error)).toMatch(says);
      expect(clock.slept).toEqual([]);
      expect(reads.begun).toBe(1);
      // A fetch keeps a connection on which nothing was sent yet.
      if (options.fetch === undefined) {
        const over = () => server.sockets.every(({ destroyed }) => destroyed);
        await until(over, 'the end of the socket');
      }
      for (const body of server.bodies()) expect(most.startsWith(`${body}`)).toBe(true);
      await client.close();
    },
  );

  test('a part, and fails when that has arrived, loses its connection', async () => {
    await using server = await record(10);
    const { source } = generate(10, async function* () {
      yield Buffer.from('abcd');
      await until(() => `${server.bodies()[0]}` === 'abcd', 'the first bytes');
      throw new Error('disk gone');
    });
    const client = clientFor(server.origin, options);

    expect(await thrownBy(client.files.put(FILE, source))).toBeInstanceOf(SourceError);
    await until(() => server.sockets[0]?.destroyed === true, 'the end of the connection');
    await client.close();
  });

  test('nothing for longer than the timeout fails with a SourceError, and not with a timeout', async () => {
    await using server = await record(10);
    const { source } = generate(10, async function* () {
      yield Buffer.from('abcd');
      await never();
    });
    const client = clientFor(server.origin, { ...options, timeoutMs: 200 });
    const error = await thrownBy(client.files.put(FILE, source));

    expect(error).toBeInstanceOf(SourceError);
    expect(String(error)).toContain('yielded nothing for 200 ms after 4 of 10 bytes');
    await client.close();
  });

  test('all of its bytes and then does not end fails with a SourceError', async () => {
    await using server = await record(4);
    const { source } = generate(4, async function* () {
      yield Buffer.from('abcd');
      await never();
    });
    const client = clientFor(server.origin, { ...options, timeoutMs: 60 });

    expect(await thrownBy(client.files.put(FILE, source))).toBeInstanceOf(SourceError);
    await client.close();
  });

  test('without waiting for its writes is sent in order', async () => {
    const size = 3 * MiB + 5;
    await using server = await record(size);
    const all = Buffer.concat(
      [...wholeChunks(size)].map((chunk, at) => Buffer.alloc(chunk.length, at)),
    );
    const source = {
      size,
      async pump(write: (chunk: Uint8Array) => Promise<void>) {
        for (let at = 0; at < size; at += MiB) void write(all.subarray(at, at + MiB));
      },
      slice: () => source,
    };
    const client = clientFor(server.origin, { ...options, maxRetries: 0 });
    await client.files.put(FILE, source);

    expect(server.bodies()[0]?.equals(all)).toBe(true);
    await client.close();
  });
});

describe.each(TRANSPORTS)('with %s, a source that', (_, options) => {
  type Write = (chunk: Uint8Array) => Promise<void>;
  const put = async (size: number, pump: (write: Write) => Promise<void>) => {
    await using server = await record(size);
    const source = { size, pump, slice: () => source };
    const clock = testClock();
    const client = clientFor(server.origin, { ...options, clock, timeoutMs: 300 });
    const error = await thrownBy(client.files.put(FILE, source));
    await client.close();
    expect(clock.slept).toEqual([]);
    return error;
  };
  class Longer extends Uint8Array {
    override get length() {
      return 10;
    }
  }
  const detach = ({ buffer }: Uint8Array) =>
    structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });

  test.each<[string, (write: Write) => Promise<void>]>([
    [
      'detaches the buffer of a chunk before it was sent',
      async (write) => {
        const chunk = new Uint8Array(10);
        const written = write(chunk);
        detach(chunk);
        await written;
      },
    ],
    [
      'detaches the buffer of a chunk that waits for another',
      async (write) => {
        const second = new Uint8Array(5);
        const written = [write(new Uint8Array(5)), write(second)];
        detach(second);
        await Promise.all(written);
      },
    ],
    [
      'shrinks the buffer of a chunk before it was sent',
      async (write) => {
        // The types of ES2022 do not know buffers that can be resized.
        const buffer: ArrayBuffer = Reflect.construct(ArrayBuffer, [10, { maxByteLength: 20 }]);
        const written = write(new Uint8Array(buffer));
        Reflect.apply(Reflect.get(buffer, 'resize'), buffer, [5]);
        await written;
      },
    ],
  ])('%s fails with a SourceError, and the process goes on', async (_, pump) => {
    const error = await put(10, pump);
    expect(error).toBeInstanceOf(SourceError);
    expect(String(error)).toContain('took bytes back before they were sent');
  });

  test.each([
    ['with a property', () => Object.defineProperty(new Uint8Array(4), 'length', { value: 10 })],
    ['by its class', () => new Longer(4)],
  ])('yields a chunk that claims another length %s is believed only its bytes', async (_, make) => {
    const error = await put(10, (write) => write(make()));
    expect(error).toBeInstanceOf(SourceError);
    expect(String(error)).toContain('ended after 4 of 10 bytes');
  });

  test('rejects with a Proxy whose traps throw fails with a SourceError', async () => {
    const fail = () => {
      throw new Error('a trap');
    };
    const thrown = new Proxy({}, { get: fail, has: fail, getPrototypeOf: fail });
    const error = await put(10, () => Promise.reject(thrown));
    expect(error).toMatchObject({ name: 'SourceError' });
  });

  test('has no bytes and does not end fails with a SourceError', async () => {
    const error = await put(0, never);
    expect(error).toBeInstanceOf(SourceError);
    expect(String(error)).toContain('yielded nothing for 300 ms after 0 of 0 bytes');
  });
});

test('a source that fails outside of a promise is one that fails', async () => {
  await using server = await record(4);
  const source = {
    size: 4,
    pump(): Promise<void> {
      throw new TypeError('not ready');
    },
    slice: () => source,
  };
  const error = await thrownBy(clientFor(server.origin).files.put(FILE, source));
  expect(error).toMatchObject({ name: 'SourceError', cause: { message: 'not ready' } });
});

test('a source that goes on writing after its connection broke is ignored', async () => {
  await using server = await listen((socket) => {
    socket.once('data', () => socket.resetAndDestroy());
    socket.resume();
  });
  let refused = 0;
  const size = 64 * MiB;
  const source = {
    size,
    async pump(write: (chunk: Uint8Array) => Promise<void>) {
      for (const chunk of wholeChunks(size)) await write(chunk).catch(() => refused++);
    },
    slice: () => source,
  };
  const put = clientFor(server.origin, { maxRetries: 0 }).files.put(FILE, source);

  expect(await thrownBy(put)).toMatchObject({ name: 'ConnectionError', stateUnknown: true });
  await until(() => refused > 0, 'a refused write');
});

test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'a source of %p bytes is rejected, and nothing is sent',
  async (size) => {
    await using server = await record(1);
    const put = clientFor(server.origin).files.put(FILE, generate(size).source);

    expect(await thrownBy(put)).toMatchObject({ name: 'InvalidInputError', field: 'bytes.size' });
    expect(server.sockets).toEqual([]);
  },
);

test('the end of a call lets the source go', async () => {
  await using server = await listen((socket) => socket.pause());
  const { source, reads } = generate(64 * MiB);
  const abort = new AbortController();
  const client = clientFor(server.origin);
  const put = client.files.put(FILE, source, { signal: abort.signal });
  await until(() => reads.begun === 1, 'the begin of the source');
  abort.abort();

  expect(await thrownBy(put)).toMatchObject({ name: 'AbortError' });
  await until(() => reads.ended === 1, 'the end of the source');
});

test('the end of a call lets the source go, although its fetch ignores its signal and reads on', async () => {
  const abort = new AbortController();
  const fetch = async (_: unknown, { body }: RequestInit = {}) => {
    for await (const _chunk of body as ReadableStream) abort.abort();
    return new Response();
  };
  const { source, reads } = generate(8, () => text('ab', 'cd', 'ef', 'gh'));
  const client = clientFor('http://127.0.0.1:1', { fetch });
  const put = client.files.put(FILE, source, { signal: abort.signal });

  expect(await thrownBy(put)).toMatchObject({ name: 'AbortError' });
  await until(() => reads.ended === 1, 'the end of the source');
  expect(reads.complete).toBe(0);
});

test('a stream that was destroyed before it is read fails at once, with its own error', async () => {
  for (const error of [undefined, new Error('the disk is gone')]) {
    const stream = new PassThrough().on('error', () => undefined).destroy(error);
    await new Promise((resolve) => stream.once('close', resolve));
    const says = error?.message ?? 'the stream was closed';
    expect(String(await thrownBy(streamChunks(stream).next()))).toContain(says);
  }
});

test('a pump that fails while its chunk is read fails the reading after that chunk', async () => {
  const chunks = pumpChunks(async (write) => {
    void write(Buffer.from('a'));
    throw new Error('the disk is gone');
  });

  expect(`${(await chunks.next()).value}`).toBe('a');
  expect(String(await thrownBy(chunks.next()))).toContain('the disk is gone');
});

test('a pump is stopped where its reading ends', async () => {
  let stopped: Promise<void> | undefined;
  const chunks = pumpChunks((write) => {
    stopped = write(Buffer.from('a')).then(() => write(Buffer.from('b')));
    return stopped;
  });
  for await (const chunk of chunks) if (chunk.length > 0) break;

  expect(String(await thrownBy(stopped ?? Promise.resolve()))).toContain('nothing more is read');
});

import type { Socket } from 'node:net';
import { describe, expect, jest, test } from '@jest/globals';
import { Upload } from '../src/http/upload.js';
import { clientFor, thrownBy } from './support/client.js';
import { generate, listen, MiB } from './support/sockets.js';

const FILE = { batchId: 'b1', datasetId: 'd1', path: 'a.parquet' };
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';

/** A server that takes so many bytes each millisecond, steadily, and responds after the last. */
const steadyServer = (
  size: number,
  bytesPerMs: number,
  onEnd = (socket: Socket) => void socket.write(OK),
) =>
  listen((socket) => {
    let seen = 0;
    const began = performance.now();
    socket.on('data', (data) => {
      seen += data.length;
      // Nothing is seen of the head but that it is there: it is small.
      if (seen >= size) {
        seen = Number.NEGATIVE_INFINITY;
        return onEnd(socket);
      }
      const earlyMs = seen / bytesPerMs - (performance.now() - began);
      if (earlyMs < 1) return;
      socket.pause();
      setTimeout(() => socket.resume(), earlyMs);
    });
    socket.resume();
  });

test('an upload over a slow and steady link does not time out although the kernels hold more than the link carries within the timeout', async () => {
  // The kernels hold a few MiB: at 4 MB/s that takes longer than the timeout.
  const size = 12 * MiB;
  await using server = await steadyServer(size, 4000);
  const client = clientFor(server.origin, { timeoutMs: 800, maxRetries: 0 });
  await client.files.put(FILE, generate(size).source);
  await client.close();
});

describe('beyond its timeout of 60 s, an upload whose bytes were all accepted waits as long as', () => {
  const chunk = Buffer.alloc(MiB);
  test.each([
    [4, 100, 'they take at the rate at which they were accepted', 400],
    [64, 100, 'the last 8 MiB take at that rate: the kernels hold no more', 800],
    [1, 0, 'they take at 30 kB/s, where they were accepted at once', MiB / 30],
    [8, 0, 'the 4 MiB take that a kernel accepts at once', (4 * MiB) / 30],
  ])('%d MiB, %d ms each: %s', async (count, acceptedMs, _, drainMs) => {
    let nowMs = 1000;
    const now = jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
    const { source } = generate(count * MiB, () => Array.from({ length: count }, () => chunk));
    const upload = new Upload(source, count * MiB, 60_000);
    await upload.run(async () => {
      nowMs += acceptedMs;
    });
    now.mockRestore();

    expect(upload.drainMs(60_000)).toBeCloseTo(drainMs);
  });
});

test('a source that stalls gets no further time for the bytes that it has yielded', async () => {
  // No slice takes any time, so that the rate of the link is not known.
  const now = jest.spyOn(performance, 'now').mockReturnValue(1000);
  await using server = await listen((socket) => socket.resume());
  const { source } = generate(MiB, async function* () {
    yield Buffer.alloc(MiB - 1);
    await new Promise(() => undefined);
  });
  const client = clientFor(server.origin, { timeoutMs: 100, maxRetries: 0 });
  const error = await thrownBy(client.files.put(FILE, source));
  now.mockRestore();

  expect(error).toMatchObject({ name: 'SourceError' });
  expect(String(error)).toContain('yielded nothing for 100 ms after 1048575 of 1048576 bytes');
  await client.close();
});

describe('an upload times out', () => {
  test('where the server stops reading', async () => {
    await using server = await listen((socket) => socket.pause());
    const client = clientFor(server.origin, { timeoutMs: 100, maxRetries: 0 });
    const error = await thrownBy(client.files.put(FILE, generate(64 * MiB).source));

    expect(error).toMatchObject({ name: 'TimeoutError', stateUnknown: true });
    expect(String(error)).toMatch(
      /no further byte was accepted within \d+ ms, after \d+ of 67108864/,
    );
    await client.close();
  });

  test('where a fast server has read everything and does not respond', async () => {
    const size = 24 * MiB;
    await using server = await steadyServer(size, 1e9, () => undefined);
    const client = clientFor(server.origin, { timeoutMs: 300, maxRetries: 0 });
    const error = await thrownBy(client.files.put(FILE, generate(size).source));

    expect(error).toMatchObject({ name: 'TimeoutError', stateUnknown: true });
    expect(String(error)).toContain('no response within');
    await client.close();
  });
});

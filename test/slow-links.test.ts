import type { Socket } from 'node:net';
import { describe, expect, jest, test } from '@jest/globals';
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

describe('an upload over a slow and steady link does not time out', () => {
  test('although the kernels hold more than the link carries within the timeout', async () => {
    // The kernels hold a few MiB: at 4 MB/s that takes longer than the timeout.
    const size = 12 * MiB;
    await using server = await steadyServer(size, 4000);
    const client = clientFor(server.origin, { timeoutMs: 800, maxRetries: 0 });
    await client.files.put(FILE, generate(size).source);
    await client.close();
  });

  test('nor at 30 kB/s', async () => {
    const size = 120_000;
    await using server = await steadyServer(size, 30);
    const client = clientFor(server.origin, { timeoutMs: 5000, maxRetries: 0 });
    await client.files.put(FILE, generate(size).source);
    await client.close();
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

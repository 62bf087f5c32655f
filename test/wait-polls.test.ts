import { getEventListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { Agent, createServer as createHttpsServer } from 'node:https';
import { createServer } from 'node:net';
import { describe, expect, jest, test } from '@jest/globals';
import type { RetryEvent } from '../src/index.js';
import { clientFor, testClock, thrownBy } from './support/client.js';
import { respondWith, useServer } from './support/server.js';
import { listen } from './support/sockets.js';

const server = useServer();
const STAGING = { b1: { status: 'staging' } };
const LOADED = { b1: { status: 'success' } };
const pem = (name: string) => readFileSync(new URL(`fixtures/tls/${name}.pem`, import.meta.url));

/** Lets nothing end a sleep but its signal. */
const sleepUntilAborted = (_: number, signal: AbortSignal) =>
  new Promise<void>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });

test('a wait goes on while the platform does not speak TLS, as in maintenance, and ends after it', async () => {
  const secure = createHttpsServer({ cert: pem('server'), key: pem('server.key') }, (_, response) =>
    response.end(JSON.stringify(LOADED)),
  );
  await using platform = await listen(
    (socket, index) => {
      if (index >= 3) return void secure.emit('connection', socket);
      socket.once('data', () => socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n'));
    },
    createServer(),
    'connection',
    'https',
  );
  // The certificate is not for an address.
  const agent = new Agent({ ca: pem('ca'), checkServerIdentity: () => undefined });
  const client = clientFor(platform.origin, { agent, clock: testClock(), maxRetries: 0 });

  expect(await client.batches.wait('b1')).toMatchObject({ outcome: 'success' });
  expect(platform.sockets).toHaveLength(4);
  await client.close();
  agent.destroy();
});

test('the onRetry of a wait is called for each retry of each of its polls', async () => {
  const client = clientFor(server.origin, { clock: testClock() });
  server.play(503, STAGING, 500, 502, LOADED);
  const events: RetryEvent[] = [];
  await client.batches.wait('b1', { onRetry: (event) => void events.push(event) });

  expect(events).toMatchObject([
    { operation: 'getBatch', attempt: 1, error: { status: 503 } },
    { operation: 'getBatch', attempt: 1, error: { status: 500 } },
    { operation: 'getBatch', attempt: 2, error: { status: 502 } },
  ]);
});

test('a wait whose last poll ends within its retries fails with what was retried', async () => {
  const clock = { ...testClock(), sleep: sleepUntilAborted };
  // Enough for the first response on a busy machine.
  const client = clientFor(server.origin, { clock, timeoutMs: 400 });
  server.play(respondWith(503, { detail: 'in maintenance' }));
  const error = await thrownBy(client.batches.wait('b1', { waitTimeoutMs: 0 }));

  expect(error).toMatchObject({ name: 'ServerError', status: 503, batchId: 'b1' });
  expect(String(error)).toContain('in maintenance');
});

test('a wait leaves no timer behind, however many polls it made', async () => {
  const countTimers = () =>
    process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const client = clientFor(server.origin, { clock: testClock() });
  server.play(LOADED, ...Array.from({ length: 12 }, () => STAGING), 503, LOADED);
  await client.batches.wait('b1');
  const before = countTimers();
  await client.batches.wait('b1');

  // Sockets have timers of their own, which come and go.
  expect(countTimers()).toBeLessThan(before + 6);
});

test('a wait leaves nothing behind with the signal of its caller, however many polls it made', async () => {
  // What this makes stays registered with the signals that it was made of.
  const combine = jest.spyOn(AbortSignal, 'any');
  const { signal } = new AbortController();
  const client = clientFor(server.origin, { clock: testClock() });
  server.play(...Array.from({ length: 5 }, () => STAGING), 503, LOADED);
  await client.batches.wait('b1', { signal });

  expect(combine).not.toHaveBeenCalled();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  combine.mockRestore();
});

describe('the time between polls', () => {
  test.each([
    ['the longest that chance allows', 0.999],
    ['that of the middle', 0.5],
  ])('never exceeds 30 times the shortest: %s', async (_, chance) => {
    const clock = { ...testClock(), random: () => chance };
    const client = clientFor(server.origin, { clock });
    server.play(...Array.from({ length: 14 }, () => STAGING), LOADED);
    await client.batches.wait('b1', { pollIntervalMs: 100 });

    expect(Math.max(...clock.slept)).toBe(3000);
    expect(clock.slept[0]).toBeLessThanOrEqual(300);
  });
});

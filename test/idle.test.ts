import { once } from 'node:events';
import { Agent, createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { IdleSockets } from '../src/http/agents/idle-sockets.js';
import { createBatchClient } from '../src/index.js';

const server = createServer((_, response) => response.end('{}'));
const connections: Socket[] = [];
server.on('connection', (socket) => connections.push(socket));
// It is the client that is to drop them.
server.keepAliveTimeout = 60_000;

let agent: Agent;
let idle: IdleSockets;
beforeEach(async () => {
  connections.length = 0;
  agent = new Agent({ keepAlive: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(async () => {
  jest.useRealTimers();
  idle.stop();
  agent.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
});

const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
async function call(): Promise<void> {
  const [response] = (await once(get(origin(), { agent }), 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'close');
}
const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

describe('a connection', () => {
  test('that is idle for as long as it may be is dropped, before the server does', async () => {
    idle = new IdleSockets([agent], 60, 10);
    await call();
    idle.watch();
    const [socket] = connections;
    const began = performance.now();
    await once(socket as Socket, 'close');

    expect(performance.now() - began).toBeGreaterThan(30);
    await call();
    expect(connections).toHaveLength(2);
  });

  test('that is used again and again is kept, however long', async () => {
    idle = new IdleSockets([agent], 60, 10);
    idle.watch();
    for (let calls = 0; calls < 8; calls++) {
      await call();
      await sleep(20);
    }

    expect(connections).toHaveLength(1);
  });

  test('is dropped earlier where the server says that it keeps none for as long', async () => {
    idle = new IdleSockets([agent], 60_000, 10);
    idle.applyKeepAliveHint('timeout=1, max=100');
    await call();
    idle.watch();

    await once(connections[0] as Socket, 'close');
  });

  test.each(['timeout=60', 'max=5', ''])('is not kept for longer because of %j', async (says) => {
    idle = new IdleSockets([agent], 40, 10);
    idle.applyKeepAliveHint(says);
    await call();
    idle.watch();

    await once(connections[0] as Socket, 'close');
  });

  test('that has a request is left alone', async () => {
    idle = new IdleSockets([agent], 20, 5);
    idle.watch();
    server.removeAllListeners('request').once('request', (_, response) => {
      setTimeout(() => response.end('{}'), 60);
    });
    await call();

    expect(connections).toHaveLength(1);
    server.on('request', (_, response) => response.end('{}'));
  });
});

test('a client closes its own idle connections, after the time that the server names in Keep-Alive', async () => {
  idle = new IdleSockets([], 0);
  await using client = createBatchClient({
    orgId: 'o',
    sandbox: 's',
    apiKey: 'k',
    credentials: 't',
    origin: origin(),
  });
  server.removeAllListeners('request').on('request', (_, response) => {
    // In an order that Node does not look for; it would not keep the connection at all.
    response.setHeader('keep-alive', 'max=100, timeout=1').end('{"b1":{}}');
  });
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
  await client.batches.get('b1');
  await client.batches.get('b1');
  expect(connections).toHaveLength(1);

  // Without a word of the server it would be kept for 4 s.
  jest.advanceTimersByTime(1000);
  await client.batches.get('b1');
  expect(connections).toHaveLength(2);
  server.removeAllListeners('request').on('request', (_, response) => response.end('{}'));
});

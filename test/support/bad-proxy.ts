/** A proxy and TLS in front of a simulator, some of whose replies to CONNECT open no tunnel. */
import { readFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { parseProxy } from '../../src/http/agents/proxy-address.js';
import { ProxyAgent } from '../../src/http/agents/proxy-agent.js';
import type { ClientOptions } from '../../src/index.js';

const pem = (name: string) => readFileSync(new URL(`../fixtures/tls/${name}.pem`, import.meta.url));
const SERVER = { cert: pem('server'), key: pem('server.key') };
/** Never resolved: the tunnel leads to the simulator. */
export const HOST = 'platform.invalid';

/** The nth CONNECT gets this reply; one that is empty ends the connection. */
export interface BadReply {
  nth: number;
  reply: string;
}
export const REPLIES = [
  'HTTP/1.1 201 Created\r\n\r\n',
  'HTTP/1.1 407 Proxy Authentication Required\r\n\r\n',
  'HTTP/1.1 502 Bad Gateway\r\n\r\n',
  'HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n\r\n',
  'not HTTP at all\r\n\r\n',
  '',
];

/** The options of a client that calls the simulator through such a proxy. */
export async function startBadProxy(options: ClientOptions, replies: readonly BadReply[]) {
  const simulatorPort = Number(new URL(String(options.origin)).port);
  const sockets = new Set<Socket>();
  let connects = 0;
  let isHealed = false;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.once('data', () => {
      const nth = ++connects;
      const bad = isHealed ? undefined : replies.find((one) => one.nth === nth);
      if (bad !== undefined) return void socket.end(bad.reply);
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const origin = connect(simulatorPort, '127.0.0.1');
      const secured = new TLSSocket(socket, { isServer: true, ...SERVER });
      secured.on('error', () => origin.destroy()).on('close', () => origin.destroy());
      origin.on('error', () => secured.destroy()).on('close', () => secured.destroy());
      secured.pipe(origin).pipe(secured);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const agent = new ProxyAgent(parseProxy('HTTPS_PROXY', `127.0.0.1:${port}`), () => undefined);
  agent.options.ca = pem('ca');
  const { credentials } = options;
  const origin = `https://${HOST}`;
  return {
    options: {
      ...options,
      origin,
      agent,
      ...(typeof credentials === 'object' ? { credentials: { ...credentials, origin } } : {}),
    } satisfies ClientOptions,
    /** From now on every CONNECT opens a tunnel. */
    heal() {
      isHealed = true;
    },
    async stop() {
      agent.destroy();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

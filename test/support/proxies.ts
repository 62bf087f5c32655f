/** A platform behind TLS, proxies in front of it, and a process that calls it through them. */
import { type ChildProcess, execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import type { ClientOptions } from '../../src/index.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const SOURCE = join(ROOT, 'src/index.ts');
export const CA_FILE = join(ROOT, 'test/fixtures/tls/ca.pem');
const pem = (name: string) => readFileSync(join(ROOT, 'test/fixtures/tls', `${name}.pem`));
const pair = (name: string) => ({ cert: pem(name), key: pem(`${name}.key`) });

/** A call that the child makes. Calls with the same `client` share that client. */
export interface ChildCall {
  id: number;
  client: string;
  env: Record<string, string>;
  options: Partial<ClientOptions>;
  call: 'get' | 'create' | 'getThrice' | 'abort' | 'close';
}

export interface ChildOutcome {
  value?: unknown;
  /** The error's own fields, and in `shown` every way to print it. */
  error?: Record<string, unknown> & { name: string; message: string; shown: string };
  /** What `onRequest`, `onResponse` and `onRetry` received, as text. */
  events: string;
  memoryBytes: number;
}

export type Run = (
  call: ChildCall['call'],
  env: Record<string, string>,
  options?: ChildCall['options'],
  client?: string,
) => Promise<ChildOutcome>;

/** The child for the tests of one file; it ends with them. */
export function useChild(): { run: Run; stderr(): string } {
  let child: ChildProcess;
  let folder = '';
  let stderr = '';
  let calls = 0;
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'aep-batch-proxy-'));
    const client = await bundle(SOURCE, join(folder, 'client.mjs'));
    child = fork(join(ROOT, 'test/support/proxy-child.js'), [client], {
      execArgv: [],
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: {
        PATH: process.env['PATH'] ?? '',
        DEBUG: '*',
        NODE_EXTRA_CA_CERTS: CA_FILE,
      },
    });
    child.stderr?.on('data', (chunk) => {
      stderr += chunk;
    });
    await once(child, 'message');
  });
  afterAll(async () => {
    if (!hasEnded()) {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    }
    await rm(folder, { recursive: true, force: true });
  });
  const run: Run = (call, env, options = {}, client = `client ${calls}`) =>
    new Promise((resolve, reject) => {
      const id = calls++;
      const onExit = () => reject(new Error(`the process ended: ${stderr}`));
      if (hasEnded()) return onExit();
      const onMessage = (message: ChildOutcome & { id: number }) => {
        if (message.id !== id) return;
        child.off('message', onMessage).off('exit', onExit);
        resolve(message);
      };
      child.on('message', onMessage).once('exit', onExit);
      child.send({ id, client, env, options, call } satisfies ChildCall);
    });
  return { run, stderr: () => stderr };
}

/** Bundles a program as users do. */
export async function bundle(entry: string, outfile: string): Promise<string> {
  const options = ['--bundle', '--format=esm', '--platform=node', `--outfile=${outfile}`];
  // By the command: the API does not work where globals are those of another realm.
  const esbuild = join(ROOT, 'node_modules/esbuild/bin/esbuild');
  await promisify(execFile)(esbuild, [entry, ...options]);
  return outfile;
}

/** The platform's side: `platform.invalid` and `ims.invalid`. */
export function usePlatform() {
  const platform = {
    port: 0,
    requests: [] as IncomingMessage[],
    respond: respondAsPlatform,
  };
  const server = createHttpsServer(pair('server'), (request, response) => {
    platform.requests.push(request);
    request.resume();
    platform.respond(request, response);
  });
  server.keepAliveTimeout = 60_000;
  beforeAll(async () => {
    platform.port = await listen(server);
  });
  afterEach(() => {
    platform.requests.length = 0;
    platform.respond = respondAsPlatform;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return platform;
}

export function respondAsPlatform(request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? '';
  const token = { access_token: 'another-token', token_type: 'bearer', expires_in: 9999 };
  if (url.startsWith('/ims/')) response.end(JSON.stringify(token));
  else if (request.method === 'POST') response.writeHead(201).end('{"id":"b1","status":"loading"}');
  else response.end('{"b1":{"status":"success"}}');
}

/** How a proxy treats a connection, once its request has arrived. */
export type Behaviour = (socket: Socket, head: string) => void;

export interface TestProxy {
  readonly port: number;
  /** The heads of the requests, as they arrived. */
  readonly heads: string[];
  readonly open: Set<Socket>;
  behave: Behaviour;
  /** Resolves when no connection is open. */
  allClosed(): Promise<void>;
}

/** A proxy that tunnels everything to one port, unless `behave` is set. */
export function useProxy({
  onwardPort,
  certificate,
}: {
  onwardPort: () => number;
  certificate?: 'proxy' | 'untrusted';
}): TestProxy {
  const open = new Set<Socket>();
  const tunnel: Behaviour = (socket) => {
    const onward = connect(onwardPort(), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    onward.on('error', () => socket.destroy());
    socket.on('close', () => onward.destroy());
  };
  const proxy = {
    port: 0,
    heads: [] as string[],
    open,
    behave: tunnel,
    async allClosed() {
      while (open.size > 0) await once([...open][0] as Socket, 'close');
    },
  };
  const onSocket = (socket: Socket) => {
    open.add(socket);
    let head = '';
    const onData = (chunk: Buffer) => {
      head += chunk.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      socket.off('data', onData);
      proxy.heads.push(head);
      proxy.behave(socket, head);
    };
    socket.on('data', onData);
    socket.on('error', () => undefined);
    socket.on('close', () => open.delete(socket));
  };
  const server =
    certificate === undefined
      ? createServer(onSocket)
      : createTlsServer(pair(certificate), onSocket);
  server.on('tlsClientError', () => undefined);
  beforeAll(async () => {
    proxy.port = await listen(server);
  });
  afterEach(() => {
    proxy.heads.length = 0;
    proxy.behave = tunnel;
    for (const socket of open) socket.destroy();
  });
  afterAll(() => {
    server.close();
  });
  return proxy;
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { BytesInput } from '../../src/index.js';

/** A server below HTTP, for what no HTTP server does, and the sockets that it has taken. */
export interface SocketServer extends AsyncDisposable {
  readonly origin: string;
  readonly port: number;
  readonly sockets: Socket[];
}

/** Listens on loopback; close it with `await using`. */
export async function listen(
  onSocket: (socket: Socket, index: number) => void,
  server: Server = createServer({ pauseOnConnect: true }),
  event = 'connection',
  scheme = 'http',
): Promise<SocketServer> {
  const sockets: Socket[] = [];
  server.on(event, (socket: Socket) => {
    socket.on('error', () => undefined); // a client may reset it
    sockets.push(socket);
    onSocket(socket, sockets.length - 1);
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    origin: `${scheme}://127.0.0.1:${port}`,
    port,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export const MiB = 1024 * 1024;
/** Far more than the kernels of both sides hold. */
export const LARGE_BYTES = 64 * MiB;

/** Bytes from nowhere, which say how they were read. */
export interface Generated {
  readonly source: Exclude<BytesInput, Uint8Array | Blob>;
  /** How often it was read, how often that ended, and how often well. */
  readonly reads: { begun: number; ended: number; complete: number };
}

/** @param chunks what it yields; by default as many whole MiB as its size has. */
export function generate(
  size: number,
  chunks: () => Iterable<unknown> | AsyncIterable<unknown> = () => wholeChunks(size),
): Generated {
  const reads = { begun: 0, ended: 0, complete: 0 };
  const source = {
    size,
    async pump(write: (chunk: Uint8Array) => Promise<void>) {
      reads.begun++;
      try {
        for await (const chunk of chunks()) await write(chunk as Uint8Array);
        reads.complete++;
      } finally {
        reads.ended++;
      }
    },
    slice: (start: number, end: number) => generate(end - start).source,
  };
  return { source, reads };
}

const ZEROS = Buffer.alloc(MiB);
export function* wholeChunks(size: number): Generator<Buffer> {
  for (let at = 0; at < size; at += MiB) yield ZEROS.subarray(0, Math.min(MiB, size - at));
}

/** Resolves as soon as a condition holds; fails after a few seconds. */
export async function until(holds: () => boolean, what: string): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    if (tries > 1000) throw new Error(`${what} did not come about`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

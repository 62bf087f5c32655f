/** A server of one file on loopback, which serves ranges as object stores do, or not, as each test sets. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll } from '@jest/globals';

export interface UrlServer {
  origin: string;
  bytes: Buffer;
  etag: string | undefined;
  lastModified: string | undefined;
  /** What was asked for in this test. */
  readonly seen: { url: string; headers: IncomingMessage['headers'] }[];
  /** Responds in place of the file; `false` leaves a request to it. */
  intercept: (request: IncomingMessage, response: ServerResponse, nth: number) => boolean;
}

/** Sends a range of the file, as it was asked for. */
export function sendRange(server: UrlServer, request: IncomingMessage, response: ServerResponse) {
  const { bytes, etag, lastModified } = server;
  const wanted = request.headers['if-match'];
  if (wanted !== undefined && wanted !== etag) return void response.writeHead(412).end();
  const [, first = '0', last = '0'] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  const [start, end] = [Number(first), Math.min(Number(last) + 1, bytes.length)];
  response.writeHead(206, {
    'content-range': `bytes ${start}-${end - 1}/${bytes.length}`,
    'content-length': end - start,
    ...(etag === undefined ? {} : { etag }),
    ...(lastModified === undefined ? {} : { 'last-modified': lastModified }),
  });
  response.end(bytes.subarray(start, end));
}

export function useUrlServer(bytes: Buffer): UrlServer {
  const pass = () => false;
  const server: UrlServer = {
    origin: '',
    bytes,
    etag: '"v1"',
    lastModified: undefined,
    seen: [],
    intercept: pass,
  };
  const http = createServer((request, response) => {
    server.seen.push({ url: request.url ?? '', headers: request.headers });
    if (!server.intercept(request, response, server.seen.length)) {
      sendRange(server, request, response);
    }
  });
  beforeAll(async () => {
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    server.origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    Object.assign(server, { bytes, etag: '"v1"', lastModified: undefined, intercept: pass });
    server.seen.length = 0;
  });
  afterAll(() => {
    http.closeAllConnections();
    http.close();
  });
  return server;
}

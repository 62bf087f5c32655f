import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';

/** A request as it reached the server. */
export interface Seen {
  call: string;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** How the server responds to one request; an object is sent as JSON with 200, a number is a status. */
export type Play =
  | number
  | object
  | ((request: IncomingMessage, response: ServerResponse, seen: Seen) => void);

/** A real server on loopback whose responses each test sets, and which counts the requests. */
export interface TestServer {
  readonly origin: string;
  /** The requests of this test, as `METHOD path`. */
  readonly seen: string[];
  /** The same requests with headers and body. */
  readonly requests: Seen[];
  /** Sets the responses in their order; a request beyond them fails the test. */
  play(...plays: Play[]): void;
  /** Responds to all requests. */
  respond: (request: IncomingMessage, response: ServerResponse, seen: Seen) => void;
}

/** Resets the connection once the request was read, before any response. */
export const cut: Play = (_, response) => response.socket?.resetAndDestroy();
/** Resets the connection in the middle of the body. */
export const cutInBody: Play = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '99' });
  response.write('{"b1":', () => response.socket?.resetAndDestroy());
};
/** Never responds. */
export const hang: Play = () => undefined;
/** Responds with a status, headers and a body. */
export const respondWith =
  (status: number, body: string | object = '', headers: Record<string, string> = {}): Play =>
  (_, response) => {
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
  };

/** A server for the tests of one file; each test sets its own responses, and counts from 0. */
export function useServer(): TestServer {
  const requests: Seen[] = [];
  const seen: string[] = [];
  let surplus = 0;
  const nothing: TestServer['respond'] = (_, response) => {
    surplus++;
    response.writeHead(501).end('this test expected no further request');
  };
  const test = {
    origin: '',
    seen,
    requests,
    respond: nothing,
    play(...plays: Play[]) {
      let next = 0;
      test.respond = (request, response, got) => {
        const play = plays[next++];
        if (play === undefined) nothing(request, response, got);
        else if (typeof play === 'function') play(request, response, got);
        else if (typeof play === 'number') response.writeHead(play).end();
        else response.writeHead(200).end(JSON.stringify(play));
      };
    },
  };
  const server = createServer(async (request, response) => {
    const call = `${request.method} ${request.url}`;
    const got = {
      call,
      headers: request.headers,
      body: await buffer(request).catch(() => Buffer.alloc(0)),
    };
    seen.push(call);
    requests.push(got);
    test.respond(request, response, got);
  });
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    test.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    const unexpected = surplus;
    surplus = 0;
    seen.length = 0;
    requests.length = 0;
    test.respond = nothing;
    expect(unexpected).toBe(0);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return test;
}

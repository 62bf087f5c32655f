import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll } from '@jest/globals';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A real server on loopback whose answer each test sets, and which counts what reached it. */
export interface TestServer {
  readonly origin: string;
  /** The requests of this test, as `METHOD path`. */
  readonly seen: string[];
  answer: Handler;
}

const NOTHING: Handler = (_, response) => {
  response.writeHead(501).end('this test expected no request');
};

/** A server for the tests of one file; its answer and its count start anew with each test. */
export function useServer(): TestServer {
  const seen: string[] = [];
  const test = { origin: '', seen, answer: NOTHING };
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    test.answer(request, response);
  });
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    test.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => {
    seen.length = 0;
    test.answer = NOTHING;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  return test;
}

/**
 * The proxy between the client and Prism: a server on loopback that forwards every request, records the
 * exchange, and selects Prism's response. The client under test is the shipped one, on its own
 * transport.
 *
 * It also guards the tests: an exchange fails the test if its status is not the requested one, if the
 * document does not declare one of its headers or query parameters, if Prism reports a problem of its own,
 * even when the client ignores it, or if the document rejects what Prism accepts, such as an empty
 * parameter or a response that a test made up.
 *
 * Prism cannot be asked for a response without a body, nor for response headers. In those cases Prism
 * validates the request, and the proxy sends the documented response itself.
 */
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect } from '@jest/globals';
import { document } from '../../spec-tools/bundled-document.js';
import { type PrismRequest, type PrismResponse, sendToPrism } from '../../spec-tools/mock.js';
import { type ResponseCase, responseCases } from '../../spec-tools/response-cases.js';
import { createJudge } from '../coverage/judge.js';
import { createRouter } from '../coverage/routes.js';
import { TrafficRecorder } from '../coverage/traffic.js';
import { findPrismProblem } from './prism-problem.js';
import { listUndeclared } from './undeclared.js';

/** One request and its response. */
export interface Exchange {
  /** The operationId, if the request matches an operation of the document. */
  operation: string | undefined;
  method: string;
  /** Path and query as sent. */
  target: string;
  /** Header names as sent, in order. */
  headers: [name: string, value: string][];
  body: Buffer;
  status: number;
  responseHeaders: OutgoingHttpHeaders;
  responseBody: Buffer;
  /** Who sent the response. */
  by: 'Prism' | 'proxy';
  selected: ResponseSelector | undefined;
  /** The problem that Prism reported instead of sending the selected response. */
  prismProblem: string | undefined;
  /** What of a message that Prism accepts violates the document. */
  violation: Violation | undefined;
}

export interface Violation {
  by: 'request' | 'response';
  /** The violated parts of the document. */
  parts: string;
}

/** Selects a documented response. */
export interface ResponseSelector {
  status: number;
  example?: string;
  /** Sent instead of the example. */
  body?: unknown;
  /** Sent beside the documented headers, or instead of them; `undefined` removes one. */
  headers?: Record<string, string | undefined>;
}

export class PrismProxy {
  readonly exchanges: Exchange[] = [];
  #selected: ResponseSelector[] = [];
  #expectedProblem: number | undefined;
  #expectedViolation: Violation['by'] | undefined;
  readonly #server: Server;
  readonly #prism: string;
  readonly #recorder: TrafficRecorder;
  /** What Prism sent to requests whose response a test makes up, and which are often the same. */
  readonly #sent = new Map<string, PrismResponse>();

  constructor(prism: string, recorder = new TrafficRecorder()) {
    this.#prism = prism;
    this.#recorder = recorder;
    this.#server = createServer((request, response) => {
      this.#forward(request)
        .then(({ status, headers, body }) => response.writeHead(status, headers).end(body))
        .catch((error: unknown) => response.destroy(error as Error));
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Selects the responses to the requests of this test, in order; the last one is repeated. */
  respondWith(...selected: ResponseSelector[]): void {
    this.#selected = selected;
  }

  /** Expects Prism to reject every request of this test with this status. */
  expectPrismProblem(status: number): void {
    this.#expectedProblem = status;
  }

  /** Expects every request or response of this test to violate the document, although Prism accepts it. */
  expectViolation(by: Violation['by']): void {
    this.#expectedViolation = by;
  }

  /** The only exchange of this test. */
  get only(): Exchange {
    const [exchange, ...more] = this.exchanges;
    if (exchange === undefined || more.length > 0) {
      throw new Error(
        `Invalid number of exchanges: expected 1, received ${this.exchanges.length}.`,
      );
    }
    return exchange;
  }

  async open(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Stops, and writes what was recorded. */
  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
    this.#recorder.write();
  }

  /** Throws if an exchange since the last check did not have its expected result; records it otherwise. */
  check(test = ''): void {
    const problems = this.exchanges.flatMap((exchange) => this.#listProblems(exchange));
    if (problems.length === 0) for (const exchange of this.exchanges) this.#record(exchange, test);
    this.exchanges.length = 0;
    this.#selected = [];
    this.#expectedProblem = undefined;
    this.#expectedViolation = undefined;
    if (problems.length > 0) throw new Error(problems.join('\n'));
  }

  #record(exchange: Exchange, test: string): void {
    const { method, target, headers, body, status, responseHeaders, responseBody } = exchange;
    const { by, prismProblem, violation } = exchange;
    const problem = prismProblem ?? violation?.parts;
    const rejected = prismProblem === undefined ? violation?.by : 'request';
    const names = headers.map(([name, value]) => [name.toLowerCase(), value]);
    this.#recorder.add({
      request: {
        method,
        url: `${this.#prism}${target}`,
        headers: Object.fromEntries(names),
        ...(body.length === 0 ? {} : { body: body.toString('utf8') }),
      },
      response: {
        status,
        headers: toText(responseHeaders),
        ...(responseBody.length === 0 ? {} : { body: responseBody.toString('utf8') }),
      },
      test,
      verdict: rejected === undefined ? 'accepted' : `${rejected} rejected`,
      by,
      ...(problem === undefined ? {} : { problem }),
    });
  }

  #listProblems(exchange: Exchange): string[] {
    const { method, target, status, prismProblem, selected, violation } = exchange;
    const call = `${method} ${target}`;
    const expected = this.#expectedProblem;
    if (expected !== undefined) {
      if (prismProblem === undefined) return [`${call}: Prism reported no problem`];
      if (status === expected) return [];
      return [`${call}: Invalid status: expected ${expected}, received ${status}: ${prismProblem}`];
    }
    const [undeclared] = listUndeclared(exchange);
    if (undeclared !== undefined) return [`${call}: the document does not declare ${undeclared}`];
    if (prismProblem !== undefined) return [`${call}: Prism reported a problem: ${prismProblem}`];
    if (violation?.by !== this.#expectedViolation) {
      const { by, parts } = violation ?? { by: 'message', parts: 'nothing' };
      const wanted = this.#expectedViolation ?? 'nothing';
      return [`${call}: Invalid ${by}: expected ${wanted} to violate, received ${parts}`];
    }
    const isExpected = selected === undefined ? status < 300 : status === selected.status;
    if (isExpected) return [];
    return [`${call}: Invalid status: expected ${selected?.status ?? '2xx'}, received ${status}`];
  }

  async #sendOnce(request: PrismRequest): Promise<PrismResponse> {
    const key = JSON.stringify([
      request.method,
      request.target,
      request.headers,
      `${request.body}`,
    ]);
    const response = this.#sent.get(key) ?? (await sendToPrism(this.#prism, request));
    this.#sent.set(key, response);
    return response;
  }

  async #forward(incoming: IncomingMessage) {
    const body = await buffer(incoming);
    const target = incoming.url ?? '';
    const method = incoming.method ?? '';
    const operation = findOperation(method, target)?.operation.id;
    const selected = this.#selected[Math.min(this.exchanges.length, this.#selected.length - 1)];
    const ownCase = selected === undefined ? undefined : findCaseWithoutBody(operation, selected);
    const prefer = selected !== undefined && ownCase === undefined ? preferHeader(selected) : {};
    const isError = (selected?.status ?? 200) >= 400;
    // Prism sends no error to a request whose accept names the media types of the success alone.
    const accept = isError ? { accept: 'application/json' } : {};
    const headers = { ...incoming.headers, ...accept, ...prefer };
    const request = { method, target, headers, body };
    const fromPrism = await (selected?.body === undefined
      ? sendToPrism(this.#prism, request)
      : this.#sendOnce(request));
    const prismProblem = findPrismProblem(fromPrism);
    const sent = prismProblem === undefined ? ownCase : undefined;
    const {
      status,
      headers: responseHeaders,
      body: responseBody,
    } = replaceParts(
      sent === undefined ? fromPrism : { ...sent, body: Buffer.alloc(0) },
      prismProblem === undefined ? selected : undefined,
    );
    const exchange = {
      operation,
      method,
      target,
      headers: toPairs(incoming.rawHeaders),
      body,
      status,
      responseHeaders,
      responseBody,
      by:
        sent === undefined && selected?.body === undefined
          ? ('Prism' as const)
          : ('proxy' as const),
      selected,
      prismProblem,
    };
    const violation = prismProblem === undefined ? findViolation(exchange) : undefined;
    this.exchanges.push({ ...exchange, violation });
    return { status, headers: responseHeaders, body: responseBody };
  }
}

/** The response with the body and the headers that a test made up. */
function replaceParts(
  { status, headers, body }: Pick<PrismResponse, 'status' | 'headers' | 'body'>,
  selected: ResponseSelector | undefined,
) {
  const { body: own, headers: ownHeaders = {} } = selected ?? {};
  const all: OutgoingHttpHeaders = { ...headers };
  for (const [name, value] of Object.entries(ownHeaders)) {
    const old = Object.keys(all).find((key) => key.toLowerCase() === name.toLowerCase());
    if (old !== undefined) delete all[old];
    if (value !== undefined) all[name] = value;
  }
  if (own === undefined) return { status, headers: all, body };
  delete all['content-length'];
  return { status, headers: all, body: Buffer.from(JSON.stringify(own)) };
}

/** What of an exchange that Prism accepts violates the document. */
function findViolation(exchange: Omit<Exchange, 'violation'>): Violation | undefined {
  const { method, target, headers, body, status, responseHeaders, responseBody } = exchange;
  const match = findOperation(method, target);
  if (match === undefined) return undefined;
  const names = headers.map(([name, value]) => [name.toLowerCase(), value]);
  const request = { headers: Object.fromEntries(names), body: body.toString('utf8') };
  const sent = judge.judgeRequest(match, target, request).violations;
  if (sent.length > 0) return { by: 'request', parts: sent.join('; ') };
  const response = { headers: toText(responseHeaders), body: responseBody.toString('utf8') };
  const received = judge.judgeResponse(match.operation, status, response).violations;
  return received.length > 0 ? { by: 'response', parts: received.join('; ') } : undefined;
}

/** The response case that the proxy has to send itself, because it has no body. */
function findCaseWithoutBody(
  operation: string | undefined,
  { status, example }: ResponseSelector,
): ResponseCase | undefined {
  if (example !== undefined) return undefined;
  return responseCases.find(
    (one) => one.operation === operation && one.status === status && one.mediaType === undefined,
  );
}

const preferHeader = ({ status, example }: ResponseSelector): OutgoingHttpHeaders => ({
  prefer: `code=${status}${example === undefined ? '' : `, example=${example}`}`,
});

const toPairs = (flat: string[]): [string, string][] =>
  flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? '']] : []));

const findOperation = createRouter(document);
const judge = createJudge(document);

/** Header values as text; a repeated one is joined as HTTP joins it. */
const toText = (headers: OutgoingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), [value].flat().join(', ')]),
  );

/** A proxy for the tests of one file, checked after each test. */
export function usePrismProxy(): PrismProxy {
  const prism = process.env['PRISM_ORIGIN'];
  if (prism === undefined) throw new Error('Prism is not running. Run the tests with `make`.');
  const proxy = new PrismProxy(prism);
  beforeAll(() => proxy.open());
  afterEach(() => proxy.check(expect.getState().currentTestName));
  afterAll(() => proxy.close());
  return proxy;
}

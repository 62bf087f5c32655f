/**
 * The proxy between the client and Prism: a server on loopback that forwards every request, records the
 * exchange, and selects Prism's response. The client under test is the shipped one, on its own
 * transport.
 *
 * It also guards the tests: an exchange fails the test if its status is not the requested one, or if
 * Prism reports a problem of its own, even when the client ignores it.
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
import { sendToPrism } from '../../spec-tools/mock.js';
import { type ResponseCase, responseCases } from '../../spec-tools/response-cases.js';
import { createRouter } from '../coverage/routes.js';
import { TrafficRecorder } from '../coverage/traffic.js';

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
}

/** Selects a documented response. */
export interface ResponseSelector {
  status: number;
  example?: string;
}

export class PrismProxy {
  readonly exchanges: Exchange[] = [];
  #selected: ResponseSelector[] = [];
  #expectedProblem: number | undefined;
  readonly #server: Server;
  readonly #prism: string;
  readonly #recorder: TrafficRecorder;

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
    if (problems.length > 0) throw new Error(problems.join('\n'));
  }

  #record(exchange: Exchange, test: string): void {
    const { method, target, headers, body, status, responseHeaders, responseBody } = exchange;
    const { by, prismProblem } = exchange;
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
      verdict: prismProblem === undefined ? 'accepted' : 'request rejected',
      by,
      ...(prismProblem === undefined ? {} : { problem: prismProblem }),
    });
  }

  #listProblems({ method, target, status, prismProblem, selected }: Exchange): string[] {
    const call = `${method} ${target}`;
    const expected = this.#expectedProblem;
    if (expected !== undefined) {
      if (prismProblem === undefined) return [`${call}: Prism reported no problem`];
      if (status === expected) return [];
      return [`${call}: Invalid status: expected ${expected}, received ${status}: ${prismProblem}`];
    }
    if (prismProblem !== undefined) return [`${call}: Prism reported a problem: ${prismProblem}`];
    const isExpected = selected === undefined ? status < 300 : status === selected.status;
    if (isExpected) return [];
    return [`${call}: Invalid status: expected ${selected?.status ?? '2xx'}, received ${status}`];
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
    const fromPrism = await sendToPrism(this.#prism, { method, target, headers, body });
    const prismProblem = fromPrism.violations ?? findPrismProblem(fromPrism.body.toString('utf8'));
    const sent = prismProblem === undefined ? ownCase : undefined;
    const status = sent?.status ?? fromPrism.status;
    const response =
      sent === undefined
        ? { status, headers: fromPrism.headers, body: fromPrism.body }
        : { status, headers: sent.headers, body: Buffer.alloc(0) };
    this.exchanges.push({
      operation,
      method,
      target,
      headers: toPairs(incoming.rawHeaders),
      body,
      status,
      responseHeaders: response.headers,
      responseBody: response.body,
      by: sent === undefined ? 'Prism' : 'proxy',
      selected,
      prismProblem,
    });
    return response;
  }
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

/** Finds Prism's own problem bodies, including the form that its body parser sends. */
function findPrismProblem(text: string): string | undefined {
  let body: { type?: unknown; error?: { code?: unknown } } | null;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const isProblem =
    typeof body?.type === 'string' && body.type.startsWith('https://stoplight.io/prism/');
  return isProblem || body?.error?.code !== undefined ? text : undefined;
}

const findOperation = createRouter(document);

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

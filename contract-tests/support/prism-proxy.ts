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
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { document } from '../../spec-tools/bundled-document.js';
import { sendToPrism } from '../../spec-tools/mock.js';
import { listOperations } from '../../spec-tools/operations.js';
import { type ResponseCase, recordRun, responseCases } from '../../spec-tools/response-cases.js';

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
  responseBody: Buffer;
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

  constructor(prism: string) {
    this.#prism = prism;
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

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Throws if an exchange since the last check did not have its expected result. */
  check(): void {
    const problems = this.exchanges.flatMap((exchange) => this.#listProblems(exchange));
    if (problems.length === 0) for (const exchange of this.exchanges) recordExchange(exchange);
    this.exchanges.length = 0;
    this.#selected = [];
    this.#expectedProblem = undefined;
    if (problems.length > 0) throw new Error(problems.join('\n'));
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
    const operation = findOperationId(method, target);
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
    this.exchanges.push({
      operation,
      method,
      target,
      headers: toPairs(incoming.rawHeaders),
      body,
      status,
      responseBody: fromPrism.body,
      selected,
      prismProblem,
    });
    if (sent === undefined) return { status, headers: fromPrism.headers, body: fromPrism.body };
    return { status, headers: sent.headers, body: Buffer.alloc(0) };
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

function recordExchange({ operation, selected, prismProblem }: Exchange): void {
  if (operation === undefined || selected === undefined || prismProblem !== undefined) return;
  const isOwn = findCaseWithoutBody(operation, selected) !== undefined;
  recordRun({ operation, ...selected }, isOwn ? 'proxy' : 'Prism');
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

const routes = listOperations(document).map(({ id, method, path }) => {
  const pattern = path
    .replaceAll('.', '\\.')
    .replace('{filePath}', '[^?]+')
    .replace(/\{\w+\}/g, '[^/?]+');
  return { id, method, pattern: new RegExp(`^${pattern}(\\?|$)`) };
});

function findOperationId(method: string, target: string): string | undefined {
  return routes.find((route) => route.method === method.toLowerCase() && route.pattern.test(target))
    ?.id;
}

/** A proxy for the tests of one file, checked after each test. */
export function usePrismProxy(): PrismProxy {
  const prism = process.env['PRISM_ORIGIN'];
  if (prism === undefined) throw new Error('Prism is not running. Run the tests with `make`.');
  const proxy = new PrismProxy(prism);
  beforeAll(() => proxy.open());
  afterEach(() => proxy.check());
  afterAll(() => proxy.close());
  return proxy;
}

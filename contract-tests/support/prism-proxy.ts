/**
 * The wire between the client and Prism: a real server on loopback that hands every request on,
 * keeps what it saw, and tells Prism which answer is wanted. The client is the one that is shipped,
 * on its own transport, and cannot know that it is tested.
 *
 * It is also the guard: an exchange whose status is not the one that was asked for, or in which
 * Prism speaks for itself, fails the test, even if the client swallowed it.
 *
 * An answer without a body cannot be chosen on Prism, nor can the headers of an answer. There Prism
 * judges the request, and the wire plays the answer from the document.
 */
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as requestHttp,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll } from '@jest/globals';
import { operationsOf } from '../../scripts/document.js';
import { document } from './bundled.js';
import { type Cell, cells, noteRun } from './cases.js';

/** What went over the wire once. */
export interface Exchange {
  /** The operation of the document that was called, if it is one. */
  operation: string | undefined;
  method: string;
  /** Path and query, as they were sent. */
  target: string;
  /** Names as they were sent, in their order. */
  headers: [name: string, value: string][];
  body: Buffer;
  status: number;
  answer: Buffer;
  wanted: Wanted | undefined;
  /** What Prism said for itself, if it did. */
  verdict: string | undefined;
}

/** Which answer of the document is to be given. */
export interface Wanted {
  status: number;
  example?: string;
}

/** A file's path has slashes, which Prism takes for the end of a path parameter. */
const FILE_PATH = /^(\/data\/foundation\/import\/batches\/[^/]+\/datasets\/[^/]+\/files\/)([^?]+)/;

export class Wire {
  readonly exchanges: Exchange[] = [];
  #wanted: Wanted[] = [];
  #verdict: number | undefined;
  readonly #server: Server;
  readonly #prism: string;

  constructor(prism: string) {
    this.#prism = prism;
    this.#server = createServer((request, response) => {
      this.#handOn(request)
        .then(({ status, headers, body }) => response.writeHead(status, headers).end(body))
        .catch((error: unknown) => response.destroy(error as Error));
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The answers to the requests of this test, in their order; the last one is given from then on. */
  answerWith(...wanted: Wanted[]): void {
    this.#wanted = wanted;
  }

  /** In this test, Prism is to refuse the request for itself, with this status. */
  expectVerdict(status: number): void {
    this.#verdict = status;
  }

  /** The only exchange of this test. */
  get only(): Exchange {
    const [exchange, ...more] = this.exchanges;
    if (exchange === undefined || more.length > 0) {
      throw new Error(`one exchange was expected, ${this.exchanges.length} were seen`);
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

  /** Fails when an exchange since the last call was not as it was asked for. */
  check(): void {
    const complaints = this.exchanges.flatMap((exchange) => this.#complaints(exchange));
    if (complaints.length === 0) for (const exchange of this.exchanges) note(exchange);
    this.exchanges.length = 0;
    this.#wanted = [];
    this.#verdict = undefined;
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  }

  #complaints({ method, target, status, verdict, wanted }: Exchange): string[] {
    const call = `${method} ${target}`;
    if (this.#verdict !== undefined) {
      if (verdict === undefined) return [`${call}: Prism had nothing to say`];
      if (status === this.#verdict) return [];
      return [`${call}: Prism said ${status} where ${this.#verdict} was expected: ${verdict}`];
    }
    if (verdict !== undefined) return [`${call}: Prism spoke for itself: ${verdict}`];
    const right = wanted === undefined ? status < 300 : status === wanted.status;
    return right ? [] : [`${call}: ${status} came where ${wanted?.status ?? '2xx'} was asked for`];
  }

  async #handOn(incoming: IncomingMessage) {
    const body = await buffer(incoming);
    const target = incoming.url ?? '';
    const method = incoming.method ?? '';
    const operation = operationAt(method, target);
    const wanted = this.#wanted[Math.min(this.exchanges.length, this.#wanted.length - 1)];
    const played = wanted === undefined ? undefined : playable(operation, wanted);
    const prefer = wanted !== undefined && played === undefined ? preference(wanted) : {};
    const answer = await this.#ask(incoming, body, prefer);
    const { headers: told, statusCode: status = 0 } = answer.message;
    const { 'sl-violations': violations, ...headers } = told;
    const spoke =
      violations === undefined ? ownWords(answer.body.toString('utf8')) : String(violations);
    const exchange: Exchange = {
      operation,
      method,
      target,
      headers: pairs(incoming.rawHeaders),
      body,
      status: spoke === undefined && played !== undefined ? played.status : status,
      answer: answer.body,
      wanted,
      verdict: spoke,
    };
    this.exchanges.push(exchange);
    if (spoke !== undefined || played === undefined) return { status, headers, body: answer.body };
    return { status: played.status, headers: played.headers, body: Buffer.alloc(0) };
  }

  /** Hands a request to Prism, which reads bytes as text: it gets as many, but not the same ones. */
  async #ask(incoming: IncomingMessage, body: Buffer, prefer: OutgoingHttpHeaders) {
    const { 'transfer-encoding': _, ...headers } = incoming.headers;
    const folded = (incoming.url ?? '').replace(
      FILE_PATH,
      (__, before: string, path: string) => before + path.replaceAll('/', '%2F'),
    );
    const outgoing = requestHttp(`${this.#prism}${folded}`, {
      method: incoming.method,
      headers: { ...headers, ...prefer, connection: 'close', 'content-length': body.length },
    });
    outgoing.end(body);
    const [message] = (await once(outgoing, 'response')) as [IncomingMessage];
    return { message, body: await buffer(message) };
  }
}

/** The cell that is wanted, if the wire has to play it. */
function playable(operation: string | undefined, { status, example }: Wanted): Cell | undefined {
  if (example !== undefined) return undefined;
  return cells.find(
    (cell) =>
      cell.operation === operation && cell.status === status && cell.mediaType === undefined,
  );
}

function note({ operation, wanted, verdict }: Exchange): void {
  if (operation === undefined || wanted === undefined || verdict !== undefined) return;
  noteRun({ operation, ...wanted }, playable(operation, wanted) === undefined ? 'Prism' : 'socket');
}

const preference = ({ status, example }: Wanted): OutgoingHttpHeaders => ({
  prefer: `code=${status}${example === undefined ? '' : `, example=${example}`}`,
});

const pairs = (flat: string[]): [string, string][] =>
  flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? '']] : []));

/** Prism's own problems, and the form of its body reader. */
function ownWords(text: string): string | undefined {
  let body: { type?: unknown; error?: { code?: unknown } } | null;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const own = typeof body?.type === 'string' && body.type.startsWith('https://stoplight.io/prism/');
  return own || body?.error?.code !== undefined ? text : undefined;
}

const routes = operationsOf(document).map(({ id, method, path }) => {
  const pattern = path
    .replaceAll('.', '\\.')
    .replace('{filePath}', '[^?]+')
    .replace(/\{\w+\}/g, '[^/?]+');
  return { id, method, pattern: new RegExp(`^${pattern}(\\?|$)`) };
});

/** Which operation of the document a request calls. */
function operationAt(method: string, target: string): string | undefined {
  return routes.find((route) => route.method === method.toLowerCase() && route.pattern.test(target))
    ?.id;
}

/** A wire for the tests of one file, checked after each of them. */
export function useWire(): Wire {
  const prism = process.env['PRISM_ORIGIN'];
  if (prism === undefined) throw new Error('Prism is not running: start the tests with `make`');
  const wire = new Wire(prism);
  beforeAll(() => wire.open());
  afterEach(() => wire.check());
  afterAll(() => wire.close());
  return wire;
}

/**
 * The wire between the client and Prism: a real server on loopback that hands every request on,
 * keeps what it saw, and tells Prism which answer is wanted. The client is the one that is shipped,
 * on its own transport, and cannot know that it is tested.
 *
 * It is also the guard: an exchange whose status is not the one that was asked for, or in which
 * Prism speaks for itself, fails the test, even if the client swallowed it.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, request as requestHttp, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll } from '@jest/globals';

/** What went over the wire once. */
export interface Exchange {
  method: string;
  /** Path and query, as they were sent. */
  target: string;
  /** Names as they were sent, in their order. */
  headers: [name: string, value: string][];
  body: string;
  status: number;
  answer: string;
  /** What Prism said for itself, if it did. */
  verdict: string | undefined;
}

/** Which answer of the document Prism is to give. */
export interface Wanted {
  status: number;
  example?: string;
}

export class Wire {
  readonly exchanges: Exchange[] = [];
  #wanted: Wanted | undefined;
  #verdictAllowed = false;
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

  /** From now on in this test, Prism gives this answer. */
  answerWith(wanted: Wanted): void {
    this.#wanted = wanted;
  }

  /** From now on in this test, Prism may refuse the request for itself. */
  allowVerdict(): void {
    this.#verdictAllowed = true;
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
    this.exchanges.length = 0;
    this.#wanted = undefined;
    this.#verdictAllowed = false;
    if (complaints.length > 0) throw new Error(complaints.join('\n'));
  }

  #complaints({ method, target, status, verdict }: Exchange): string[] {
    const call = `${method} ${target}`;
    if (verdict !== undefined) {
      return this.#verdictAllowed ? [] : [`${call}: Prism spoke for itself: ${verdict}`];
    }
    if (this.#verdictAllowed) return [`${call}: Prism had nothing to say`];
    const wanted = this.#wanted?.status;
    return wanted === undefined || wanted === status
      ? []
      : [`${call}: ${status} came where ${wanted} was asked for`];
  }

  async #handOn(incoming: IncomingMessage) {
    const body = await buffer(incoming);
    const { 'transfer-encoding': _, ...headers } = incoming.headers;
    const prefer = this.#wanted === undefined ? {} : { prefer: preference(this.#wanted) };
    const outgoing = requestHttp(`${this.#prism}${incoming.url}`, {
      method: incoming.method,
      headers: { ...headers, ...prefer, connection: 'close', 'content-length': body.length },
    });
    outgoing.end(body);
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    const answered = await buffer(answer);
    const status = answer.statusCode ?? 0;
    this.exchanges.push({
      method: incoming.method ?? '',
      target: incoming.url ?? '',
      headers: pairs(incoming.rawHeaders),
      body: body.toString('utf8'),
      status,
      answer: answered.toString('utf8'),
      verdict: verdictOf(answer, answered.toString('utf8')),
    });
    const { 'sl-violations': __, ...back } = answer.headers;
    return { status, headers: back, body: answered };
  }
}

const preference = ({ status, example }: Wanted): string =>
  `code=${status}${example === undefined ? '' : `, example=${example}`}`;

const pairs = (flat: string[]): [string, string][] =>
  flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? '']] : []));

/** Prism speaks in three ways: a header, a problem of its own type, and its body reader's form. */
function verdictOf(answer: IncomingMessage, text: string): string | undefined {
  const violations = answer.headers['sl-violations'];
  if (violations !== undefined) return String(violations);
  let body: { type?: unknown; error?: { code?: unknown } };
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  const own = typeof body?.type === 'string' && body.type.startsWith('https://stoplight.io/prism/');
  return own || body?.error?.code !== undefined ? text : undefined;
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

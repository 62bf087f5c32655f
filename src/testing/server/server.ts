/** The server: every request is logged, may go wrong, and else is answered. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FaultAction, type Faults, nameOf } from '../faults.js';
import { isAllowedHost } from '../host.js';
import type { Settings } from '../options.js';
import { type Answerer, splitUrl } from './dispatcher.js';
import { gateway, problem } from './error-bodies.js';
import type { Answer } from './handler.js';
import { type OperationId, type Route, routeAt } from './routes.js';
import { send, sendSome } from './send.js';

/** One request, in the order in which they came. */
export interface LogEntry {
  /** Counted from 1. It is also the answer's `x-request-id`, after `simulator-`. */
  readonly order: number;
  /** The operationId; `undefined` where the document has no such call. */
  readonly operation: OperationId | undefined;
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly path: string;
  /** `Content-Range` of a part, or `Range` of a download. */
  readonly range?: string;
  /** How it was answered; `undefined` while it is under way, and where no answer was given. */
  status?: number;
  /** The fault that it met. */
  fault?: string;
}

/** Which uploads break off by the bytes of the request; other calls by those of the answer. */
const UPLOADS: readonly OperationId[] = ['uploadFile', 'uploadFilePart'];

/** Thrown where the bytes of a request are to break off. */
class CutOff extends Error {}

export class SimulatorServer {
  readonly log: LogEntry[] = [];
  #received = 0;
  readonly faults: Faults;
  readonly #server: Server;
  readonly #answerer: Answerer;
  readonly #settings: Settings;
  readonly #signal: AbortSignal;
  readonly #underWay = new Set<Promise<void>>();

  constructor(answerer: Answerer, faults: Faults, settings: Settings, signal: AbortSignal) {
    this.#answerer = answerer;
    this.faults = faults;
    this.#settings = settings;
    this.#signal = signal;
    // A part may take as long as it takes, and an idle connection is never closed by a timer.
    const options = { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 };
    this.#server = createServer(options, (request, response) => {
      const done = this.#serve(request, response).finally(() => this.#underWay.delete(done));
      this.#underWay.add(done);
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Breaks all connections, those that hang too, and waits until nothing is under way. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await Promise.all([closed, ...this.#underWay]);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const { route, known } = routeAt(method, splitUrl(url).pathname);
    const range = headers['content-range'] ?? headers.range;
    const order = ++this.#received;
    const base = { order, operation: route?.operation, method, path: url };
    const entry: LogEntry = range === undefined ? base : { ...base, range };
    this.log.push(entry);
    if (this.log.length > this.#settings.maxLogEntries) this.log.shift();
    response.setHeader('x-request-id', `simulator-${order}`);
    try {
      if (!isAllowedHost(request, this.#settings.allowedHosts)) {
        await this.#wrongHost(request, response, entry);
      } else if (route === undefined) await this.#noRoute(known, request, response, entry);
      else await this.#play(route, request, response, entry);
    } catch (error) {
      this.#unanswered(error, route, request, response, entry);
    }
  }

  /** A page of another site may have its name point here: it is to read and change nothing. */
  async #wrongHost(
    { headers: { host = '' } }: IncomingMessage,
    response: ServerResponse,
    entry: LogEntry,
  ): Promise<void> {
    const detail = `The host ${JSON.stringify(host)} is not this simulator: call it at ${this.origin}, or name the host in the option allowedHosts`;
    await this.#send(response, problem(421, detail).answer, entry);
  }

  /** The gateway's page for an address that it does not know. */
  async #noRoute(
    known: boolean,
    request: IncomingMessage,
    response: ServerResponse,
    entry: LogEntry,
  ): Promise<void> {
    request.resume();
    const status = known ? 405 : 404;
    const headers = { 'content-type': 'text/html' };
    const text = `<html><body><h1>${status}</h1><p>${entry.method} is not served here.</p></body></html>`;
    await this.#send(response, { status, headers, text }, entry);
  }

  /** Answers, or plays the fault that is due. */
  async #play(
    route: Route,
    request: IncomingMessage,
    response: ServerResponse,
    entry: LogEntry,
  ): Promise<void> {
    const fault = this.faults.next(route.operation);
    if (fault !== undefined) entry.fault = nameOf(fault);
    if (fault === 'hang') return;
    if (fault === 'reset') return breakOff(response);
    if (typeof fault === 'object') {
      if ('delayMs' in fault) await sleep(fault.delayMs, undefined, { signal: this.#signal });
      else if ('status' in fault) return this.#playStatus(route, fault, request, response, entry);
      else if ('respondEarly' in fault) {
        return this.#playEarly(fault.respondEarly, request, response, entry);
      } else return this.#playCut(route, fault.resetAfterBytes, request, response);
    }
    const answer = await this.#answerer.answer(route, request, request);
    if (fault === 'reset-after-applying') return breakOff(response);
    await this.#send(response, answer, entry);
  }

  async #playStatus(
    route: Route,
    fault: Extract<FaultAction, { status: number }>,
    request: IncomingMessage,
    response: ServerResponse,
    entry: LogEntry,
  ): Promise<void> {
    if (fault.afterApplying === true) await this.#answerer.answer(route, request, request);
    await this.#send(response, faultAnswer(fault, this.#settings.quirks.retryAfter), entry);
  }

  async #playEarly(
    status: number,
    request: IncomingMessage,
    response: ServerResponse,
    entry: LogEntry,
  ): Promise<void> {
    // Node discards the body of a request that nobody reads once its response was sent, and would so take
    // all of it. After one read it leaves that to the reader: what the client sends piles up unread.
    request.read(0);
    entry.status = status;
    await send(response, { status });
  }

  async #playCut(
    route: Route,
    bytes: number,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (!UPLOADS.includes(route.operation)) {
      const answer = await this.#answerer.answer(route, request, request);
      return sendSome(response, answer, bytes);
    }
    try {
      await this.#answerer.answer(route, request, cutOff(request, bytes));
    } catch (error) {
      if (!(error instanceof CutOff)) throw error;
    }
    breakOff(response);
  }

  async #send(response: ServerResponse, answer: Answer, entry: LogEntry): Promise<void> {
    entry.status = answer.status;
    // What is left of a refused upload is read and dropped, so that the client sees the answer.
    response.req.resume();
    await send(response, answer);
  }

  /** The client went away, the simulator stops, or it has a fault of its own: that is told. */
  #unanswered(
    error: unknown,
    route: Route | undefined,
    request: IncomingMessage,
    response: ServerResponse,
    entry: LogEntry,
  ): void {
    if (!request.destroyed && !response.destroyed && !this.#signal.aborted) {
      const where = route?.operation ?? entry.path;
      this.#answerer.addViolation(`${where}: the simulator failed: ${(error as Error).stack}`);
    }
    response.destroy();
  }
}

/** What a fault answers where it does not say how: the gateway's body for 429, else a problem. */
function faultAnswer(
  { status, headers = {}, body }: Extract<FaultAction, { status: number }>,
  retryAfter: boolean,
): Answer {
  const limited = status === 429 || status === 503;
  const wait = limited && retryAfter ? { 'retry-after': '1' } : {};
  const all = { ...wait, ...headers };
  if (typeof body === 'string') return { status, headers: all, text: body };
  if (body !== undefined) return { status, headers: all, json: body };
  const usual =
    status === 429
      ? gateway('429050', 'Too many requests')
      : problem(status, 'This is a fault that the simulator was told to play').answer;
  return { ...usual, headers: all };
}

async function* cutOff(bytes: AsyncIterable<Uint8Array>, limit: number) {
  let left = limit;
  for await (const chunk of bytes) {
    if (chunk.length >= left) {
      if (left > 0) yield chunk.subarray(0, left);
      throw new CutOff();
    }
    left -= chunk.length;
    yield chunk;
  }
  throw new CutOff();
}

/** Breaks the connection with a reset, as when something on the way gives up. */
function breakOff(response: ServerResponse): void {
  response.req.socket.resetAndDestroy();
}

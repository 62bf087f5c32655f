/**
 * The HTTP side of the simulator: from a socket to a handler and back. This folder imports the platform's errors and
 * tokens; the handlers are passed to it.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { omitUndefined } from '../../shared/options.js';
import { describeFault, type Faults } from '../faults.js';
import type { ResolvedOptions } from '../options.js';
import { problem } from '../platform/http-error.js';
import type { Dispatcher } from './dispatcher.js';
import { playFault } from './play-fault.js';
import { type Exchange, type LogEntry, respond } from './respond.js';
import { findRoute, type Route, splitUrl } from './routes.js';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

export class SimulatorServer {
  readonly log: LogEntry[] = [];
  readonly #server: Server;
  readonly #dispatcher: Dispatcher;
  readonly #faults: Faults;
  readonly #options: ResolvedOptions;
  /** Aborted when the simulator stops. */
  readonly #signal: AbortSignal;
  readonly #active = new Set<Promise<void>>();
  #received = 0;

  constructor(
    dispatcher: Dispatcher,
    faults: Faults,
    options: ResolvedOptions,
    signal: AbortSignal,
  ) {
    this.#dispatcher = dispatcher;
    this.#faults = faults;
    this.#options = options;
    this.#signal = signal;
    // A part may take as long as it takes, and no timer closes an idle connection.
    const timeouts = { requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0 };
    this.#server = createServer(timeouts, (request, response) => {
      const done = this.#serve(request, response).finally(() => this.#active.delete(done));
      this.#active.add(done);
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** Closes all connections, those that hang too, and waits for the requests that are being served. */
  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await Promise.all([closed, ...this.#active]);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const { route, isKnownPath } = findRoute(method, splitUrl(url).pathname);
    const entry = this.#addLogEntry(request, route);
    response.setHeader('x-request-id', `simulator-${entry.order}`);
    const exchange = { request, response, entry };
    try {
      if (!isAllowedHost(request, this.#options.allowedHosts)) {
        await this.#rejectHost(exchange);
      } else if (route === undefined) await rejectRoute(exchange, isKnownPath);
      else await this.#serveRoute(route, exchange);
    } catch (error) {
      this.#handleFailure(error, exchange);
    }
  }

  #addLogEntry(request: IncomingMessage, route: Route | undefined): LogEntry {
    const { method = '', url: path = '', headers } = request;
    const range = headers['content-range'] ?? headers.range;
    this.#received += 1;
    const operation = route?.operation;
    const order = this.#received;
    const entry: LogEntry = { order, operation, method, path, ...omitUndefined({ range }) };
    this.log.push(entry);
    if (this.log.length > this.#options.maxLogEntries) this.log.shift();
    return entry;
  }

  async #serveRoute(route: Route, exchange: Exchange): Promise<void> {
    const { request, entry } = exchange;
    const dispatch = (bytes: AsyncIterable<Uint8Array>) =>
      this.#dispatcher.dispatch(route, request, bytes);
    const fault = this.#faults.next(route.operation);
    if (fault === undefined) return respond(exchange, await dispatch(request));
    entry.fault = describeFault(fault);
    const hasRetryAfter = this.#options.quirks.retryAfter;
    await playFault(fault, exchange, dispatch, { hasRetryAfter, signal: this.#signal });
  }

  /** A web page's own host name may point here (DNS rebinding): it must neither read nor change anything. */
  async #rejectHost(exchange: Exchange): Promise<void> {
    const { host = '' } = exchange.request.headers;
    const detail = `The host ${JSON.stringify(host)} is not this simulator: call it at ${this.origin}, or name the host in the option allowedHosts`;
    await respond(exchange, problem(421, detail).response);
  }

  /** Closes the connection. Unless the client left or the simulator stops, the failure is a defect. */
  #handleFailure(error: unknown, { request, response, entry }: Exchange): void {
    if (!request.destroyed && !response.destroyed && !this.#signal.aborted) {
      const place = entry.operation ?? entry.path;
      this.#dispatcher.addViolation(`${place}: the simulator failed: ${(error as Error).stack}`);
    }
    response.destroy();
  }
}

/** The gateway's page for a URL that it does not know. */
async function rejectRoute(exchange: Exchange, isKnownPath: boolean): Promise<void> {
  const status = isKnownPath ? 405 : 404;
  const headers = { 'content-type': 'text/html' };
  const { method } = exchange.entry;
  const text = `<html><body><h1>${status}</h1><p>${method} is not served here.</p></body></html>`;
  await respond(exchange, { status, headers, text });
}

/** Whether a request names this server: by loopback and its own port, or by a name that is allowed. */
function isAllowedHost(
  { headersDistinct, socket }: IncomingMessage,
  allowed: readonly string[],
): boolean {
  const [given, ...others] = headersDistinct['host'] ?? [];
  if (given === undefined || others.length > 0) return false;
  const host = given.toLowerCase();
  const [, name = '', port = '80'] = /^(\[[^\]]*\]|[^:]*)(?::(\d+))?$/.exec(host) ?? [];
  if (name === '') return false;
  if (LOOPBACK.test(name)) return Number(port) === socket.localPort;
  return allowed.some((each) => [host, name].includes(each.toLowerCase()));
}

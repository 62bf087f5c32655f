import http, {
  type Agent,
  type ClientRequest,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { urlToHttpOptions } from 'node:url';
import type { ByteSource } from './bytes.js';
import type { Answer } from './light.js';

/** One request, ready for the wire. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | ByteSource | undefined;
  readonly cut: Cut;
}

/** The end of a request before its time. An AbortSignal for each would take 8 µs of 70. */
export interface Cut {
  /** As a signal, made when it is asked for. */
  readonly signal: AbortSignal;
  onCut(listener: (reason: Error) => void): void;
}

/** Sends one request and gives the answer as soon as its head is there. */
export type Transport = (request: WireRequest) => Promise<Answer>;

/**
 * The transport on `node:http` and `node:https`. It follows no redirect.
 * @param heed is given what a server says of how long it keeps connections.
 */
export function nodeTransport(
  agentFor: (origin: string, secure: boolean) => Agent | Promise<Agent>,
  heed: (keepAlive: string) => void,
): Transport {
  let target: Target | undefined;
  return async (request) => {
    // A client calls one origin over and over: it is parsed once (12 µs less of 82 for a small call),
    // and what follows it is a path that is encoded already.
    if (target === undefined || !request.url.startsWith(`${target.origin}/`)) {
      target = targetOf(request.url);
    }
    const found = agentFor(target.origin, target.secure);
    const answer = await send(request, target, found instanceof Promise ? await found : found);
    const keepAlive = answer.headers['keep-alive'];
    if (typeof keepAlive === 'string') heed(keepAlive);
    return {
      status: answer.statusCode ?? 0,
      statusText: answer.statusMessage ?? '',
      headers: answer.headers,
      body: answer,
    };
  };
}

function send(
  { method, url, headers, body, cut }: WireRequest,
  { secure, origin, servername, protocol, hostname, port }: Target,
  agent: Agent,
): Promise<IncomingMessage> {
  const path = url.slice(origin.length);
  const options = { protocol, hostname, port, servername, path, method, headers, agent };
  return new Promise((resolve, reject) => {
    let answered = false;
    // Read from the module's object at each request: nock and msw replace `request` there, and would not
    // reach a named import.
    const request = (secure ? https : http).request(options, (answer) => {
      answered = true;
      resolve(answer);
    });
    // Stays for the whole life of the request: a socket may also break after the answer's head,
    // which the reader of the body is then told of.
    request.on('error', reject);
    // A switch of protocols ends the request without an answer and without an error.
    request.on('close', () => {
      if (!answered) reject(new Error('the connection ended without an answer'));
    });
    cut.onCut((reason) => request.destroy(reason));
    if (typeof body === 'object') void pump(body, request);
    else request.end(body);
  });
}

/** Where a URL leads to, but for its path. */
interface Target extends Pick<RequestOptions, 'protocol' | 'hostname' | 'port'> {
  readonly origin: string;
  readonly secure: boolean;
  /** Node would work it out anew for each request, 2 % of a small one; an address has none. */
  readonly servername: string;
}

function targetOf(url: string): Target {
  const { origin } = new URL(url);
  const { protocol, hostname, port } = urlToHttpOptions(new URL(origin));
  const servername = isIP(hostname ?? '') === 0 ? (hostname ?? '') : '';
  return { origin, secure: protocol === 'https:', servername, protocol, hostname, port };
}

/** Writes the bytes as fast as the socket takes them, and no faster. */
async function pump(body: ByteSource, request: ClientRequest): Promise<void> {
  let answered = false;
  request.once('response', (answer) => {
    if (request.writableEnded) return;
    // An answer before the end of the request is a refusal. What is left of the body is of no use,
    // and without it the connection is not either.
    answered = true;
    answer.once('close', () => request.destroy());
  });
  try {
    await body.pump(
      (chunk) =>
        new Promise((resolve, reject) => {
          if (answered) reject(new Error('the answer came before the end of the body'));
          else request.write(chunk, (error) => (error ? reject(error) : resolve()));
        }),
    );
    request.end();
  } catch (error) {
    if (!answered) request.destroy(error as Error);
  }
}

/** A transport that calls the caller's own `fetch` as `(url, init)`. */
export function fetchTransport(fetch: typeof globalThis.fetch): Transport {
  return async ({ method, url, headers, body, cut: { signal } }) => {
    const init: RequestInit = { method, headers, signal, redirect: 'manual' };
    if (typeof body === 'string') init.body = body;
    // Not 'manual' for bytes: fetch then keeps a copy of them for a redirect that is refused anyway.
    else if (body !== undefined) {
      Object.assign(init, { body: toStream(body), duplex: 'half', redirect: 'error' });
    }
    const response = await fetch(url, init);
    if (!(response instanceof Response)) throw new TypeError('the fetch option gave no Response');
    // fetch unpacks the body and leaves the headers that told of the packing.
    const { 'content-encoding': packed, ...headersOf } = Object.fromEntries(response.headers);
    if (packed !== undefined) delete headersOf['content-length'];
    return {
      status: response.status,
      statusText: response.statusText,
      headers: headersOf,
      body: response.body === null ? Buffer.alloc(0) : Readable.fromWeb(response.body),
    };
  };
}

/** The bytes as a web stream; whoever reads it may keep a chunk, so each is a copy. */
function toStream(body: ByteSource): ReadableStream<Uint8Array> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  body
    .pump((chunk) => writer.write(Uint8Array.from(chunk)))
    .then(() => writer.close())
    .catch((error: unknown) => writer.abort(error))
    .catch(() => undefined); // the reader went away, and says so itself
  return readable;
}

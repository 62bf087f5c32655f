/** The transport on `node:http`: one request, one response, no redirect, no retry. */
import http, {
  type Agent,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestOptions,
} from 'node:http';
import { isIP, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { urlToHttpOptions } from 'node:url';
import { LateModule } from '../shared/import-late.js';
import type { NodeUpload } from './node-upload.js';
import type { Upload } from './upload.js';

const uploads = new LateModule(() => import('./node-upload.js'));
/** What sends the bytes of a source, for whoever wants to have it before the time of an attempt begins. */
export const importNodeUpload = () => uploads.import();
/** It brings all of TLS. */
const overTls = new LateModule(() => import('node:https'));

/** One request, ready to be sent. */
export interface TransportRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Upload | undefined;
  readonly context: AttemptContext;
}

/** What a transport shares with the attempt it works for. */
export interface AttemptContext {
  /** Whether there is a connection to send the request on. */
  isConnected: boolean;
  /** The proxy that a connection is being opened through, if any. */
  proxy: string | undefined;
  /** Whether anything may have reached the server. */
  sent: boolean;
  /** Called once more before the request goes out on a connection that had to be opened: that takes time. */
  beforeSend(): void;
  /** An AbortSignal for each attempt would take 8 µs of 70. */
  onCancel(listener: (reason: Error) => void): void;
}

/** What a transport gives: a body that was read, or one that is still to be read. */
export interface TransportResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  /**
   * Whether a body that ends is known to be complete: its length or its chunks say so. Otherwise a
   * connection that broke looks like the end.
   */
  readonly isProven: boolean;
  readonly body: Buffer | Readable;
}

/** Sends one request; resolves as soon as the status and the headers of the response are there. */
export type Transport = (request: TransportRequest) => Promise<TransportResponse>;

/**
 * The transport on `node:http` and `node:https`. It follows no redirect.
 * @param agentFor returns the agent for an origin; a promise only where a proxy is looked for.
 * @param onKeepAlive gets the `Keep-Alive` header of a response.
 */
export function nodeTransport(
  agentFor: (origin: string, secure: boolean) => Agent | Promise<Agent>,
  onKeepAlive: (keepAlive: string) => void,
): Transport {
  let target: Target | undefined;
  return async (request) => {
    // A client calls one origin over and over: it is parsed once (12 µs less of 82 for a small call),
    // and what follows it is a path that is encoded already.
    if (target === undefined || !request.url.startsWith(`${target.origin}/`)) {
      target = parseTarget(request.url);
    }
    const current = target;
    const agent = await agentFor(current.origin, current.secure);
    const { body } = request;
    const late =
      typeof body === 'object' ? (uploads.loaded ?? (await uploads.import())) : undefined;
    const client = current.secure ? (overTls.loaded ?? (await overTls.import())).default : http;
    const response = await send(client, request, current, agent, late?.NodeUpload);
    const { headers } = response;
    const keepAlive = headers['keep-alive'];
    if (typeof keepAlive === 'string') onKeepAlive(keepAlive);
    // Node keeps the first of several; the longest wait counts.
    if (headers['retry-after'] !== undefined) {
      headers['retry-after'] = response.headersDistinct['retry-after']?.join(', ');
    }
    return {
      status: response.statusCode ?? 0,
      statusText: response.statusMessage ?? '',
      isProven: hasLength(headers),
      headers,
      body: response,
    };
  };
}

/** Whether the end of a body can be distinguished from a connection that broke. */
export const hasLength = (headers: TransportResponse['headers']): boolean =>
  headers['content-length'] !== undefined ||
  /\bchunked\s*$/i.test(headers['transfer-encoding'] ?? '');

/** @param Upload sends a body that comes from a source. */
function send(
  client: Pick<typeof http, 'request'>,
  outgoing: TransportRequest,
  target: Target,
  agent: Agent,
  Upload: typeof NodeUpload | undefined,
): Promise<IncomingMessage> {
  const { body, context } = outgoing;
  const options = toRequestOptions(outgoing, target, agent);
  return new Promise((resolve, reject) => {
    let hasResponse = false;
    // Read from the module's object at each request: nock and msw replace `request` there, and would not
    // reach a named import.
    const request = client.request(options);
    const upload =
      typeof body === 'object' && Upload !== undefined
        ? new Upload(request, body, context)
        : undefined;
    request.on('socket', (socket) => {
      // Not earlier: bytes that wait inside of the request are no longer the source's, and may change.
      upload?.start();
      whenConnected(socket, () => {
        context.isConnected = true;
        if (!request.reusedSocket) context.beforeSend();
        if (request.destroyed) return;
        // With a body from a source, Node keeps the headers back until its first byte is written.
        context.sent = typeof body !== 'object' || body.handed > 0 || body.size === 0;
      });
    });
    request.on('response', (response) => {
      hasResponse = true;
      context.sent = true;
      if (upload === undefined) resolve(response);
      else upload.receive(response).then(resolve, reject);
    });
    // Stays for the whole life of the request: a socket may also break after the headers of the
    // response; the reader of the body then gets that error, too.
    request.on('error', (error) => {
      if (request.reusedSocket && !hasResponse) dropIdleSockets(agent, target);
      reject(error);
    });
    // A switch of protocols ends the request without a response and without an error.
    request.on('close', () => {
      if (!hasResponse) reject(new Error('the connection ended without a response'));
    });
    context.onCancel((reason) => request.destroy(reason));
    if (upload === undefined) request.end(body as string | undefined);
  });
}

function toRequestOptions(
  { method, url, headers, context }: TransportRequest,
  { origin, protocol, hostname, port, servername }: Target,
  agent: Agent,
): RequestOptions & { readonly servername: string; readonly context: AttemptContext } {
  return {
    protocol,
    hostname,
    port,
    servername,
    path: url.slice(origin.length),
    method,
    headers,
    agent,
    // For a proxy's agent, which takes time to connect: a request without a socket cannot stop it.
    context,
  };
}

/**
 * Calls back once a request may go out on a socket: at once on one that was used before, else when it
 * is connected and, with TLS, the handshake is done.
 */
function whenConnected(
  socket: Socket & { secureConnecting?: boolean },
  callback: () => void,
): void {
  if (socket.destroyed) return; // without a file descriptor, for instance, it never connects
  if (socket.secureConnecting === true) socket.once('secureConnect', callback);
  else if (socket.connecting) socket.once('connect', callback);
  else callback();
}

/**
 * One kept connection was dead, so the others are likely to be: the next attempt gets a new one.
 */
function dropIdleSockets(agent: Agent, { hostname, port, secure }: Target): void {
  const name = `${hostname}:${port || (secure ? 443 : 80)}:`;
  for (const [key, sockets] of Object.entries(agent.freeSockets ?? {})) {
    if (!key.startsWith(name)) continue;
    for (const socket of sockets ?? []) socket.destroy();
  }
}

/** Where a URL leads to, but for its path. */
interface Target extends Pick<RequestOptions, 'protocol' | 'hostname' | 'port'> {
  readonly origin: string;
  readonly secure: boolean;
  /** Node would derive it again for each request, 2 % of a small one; an address has none. */
  readonly servername: string;
}

function parseTarget(url: string): Target {
  const { origin } = new URL(url);
  const { protocol, hostname, port } = urlToHttpOptions(new URL(origin));
  const servername = isIP(hostname ?? '') === 0 ? (hostname ?? '') : '';
  return { origin, secure: protocol === 'https:', servername, protocol, hostname, port };
}

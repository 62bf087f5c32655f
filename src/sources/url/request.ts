/** One request for a range of a URL. Nothing of the platform goes there: no token, no key, no header of a client. */
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { IdleSockets } from '../../http/agents/idle-sockets.js';
import { isLoopback } from '../../http/agents/no-proxy.js';
import { Proxies } from '../../http/agents/proxies.js';
import { Secrets } from '../../http/redact.js';
import type { ByteRange } from '../../resources/types.js';
import { SourceError } from '../../shared/errors.js';
import { freeBuffer } from '../../shared/free-buffer.js';
import type { UrlAddress } from './address.js';

const MAX_REDIRECTS = 5;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const IDLE_MS = 4000;

/** Parts are large, and a load may read from many hosts: no connection is kept. */
const AGENTS = {
  'http:': new http.Agent({ keepAlive: false }),
  'https:': new https.Agent({ keepAlive: false }),
} as const;

let proxies: Proxies | undefined;

/** The same proxies as for the platform. */
function findAgent(url: URL): http.Agent {
  proxies ??= new Proxies(new Secrets(), new IdleSockets([], IDLE_MS));
  const isSecure = url.protocol === 'https:';
  return proxies.agentFor(url.origin) ?? AGENTS[isSecure ? 'https:' : 'http:'];
}

/** How long the server may be silent. */
export interface RequestOptions {
  timeoutMs: number;
  signal: AbortSignal;
  /** The version that is wanted, where the server can compare it. */
  ifMatch?: string | undefined;
}

/**
 * Asks for a range, and follows redirects. The body is to be read or destroyed.
 * @throws {SourceError} for a redirect that is not followed; {Error} where there is no response.
 */
export async function requestRange(
  { href, identity }: UrlAddress,
  { start, end }: ByteRange,
  options: RequestOptions,
): Promise<IncomingMessage> {
  const headers: Record<string, string> = {
    range: `bytes=${start}-${end - 1}`,
    'accept-encoding': 'identity',
    ...(options.ifMatch === undefined ? {} : { 'if-match': options.ifMatch }),
  };
  let url = new URL(href);
  for (let redirects = 0; ; redirects++) {
    const response = await send(url, headers, options);
    const { location } = response.headers;
    if (!REDIRECTS.has(response.statusCode ?? 0) || location === undefined) return response;
    response.destroy();
    if (redirects === MAX_REDIRECTS) {
      throw new SourceError(identity, `${identity} redirects more than ${MAX_REDIRECTS} times.`);
    }
    url = resolveRedirect(location, url, identity);
  }
}

/** @throws {SourceError} for a URL that is not followed. */
export function resolveRedirect(location: string, from: URL, identity: string): URL {
  let url: URL;
  try {
    url = new URL(location, from);
  } catch {
    throw new SourceError(identity, `${identity} redirects to what is not a URL.`);
  }
  const obstacle = findObstacle(url, from);
  if (obstacle === undefined) return url;
  const message = `${identity} redirects to ${url.protocol}//${url.host}, which is not followed: ${obstacle}.`;
  throw new SourceError(identity, message);
}

/** https leads to https alone, and nothing leads from elsewhere to this machine. */
function findObstacle(url: URL, from: URL): string | undefined {
  if (isLoopback(url) && !isLoopback(from)) return 'it is on this machine';
  if (url.username !== '' || url.password !== '') return 'it has a user name or a password';
  const isPlain = url.protocol === 'http:' && from.protocol === 'http:' && isLoopback(url);
  return url.protocol === 'https:' || isPlain ? undefined : 'only https is';
}

function send(
  url: URL,
  headers: Record<string, string>,
  { timeoutMs, signal }: RequestOptions,
): Promise<IncomingMessage> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const client = url.protocol === 'https:' ? https : http;
    const request = client.request(url, { agent: findAgent(url), headers });
    const timer = setTimeout(
      () => request.destroy(new Error(`it did not respond within ${timeoutMs} ms`)),
      timeoutMs,
    );
    const onAbort = () => request.destroy(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const settle = () => clearTimeout(timer);
    request.once('response', (response) => {
      settle();
      response.once('close', () => signal.removeEventListener('abort', onAbort));
      resolve(response);
    });
    request.once('error', (error) => {
      settle();
      signal.removeEventListener('abort', onAbort);
      reject(error);
    });
    request.on('error', () => undefined); // the reader of the body gets it, too
    freeSocketBuffers(request);
    request.end();
  });
}

/**
 * Frees the memory that the socket is read into. The parser of Node hands on copies; what they were made of is garbage that
 * otherwise comes to 35 MB, more than all else that an ingest of a URL holds. Where a runtime hands on the same memory,
 * nothing is freed.
 */
function freeSocketBuffers(request: ClientRequest): void {
  let handedOn: ArrayBufferLike | undefined;
  request.once('response', (response) => {
    const push = response.push.bind(response);
    response.push = (chunk: Uint8Array | null, encoding) => {
      handedOn = chunk?.buffer;
      return push(chunk, encoding);
    };
  });
  request.once('socket', (socket) => {
    // After the parser's own listener.
    socket.on('data', (chunk: Uint8Array) => {
      if (handedOn !== undefined && handedOn !== chunk.buffer) freeBuffer(chunk);
    });
  });
}

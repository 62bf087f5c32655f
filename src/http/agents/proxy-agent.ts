/**
 * An agent whose connections are tunnels through an HTTP proxy. Built on sockets and not on
 * `http.request`, so that nothing that observes or replaces requests sees the proxy's password.
 */
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import { connect, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { isNativeError } from 'node:util/types';
import { systemCode } from '../../shared/thrown.js';
import type { AttemptContext } from '../transport.js';
import { formatAuthority, formatProxy, type ProxyAddress } from './proxy-address.js';

/** The longest head of a response to CONNECT; Node allows as much for any response. */
const MAX_HEAD_BYTES = 16 * 1024;
const END_OF_HEAD = /\n\r?\n/g;
const STATUS_LINE = /^HTTP\/1\.[01] (\d{3})(?: ([^\r\n]*))?\r?\n/;
/** A response before the one that counts (RFC 9110, 15.2); 101 would switch to another protocol. */
const INTERIM_STATUS = /^HTTP\/1\.[01] 1(?!01)\d\d[ \r\n]/;
const MAX_INTERIM_RESPONSES = 8;
/** As much of a reason phrase as is quoted. */
const MAX_REASON_LENGTH = 100;
/** Beside 5xx; the next attempt would end alike after any other status. */
const TRANSIENT_STATUSES = new Set([408, 429]);

/** A failure to open a tunnel. It has no `cause`: the message quotes it, and `code` is the same. */
class ProxyError extends Error {
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined) {
    super(message);
    this.code = code;
  }
}

export class ProxyAgent extends HttpsAgent {
  readonly #proxy: ProxyAddress;
  readonly #onOpen: () => void;
  /** For each tunnel that is being opened, the function that ends it. */
  readonly #opening = new Set<(error: Error) => void>();

  /** @param onOpen is called for each tunnel, just before a request gets it. */
  constructor(proxy: ProxyAddress, onOpen: () => void) {
    super({ keepAlive: true });
    this.#proxy = proxy;
    this.#onOpen = onOpen;
  }

  /**
   * Hands out a tunnel when TLS with the origin is established, and not earlier: until a request has
   * its socket, nothing of it was sent.
   * @param options those of the request. Its `context` ends the tunnel: a request that is destroyed
   * while it has no socket emits nothing.
   */
  override createConnection(
    options: RequestOptions & { readonly context?: AttemptContext },
    callback: (error: Error | null, socket: Duplex) => void = () => undefined,
  ): undefined {
    const proxy = this.#proxy;
    const name = formatProxy(proxy);
    const target = formatAuthority(options.host ?? 'localhost', options.port ?? 443);
    const socket = connectToProxy(proxy);
    let phase = `cannot connect to the proxy ${name}`;
    let secured: Duplex | null | undefined;
    const settle = (error: Error | null) => {
      if (!this.#opening.delete(settle)) return;
      if (error === null) {
        this.#onOpen();
      } else {
        secured?.destroy();
        socket.destroy();
      }
      callback(error, secured ?? socket);
    };
    // Both stay for the life of the socket: an error that nobody listens to ends the process.
    const onError = (error: unknown) => {
      const code = systemCode(error);
      const isClearText = secured !== undefined && code === 'ERR_SSL_WRONG_VERSION_NUMBER';
      const what = isClearText ? 'clear text came from the proxy in place of TLS' : describe(error);
      settle(new ProxyError(`${phase}: ${what}`, code));
    };
    const onClose = () =>
      settle(new ProxyError(`${phase}: the connection was closed`, 'ECONNRESET'));

    this.#opening.add(settle);
    if (options.context !== undefined) {
      options.context.proxy = name;
      options.context.onCancel(settle);
    }
    socket.on('error', onError).on('close', onClose);
    socket.once(proxy.secure ? 'secureConnect' : 'connect', () => {
      phase = `the proxy ${name} sent no response to CONNECT`;
      socket.write(formatConnect(proxy, target));
      readHead(socket, (head, surplus) => {
        const error = toConnectError(proxy, target, head, surplus);
        if (error !== undefined) return settle(error);
        phase = `TLS with ${target} through the proxy ${name} failed`;
        const overTunnel = { ...options, socket };
        try {
          secured = super.createConnection(overTunnel);
        } catch (error) {
          return onError(error); // for instance a list of ciphers that holds none
        }
        secured?.on('error', onError).on('close', onClose);
        secured?.once('secureConnect', () => settle(null));
      });
    });
  }

  /** Closes all connections, those that are still being opened included. */
  override destroy(): void {
    for (const end of this.#opening) end(new Error('the agent was destroyed'));
    super.destroy();
  }
}

function connectToProxy({ secure, host, port }: ProxyAddress): Socket {
  const options = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 1000 };
  if (!secure) return connect(options);
  return connectTls({
    ...options,
    servername: isIP(host) === 0 ? host : '',
    ALPNProtocols: ['http/1.1'],
  });
}

function formatConnect({ authorization }: ProxyAddress, target: string): string {
  const credentials =
    authorization === undefined ? '' : `Proxy-Authorization: ${authorization}\r\n`;
  return `CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${credentials}\r\n`;
}

/**
 * Reads up to the end of a response's head, and stops the socket there.
 * @param done receives the head, or `undefined` if it is too long, and how many bytes came after it.
 */
function readHead(socket: Socket, done: (head: string | undefined, surplus: number) => void): void {
  let text = '';
  let interimLeft = MAX_INTERIM_RESPONSES;
  const onData = (chunk: Buffer) => {
    let from = Math.max(0, text.length - 2);
    text += chunk.toString('latin1');
    for (;;) {
      END_OF_HEAD.lastIndex = from;
      const end = END_OF_HEAD.exec(text) === null ? undefined : END_OF_HEAD.lastIndex;
      if (end === undefined && text.length <= MAX_HEAD_BYTES) return;
      const head = end === undefined || end > MAX_HEAD_BYTES ? undefined : text.slice(0, end);
      text = text.slice(end ?? text.length);
      from = 0;
      if (head !== undefined && INTERIM_STATUS.test(head) && interimLeft-- > 0) continue;
      socket.off('data', onData).pause();
      return done(head, head === undefined ? 0 : text.length);
    }
  };
  socket.on('data', onData);
}

/** Why a response to CONNECT opens no tunnel, if it opens none. Only 200 does. */
function toConnectError(
  proxy: ProxyAddress,
  target: string,
  head: string | undefined,
  surplus: number,
): ProxyError | undefined {
  const name = formatProxy(proxy);
  if (head === undefined) {
    const message = `the proxy ${name} sent ${MAX_HEAD_BYTES} bytes and no end of its response's head`;
    return new ProxyError(message, 'ERR_PROXY_RESPONSE');
  }
  const [line, digits, reason = ''] = STATUS_LINE.exec(head) ?? [];
  if (line === undefined) {
    const message = `the proxy ${name} sent a response to CONNECT that is not HTTP`;
    return new ProxyError(message, 'ERR_PROXY_RESPONSE');
  }
  const status = Number(digits);
  if (status === 200) {
    if (surplus === 0) return undefined;
    // In TLS the client speaks first: these bytes are the proxy's own.
    const message = `the proxy ${name} responded to CONNECT ${target} with 200 and a body instead of a tunnel`;
    return new ProxyError(message, 'ERR_PROXY_REFUSED');
  }
  const isTransient = status >= 500 || TRANSIENT_STATUSES.has(status);
  const said = `${status} ${reason.slice(0, MAX_REASON_LENGTH)}`.trim();
  const hint = status === 407 ? `. ${credentialsHint(proxy)}` : '';
  const message = `the proxy ${name} refused the tunnel to ${target} with ${said}${hint}`;
  return new ProxyError(message, isTransient ? 'ERR_PROXY_UNAVAILABLE' : 'ERR_PROXY_REFUSED');
}

function credentialsHint({ variable, secure, host, port, authorization }: ProxyAddress): string {
  const example = `${variable}=http${secure ? 's' : ''}://user:password@${formatAuthority(host, port)}`;
  return authorization === undefined
    ? `Give its credentials: ${example}`
    : `It does not accept the credentials in ${variable}: check them in ${example}`;
}

/** What an error says; one of several addresses that failed has its text in `errors`. */
function describe(error: unknown): string {
  if (!isNativeError(error)) return String(error);
  const many = error instanceof AggregateError ? error.errors.map(describe).join('; ') : '';
  return error.message || many || (systemCode(error) ?? error.name);
}

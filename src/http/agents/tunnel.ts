/** Opens one tunnel through an HTTP proxy: a connection, CONNECT, then TLS with the origin. */
import { connect, isIP, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls } from 'node:tls';
import { isNativeError } from 'node:util/types';
import { systemCode } from '../../shared/thrown.js';
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

/** What an agent does for the tunnels that it opens. */
export interface TunnelHooks {
  /** Starts TLS with the origin on the socket to the proxy. */
  readonly startTls: (socket: Socket) => Duplex | null | undefined;
  /** Called once: with the tunnel, or with an error and a socket that is destroyed. */
  readonly onSettled: (error: Error | null, socket: Duplex) => void;
}

export class TunnelOpening {
  readonly #proxy: ProxyAddress;
  readonly #target: string;
  readonly #hooks: TunnelHooks;
  /** To the proxy. */
  readonly #socket: Socket;
  /** TLS with the origin, over `#socket`. */
  #secured: Duplex | null | undefined;
  /** What fails if an error comes now, for messages. */
  #phase: string;
  #isSettled = false;

  /** @param target the origin's host and port. */
  constructor(proxy: ProxyAddress, target: string, hooks: TunnelHooks) {
    this.#proxy = proxy;
    this.#target = target;
    this.#hooks = hooks;
    this.#phase = `cannot connect to the proxy ${formatProxy(proxy)}`;
    this.#socket = connectToProxy(proxy);
    this.#listen(this.#socket);
    this.#socket.once(proxy.secure ? 'secureConnect' : 'connect', this.#sendConnect);
  }

  cancel(reason: Error): void {
    this.#settle(reason);
  }

  readonly #sendConnect = () => {
    this.#phase = `the proxy ${formatProxy(this.#proxy)} sent no response to CONNECT`;
    this.#socket.write(formatConnect(this.#proxy, this.#target));
    readHead(this.#socket, (head, surplus) => {
      const error = toConnectError(this.#proxy, this.#target, head, surplus);
      if (error === undefined) this.#startTls();
      else this.#settle(error);
    });
  };

  #startTls(): void {
    this.#phase = `TLS with ${this.#target} through the proxy ${formatProxy(this.#proxy)} failed`;
    try {
      this.#secured = this.#hooks.startTls(this.#socket);
    } catch (error) {
      this.#onError(error); // for instance a list of ciphers that holds none
      return;
    }
    if (!this.#secured) return;
    this.#listen(this.#secured);
    this.#secured.once('secureConnect', () => this.#settle(null));
  }

  /** Both listeners stay for the life of the socket: an error that nobody listens to ends the process. */
  #listen(socket: Duplex): void {
    socket.on('error', (error) => this.#onError(error));
    socket.on('close', () => {
      this.#settle(new ProxyError(`${this.#phase}: the connection was closed`, 'ECONNRESET'));
    });
  }

  #onError(error: unknown): void {
    const code = systemCode(error);
    const isClearText = this.#secured !== undefined && code === 'ERR_SSL_WRONG_VERSION_NUMBER';
    const what = isClearText ? 'clear text came from the proxy in place of TLS' : describe(error);
    this.#settle(new ProxyError(`${this.#phase}: ${what}`, code));
  }

  #settle(error: Error | null): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    if (error !== null) {
      this.#secured?.destroy();
      this.#socket.destroy();
    }
    this.#hooks.onSettled(error, this.#secured ?? this.#socket);
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
  const message = `the proxy ${name} rejected the tunnel to ${target} with ${said}${hint}`;
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

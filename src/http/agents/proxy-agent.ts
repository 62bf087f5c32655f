/**
 * An agent whose connections are tunnels through an HTTP proxy. Built on sockets and not on
 * `http.request`, so that nothing that observes or replaces requests sees the proxy's password.
 */
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AttemptContext } from '../transport.js';
import { formatAuthority, formatProxy, type ProxyAddress } from './proxy-address.js';
import { TunnelOpening } from './tunnel.js';

export class ProxyAgent extends HttpsAgent {
  readonly #proxy: ProxyAddress;
  readonly #onOpen: () => void;
  readonly #opening = new Set<TunnelOpening>();

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
    const target = formatAuthority(options.host ?? 'localhost', options.port ?? 443);
    const startTls = (socket: Socket) => {
      const overTunnel = { ...options, socket };
      return super.createConnection(overTunnel);
    };
    const opening = new TunnelOpening(this.#proxy, target, {
      startTls,
      onSettled: (error, socket) => {
        this.#opening.delete(opening);
        if (error === null) this.#onOpen();
        callback(error, socket);
      },
    });
    this.#opening.add(opening);
    if (options.context === undefined) return;
    options.context.proxy = formatProxy(this.#proxy);
    options.context.onCancel((reason) => opening.cancel(reason));
  }

  /** Closes all connections, those that are still being opened included. */
  override destroy(): void {
    for (const opening of this.#opening) opening.cancel(new Error('the agent was destroyed'));
    super.destroy();
  }
}

/** Which proxy the calls of a client go through. */
import type { Agent } from 'node:http';
import type { Secrets } from '../redact.js';
import type { IdleSockets } from './idle-sockets.js';
import { isExcepted, isLoopback } from './no-proxy.js';
import { parseProxy } from './proxy-address.js';
import { ProxyAgent } from './proxy-agent.js';
import { readEnvironment, readProxyVariable } from './proxy-variables.js';

/** The agents for proxies, which belong to one client. */
export class Proxies {
  readonly #agents = new Map<string, ProxyAgent>();
  readonly #secrets: Secrets;
  readonly #idle: IdleSockets;

  /**
   * @param secrets receives the passwords of proxies.
   * @param idle drops the tunnels that are not used.
   */
  constructor(secrets: Secrets, idle: IdleSockets) {
    this.#secrets = secrets;
    this.#idle = idle;
  }

  /**
   * The agent for an origin, where `HTTPS_PROXY` or `ALL_PROXY` names a proxy and `NO_PROXY` does not
   * except the origin. Loopback is never called through a proxy, and only there is plain http used.
   * @throws {InvalidInputError} when the proxy cannot be used.
   */
  agentFor(origin: string): Agent | undefined {
    const found = readProxyVariable();
    if (found === undefined) return undefined;
    const url = new URL(origin);
    if (url.protocol !== 'https:' || isLoopback(url)) return undefined;
    if (isExcepted(readEnvironment('no_proxy', 'NO_PROXY')?.value ?? '', url)) return undefined;
    let agent = this.#agents.get(found.value);
    if (agent === undefined) {
      const proxy = parseProxy(found.name, found.value);
      for (const secret of proxy.secrets) this.#secrets.add(secret);
      // The watch ends while a tunnel is the only connection and is not open yet.
      agent = new ProxyAgent(proxy, () => this.#idle.watch());
      this.#idle.add(agent);
      this.#agents.set(found.value, agent);
    }
    return agent;
  }

  /** Closes all connections, those that are still being opened included. */
  destroy(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }
}

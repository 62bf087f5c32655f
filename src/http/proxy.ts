import type { Agent } from 'node:http';

/** The variables that a proxy is named in. */
const VARIABLES = [
  'HTTPS_PROXY',
  'https_proxy',
  'HTTP_PROXY',
  'http_proxy',
  'ALL_PROXY',
  'all_proxy',
];

/** The agents for proxies, which belong to one client. */
export class Proxies {
  readonly #agents = new Map<string, Agent>();
  readonly #idleMs: number;

  /** @param idleMs how long a connection that is not used is kept. */
  constructor(idleMs: number) {
    this.#idleMs = idleMs;
  }

  /**
   * The agent for a URL, where `HTTPS_PROXY` and its like name a proxy for it and `NO_PROXY` does
   * not except it. What it takes is imported only then.
   */
  agentFor(url: string): Promise<Agent | undefined> | undefined {
    return VARIABLES.some((name) => process.env[name]) ? this.#load(url) : undefined;
  }

  async #load(url: string): Promise<Agent | undefined> {
    const { getProxyForUrl } = await import('proxy-from-env');
    const proxy = getProxyForUrl(url);
    if (proxy === '') return undefined;
    // A tunnel for both protocols: an http origin is on loopback, and there only in a test.
    const { HttpsProxyAgent } = await import('https-proxy-agent');
    const keep = { keepAlive: true, timeout: this.#idleMs };
    const agent = this.#agents.get(proxy) ?? new HttpsProxyAgent(proxy, keep);
    this.#agents.set(proxy, agent);
    return agent;
  }

  /** Lets go of all connections. */
  destroy(): void {
    for (const agent of this.#agents.values()) agent.destroy();
  }
}

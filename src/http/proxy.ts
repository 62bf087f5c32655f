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

/** One for each proxy, so that its connections are kept. */
const agents = new Map<string, Agent>();

/**
 * The agent for an origin, where `HTTPS_PROXY` and its like name a proxy for it and `NO_PROXY` does
 * not except it. What it takes is imported only then.
 */
export function proxyAgentFor(origin: string): Promise<Agent | undefined> | undefined {
  return VARIABLES.some((name) => process.env[name]) ? load(origin) : undefined;
}

async function load(origin: string): Promise<Agent | undefined> {
  const { getProxyForUrl } = await import('proxy-from-env');
  const proxy = getProxyForUrl(origin);
  if (proxy === '') return undefined;
  // A tunnel for both protocols: an http origin is on loopback, and there only in a test.
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  const agent = agents.get(proxy) ?? new HttpsProxyAgent(proxy, { keepAlive: true });
  agents.set(proxy, agent);
  return agent;
}

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

const agents = new Map<string, Promise<Agent | undefined>>();

/**
 * The agent for an origin, where `HTTPS_PROXY` and its like name a proxy for it and `NO_PROXY` does
 * not except it. What it takes is imported only then.
 */
export function proxyAgentFor(origin: string): Promise<Agent | undefined> | undefined {
  if (!VARIABLES.some((name) => process.env[name])) return undefined;
  const known = agents.get(origin);
  if (known !== undefined) return known;
  const agent = load(origin);
  agents.set(origin, agent);
  return agent;
}

async function load(origin: string): Promise<Agent | undefined> {
  const { getProxyForUrl } = await import('proxy-from-env');
  const proxy = getProxyForUrl(origin);
  if (proxy === '') return undefined;
  // One tunnel for both: an http origin is on loopback, and there only in a test.
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  return new HttpsProxyAgent(proxy, { keepAlive: true });
}

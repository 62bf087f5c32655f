/** The agents of a client, those of its proxies included. Imported with the first request that needs one. */
import { type Agent, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { importLate } from '../../shared/import-late.js';
import type { Secrets } from '../redact.js';
import { IdleSockets } from './idle-sockets.js';
import type { Proxies } from './proxies.js';
import { readProxyVariable } from './proxy-variables.js';

/** Idle sockets are dropped after this, or earlier if the server says so: before it drops them. */
const IDLE_SOCKET_MS = 4000;
const KEEP_ALIVE = { keepAlive: true };

export class OwnAgents {
  readonly #secrets: Secrets;
  readonly #http = new HttpAgent(KEEP_ALIVE);
  readonly #https = new HttpsAgent(KEEP_ALIVE);
  readonly #idle = new IdleSockets([this.#http, this.#https], IDLE_SOCKET_MS);
  /** Chosen once for each origin: reading the environment takes 3 µs. */
  readonly #chosen = new Map<string, Agent>();
  #proxies: Proxies | undefined;

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  /** The agent that was chosen for an origin. */
  find(origin: string): Agent | undefined {
    this.#idle.watch();
    return this.#chosen.get(origin);
  }

  async choose(origin: string, secure: boolean): Promise<Agent> {
    const agent = (await this.findProxy(origin)) ?? (secure ? this.#https : this.#http);
    this.#chosen.set(origin, agent);
    this.#idle.watch();
    return agent;
  }

  /** The agent of the proxy for an origin, if there is one; what goes through proxies is imported only then. */
  async findProxy(origin: string): Promise<Agent | undefined> {
    if (readProxyVariable() === undefined) return undefined;
    const { Proxies } = await importLate(() => import('./proxies.js'));
    this.#proxies ??= new Proxies(this.#secrets, this.#idle);
    return this.#proxies.agentFor(origin);
  }

  applyKeepAliveHint(keepAlive: string): void {
    this.#idle.applyKeepAliveHint(keepAlive);
  }

  /** Closes all sockets. */
  close(): void {
    this.#idle.stop();
    this.#http.destroy();
    this.#https.destroy();
    this.#proxies?.destroy();
  }
}

/**
 * What all calls of one client share, put together: options, transport, agents, tokens, lifetime.
 * `http/` makes calls safe to send and to repeat. It knows no operation. It may import `shared/`,
 * and the type of a byte source from `generated/`.
 */
import type { Agent } from 'node:http';
import { importLate } from '../shared/import-late.js';
import type { OwnAgents } from './agents/own-agents.js';
import { fixedToken, type TokenSource, tokenFunction } from './auth.js';
import type { CallContext } from './call-context.js';
import { abortError } from './errors.js';
import { lateTokens } from './late-tokens.js';
import { lateFetchTransport, prepareFetchTransport } from './late-transport.js';
import { ClientLifetime } from './lifetime.js';
import type { TokenService } from './oauth-tokens.js';
import type { ResolvedOptions } from './options.js';
import { nodeTransport, type Transport } from './transport.js';

/** What a notice is cut to. */
const NOTICE_LIMITS = { maxDepth: 20, maxCharacters: 1_000_000 };

export class HttpClient implements CallContext {
  readonly options: ResolvedOptions;
  readonly transport: Transport;
  readonly tokens: TokenSource;
  readonly lifetime = new ClientLifetime();
  #agents: OwnAgents | undefined;

  /** @param importTokenService imports what is called where the credentials are those of OAuth. */
  constructor(options: ResolvedOptions, importTokenService: () => Promise<TokenService>) {
    this.options = options;
    this.transport = this.#createTransport();
    this.tokens = this.#createTokenSource(importTokenService);
  }

  #createTransport(): Transport {
    const { fetch, agent } = this.options;
    if (fetch !== undefined) return lateFetchTransport(fetch);
    const agentFor = (origin: string, secure: boolean) =>
      agent ?? this.#agents?.find(origin) ?? this.#chooseAgent(origin, secure);
    return nodeTransport(agentFor, (keepAlive) => this.#agents?.applyKeepAliveHint(keepAlive));
  }

  /** Imports what an attempt needs; `undefined` once it is there. */
  readonly prepare = (): Promise<unknown> | undefined => {
    const { fetch, agent } = this.options;
    if (fetch !== undefined) return prepareFetchTransport();
    return agent === undefined && this.#agents === undefined ? this.#openAgents() : undefined;
  };

  async #chooseAgent(origin: string, secure: boolean): Promise<Agent> {
    const agents = await this.#openAgents();
    return agents.choose(origin, secure);
  }

  async #openAgents(): Promise<OwnAgents> {
    const { OwnAgents } = await importLate(() => import('./agents/own-agents.js'));
    this.#agents ??= new OwnAgents(this.options.secrets);
    return this.#agents;
  }

  #createTokenSource(importTokenService: () => Promise<TokenService>): TokenSource {
    const { credentials, secrets } = this.options;
    if (typeof credentials === 'string') return fixedToken(credentials);
    if (typeof credentials === 'function') return tokenFunction(credentials, secrets);
    return lateTokens(importTokenService, this, credentials);
  }

  /** Waits, unless the caller's signal or the end of the client comes first. */
  async pause(ms: number, activity: string, signal?: AbortSignal): Promise<void> {
    const { clock, origin, secrets } = this.options;
    const signals = signal === undefined ? [] : [signal];
    const sleep = (aborted: AbortSignal) => clock.sleep(ms, aborted);
    await this.lifetime.linked(signals, sleep).catch((error: unknown) => {
      const aborted = this.lifetime.findAborted(signals);
      if (aborted === undefined) throw error;
      throw abortError(activity, origin, secrets.clean(aborted.reason));
    });
  }

  /**
   * Sends JSON to a URL that is not the platform's: without credentials, redirects and retries, within 10 s.
   * @throws {Error} that says why it failed. It names no part of the URL, whose words are not masked anywhere: many are
   * ordinary ones, such as the name of the sandbox.
   */
  async postNotice(url: URL, body: object, signal: AbortSignal): Promise<void> {
    const { postNotice } = await importLate(() => import('./notice-request.js'));
    const agents = await this.#openAgents();
    const agent = await agents.findProxy(url.origin);
    const text = JSON.stringify(this.options.secrets.redactValue(body, NOTICE_LIMITS));
    await this.lifetime.linked([signal], (ended) =>
      postNotice({ url, body: text, agent, signal: ended }),
    );
  }

  /** Aborts all calls and closes all sockets. */
  close(): void {
    this.lifetime.end(new Error('the client was closed'));
    this.#agents?.close();
  }
}

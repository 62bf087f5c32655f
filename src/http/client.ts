/** Everything that surrounds the calls of one client, put together. */
import { type Agent, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { components } from '../../generated/openapi.js';
import { createRaw, type Raw, type TokenRaw } from '../typed-client/raw.js';
import { IdleSockets } from './agents/idle-sockets.js';
import { Proxies } from './agents/proxies.js';
import { fixedToken, type Patience, type TokenSource, tokenFunction } from './auth.js';
import { createCall, errorOf } from './call.js';
import { type ApiError, ambiguityHint, failed, InvalidResponseError } from './errors.js';
import { fetchTransport } from './fetch-transport.js';
import { callOf } from './lazy.js';
import { Ending } from './lifetime.js';
import { OAuthTokens, parseToken } from './oauth.js';
import { type ClientOptions, type Settings, settings } from './options.js';
import { abortError } from './own-error.js';
import { POLICY } from './policy.js';
import { Secrets } from './redact.js';
import { nodeTransport, type Transport } from './transport.js';

/** Idle sockets are dropped after this, or earlier if the server says so: before it drops them. */
const IDLE_SOCKET_MS = 4000;

const TOKEN_PATH = '/ims/token/v3';

/** What the resources call through. */
export class Connection {
  readonly raw: Raw;
  /** `raw` for the resources: with bounds checked, too. */
  readonly checked: Raw;
  readonly settings: Settings;
  readonly #closed = new Ending();
  readonly #agents: { http: HttpAgent; https: HttpsAgent };
  readonly #idle: IdleSockets;
  readonly #proxies: Proxies;

  /**
   * @param secrets those of whoever shows what the client does; the client adds its own.
   * @throws {InvalidInputError} when an option is missing or cannot be used.
   */
  constructor(options: ClientOptions, secrets = new Secrets()) {
    this.settings = settings(options, secrets);
    const keep = { keepAlive: true };
    this.#agents = { http: new HttpAgent(keep), https: new HttpsAgent(keep) };
    this.#idle = new IdleSockets(Object.values(this.#agents), IDLE_SOCKET_MS);
    this.#proxies = new Proxies(this.settings.secrets, this.#idle);
    const around = {
      settings: this.settings,
      transport: this.#transport(),
      tokens: noTokens,
      closed: this.#closed,
    };
    const ims = createRaw(this.settings.imsOrigin, createCall(around));
    const tokens = this.#tokens(ims.raw);
    const platform = createRaw(this.settings.origin, createCall({ ...around, tokens }));
    this.raw = platform.raw;
    this.checked = platform.checked;
  }

  #transport(): Transport {
    const { fetch, agent } = this.settings;
    if (fetch !== undefined) return fetchTransport(fetch);
    // Chosen once for each origin: reading the environment takes 3 µs.
    const known = new Map<string, Agent>();
    const agentFor = (origin: string, secure: boolean) => {
      if (agent !== undefined) return agent;
      this.#idle.watch();
      const chosen = known.get(origin);
      if (chosen !== undefined) return chosen;
      const own = secure ? this.#agents.https : this.#agents.http;
      const found = this.#proxies.agentFor(origin) ?? own;
      known.set(origin, found);
      return found;
    };
    return nodeTransport(agentFor, (keepAlive) => this.#idle.heed(keepAlive));
  }

  #tokens(ims: TokenRaw): TokenSource {
    const { credentials, secrets, imsOrigin } = this.settings;
    if (typeof credentials === 'string') return fixedToken(credentials);
    if (typeof credentials === 'function') return tokenFunction(credentials, secrets);
    const { clientId, clientSecret, scopes } = credentials;
    const body: components['schemas']['TokenRequest'] = {
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
      scope: String(scopes),
    };
    const request = async ({ timeoutMs, maxRetries }: Patience) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      const policy = { [POLICY]: { anonymous: true, idempotent: true } };
      const init = { body, headers, timeoutMs, maxRetries, ...policy };
      const result = await ims.POST(TOKEN_PATH, init);
      const token = parseToken(this.dataOf(result));
      if (token !== undefined) return token;
      const call = callOf(result.response);
      const what = 'the response has no access_token, or no expires_in, that can be used';
      throw new InvalidResponseError(failed(call, what), call, result.response.status);
    };
    return new OAuthTokens({ url: `${imsOrigin}${TOKEN_PATH}`, request }, this.settings);
  }

  /** The data of a success. @throws {ApiError} for a refusal, {InvalidResponseError} where there is none. */
  dataOf<T>({ data, error, response }: AnyResult<T>): NonNullable<T> {
    this.done({ error, response });
    if (typeof data === 'object' && data !== null) return data;
    const call = callOf(response);
    const body = data === undefined ? 'an empty body' : 'a body that is no JSON object';
    const what = `${response.status} with ${body}`;
    throw new InvalidResponseError(failed(call, what, ambiguityHint(call)), call, response.status);
  }

  /**
   * Makes sure of a success whose body does not matter. `response.ok` decides: a refusal with an
   * empty body has no `error` to look at.
   * @throws {ApiError} for a refusal.
   */
  done(result: AnyResult<unknown>): void {
    if (!result.response.ok) throw this.refusalOf(result);
  }

  /** The error that a response outside 2xx stands for. */
  refusalOf({ error, response }: AnyResult<unknown>): ApiError {
    return errorOf(response, error, this.settings);
  }

  /** Waits, unless the caller's signal or the end of the client comes first. */
  async pause(ms: number, what: string, signal?: AbortSignal): Promise<void> {
    const sleep = (ended: AbortSignal) => this.settings.clock.sleep(ms, ended);
    await this.#closed.linked(signal, sleep).catch((error: unknown) => {
      const ended = [signal, this.#closed.signal].find((one) => one?.aborted);
      if (ended === undefined) throw error;
      const { origin, secrets } = this.settings;
      throw abortError(what, origin, secrets.clean(ended.reason));
    });
  }

  /** Ends what is under way and lets go of all sockets. */
  close(): void {
    this.#closed.end(new Error('the client was closed'));
    this.#idle.stop();
    this.#agents.http.destroy();
    this.#agents.https.destroy();
    this.#proxies.destroy();
  }
}

/** What every call of `raw` gives. */
interface AnyResult<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** The call for a token is the one that needs none. */
const noTokens: TokenSource = fixedToken('');

/** Access tokens that a token service issues for an OAuth credential. */
import { abortable } from './abortable.js';
import type { CallLimits, OAuthCredentials, TokenSource, TokenWaiter } from './auth.js';
import type { CallContext } from './call-context.js';
import {
  ApiError,
  type AttemptInfo,
  AuthenticationError,
  formatCallError,
  TimeoutError,
} from './errors.js';
import type { ResolvedOptions } from './options.js';
import { retryDelayMs } from './retry.js';

/** A new token is requested this long before the old one expires; until it is there, calls use the old one. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** It is not used any more this long before it expires: the call itself takes time, too. */
const UNUSABLE_BEFORE_MS = 10_000;
/** Of a token with a short life, both are a share of it; else each call would request a new one. */
const RENEW_SHARE = 0.2;
const UNUSABLE_SHARE = 0.1;
/** A renewal that failed is tried again no sooner than this, while the old token is good. */
const BETWEEN_RENEWALS_MS = 10_000;
/** An older flow gives `expires_in` in milliseconds; a token of over 11 days does not exist. */
const MAX_EXPIRES_IN_SECONDS = 1_000_000;
/** Far above any life, in whichever unit: such a number is a mistake. */
const MAX_EXPIRES_IN = 1e12;

/** Visible ASCII, which alone can stand in a header, and no scheme before it. */
const TOKEN = /^(?!bearer )[\x21-\x7e]+(?: [\x21-\x7e]+)*$/i;
const DIGITS = /^\d{1,15}$/;

/** A token as the token service issued it. */
export interface IssuedToken {
  readonly token: string;
  readonly lifeMs: number;
}

/** The token of a response, or `undefined` where it cannot be used. */
export function parseToken(body: unknown): IssuedToken | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { access_token: token, expires_in: given } = body as Readonly<Record<string, unknown>>;
  const life = typeof given === 'string' && DIGITS.test(given) ? Number(given) : given;
  if (typeof token !== 'string' || !TOKEN.test(token)) return undefined;
  if (typeof life !== 'number' || !(life > 0 && life <= MAX_EXPIRES_IN)) return undefined;
  return { token, lifeMs: life > MAX_EXPIRES_IN_SECONDS ? life : life * 1000 };
}

/** The call that issues tokens for an OAuth credential. */
export interface TokenService {
  /** The operationId and the path of the document, for messages. */
  readonly operation: string;
  readonly path: string;
  readonly request: (
    client: CallContext,
    credentials: OAuthCredentials,
    limits: CallLimits,
  ) => Promise<IssuedToken>;
}

interface Current {
  readonly token: string;
  readonly unusableAtMs: number;
  renewAtMs: number;
}

interface Pending extends CallLimits {
  readonly work: Promise<string>;
}

/**
 * Tokens of an OAuth credential. However many calls wait for one, it is requested once; before it
 * expires a new one is requested while calls go on with the old one.
 */
export class OAuthTokens implements TokenSource {
  readonly #service: TokenService;
  readonly #client: CallContext;
  readonly #credentials: OAuthCredentials;
  readonly #options: ResolvedOptions;
  #current: Current | undefined;
  #pending: Pending | undefined;

  constructor(service: TokenService, client: CallContext, credentials: OAuthCredentials) {
    this.#service = service;
    this.#client = client;
    this.#credentials = credentials;
    this.#options = client.options;
  }

  ready(): string | undefined {
    const current = this.#current;
    if (current === undefined) return undefined;
    const now = this.#options.clock.monotonicNow();
    if (now >= current.unusableAtMs) return undefined;
    if (now >= current.renewAtMs) this.#renewEarly(current, now);
    return current.token;
  }

  /** If it fails, the old token is still good, and not every call is to try again. */
  #renewEarly(current: Current, now: number): void {
    const leftMs = current.unusableAtMs - now;
    current.renewAtMs = now + Math.max(BETWEEN_RENEWALS_MS, leftMs * UNUSABLE_SHARE);
    this.#fetch(this.#options).work.catch((error: unknown) => {
      if (!(error instanceof ApiError)) return;
      current.renewAtMs = Math.max(current.renewAtMs, now + (error.retryAfterMs ?? 0));
    });
  }

  request(waiter: TokenWaiter): Promise<string> {
    const pending = this.#fetch(waiter);
    const isLonger = pending.timeoutMs > waiter.timeoutMs || pending.maxRetries > waiter.maxRetries;
    if (!isLonger) return abortable(pending.work, waiter.signal);
    const ms = longestMs(waiter);
    return abortable(pending.work, waiter.signal, { ms, error: () => this.#timeout(ms) });
  }

  async renew(rejected: string, waiter: TokenWaiter): Promise<string | undefined> {
    // Another call may have got a new one already.
    if (this.#current?.token === rejected) this.#current = undefined;
    const token = this.ready() ?? (await this.request(waiter));
    return token === rejected ? undefined : token;
  }

  /**
   * The pending request, or a new one. It has the time and retries of the call that started it; one
   * that would give up earlier than this call may is not waited for.
   */
  #fetch({ timeoutMs, maxRetries }: CallLimits): Pending {
    const pending = this.#pending;
    if (pending && pending.timeoutMs >= timeoutMs && pending.maxRetries >= maxRetries) {
      return pending;
    }
    const work = this.#issue({ timeoutMs, maxRetries }).finally(() => {
      if (this.#pending === started) this.#pending = undefined;
    });
    const started = { timeoutMs, maxRetries, work };
    this.#pending = started;
    return started;
  }

  async #issue(limits: CallLimits): Promise<string> {
    const { clock, secrets } = this.#options;
    const requestedAtMs = clock.monotonicNow();
    const { token, lifeMs } = await this.#service
      .request(this.#client, this.#credentials, limits)
      .catch(rethrowAsAuthentication);
    secrets.add(token);
    const endsAtMs = requestedAtMs + lifeMs;
    const unusableAtMs = endsAtMs - Math.min(UNUSABLE_BEFORE_MS, lifeMs * UNUSABLE_SHARE);
    const renewAtMs = endsAtMs - Math.min(RENEW_BEFORE_MS, lifeMs * RENEW_SHARE);
    this.#current = { token, unusableAtMs, renewAtMs };
    return token;
  }

  /** The wait for a request that another call has started. */
  #timeout(ms: number): TimeoutError {
    const { operation, path } = this.#service;
    const info: AttemptInfo = {
      operation,
      method: 'POST',
      url: `${this.#options.imsOrigin}${path}`,
      attempts: 1,
      maxAttempts: 1,
      requestId: undefined,
      stateUnknown: false,
      priorAttemptAmbiguous: false,
    };
    return new TimeoutError(formatCallError(info, `no access token within ${ms} ms`), info, ms);
  }
}

/** How long a request of that call's own could have taken. */
function longestMs({ timeoutMs, maxRetries }: CallLimits): number {
  let ms = timeoutMs;
  for (let retry = 1; retry <= maxRetries; retry++)
    ms += timeoutMs + retryDelayMs(retry, undefined, 1);
  return ms;
}

/** A rejected credential is a matter of authentication, whichever status says so. */
function rethrowAsAuthentication(error: unknown): never {
  const isRejected = error instanceof ApiError && [400, 401, 403].includes(error.status);
  throw isRejected
    ? new AuthenticationError({ ...error, info: error, message: error.message })
    : error;
}

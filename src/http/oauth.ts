import { type Patience, type TokenSource, type TokenWaiter, within } from './auth.js';
import { ApiError, type AttemptInfo, AuthenticationError, failed, TimeoutError } from './errors.js';
import type { Settings } from './options.js';
import { retryDelayMs } from './retry.js';

/** A new token is requested this long before the old one expires, while calls go on with the old one. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** And this long before it expires it is not used any more: a call takes its time, too. */
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
export function parseToken(body: object): IssuedToken | undefined {
  const { access_token: token, expires_in: given } = body as Readonly<Record<string, unknown>>;
  const life = typeof given === 'string' && DIGITS.test(given) ? Number(given) : given;
  if (typeof token !== 'string' || !TOKEN.test(token)) return undefined;
  if (typeof life !== 'number' || !(life > 0 && life <= MAX_EXPIRES_IN)) return undefined;
  return { token, lifeMs: life > MAX_EXPIRES_IN_SECONDS ? life : life * 1000 };
}

/** The token service. */
export interface TokenService {
  readonly url: string;
  request(patience: Patience): Promise<IssuedToken>;
}

interface Current {
  readonly token: string;
  readonly unusableAtMs: number;
  renewAtMs: number;
}

interface Pending extends Patience {
  readonly work: Promise<string>;
}

/**
 * Tokens of an OAuth credential. However many calls wait for one, it is requested once; before it
 * expires a new one is requested while calls go on with the old one.
 */
export class OAuthTokens implements TokenSource {
  readonly #service: TokenService;
  readonly #settings: Settings;
  #current: Current | undefined;
  #pending: Pending | undefined;

  constructor(service: TokenService, settings: Settings) {
    this.#service = service;
    this.#settings = settings;
  }

  ready(): string | undefined {
    const current = this.#current;
    if (current === undefined) return undefined;
    const now = this.#settings.clock.monotonicNow();
    if (now >= current.unusableAtMs) return undefined;
    if (now >= current.renewAtMs) this.#renewEarly(current, now);
    return current.token;
  }

  /** If it fails, the old token is still good, and not every call is to try again. */
  #renewEarly(current: Current, now: number): void {
    const leftMs = current.unusableAtMs - now;
    current.renewAtMs = now + Math.max(BETWEEN_RENEWALS_MS, leftMs * UNUSABLE_SHARE);
    this.#fetch(this.#settings).work.catch((error: unknown) => {
      if (!(error instanceof ApiError)) return;
      current.renewAtMs = Math.max(current.renewAtMs, now + (error.retryAfterMs ?? 0));
    });
  }

  request(waiter: TokenWaiter): Promise<string> {
    const pending = this.#fetch(waiter);
    const isLonger = pending.timeoutMs > waiter.timeoutMs || pending.maxRetries > waiter.maxRetries;
    if (!isLonger) return within(pending.work, waiter.signal);
    const ms = longestMs(waiter);
    return within(pending.work, waiter.signal, { ms, error: () => this.#timeout(ms) });
  }

  async renew(refused: string, waiter: TokenWaiter): Promise<string | undefined> {
    // Another call may have got a new one already.
    if (this.#current?.token === refused) this.#current = undefined;
    const token = this.ready() ?? (await this.request(waiter));
    return token === refused ? undefined : token;
  }

  /**
   * The pending request, or a new one. It has the time and retries of the call that started it; one
   * that would give up earlier than this call may is not waited for.
   */
  #fetch({ timeoutMs, maxRetries }: Patience): Pending {
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

  async #issue(patience: Patience): Promise<string> {
    const { clock, secrets } = this.#settings;
    const askedAtMs = clock.monotonicNow();
    const { token, lifeMs } = await this.#service.request(patience).catch(asAuthentication);
    secrets.add(token);
    const endsAtMs = askedAtMs + lifeMs;
    const unusableAtMs = endsAtMs - Math.min(UNUSABLE_BEFORE_MS, lifeMs * UNUSABLE_SHARE);
    const renewAtMs = endsAtMs - Math.min(RENEW_BEFORE_MS, lifeMs * RENEW_SHARE);
    this.#current = { token, unusableAtMs, renewAtMs };
    return token;
  }

  /** The wait for a request that another call has started. */
  #timeout(ms: number): TimeoutError {
    const facts: AttemptInfo = {
      ...{ operation: 'getToken', method: 'POST', url: this.#service.url },
      ...{ attempts: 1, maxAttempts: 1, requestId: undefined },
      ...{ stateUnknown: false, priorAttemptAmbiguous: false },
    };
    return new TimeoutError(failed(facts, `no access token within ${ms} ms`), facts, ms);
  }
}

/** How long a request of that call's own could have taken. */
function longestMs({ timeoutMs, maxRetries }: Patience): number {
  let ms = timeoutMs;
  for (let retry = 1; retry <= maxRetries; retry++)
    ms += timeoutMs + retryDelayMs(retry, undefined, 1);
  return ms;
}

/** A credential that is refused is a matter of authentication, whichever status says so. */
function asAuthentication(error: unknown): never {
  const refused = error instanceof ApiError && [400, 401, 403].includes(error.status);
  throw refused
    ? new AuthenticationError({ ...error, facts: error, message: error.message })
    : error;
}

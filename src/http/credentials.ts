import type { components } from '../../generated/openapi.js';
import { checkHeaderValue } from './checks.js';
import { ApiError, AuthenticationError, CredentialsError, InvalidInputError } from './errors.js';
import type { Clock } from './retry.js';
import type { Secrets } from './secrets.js';

/** An OAuth server-to-server credential, as Adobe's developer console gives it out. */
export interface OAuthCredentials {
  /** The client id; it is the API key, too. */
  clientId: string;
  /** The client secret. It is sent in a form body only, and never shown. */
  clientSecret: string;
  /** The scopes that the credential has, as a list or with commas between them. */
  scopes: string | readonly string[];
  /** Where tokens come from. Default `https://ims-na1.adobelogin.com`. */
  origin?: string | URL;
}

/**
 * An access token, a function that returns one and is asked before every call, or a credential that
 * tokens are got with.
 */
export type Credentials = string | (() => string | Promise<string>) | OAuthCredentials;

/** Where the access token of a call comes from. */
export interface TokenSource {
  /** The token for a call that is about to be sent; one that is there is given without a wait. */
  get(signal: AbortSignal): string | Promise<string>;
  /** Another token than the one that was refused, or `undefined` if there is none. */
  renew(refused: string, signal: AbortSignal): Promise<string | undefined>;
}

type Token = components['schemas']['Token'];

/** Whether a token came, and how long it may be used. */
export const isUsableToken = ({ access_token, expires_in }: Token): boolean =>
  typeof access_token === 'string' &&
  access_token !== '' &&
  expires_in > 0 &&
  expires_in < Infinity;

/** A new token is got this long before the old one runs out, while calls go on with the old one. */
const RENEW_BEFORE_MS = 5 * 60_000;
/** And this long before it runs out it is not used any more: a call takes its time, too. */
const UNUSABLE_BEFORE_MS = 10_000;
/** An older flow says `expires_in` in milliseconds; a token of over 11 days does not exist. */
const MAX_EXPIRES_IN_SECONDS = 1_000_000;

/** An access token, given or returned by the caller's function. */
export function checkToken(token: unknown, secrets: Secrets): string {
  const meaning =
    'an access token, a function that returns one, or {clientId, clientSecret, scopes}';
  const checked = checkHeaderValue('credentials', token, meaning);
  if (/^bearer /i.test(checked)) {
    const message =
      'Invalid credentials: expected the access token alone, received one that starts with "Bearer ".';
    throw new InvalidInputError('credentials', message);
  }
  secrets.add(checked);
  return checked;
}

/** One token that never changes. */
export function fixedToken(token: string): TokenSource {
  return { get: () => token, renew: async () => undefined };
}

/** The caller's own function, asked before every call and once more after a refusal. */
export function tokenFunction(ask: () => string | Promise<string>, secrets: Secrets): TokenSource {
  const get = async () => {
    let token: unknown;
    try {
      token = await ask();
    } catch (error) {
      const cause = secrets.clean(error);
      const why = cause instanceof Error ? cause.message : String(cause);
      const message = `no access token: the credentials function failed: ${why}. Nothing was sent.`;
      throw new CredentialsError(message, { cause });
    }
    return checkToken(token, secrets);
  };
  return {
    get,
    async renew(refused) {
      const token = await get();
      return token === refused ? undefined : token;
    },
  };
}

/**
 * Tokens of an OAuth credential. However many calls wait for one, it is asked for once; before it
 * runs out a new one is got while calls go on with the old one.
 */
export class OAuthTokens implements TokenSource {
  readonly #request: () => Promise<Token>;
  readonly #clock: Clock;
  readonly #secrets: Secrets;
  #current: { token: string; endsAtMs: number } | undefined;
  #underWay: Promise<string> | undefined;

  constructor(request: () => Promise<Token>, clock: Clock, secrets: Secrets) {
    this.#request = request;
    this.#clock = clock;
    this.#secrets = secrets;
  }

  get(signal: AbortSignal): string | Promise<string> {
    const leftMs = (this.#current?.endsAtMs ?? 0) - this.#clock.now();
    if (this.#current === undefined || leftMs <= UNUSABLE_BEFORE_MS) {
      return unlessAborted(this.#fetch(), signal);
    }
    // If it fails, the next call tries again; the old token is still good.
    if (leftMs <= RENEW_BEFORE_MS) this.#fetch().catch(() => undefined);
    return this.#current.token;
  }

  async renew(refused: string, signal: AbortSignal): Promise<string> {
    // Another call may have got a new one already.
    if (this.#current?.token === refused) this.#current = undefined;
    return this.get(signal);
  }

  /** The one request that is under way, or a new one. It belongs to no single caller. */
  #fetch(): Promise<string> {
    this.#underWay ??= this.#renewed().finally(() => {
      this.#underWay = undefined;
    });
    return this.#underWay;
  }

  async #renewed(): Promise<string> {
    const askedAtMs = this.#clock.now();
    const { access_token, expires_in } = await this.#request().catch(asAuthentication);
    const lifeMs = expires_in > MAX_EXPIRES_IN_SECONDS ? expires_in : expires_in * 1000;
    const token = checkToken(access_token, this.#secrets);
    this.#current = { token, endsAtMs: askedAtMs + lifeMs };
    return token;
  }
}

/** A credential that is refused is a matter of authentication, whichever status says so. */
function asAuthentication(error: unknown): never {
  const refused = error instanceof ApiError && [400, 401, 403].includes(error.status);
  throw refused
    ? new AuthenticationError({ ...error, facts: error, message: error.message })
    : error;
}

/** Waits for what others wait for, too: the signal ends the waiting, not the work. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

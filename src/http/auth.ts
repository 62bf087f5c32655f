/** Where access tokens come from: given, or returned by a function; those of OAuth are in `oauth-tokens.ts`. */
import { checkHeaderValue } from '../shared/checks.js';
import { InvalidInputError } from '../shared/errors.js';
import { describeThrown } from '../shared/thrown.js';
import { abortable } from './abortable.js';
import {
  type AttemptInfo,
  ambiguityHint,
  CredentialsError,
  formatCallError,
  TimeoutError,
} from './errors.js';
import type { Secrets } from './redact.js';

/** An OAuth server-to-server credential, from Adobe's developer console. */
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
 * An access token, a function that returns one and is called before every attempt, or a credential
 * that access tokens are requested with.
 */
export type Credentials = string | (() => string | Promise<string>) | OAuthCredentials;

/** The time and the retries of a call, which the request for its token gets, too. */
export interface CallLimits {
  readonly timeoutMs: number;
  readonly maxRetries: number;
}

/** A call that cannot go on without a token. */
export interface TokenWaiter extends CallLimits {
  readonly info: AttemptInfo;
  /** Ends the waiting, and not the work that others wait for, too. */
  readonly signal: AbortSignal;
}

/** Where the access token of a call comes from. */
export interface TokenSource {
  /** A token that can be used right now, if there is one. */
  ready(): string | undefined;
  /** The token to use where none is ready. */
  request(waiter: TokenWaiter): Promise<string>;
  /** Another token than the one that got a 401, or `undefined` if there is none. */
  renew(rejected: string, waiter: TokenWaiter): Promise<string | undefined>;
}

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
  secrets.addToken(checked);
  return checked;
}

/** One token that never changes. */
export function fixedToken(token: string): TokenSource {
  return { ready: () => token, request: async () => token, renew: async () => undefined };
}

/** The caller's own function, called before every attempt and once more after a 401. */
export function tokenFunction(ask: () => string | Promise<string>, secrets: Secrets): TokenSource {
  const get = async () => {
    let token: unknown;
    try {
      token = await ask();
    } catch (error) {
      const cause = secrets.clean(error);
      const why = describeThrown(cause);
      const message = `no access token: the credentials function failed: ${why}. Nothing was sent.`;
      throw new CredentialsError(message, { cause });
    }
    return checkToken(token, secrets);
  };
  const request = ({ info, timeoutMs, signal }: TokenWaiter) => {
    const what = `the credentials function returned no access token within ${timeoutMs} ms`;
    const error = () =>
      new TimeoutError(formatCallError(info, what, ambiguityHint(info)), info, timeoutMs);
    return abortable(get(), signal, { ms: timeoutMs, error });
  };
  return {
    ready: () => undefined,
    request,
    async renew(rejected, waiter) {
      const token = await request(waiter);
      return token === rejected ? undefined : token;
    },
  };
}

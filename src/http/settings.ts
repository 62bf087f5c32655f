import { checkHeaderValue, checkOrigin, checkSandbox } from './checks.js';
import { InvalidInputError } from './errors.js';
import { Secrets } from './secrets.js';

/** Where the platform is, unless `origin` says otherwise. */
export const PLATFORM_ORIGIN = 'https://platform.adobe.io';
/** An attempt may take a minute, its body included: Data Access answers within that time itself. */
const DEFAULT_TIMEOUT_MS = 60_000;
/** setTimeout() fires at once above this: 2^31 - 1. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** An access token, or a function that returns one and is asked before every call. */
export type Credentials = string | (() => string | Promise<string>);

/** What `createBatchClient()` takes. */
export interface ClientOptions {
  /** The organisation's id, ending in `@AdobeOrg`. */
  orgId: string;
  /**
   * The sandbox that every call works in, in lower case. There is no default: the platform's own
   * would be the production sandbox.
   */
  sandbox: string;
  /** The API key: the client id of the credential that the access token was issued for. */
  apiKey: string;
  /** An access token (without `Bearer`), or a function that returns one. */
  credentials: Credentials;
  /**
   * Where to send the calls. Default `https://platform.adobe.io`. Plain http is refused except on
   * loopback.
   */
  origin?: string | URL;
  /**
   * A `fetch` to send the calls with, called as `(url, init)`; for a test, or a runtime's own.
   * Default: this library's transport on `node:http`.
   */
  fetch?: typeof globalThis.fetch;
  /** How long one attempt may take, in milliseconds, its body included. Default 60,000. */
  timeoutMs?: number;
}

/** What one call may set for itself. */
export interface CallOptions {
  /** Ends the call at once; it then throws an `AbortError` with the signal's reason as cause. */
  signal?: AbortSignal;
  /** Instead of the client's `timeoutMs`, for this call. */
  timeoutMs?: number;
}

/** The options, checked and complete. */
export interface Settings {
  readonly orgId: string;
  readonly sandbox: string;
  readonly apiKey: string;
  readonly credentials: Credentials;
  readonly origin: string;
  readonly fetch: typeof globalThis.fetch | undefined;
  readonly timeoutMs: number;
  readonly secrets: Secrets;
}

/**
 * Checks the options and fills in what was left out.
 * @throws {InvalidInputError} when one is missing or cannot be used.
 */
export function settings(options: ClientOptions): Settings {
  const secrets = new Secrets();
  const orgId = checkHeaderValue('orgId', options.orgId, 'the organisation id (…@AdobeOrg)');
  const apiKey = checkHeaderValue('apiKey', options.apiKey, 'the client id of your credential');
  secrets.add(apiKey);
  return {
    orgId,
    sandbox: checkSandbox(options.sandbox),
    apiKey,
    credentials: checkCredentials(options.credentials, secrets),
    origin: checkOrigin('origin', options.origin ?? PLATFORM_ORIGIN),
    fetch: options.fetch,
    timeoutMs: checkTimeout('timeoutMs', options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    secrets,
  };
}

function checkCredentials(credentials: Credentials, secrets: Secrets): Credentials {
  if (typeof credentials === 'function') return credentials;
  return checkToken(credentials, secrets);
}

/** An access token, given or returned by the caller's function. */
export function checkToken(token: unknown, secrets: Secrets): string {
  const meaning = 'an access token, or a function that returns one';
  const checked = checkHeaderValue('credentials', token, meaning);
  if (/^bearer /i.test(checked)) {
    const message = 'credentials starts with "Bearer ": pass the access token alone.';
    throw new InvalidInputError('credentials', message);
  }
  secrets.add(checked);
  return checked;
}

export function checkTimeout(field: string, value: number): number {
  if (!Number.isFinite(value) || value <= 0 || value > MAX_TIMEOUT_MS) {
    const message = `${field} is ${value}: pass milliseconds above 0, at most ${MAX_TIMEOUT_MS}.`;
    throw new InvalidInputError(field, message);
  }
  return value;
}

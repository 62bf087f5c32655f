import type { Agent } from 'node:http';
import { checkHeaderValue, checkNumber, checkOrigin, checkSandbox } from './checks.js';
import { type Credentials, checkToken, type OAuthCredentials } from './credentials.js';
import { type AepBatchError, type CallError, InvalidInputError } from './errors.js';
import { type Clock, realClock } from './retry.js';
import { Secrets } from './secrets.js';

/** Where the platform is, unless `origin` says otherwise. */
export const PLATFORM_ORIGIN = 'https://platform.adobe.io';
/** Where tokens come from, unless the credentials say otherwise. */
export const IMS_ORIGIN = 'https://ims-na1.adobelogin.com';
/** An attempt may take a minute: Data Access answers within that time itself. */
const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_RETRIES = 2;
/** A wait that the platform asks for is kept to up to a minute. */
const DEFAULT_MAX_RETRY_AFTER_MS = 60_000;
/** setTimeout() fires at once above this: 2^31 - 1. */
const MAX_TIMER_MS = 2_147_483_647;

/** What `onRetry` is told. */
export interface RetryEvent {
  /** The operationId of the document, for instance `createBatch`. */
  operation: string;
  /** The number of the try that failed, from 1. */
  attempt: number;
  /** How long it is until the next one, in milliseconds. */
  delayMs: number;
  /** Why it failed. */
  error: CallError;
}

/** What `onRequest` is told. */
export interface RequestEvent {
  /** The operationId of the document; `getToken` is the call for an access token. */
  operation: string;
  method: string;
  url: string;
  /** The number of the try, from 1. */
  attempt: number;
  /** What is sent as `x-request-id`, the same for all tries of a call. */
  requestId: string;
  /** `Content-Range`, where the request brings a part of a file. */
  contentRange?: string;
}

/** What `onAnswer` is told. */
export interface AnswerEvent extends RequestEvent {
  /** The platform's own id for the request, where it names one. */
  requestId: string;
  /** How long it took, in milliseconds; of a download, until its head was there. */
  durationMs: number;
  /** Missing where no answer came. */
  status?: number;
  /** Why there is no answer, or what another try may change; other refusals have a status alone. */
  error?: AepBatchError;
}

/** What `createBatchClient()` takes. */
export interface ClientOptions {
  /** The organisation's id, ending in `@AdobeOrg`. */
  orgId: string;
  /**
   * The sandbox that every call works in, in lower case. There is no default: the platform's own
   * would be the production sandbox.
   */
  sandbox: string;
  /**
   * The API key: the client id of the credential that the access token was issued for. Default:
   * the `clientId` of `credentials`, if they have one.
   */
  apiKey?: string;
  /**
   * An access token (without `Bearer`), a function that returns one, or the `{clientId,
   * clientSecret, scopes}` of an OAuth server-to-server credential.
   */
  credentials: Credentials;
  /**
   * Where to send the calls. Default `https://platform.adobe.io`. Plain http is refused except on
   * loopback.
   */
  origin?: string | URL;
  /**
   * How long one attempt may take, in milliseconds, reading its answer included. Default 60,000.
   * Where bytes go up or down, how long they may stand still; there is no limit to the whole.
   */
  timeoutMs?: number;
  /** How often a call is tried again, at most. Default 2; 0 means never, whatever happened. */
  maxRetries?: number;
  /**
   * How long a wait that the platform asks for (`Retry-After`) may be, in milliseconds. Default
   * 60,000. If it asks for more, the call fails and the error's `retryAfterMs` says how long.
   */
  maxRetryAfterMs?: number;
  /** Called before each wait for another try. What it throws is ignored. */
  onRetry?: (event: RetryEvent) => void;
  /**
   * Called before each request goes out: every try of every call, those for access tokens too. It is
   * told no header and no body, and so no secret. What it throws is ignored.
   */
  onRequest?: (event: RequestEvent) => void;
  /** Called after each of them, with or without an answer. What it throws is ignored. */
  onAnswer?: (event: AnswerEvent) => void;
  /** An agent of `node:https` (of `node:http` for a plain http origin), for instance a proxy's. */
  agent?: Agent;
  /**
   * A `fetch` to send the calls with, called as `(url, init)`; for a test, or a runtime's own.
   * Default: this library's transport on `node:http`.
   */
  fetch?: typeof globalThis.fetch;
  /** Time and chance, for tests. Default: the real ones. */
  clock?: Clock;
}

const OPTIONS: ReadonlySet<string> = new Set<keyof ClientOptions>([
  'orgId',
  'sandbox',
  'apiKey',
  'credentials',
  'origin',
  'timeoutMs',
  'maxRetries',
  'maxRetryAfterMs',
  'onRetry',
  'onRequest',
  'onAnswer',
  'agent',
  'fetch',
  'clock',
]);

/** What one call may set for itself. */
export interface CallOptions {
  /** Ends the call at once; it then throws an `AbortError` with the signal's reason as cause. */
  signal?: AbortSignal;
  /** Instead of the client's `timeoutMs`, for this call. */
  timeoutMs?: number;
  /** Instead of the client's `maxRetries`, for this call. */
  maxRetries?: number;
  /** Beside the client's `onRetry`, for this call. What it throws is ignored. */
  onRetry?: (event: RetryEvent) => void;
}

/** The options, checked and complete. */
export interface Settings {
  readonly orgId: string;
  readonly sandbox: string;
  readonly apiKey: string;
  readonly credentials: Credentials;
  readonly origin: string;
  readonly imsOrigin: string;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly maxRetryAfterMs: number;
  readonly onRetry: ClientOptions['onRetry'];
  readonly onRequest: ClientOptions['onRequest'];
  readonly onAnswer: ClientOptions['onAnswer'];
  readonly agent: Agent | undefined;
  readonly fetch: typeof globalThis.fetch | undefined;
  readonly clock: Clock;
  readonly secrets: Secrets;
}

/**
 * Checks the options and fills in what was left out.
 * @throws {InvalidInputError} when one is missing or cannot be used.
 */
export function settings(options: ClientOptions): Settings {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidInputError('options', 'the options are missing: pass an object.');
  }
  const unknown = Object.keys(options).find((name) => !OPTIONS.has(name));
  if (unknown !== undefined) {
    const message = `${unknown} is no option; there are ${[...OPTIONS].join(', ')}.`;
    throw new InvalidInputError(unknown, message);
  }
  for (const name of ['fetch', 'onRetry', 'onRequest', 'onAnswer'] as const) {
    if (options[name] === undefined || typeof options[name] === 'function') continue;
    throw new InvalidInputError(name, `${name} is no function.`);
  }
  const secrets = new Secrets();
  const orgId = checkHeaderValue('orgId', options.orgId, 'the organisation id (…@AdobeOrg)');
  const sandbox = checkSandbox(options.sandbox);
  const oauth = oauthOf(options.credentials);
  const meaning = 'the client id of your credential';
  const apiKey = checkHeaderValue('apiKey', options.apiKey ?? oauth?.clientId, meaning);
  secrets.add(apiKey);
  return {
    orgId,
    sandbox,
    apiKey,
    credentials: checkCredentials(options.credentials, secrets),
    origin: checkOrigin('origin', options.origin ?? PLATFORM_ORIGIN),
    imsOrigin: checkOrigin('credentials.origin', oauth?.origin ?? IMS_ORIGIN),
    timeoutMs: checkTimeout(options.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    maxRetries: checkRetries(options.maxRetries ?? DEFAULT_MAX_RETRIES),
    maxRetryAfterMs: checkNumber(
      'maxRetryAfterMs',
      options.maxRetryAfterMs ?? DEFAULT_MAX_RETRY_AFTER_MS,
      { min: 0, max: MAX_TIMER_MS, unit: 'milliseconds' },
    ),
    onRetry: options.onRetry,
    onRequest: options.onRequest,
    onAnswer: options.onAnswer,
    agent: options.agent,
    fetch: options.fetch,
    clock: options.clock ?? realClock,
    secrets,
  };
}

export const checkTimeout = (value: number): number =>
  checkNumber('timeoutMs', value, { min: 1, max: MAX_TIMER_MS, unit: 'milliseconds' });

export const checkRetries = (value: number): number =>
  checkNumber('maxRetries', value, { min: 0, max: 100, unit: 'tries', whole: true });

const oauthOf = (credentials: Credentials): OAuthCredentials | undefined =>
  typeof credentials === 'object' && credentials !== null ? credentials : undefined;

function checkCredentials(credentials: Credentials, secrets: Secrets): Credentials {
  if (typeof credentials === 'function') return credentials;
  const oauth = oauthOf(credentials);
  if (oauth === undefined) return checkToken(credentials, secrets);
  for (const field of ['clientId', 'clientSecret'] as const) {
    const name = `credentials.${field}`;
    secrets.add(checkHeaderValue(name, oauth[field], `the ${field} of your credential`));
  }
  const scopes = [oauth.scopes ?? []].flat().join(',');
  if (scopes === '') {
    const message = 'credentials.scopes is missing: pass the scopes that the credential has.';
    throw new InvalidInputError('credentials.scopes', message);
  }
  return { ...oauth, scopes };
}

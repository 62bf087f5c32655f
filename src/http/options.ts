/** The options of a client and of a call: one table each, of name, check and default. */
import type { Agent } from 'node:http';
import {
  checkHeaderValue,
  checkOrigin,
  checkSandbox,
  checkSignal,
  functionOption,
  number,
} from '../shared/checks.js';
import { InvalidInputError } from '../shared/errors.js';
import {
  type Check,
  describeValue,
  invalid,
  namedObject,
  type OptionTable,
  optional,
  required,
  validateOptions,
  withDefault,
} from '../shared/options.js';
import { IMS_ORIGIN, PLATFORM_ORIGIN } from '../shared/origins.js';
import { type Credentials, checkToken, type OAuthCredentials } from './auth.js';
import type { DriftEvent, RequestEvent, ResponseEvent, RetryEvent } from './events.js';
import type { Secrets } from './redact.js';
import { type Clock, MAX_TIMER_MS, toClock } from './retry.js';
import type { Telemetry, Tracer } from './telemetry.js';

/** An attempt may take a minute: Data Access responds within that time itself. */
const DEFAULT_TIMEOUT_MS = 60_000;
const DEFAULT_MAX_RETRIES = 2;
/** A wait that the platform asks for is kept to up to a minute. */
const DEFAULT_MAX_RETRY_AFTER_MS = 60_000;

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
   * Where to send the calls. Default `https://platform.adobe.io`. Plain http is rejected except on
   * loopback.
   */
  origin?: string | URL;
  /**
   * How long one attempt may take, in milliseconds, reading its response included. Default 60,000.
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
  /** Called before each wait for another attempt. What it throws is ignored. */
  onRetry?: (event: RetryEvent) => void;
  /**
   * Called before each request goes out: every attempt of every call, those for access tokens too. It
   * gets no header and no body, and so no secret. What it throws is ignored.
   */
  onRequest?: (event: RequestEvent) => void;
  /** Called after each of them, with or without a response. What it throws is ignored. */
  onResponse?: (event: ResponseEvent) => void;
  /**
   * Called for each difference between a response and the OpenAPI document, after the response was
   * delivered; each kind up to 3 times per client. It changes no result, and what it throws is ignored.
   * Bodies of more than 1,000,000 characters and downloads are checked by status and headers alone,
   * calls for access tokens not at all. Default: nothing is checked, or loaded for it.
   */
  onDrift?: (event: DriftEvent) => void;
  /**
   * Receives spans of ingests, batches, files and calls, and counts of bytes, rows and retries: `telemetry()` of
   * `aep-batch/opentelemetry`, or your own. It gets no secret, and what it throws is ignored. Default: none, at no cost.
   */
  telemetry?: Telemetry;
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
  /**
   * Called right before each attempt is sent, and again where its connection had to be opened. Where it throws, the
   * request does not go out, and the call throws an `AbortError` with that as its cause. For callers that may lose the
   * right to make the call while it waits, such as those that hold a lock which expires.
   */
  beforeSend?: () => void;
}

/** The options, checked and complete. */
export interface ResolvedOptions {
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
  readonly onResponse: ClientOptions['onResponse'];
  readonly onDrift: ClientOptions['onDrift'];
  readonly agent: Agent | undefined;
  readonly fetch: typeof globalThis.fetch | undefined;
  readonly clock: Required<Clock>;
  readonly secrets: Secrets;
  readonly tracer: Tracer | undefined;
}

const MILLISECONDS = { min: 1, max: MAX_TIMER_MS, unit: 'milliseconds' };
const RETRIES = { min: 0, max: 100, unit: 'retries', whole: true };

/** The timeout of one attempt. */
export const checkTimeout = number(MILLISECONDS);
/** A number of retries. */
export const checkRetries = number(RETRIES);

/** The options of a call, and how each is checked. */
export const CALL_OPTIONS: OptionTable<CallOptions> = {
  signal: optional(checkSignal),
  timeoutMs: optional(checkTimeout),
  maxRetries: optional(checkRetries),
  onRetry: optional(functionOption()),
  beforeSend: optional(functionOption()),
};

const NO_OPTIONS: CallOptions = Object.freeze({});

/** The options of a call. A call without any, which is the usual one, costs nothing. */
export const validateCallOptions = (options: CallOptions | undefined): CallOptions =>
  options === undefined || options === NO_OPTIONS
    ? NO_OPTIONS
    : validateOptions(CALL_OPTIONS, options);

/** Any object that `http.request()` takes as one: agents of packages need not extend Node's class. */
const isAgent = (value: unknown): value is Agent =>
  typeof value === 'object' &&
  value !== null &&
  'addRequest' in value &&
  typeof value.addRequest === 'function';

const checkAgent: Check<Agent> = (field, value) => {
  if (isAgent(value)) return value;
  throw invalid(field, 'an Agent of node:http or node:https', value);
};

const checkClock: Check<Clock> = (field, value) => {
  const clock = value as Partial<Record<keyof Clock, unknown>> | null;
  if (typeof clock !== 'object' || clock === null) throw invalid(field, CLOCK_EXPECTED, value);
  const missing = (['now', 'random', 'sleep', 'monotonicNow'] as const).find((name) => {
    if (name === 'monotonicNow' && clock[name] === undefined) return false;
    return typeof clock[name] !== 'function';
  });
  if (missing === undefined) return value as Clock;
  throw invalid(`${field}.${missing}`, 'a function', clock[missing]);
};
const CLOCK_EXPECTED = 'an object with now(), random() and sleep()';

const checkTelemetry: Check<Telemetry> = (field, value) => {
  const telemetry = value as Partial<Record<keyof Telemetry, unknown>> | null;
  if (typeof telemetry === 'object' && telemetry !== null) {
    const { startSpan, count } = telemetry;
    if (typeof startSpan === 'function' && typeof count === 'function') return value as Telemetry;
  }
  throw invalid(field, 'an object with startSpan() and count()', value);
};

/** The options of a client: checks that need no other option, and defaults. */
export const CLIENT_OPTIONS: OptionTable<
  ClientOptions,
  'origin' | 'timeoutMs' | 'maxRetries' | 'maxRetryAfterMs'
> = {
  orgId: required((field, value) =>
    checkHeaderValue(field, value, 'the organisation id, ending in @AdobeOrg'),
  ),
  sandbox: required((_, value) => checkSandbox(value)),
  // It may come from the credentials: checked with them.
  apiKey: optional((field, value) => checkHeaderValue(field, value, API_KEY)),
  credentials: required((_, value) => value as Credentials),
  origin: withDefault<string | URL>(checkOrigin, PLATFORM_ORIGIN),
  timeoutMs: withDefault(checkTimeout, DEFAULT_TIMEOUT_MS),
  maxRetries: withDefault(checkRetries, DEFAULT_MAX_RETRIES),
  maxRetryAfterMs: withDefault(number({ ...MILLISECONDS, min: 0 }), DEFAULT_MAX_RETRY_AFTER_MS),
  onRetry: optional(functionOption()),
  onRequest: optional(functionOption()),
  onResponse: optional(functionOption()),
  onDrift: optional(functionOption()),
  telemetry: optional(checkTelemetry),
  agent: optional(checkAgent),
  fetch: optional(functionOption()),
  clock: optional(checkClock),
};
const API_KEY = 'the client id of your credential';

const CREDENTIALS = namedObject('credentials');
/** The fields of an OAuth credential. */
const OAUTH_OPTIONS: OptionTable<OAuthCredentials, 'origin'> = {
  clientId: required((field, value) => checkHeaderValue(field, value, API_KEY)),
  clientSecret: required((field, value) =>
    checkHeaderValue(field, value, 'the client secret of your credential'),
  ),
  scopes: required(checkScopes),
  origin: withDefault<string | URL>(checkOrigin, IMS_ORIGIN),
};

/** The scopes, with commas between them. */
function checkScopes(field: string, value: unknown): string {
  const scopes: unknown[] = Array.isArray(value) ? value : [value];
  const isText = scopes.length > 0 && scopes.every((one) => typeof one === 'string' && one !== '');
  if (isText) return scopes.join(',');
  const message = `Invalid ${field}: expected the scopes that the credential has, as a string or an array of strings, received ${describeValue(value)}.`;
  throw new InvalidInputError(field, message);
}

/**
 * Checks the options and fills in what was left out.
 * @throws {InvalidInputError} when one is missing or cannot be used.
 */
export function resolveOptions(options: ClientOptions, secrets: Secrets): ResolvedOptions {
  const valid = validateOptions(CLIENT_OPTIONS, options);
  const credentials = checkCredentials(valid.credentials, secrets);
  const oauth = typeof credentials === 'object' ? credentials : undefined;
  const apiKey = checkHeaderValue('apiKey', valid.apiKey ?? oauth?.clientId, API_KEY);
  return {
    ...valid,
    apiKey,
    credentials,
    origin: String(valid.origin),
    imsOrigin: String(oauth?.origin ?? IMS_ORIGIN),
    onRetry: valid.onRetry,
    onRequest: valid.onRequest,
    onResponse: valid.onResponse,
    onDrift: valid.onDrift,
    agent: valid.agent,
    fetch: valid.fetch,
    clock: toClock(valid.clock),
    secrets,
    tracer: valid.telemetry && { telemetry: valid.telemetry, secrets },
  };
}

function checkCredentials(credentials: unknown, secrets: Secrets): Credentials {
  if (typeof credentials === 'function') return credentials as () => string;
  if (typeof credentials !== 'object' || credentials === null) {
    return checkToken(credentials, secrets);
  }
  const oauth = validateOptions(OAUTH_OPTIONS, credentials, CREDENTIALS);
  // The client id is the API key, which the platform shows in every batch: not a secret.
  secrets.add(oauth.clientSecret);
  return oauth;
}

/**
 * The typed client: openapi-fetch on the project's document, sent by `http/`.
 * `typed-client/` knows the document, and may import `generated/`, `http/` and `shared/`.
 */
import createClient from 'openapi-fetch';
import type { paths } from '../../generated/openapi.js';
import { operationIds } from '../../generated/operations.js';
import type { OutgoingRequest } from '../http/build-request.js';
import type { CallSpec } from '../http/call-context.js';
import type { HttpClient } from '../http/client.js';
import {
  type ApiError,
  ambiguityHint,
  formatCallError,
  InvalidResponseError,
  toOwnError,
} from '../http/errors.js';
import { attemptInfo, LazyResponse } from '../http/lazy-response.js';
import type { CallOptions } from '../http/options.js';
import type { RetryPolicy } from '../http/retry.js';
import { runCall } from '../http/run-call.js';
import { checkHeaders } from '../shared/checks.js';
import { copyOptions } from '../shared/copy-arguments.js';
import { type AepBatchError, InvalidInputError } from '../shared/errors.js';
import { importLate, LateModule } from '../shared/import-late.js';
import { invalid } from '../shared/options.js';
import { read } from '../shared/thrown.js';
import type { DriftGuard } from './drift-guard.js';
import type { MiddlewareRequest } from './middleware-request.js';
import { copyRequest } from './plain-request.js';
import { LazyRequest } from './request.js';
import { type SentBody, serializeBody, serializePath } from './serialize.js';
import type { AnyResult, ParseAs, Raw, ValidatedMethods } from './types.js';
import type * as validation from './validate.js';

/** What a call may be passed, without the types of its operation. */
interface Init extends CallOptions {
  params?: { path?: unknown; query?: unknown; header?: unknown };
  body?: unknown;
  headers?: unknown;
  parseAs?: ParseAs;
  baseUrl?: string;
}

/** The names of all options; openapi-fetch has more, and ignores a wrong name. */
const OPTIONS: ReadonlySet<string> = new Set<keyof Init>([
  'signal',
  'timeoutMs',
  'maxRetries',
  'onRetry',
  'beforeSend',
  'params',
  'body',
  'headers',
  'parseAs',
  'baseUrl', // one that leads elsewhere is rejected when the call is made
]);

/** `client.request` of openapi-fetch, with what we pass for each call. */
type SendRequest = (
  method: string,
  path: string,
  init: {
    params: unknown;
    body?: SentBody;
    headers: unknown;
    parseAs: ParseAs | undefined;
    baseUrl: string | undefined;
    signal?: AbortSignal | undefined;
    Request: typeof LazyRequest | typeof MiddlewareRequest;
    fetch: (request: LazyRequest | Request) => Promise<Response>;
  },
) => Promise<never>;

/** Where a call goes. */
interface Target {
  readonly method: string;
  readonly path: string;
  readonly operation: string;
}

/**
 * A cast: openapi-fetch infers the init from what is passed, so that a field too many compiles, and asks for a whole
 * `Request`. `Raw` and `ValidatedMethods` are exact, so their types are the ones that hold; `never` fits each of their
 * results.
 */
const createOwnClient = createClient<paths> as unknown as (options: {
  baseUrl: string;
  bodySerializer: (body: unknown) => unknown;
  pathSerializer: typeof serializePath;
  Request: typeof LazyRequest;
}) => Pick<Raw, 'use' | 'eject'> & { request: SendRequest };

const middlewareRequests = new LateModule(() => import('./middleware-request.js'));
const driftGuards = new LateModule(() => import('./drift-guard.js'));

const OPERATION_IDS: Readonly<Record<string, string>> = operationIds;
const NO_OPTIONS = Object.freeze({});
const NO_POLICY: RetryPolicy = Object.freeze({});

export class TypedClient {
  readonly http: HttpClient;
  /** For callers: names are checked, values by their types alone. */
  readonly raw: Raw;
  /** For the resources: body and query are validated against the document before anything is sent. */
  readonly validated: ValidatedMethods;
  readonly #request: SendRequest;
  #driftGuard: DriftGuard | undefined;
  #hasMiddleware = false;
  /** The errors of responses that come from a middleware. */
  readonly #explained = new WeakMap<Response, ApiError>();
  #validation: typeof validation | undefined;

  constructor(http: HttpClient) {
    this.http = http;
    const client = createOwnClient({
      baseUrl: http.options.origin,
      bodySerializer: (body) => body, // it is serialized before
      pathSerializer: serializePath,
      // Each call passes its own. Without any, openapi-fetch would read that of `globalThis`, and Node load its fetch.
      Request: LazyRequest,
    });
    this.#request = client.request;
    this.validated = this.#createValidatedMethods();
    this.raw = this.#createRaw(client);
  }

  #createValidatedMethods(): ValidatedMethods {
    const validated = (method: string) => (path: string, init?: unknown, policy?: RetryPolicy) =>
      this.#send(method, path, true, init, policy);
    return {
      GET: validated('GET'),
      PUT: validated('PUT'),
      POST: validated('POST'),
      PATCH: validated('PATCH'),
      HEAD: validated('HEAD'),
    };
  }

  #createRaw(client: Pick<Raw, 'use' | 'eject'>): Raw {
    const asGiven =
      (method: string) =>
      (path: string, ...[init]: readonly unknown[]) =>
        this.#send(method, path, false, init);
    return {
      GET: asGiven('GET'),
      PUT: asGiven('PUT'),
      POST: asGiven('POST'),
      PATCH: asGiven('PATCH'),
      HEAD: asGiven('HEAD'),
      DELETE: asGiven('DELETE'),
      use: (...middleware) => {
        for (const one of middleware) assertMiddleware(one);
        this.#hasMiddleware = true;
        client.use(...middleware);
      },
      eject: client.eject,
    };
  }

  /** Method → here, where the body is serialized → openapi-fetch: URL, headers, parsing → `ApiCall` → transport. */
  async #send(
    method: string,
    path: string,
    isValidated: boolean,
    given: unknown,
    policy = NO_POLICY,
  ): Promise<never> {
    if (typeof path !== 'string') throw invalid('path', 'a path of the document', path);
    try {
      const operation = OPERATION_IDS[`${method} ${path}`] ?? `${method} ${path}`;
      const target = { method, path, operation };
      const options = given ?? NO_OPTIONS;
      assertInit(options);
      if (!isValidated) {
        return await this.#dispatch(target, options, serializeBody(options.body), policy);
      }
      // Before anything is waited for: the caller may change them later.
      const { init, sent, plain, isEscaped } = copyRequest(options);
      if (plain !== undefined) {
        this.#validation ??= await importLate(() => import('./validate.js'));
        this.#validation.assertValidRequest(operation, plain, isEscaped);
      }
      const result: AnyResult = await this.#dispatch(target, init, sent, policy);
      if (!(result.response instanceof LazyResponse)) await this.#explain(result);
      return result as never; // as above
    } catch (error) {
      throw toCallFailure(error, `${method} ${path}`);
    }
  }

  #dispatch(
    { method, path, operation }: Target,
    init: Init,
    body: SentBody,
    policy: RetryPolicy,
  ): Promise<never> {
    checkHeaders('headers', init.headers);
    checkHeaders('headers', init.params?.header);
    const { params, headers, parseAs, baseUrl, signal } = init;
    const spec = {
      operation,
      options: init,
      policy,
      expectsJson: (parseAs ?? 'json') === 'json' && method !== 'HEAD',
      isStreamed: parseAs === 'stream',
      isAnonymous: false,
    };
    const fetch = (request: LazyRequest | Request) => this.#call(request, body, spec);
    // One literal, without a spread: openapi-fetch takes it apart twice, which V8 then does faster.
    const options = { params, headers, parseAs, baseUrl, Request: LazyRequest, fetch };
    if (!this.#hasMiddleware) return this.#request(method, path, options);
    const { loaded } = middlewareRequests;
    const real = { ...options, body, signal };
    if (loaded !== undefined) {
      return this.#request(method, path, { ...real, Request: loaded.MiddlewareRequest });
    }
    const own = { ...real, params: copyOptions(params) }; // the caller may change them meanwhile
    return middlewareRequests
      .import()
      .then(({ MiddlewareRequest }) =>
        this.#request(method, path, { ...own, Request: MiddlewareRequest }),
      );
  }

  /** Makes the call. A Request that a middleware made has to be read first. */
  #call(request: LazyRequest | Request, body: SentBody, spec: CallSpec): Promise<LazyResponse> {
    if (request instanceof LazyRequest) {
      const { method, url, headers } = request;
      return this.#run({ method, url, headers, body }, spec);
    }
    const upload = typeof body === 'object' ? body : undefined;
    return middlewareRequests
      .import()
      .then(({ toOutgoing }) => toOutgoing(request, upload))
      .then((outgoing) => this.#run(outgoing, spec));
  }

  #run(request: OutgoingRequest, spec: CallSpec): Promise<LazyResponse> {
    const sent = runCall(this.http, request, spec);
    if (this.http.options.onDrift === undefined) return sent;
    return sent.then((response) => {
      void this.#observe(spec.operation, response);
      return response;
    });
  }

  /** Nothing that fails here changes the call. */
  async #observe(operation: string, response: LazyResponse): Promise<void> {
    try {
      const { DriftGuard } = driftGuards.loaded ?? (await driftGuards.import());
      this.#driftGuard ??= new DriftGuard(this.http.options);
      this.#driftGuard.observe(operation, response);
    } catch {
      // It cannot be imported: the calls go on without it.
    }
  }

  /** The data of a success. @throws {ApiError} for an error response, {InvalidResponseError} without data. */
  unwrap<T>(result: AnyResult<T>): NonNullable<T> {
    this.expectOk(result);
    const { data, response } = result;
    if (typeof data === 'object' && data !== null) return data;
    const info = attemptInfo(response);
    const body = data === undefined ? 'an empty body' : 'a body that is not a JSON object';
    const message = formatCallError(info, `${response.status} with ${body}`, ambiguityHint(info));
    throw new InvalidResponseError(message, info, response.status);
  }

  /**
   * For a success whose body does not matter. `response.ok` decides: an error response without a body
   * has no `error`.
   * @throws {ApiError} for an error response.
   */
  expectOk(result: AnyResult): void {
    if (!result.response.ok) throw this.toApiError(result);
  }

  /** The error that an error response stands for: that of its call, unless a middleware made it. */
  toApiError({ response }: AnyResult): ApiError {
    const error = response instanceof LazyResponse ? response.error : this.#explained.get(response);
    return error as ApiError; // which each error response has by now
  }

  /** Makes the error of an error response that comes from a middleware. */
  async #explain({ error: body, response }: AnyResult): Promise<void> {
    if (response.ok) return;
    const { toApiError } = await importLate(() => import('../http/error-response.js'));
    const { status, headers } = response;
    const info = attemptInfo(response);
    this.#explained.set(response, toApiError({ status, headers, body }, info, this.http.options));
  }
}

/** What openapi-fetch checks as well, with an error of its own. It passes over what is not there. */
function assertMiddleware(value: unknown): void {
  if (value === undefined || value === null) return;
  const handlers = ['onRequest', 'onResponse', 'onError'].map((name) => read(value, name));
  const isMiddleware = handlers.some((handler) => typeof handler === 'function');
  if (isMiddleware) return;
  throw invalid('middleware', 'an object with onRequest, onResponse or onError', value);
}

/** Names only: what an option of ours holds is checked by the call, the rest by the types alone. */
function assertInit(init: unknown): asserts init is Init {
  if (typeof init !== 'object' || init === null) throw invalid('options', 'an object', init);
  const unknown = Object.keys(init).find((name) => !OPTIONS.has(name));
  if (unknown === undefined) return;
  const message = `Unknown option ${unknown}. Expected one of ${[...OPTIONS].join(', ')}. A middleware goes to raw.use(), a fetch to createBatchClient().`;
  throw new InvalidInputError(unknown, message);
}

/** What openapi-fetch or a middleware threw, as one of our errors. */
function toCallFailure(error: unknown, what: string): AepBatchError {
  if (!(error instanceof URIError)) return toOwnError(error, what);
  const message =
    'Invalid params: expected whole characters, received a lone surrogate. Nothing was sent.';
  return new InvalidInputError('params', message);
}

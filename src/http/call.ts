/** One call from its first attempt to its response or its error: retries and recovery. */
import { checkSignal } from '../shared/checks.js';
import type { AepBatchError } from '../shared/errors.js';
import { LateModule } from '../shared/import-late.js';
import { notify } from '../shared/notify.js';
import { describeThrown } from '../shared/thrown.js';
import { runAttempt } from './attempt.js';
import { type AttemptEnd, AttemptEvents } from './attempt-events.js';
import type { TokenWaiter } from './auth.js';
import {
  assertSendable,
  buildRequest,
  nextRequestId,
  type OutgoingRequest,
} from './build-request.js';
import type { CallContext, CallSpec } from './call-context.js';
import {
  AbortError,
  ApiError,
  type AttemptInfo,
  ambiguityHint,
  CallError,
  extendMessage,
  formatCallError,
  InvalidResponseError,
  preferAmbiguousError,
} from './errors.js';
import { LazyResponse } from './lazy-response.js';
import { checkRetries, checkTimeout } from './options.js';
import { PacedSource, type SendPermit } from './pace.js';
import { classifyFailure, isIdempotent, type Recovery, retryDelayMs } from './retry.js';

const errorResponses = new LateModule(() => import('./error-response.js'));

/** Statuses that another attempt may change; 401 only with another token. */
const RETRIED_STATUSES = new Set([401, 408, 429, 500, 502, 503, 504]);

/** What an attempt ended with: a response, an error, or an error response that may be retried. */
type Outcome =
  | { response: LazyResponse; error?: undefined }
  | { response?: LazyResponse; error: AepBatchError };

export class ApiCall {
  readonly #context: CallContext;
  readonly #request: OutgoingRequest;
  readonly #spec: CallSpec;
  readonly #requestId = nextRequestId();
  readonly #maxRetries: number;
  readonly #timeoutMs: number;
  /** The caller's, and that of a Request which a middleware made. */
  readonly #signals: readonly AbortSignal[];
  #attempts = 0;
  #renewals = 0;
  /** The access token of the last attempt. */
  #token: string | undefined;
  /** The events of an attempt that was sent and has not ended yet; `undefined` without listeners. */
  #events: AttemptEvents | undefined;
  /** The failure of the last attempt that may have taken effect and was simply repeated. */
  #priorAmbiguous: CallError | undefined;

  /** @throws {InvalidInputError} when the request may not be sent, or an option is invalid. */
  constructor(context: CallContext, request: OutgoingRequest, spec: CallSpec) {
    this.#context = context;
    this.#request = request;
    this.#spec = spec;
    const { origin, imsOrigin, secrets } = context.options;
    assertSendable(request, spec.isAnonymous ? imsOrigin : origin, secrets);
    const { signal, maxRetries, timeoutMs } = spec.options;
    this.#maxRetries = checkRetries('maxRetries', maxRetries ?? context.options.maxRetries);
    this.#timeoutMs = checkTimeout('timeoutMs', timeoutMs ?? context.options.timeoutMs);
    const own = signal === undefined || signal === null ? [] : [checkSignal('signal', signal)];
    this.#signals = request.signal === undefined ? own : [...own, request.signal];
  }

  /**
   * Sends the request until there is a response that no further attempt would change.
   * @returns a success, or an error response with its `error`.
   * @throws {AepBatchError} where there is no response, or a success that cannot be used.
   */
  async run(): Promise<LazyResponse> {
    for (;;) {
      this.#attempts++;
      const info = this.#describeAttempt();
      const { response, error } = await this.#attempt(info);
      if (error === undefined) return response;
      // A token that could not be fetched has had retries of its own.
      if (error instanceof CallError && error.operation !== info.operation) {
        throw preferAmbiguousError(this.#priorAmbiguous, error);
      }
      const next = await this.#next(info, error);
      if (next instanceof LazyResponse) return next;
      if (next === 'retry') continue;
      if (response !== undefined) return response;
      throw preferAmbiguousError(this.#priorAmbiguous, error);
    }
  }

  async #attempt(info: AttemptInfo): Promise<Outcome> {
    const { options, tokens } = this.#context;
    const { expectsJson, isStreamed, isAnonymous, options: own } = this.#spec;
    let permit: SendPermit | undefined;
    try {
      const { body } = this.#request;
      if (body instanceof PacedSource) permit = await this.#waitForPace(body, info);
      // Not after an abort: the attempt reports it.
      if (!isAnonymous && this.#findAborted() === undefined) {
        this.#token =
          tokens.ready() ?? (await this.#waitForToken(info, (waiter) => tokens.request(waiter)));
      }
      const request = buildRequest(this.#request, this.#requestId, this.#token, options);
      this.#notifyRequest(info);
      const [timeoutMs, signals] = [this.#timeoutMs, this.#signals];
      const { beforeSend } = own;
      const attempt = { info, timeoutMs, signals, beforeSend, permit, isStreamed, expectsJson };
      const received = await runAttempt(this.#context, request, attempt);
      const response = new LazyResponse(received.response, received.info);
      return response.ok ? this.#accept(response) : await this.#reject(response);
    } catch (thrown) {
      const error = thrown as AepBatchError;
      const isResponse = error instanceof InvalidResponseError;
      this.#notifyResponse(isResponse ? { status: error.status, error } : { error });
      return { error };
    } finally {
      permit?.end();
    }
  }

  /** @throws {InvalidResponseError} for a success that should be JSON and is not, or is an error page. */
  #accept(response: LazyResponse): Outcome {
    const { status, info } = response;
    if (this.#spec.expectsJson) response.parse();
    else if (info.stateUnknown) response.assertNoErrorBody(); // not of what only reads
    this.#notifyResponse({ requestId: info.requestId, status });
    return { response };
  }

  /** What explains error responses is imported with the first of them. */
  async #reject(response: LazyResponse): Promise<Outcome> {
    const { toApiError } = errorResponses.loaded ?? (await errorResponses.import());
    const { status, headers, info } = response;
    const { requestId } = info;
    const body = response.parseOrText();
    const error = toApiError({ status, headers, body }, info, this.#context.options);
    response.error = error;
    const mayRetry = RETRIED_STATUSES.has(status);
    this.#notifyResponse(mayRetry ? { requestId, status, error } : { requestId, status });
    return mayRetry ? { response, error } : { response };
  }

  /** What to do after a failed attempt. */
  async #next(
    info: AttemptInfo,
    error: AepBatchError,
  ): Promise<'retry' | 'give up' | LazyResponse> {
    const isUnauthorized = error instanceof ApiError && error.status === 401;
    if (isUnauthorized && this.#renewals === 0 && this.#maxRetries > 0) {
      this.#renewals++;
      return (await this.#renewToken(info)) ? 'retry' : 'give up';
    }
    if (this.#attempts - this.#renewals > this.#maxRetries) return 'give up';
    return this.#retryOrRecover(info, error);
  }

  /** Waits and retries, or finds out what the attempt did, where its kind of failure allows either. */
  async #retryOrRecover(
    info: AttemptInfo,
    error: AepBatchError,
  ): Promise<'retry' | 'give up' | LazyResponse> {
    const { clock, maxRetryAfterMs, onRetry } = this.#context.options;
    const { policy, options } = this.#spec;
    const kind = classifyFailure(error);
    if (kind === 'fatal' || !(error instanceof CallError)) return 'give up';
    const isRepeatable = kind === 'rejected' || isIdempotent(this.#request.method, policy);
    if (!isRepeatable && policy.recover === undefined) return 'give up';
    const retryAfterMs = error instanceof ApiError ? error.retryAfterMs : undefined;
    if (retryAfterMs !== undefined && retryAfterMs > maxRetryAfterMs) return 'give up';

    // An abort from here on does not change whether this attempt may have taken effect.
    const known = { ...info, stateUnknown: error.stateUnknown };
    const delayMs = retryDelayMs(info.attempts, retryAfterMs, clock.random());
    const event = { operation: info.operation, attempt: info.attempts, delayMs, error };
    notify(onRetry, event);
    notify(options.onRetry, event);
    await this.#sleep(delayMs, known);
    if (!isRepeatable && policy.recover !== undefined) {
      return this.#recover(policy.recover, known, error);
    }
    if (kind === 'ambiguous' && info.stateUnknown) this.#priorAmbiguous = error;
    return 'retry';
  }

  /** Finds out what a call did whose response was lost. */
  async #recover(
    recover: (lost: CallError) => Promise<Recovery>,
    info: AttemptInfo,
    error: CallError,
  ): Promise<'retry' | LazyResponse> {
    let recovery: Recovery;
    try {
      recovery = await recover(error);
    } catch (cause) {
      const aborted = this.#findAborted();
      if (aborted !== undefined) {
        throw this.#abortError(info, 'looking up the outcome of the request', aborted);
      }
      error.cause = cause;
      extendMessage(error, `The lookup of its outcome failed: ${describeThrown(cause)}`);
      throw error;
    }
    if (recovery === 'send again') return 'retry';
    const body = Buffer.from(recovery.body === undefined ? '' : JSON.stringify(recovery.body));
    const headers = { 'content-type': 'application/json', 'content-length': `${body.length}` };
    const response = { status: recovery.status, statusText: '', isProven: true, headers, body };
    return new LazyResponse(response, info);
  }

  /** Whether there is another token than the one that was rejected. */
  async #renewToken(info: AttemptInfo): Promise<boolean> {
    const rejected = this.#token;
    if (rejected === undefined) return false;
    const renew = (waiter: TokenWaiter) => this.#context.tokens.renew(rejected, waiter);
    try {
      return (await this.#waitForToken(info, renew)) !== undefined;
    } catch (error) {
      throw preferAmbiguousError(this.#priorAmbiguous, error as AepBatchError);
    }
  }

  /** Waits for an access token, outside of the attempt: its timeout is for the request alone. */
  async #waitForToken<T>(
    info: AttemptInfo,
    request: (waiter: TokenWaiter) => Promise<T>,
  ): Promise<T> {
    // This attempt was not sent, or was rejected; an earlier one may have taken effect.
    const known = { ...info, stateUnknown: info.priorAttemptAmbiguous };
    const limits = { timeoutMs: this.#timeoutMs, maxRetries: this.#maxRetries };
    const work = (signal: AbortSignal) => request({ ...limits, info: known, signal });
    return this.#untilAborted(work, 'waiting for an access token', known);
  }

  /** Waits until the body may be sent, outside of the attempt: no time limit runs, and no connection is held. */
  #waitForPace(body: PacedSource, info: AttemptInfo): Promise<SendPermit> {
    const known = { ...info, stateUnknown: info.priorAttemptAmbiguous };
    const work = (signal: AbortSignal) => body.pace.admit(body.size, signal);
    return this.#untilAborted(work, 'waiting until its bytes may be sent', known);
  }

  #sleep(delayMs: number, info: AttemptInfo): Promise<void> {
    const { clock } = this.#context.options;
    const work = (signal: AbortSignal) => clock.sleep(delayMs, signal);
    return this.#untilAborted(work, 'waiting for the next attempt', info);
  }

  /** Runs work that ends with the caller's signal or with the client. */
  async #untilAborted<T>(
    work: (signal: AbortSignal) => Promise<T>,
    activity: string,
    info: AttemptInfo,
  ): Promise<T> {
    try {
      return await this.#context.lifetime.linked(this.#signals, work);
    } catch (error) {
      const aborted = this.#findAborted();
      if (aborted === undefined) throw error;
      throw this.#abortError(info, activity, aborted);
    }
  }

  #findAborted(): AbortSignal | undefined {
    return this.#context.lifetime.findAborted(this.#signals);
  }

  #abortError(info: AttemptInfo, activity: string, aborted: AbortSignal): AbortError {
    const message = formatCallError(info, `it was aborted while ${activity}`, ambiguityHint(info));
    return new AbortError(message, info, {
      cause: this.#context.options.secrets.clean(aborted.reason),
    });
  }

  #describeAttempt(): AttemptInfo {
    const { method, url } = this.#request;
    const { operation, isAnonymous } = this.#spec;
    return {
      operation,
      method,
      url,
      attempts: this.#attempts,
      maxAttempts: Math.max(this.#maxRetries + 1, this.#attempts),
      requestId: this.#requestId,
      priorAttemptAmbiguous: this.#priorAmbiguous !== undefined,
      stateUnknown: method !== 'GET' && method !== 'HEAD' && !isAnonymous,
    };
  }

  #notifyRequest({ operation, attempts }: AttemptInfo): void {
    const { options } = this.#context;
    if (options.onRequest === undefined && options.onResponse === undefined) return;
    if (this.#findAborted() !== undefined) return; // it will not be sent
    const { method, url, headers } = this.#request;
    const contentRange = headers.get('content-range');
    this.#events = new AttemptEvents(options, {
      operation,
      method,
      url,
      attempt: attempts,
      requestId: this.#requestId,
      ...(contentRange === null ? {} : { contentRange }),
    });
  }

  #notifyResponse(end: AttemptEnd): void {
    this.#events?.notifyResponse(end);
    this.#events = undefined;
  }
}

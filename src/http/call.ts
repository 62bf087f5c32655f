import { randomUUID } from 'node:crypto';
import { checkSignal } from '../shared/checks.js';
import { type AepBatchError, InvalidInputError } from '../shared/errors.js';
import { MAX_URL_LENGTH } from '../shared/limits.js';
import { notify } from '../shared/notify.js';
import { describeThrown } from '../shared/thrown.js';
import { attempt } from './attempt.js';
import type { TokenSource, TokenWaiter } from './auth.js';
import { type Outgoing, type Sender, wire } from './build-request.js';
import { apiError, parseErrorBody } from './error-response.js';
import {
  AbortError,
  ApiError,
  type AttemptInfo,
  ambiguityHint,
  CallError,
  extendMessage,
  failed,
  InvalidResponseError,
} from './errors.js';
import { callOf, type LazyRequest, LazyResponse } from './lazy.js';
import type { Ending } from './lifetime.js';
import { checkRetries, checkTimeout, type RequestEvent, type Settings } from './options.js';
import { isIdempotent, POLICY, type Recovery } from './policy.js';
import { classifyFailure, retryDelayMs } from './retry.js';
import type { Transport } from './transport.js';

/** A UUID for each call. Half of it is drawn once: to draw each is 1.5 % of a small call. */
const ID_OF_PROCESS = randomUUID().slice(0, 24);
let calls = 0;
const nextRequestId = () => `${ID_OF_PROCESS}${(++calls).toString(16).padStart(12, '0')}`;

/** Statuses that another try may change; 401 only with another token. */
const RETRIED_STATUSES = new Set([401, 408, 429, 500, 502, 503, 504]);

/** What every call of a client goes through. */
export interface CallContext extends Sender {
  readonly transport: Transport;
  readonly tokens: TokenSource;
  readonly closed: Ending;
}

/** One call on its way through its attempts. */
interface Call extends Outgoing {
  readonly idempotent: boolean;
  readonly maxRetries: number;
  readonly timeoutMs: number;
  /** The caller's own. */
  readonly signal: AbortSignal | undefined;
  /** What `onRequest` was told of the attempt that is under way, and when. */
  sent: { event: RequestEvent; atMs: number } | undefined;
  /** The last attempt that may have taken effect and was simply made again. */
  priorAttemptAmbiguous: CallError | undefined;
}

/** Makes the `fetch` that openapi-fetch calls: credentials, time, retries, errors. */
export function createCall(around: CallContext) {
  return async (request: LazyRequest): Promise<Response> => {
    const call = checkCall(request, around);
    let renewed = 0;
    for (let attempts = 1; ; attempts++) {
      const facts = attemptInfo(call, attempts);
      const outcome = await tryOnce(call, facts, around);
      if (outcome.error === undefined) return outcome.response;
      const { error } = outcome;
      // A token that could not be got has had its own attempts.
      if (error instanceof CallError && error.operation !== facts.operation) {
        throw preferAmbiguousError(call, error);
      }

      if (
        error instanceof ApiError &&
        error.status === 401 &&
        renewed === 0 &&
        call.maxRetries > 0
      ) {
        renewed = 1;
        if (await renewToken(call, facts, around)) continue;
      } else if (attempts - renewed <= call.maxRetries) {
        const next = await decide(call, facts, error, around);
        if (next === 'again') continue;
        if (next !== 'give up') return next;
      }
      if (outcome.response !== undefined) return outcome.response;
      throw preferAmbiguousError(call, error);
    }
  };
}

/** What a call fails with that could not be made again, for want of a token: the doubt is what counts. */
function preferAmbiguousError(
  { priorAttemptAmbiguous }: Call,
  error: AepBatchError,
): AepBatchError {
  if (priorAttemptAmbiguous === undefined) return error;
  if (error instanceof CallError && error.operation === priorAttemptAmbiguous.operation)
    return error;
  priorAttemptAmbiguous.cause = error;
  const why = error.message.replace(' Nothing was sent.', '');
  extendMessage(priorAttemptAmbiguous, `It could not be made again: ${why}`);
  return priorAttemptAmbiguous;
}

/** What is wrong with a call before anything is sent. */
function checkCall(request: LazyRequest, { settings }: CallContext): Call {
  const { url, method, init } = request;
  const policy = init[POLICY] ?? {};
  const origin = policy.anonymous ? settings.imsOrigin : settings.origin;
  if (!url.startsWith(`${origin}/`)) {
    const message = `${settings.secrets.redact(url)} is not on ${origin}, the origin of this client; credentials go to no other.`;
    throw new InvalidInputError('origin', message);
  }
  if (url.length > MAX_URL_LENGTH) {
    const message = `the URL has ${url.length} characters and may have ${MAX_URL_LENGTH}: shorten the path.`;
    throw new InvalidInputError('path', message);
  }
  return {
    request,
    policy,
    idempotent: isIdempotent(method, policy),
    maxRetries: checkRetries('maxRetries', init.maxRetries ?? settings.maxRetries),
    timeoutMs: checkTimeout('timeoutMs', init.timeoutMs ?? settings.timeoutMs),
    signal:
      init.signal === undefined || init.signal === null
        ? undefined
        : checkSignal('signal', init.signal),
    requestId: nextRequestId(),
    token: undefined,
    sent: undefined,
    priorAttemptAmbiguous: undefined,
  };
}

function attemptInfo(
  { request, maxRetries, requestId, priorAttemptAmbiguous }: Call,
  attempts: number,
): AttemptInfo {
  const { method, url, init } = request;
  return {
    operation: init.about?.operation ?? `${method} ${url}`,
    method,
    url,
    attempts,
    maxAttempts: Math.max(maxRetries + 1, attempts),
    requestId,
    priorAttemptAmbiguous: priorAttemptAmbiguous !== undefined,
    stateUnknown: method !== 'GET' && method !== 'HEAD' && init[POLICY]?.anonymous !== true,
  };
}

type Outcome =
  | { response: Response; error?: undefined }
  | { response?: Response | undefined; error: AepBatchError };

/** One attempt, and whether its end is one that another attempt may change. */
async function tryOnce(call: Call, facts: AttemptInfo, around: CallContext): Promise<Outcome> {
  const { settings, transport, closed } = around;
  const { timeoutMs, signal, request } = call;
  const { about } = request.init;
  const streamed = about?.streamed === true;
  const readsBody = about?.expectsJson === true;
  const { secrets } = settings;
  const options = { facts, timeoutMs, streamed, readsBody, signal, closed, secrets };
  const listens = settings.onRequest !== undefined || settings.onResponse !== undefined;
  const prepare = async () => {
    const sent = await wire(call, around);
    tellRequest(call, facts, settings);
    return sent;
  };
  try {
    // Not for a call that has ended: its attempt says so.
    if (call.policy.anonymous !== true && endOf(call, around) === undefined) {
      call.token =
        around.tokens.ready() ??
        (await waitForToken(call, facts, around, (waiter) => around.tokens.request(waiter)));
    }
    const { answer, facts: known } = await attempt(
      transport,
      listens ? prepare : () => wire(call, around),
      options,
    );
    const response = new LazyResponse(answer, known, settings.secrets);
    if (response.ok && request.init.about?.expectsJson === true) response.parse();
    // As much of a Response as anybody asks for.
    const whole = response as unknown as Response;
    const { status } = answer;
    if (!RETRIED_STATUSES.has(status)) {
      tellAnswer(call, settings, { requestId: known.requestId, status });
      return { response: whole };
    }
    const error = errorOf(whole, parseErrorBody(await whole.text()), settings);
    tellAnswer(call, settings, { requestId: known.requestId, status, error });
    return { response: whole, error };
  } catch (thrown) {
    const error = thrown as AepBatchError;
    tellAnswer(
      call,
      settings,
      error instanceof InvalidResponseError ? { status: error.status, error } : { error },
    );
    return { error };
  }
}

/** Tells of a request that is ready to go out. */
function tellRequest(call: Call, { operation, attempts }: AttemptInfo, settings: Settings): void {
  const { method, url, headers } = call.request;
  const contentRange = headers.get('content-range');
  const event = {
    ...{ operation, method, url, attempt: attempts, requestId: call.requestId },
    ...(contentRange === null ? {} : { contentRange }),
  };
  call.sent = { event, atMs: settings.clock.monotonicNow() };
  notify(settings.onRequest, { ...event });
}

/** Tells of the end of an attempt that went out, if anybody wants to know. */
function tellAnswer(
  call: Call,
  { onResponse, clock }: Settings,
  { requestId, ...end }: { requestId?: string | undefined; status?: number; error?: AepBatchError },
): void {
  if (call.sent === undefined) return;
  const { event, atMs } = call.sent;
  call.sent = undefined;
  const durationMs = Math.max(0, clock.monotonicNow() - atMs);
  notify(onResponse, { ...event, ...end, durationMs, requestId: requestId ?? event.requestId });
}

/** The error that a response outside 2xx stands for. */
export function errorOf(response: Response, body: unknown, settings: Settings): ApiError {
  const { status, headers } = response;
  const { secrets, clock } = settings;
  return apiError({ status, headers, body }, callOf(response), { secrets, nowMs: clock.now() });
}

/**
 * Waits for an access token, unless the caller's signal or the end of the client comes first. It is
 * outside of the attempt, whose time would pass for what is not its own.
 */
async function waitForToken<T>(
  call: Call,
  facts: AttemptInfo,
  around: CallContext,
  ask: (waiter: TokenWaiter) => Promise<T>,
): Promise<T> {
  const { timeoutMs, maxRetries } = call;
  // This attempt has sent nothing, or was refused; what came before it may have had an effect.
  const known = { ...facts, stateUnknown: facts.priorAttemptAmbiguous };
  const work = (signal: AbortSignal) => ask({ timeoutMs, maxRetries, facts: known, signal });
  try {
    return await around.closed.linked(call.signal, work);
  } catch (error) {
    const ended = endOf(call, around);
    if (ended === undefined) throw error;
    throw aborted(known, 'it waited for an access token', ended, around);
  }
}

/** Whether there is another token than the one that was refused. */
async function renewToken(call: Call, facts: AttemptInfo, around: CallContext): Promise<boolean> {
  const { token: refused } = call;
  if (refused === undefined) return false;
  const renew = (waiter: TokenWaiter) => around.tokens.renew(refused, waiter);
  try {
    return (await waitForToken(call, facts, around, renew)) !== undefined;
  } catch (error) {
    throw preferAmbiguousError(call, error as AepBatchError);
  }
}

/** After a failure: wait and try again, take what the platform says it did, or give up. */
async function decide(
  call: Call,
  facts: AttemptInfo,
  error: AepBatchError,
  around: CallContext,
): Promise<'again' | 'give up' | Response> {
  const { clock, maxRetryAfterMs, onRetry, secrets } = around.settings;
  const kind = classifyFailure(error);
  if (kind === 'final' || !(error instanceof CallError)) return 'give up';
  const repeatable = kind === 'refused' || call.idempotent;
  if (!repeatable && call.policy.recover === undefined) return 'give up';
  const asked = error instanceof ApiError ? error.retryAfterMs : undefined;
  if (asked !== undefined && asked > maxRetryAfterMs) return 'give up';

  // An end while it waits or asks leaves the doubt that this attempt left.
  const known = { ...facts, stateUnknown: error.stateUnknown };
  const delayMs = retryDelayMs(facts.attempts, asked, clock.random());
  const event = { operation: facts.operation, attempt: facts.attempts, delayMs, error };
  notify(onRetry, event);
  notify(call.request.init.onRetry, event);
  await wait(delayMs, call, known, around);
  if (repeatable || call.policy.recover === undefined) {
    if (kind === 'lost' && facts.stateUnknown) call.priorAttemptAmbiguous = error;
    return 'again';
  }

  let recovery: Recovery;
  try {
    recovery = await call.policy.recover(error);
  } catch (cause) {
    const ended = endOf(call, around);
    if (ended !== undefined)
      throw aborted(known, 'the platform was asked what became of it', ended, around);
    error.cause = cause;
    extendMessage(error, `It could not be found out: ${describeThrown(cause)}`);
    throw error;
  }
  if (recovery === 'send again') return 'again';
  const body = Buffer.from(recovery.body === undefined ? '' : JSON.stringify(recovery.body));
  const headers = { 'content-type': 'application/json', 'content-length': `${body.length}` };
  const answer = { status: recovery.status, statusText: '', isProven: true, headers, body };
  return new LazyResponse(answer, facts, secrets) as unknown as Response;
}

/** Sleeps, unless the caller's signal or the end of the client comes first. */
async function wait(
  delayMs: number,
  call: Call,
  facts: AttemptInfo,
  { settings, closed }: CallContext,
): Promise<void> {
  const sleep = (signal: AbortSignal) => settings.clock.sleep(delayMs, signal);
  await closed.linked(call.signal, sleep).catch((error: unknown) => {
    const ended = endOf(call, { closed });
    if (ended === undefined) throw error;
    throw aborted(facts, 'it waited for another attempt', ended, { settings });
  });
}

/** What has ended a call from outside, if anything has. */
function endOf({ signal }: Call, { closed }: Pick<CallContext, 'closed'>): AbortSignal | undefined {
  if (signal?.aborted) return signal;
  return closed.signal.aborted ? closed.signal : undefined;
}

function aborted(
  facts: AttemptInfo,
  during: string,
  signal: AbortSignal,
  { settings }: Pick<CallContext, 'settings'>,
): AbortError {
  const message = failed(facts, `it was aborted while ${during}`, ambiguityHint(facts));
  return new AbortError(message, facts, { cause: settings.secrets.clean(signal.reason) });
}

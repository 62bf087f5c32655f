/** Plays the fault that a request meets. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultAction } from '../faults.js';
import { gatewayProblem, problem } from '../platform/http-error.js';
import type { HandlerResponse } from './handler.js';
import { type Exchange, resetConnection, respond, respondEarly, sendTruncated } from './respond.js';
import type { OperationId } from './routes.js';

/** Applies the request and returns its response. @param bytes those of the request's body. */
type Dispatch = (bytes: AsyncIterable<Uint8Array>) => Promise<HandlerResponse>;
type StatusFault = Extract<FaultAction, { status: number }>;

/** `resetAfterBytes` counts the request's bytes for these operations, the response's for others. */
const UPLOADS: readonly (OperationId | undefined)[] = ['uploadFile', 'uploadFilePart'];

/** @param signal aborted when the simulator stops. */
export async function playFault(
  fault: FaultAction,
  exchange: Exchange,
  dispatch: Dispatch,
  { hasRetryAfter, signal }: { hasRetryAfter: boolean; signal: AbortSignal },
): Promise<void> {
  const { request, entry } = exchange;
  if (fault === 'hang') return;
  if (fault === 'reset') return resetConnection(exchange);
  if (fault === 'reset-after-applying') {
    await dispatch(request);
    return resetConnection(exchange);
  }
  if ('delayMs' in fault) {
    await sleep(fault.delayMs, undefined, { signal });
    return respond(exchange, await dispatch(request));
  }
  if ('status' in fault) {
    if (fault.afterApplying === true) await dispatch(request);
    return respond(exchange, buildFaultResponse(fault, hasRetryAfter));
  }
  if ('respondEarly' in fault) return respondEarly(exchange, fault.respondEarly);
  return UPLOADS.includes(entry.operation)
    ? truncateRequest(exchange, dispatch, fault.resetAfterBytes)
    : sendTruncated(exchange, await dispatch(request), fault.resetAfterBytes);
}

/** Without a body of its own: the gateway's for 429, else a problem. */
function buildFaultResponse(
  { status, headers = {}, body }: StatusFault,
  hasRetryAfter: boolean,
): HandlerResponse {
  const isLimit = status === 429 || status === 503;
  const all = { ...(isLimit && hasRetryAfter ? { 'retry-after': '1' } : {}), ...headers };
  if (typeof body === 'string') return { status, headers: all, text: body };
  if (body !== undefined) return { status, headers: all, json: body };
  const { response } =
    status === 429
      ? gatewayProblem('429050', 'Too many requests')
      : problem(status, 'The simulator was configured to play this fault');
  return { ...response, headers: all };
}

/** Thrown where the bytes of a request are cut. */
class TruncatedError extends Error {}

async function truncateRequest(
  exchange: Exchange,
  dispatch: Dispatch,
  bytes: number,
): Promise<void> {
  try {
    await dispatch(truncate(exchange.request, bytes));
  } catch (error) {
    if (!(error instanceof TruncatedError)) throw error;
  }
  resetConnection(exchange);
}

async function* truncate(bytes: AsyncIterable<Uint8Array>, limit: number) {
  let left = limit;
  for await (const chunk of bytes) {
    if (chunk.length >= left) {
      if (left > 0) yield chunk.subarray(0, left);
      throw new TruncatedError();
    }
    left -= chunk.length;
    yield chunk;
  }
  throw new TruncatedError();
}

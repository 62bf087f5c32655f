/** A call, with its retries, as one span. */
import { notify } from '../shared/notify.js';
import type { OutgoingRequest } from './build-request.js';
import type { CallSpec } from './call-context.js';
import type { RetryEvent } from './events.js';
import type { LazyResponse } from './lazy-response.js';
import type { SpanStart, Tracer } from './telemetry.js';
import { count, type SafeSpan, traceSpan } from './tracing.js';

/** @param run makes the call, with the options that it is given. */
export function traceCall(
  tracer: Tracer,
  request: OutgoingRequest,
  spec: CallSpec,
  run: (spec: CallSpec) => Promise<LazyResponse>,
): Promise<LazyResponse> {
  return traceSpan(tracer, toStart(request, spec), (span) => {
    let retries = 0;
    const onRetry = (event: RetryEvent) => {
      retries++;
      recordRetry(event, span, tracer);
      notify(spec.options.onRetry, event);
    };
    const traced = { ...spec, options: { ...spec.options, onRetry } };
    return recordEnd(run(traced), span, () => retries);
  });
}

async function recordEnd(
  call: Promise<LazyResponse>,
  span: SafeSpan,
  countRetries: () => number,
): Promise<LazyResponse> {
  try {
    const response = await call;
    span.set({ 'http.response.status_code': response.status });
    if (response.error !== undefined) span.fail(response.error);
    return response;
  } catch (error) {
    const status = error instanceof Error && 'status' in error ? error.status : undefined;
    if (typeof status === 'number') span.set({ 'http.response.status_code': status });
    throw error;
  } finally {
    const retries = countRetries();
    if (retries > 0) span.set({ 'http.request.resend_count': retries });
  }
}

function toStart({ method, url, headers }: OutgoingRequest, { operation }: CallSpec): SpanStart {
  const { hostname, port, protocol } = new URL(url);
  return {
    name: operation,
    kind: 'client',
    attributes: {
      'http.request.method': method,
      'url.full': url,
      'server.address': hostname,
      'server.port': port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port),
      'aep_batch.operation': operation,
      'aep_batch.content_range': headers.get('content-range') ?? undefined,
    },
  };
}

function recordRetry(
  { operation, attempt, delayMs, error }: RetryEvent,
  span: SafeSpan,
  tracer: Tracer,
): void {
  span.event('retry', {
    'aep_batch.attempt': attempt,
    'aep_batch.delay_ms': Math.round(delayMs),
    'error.type': error.name,
    'error.message': error.message,
  });
  count(tracer, 'aep_batch.retries', 1, { 'aep_batch.operation': operation });
}

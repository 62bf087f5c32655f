import { LateModule } from '../shared/import-late.js';
import type { OutgoingRequest } from './build-request.js';
import { ApiCall } from './call.js';
import type { CallContext, CallSpec } from './call-context.js';
import type { LazyResponse } from './lazy-response.js';

const tracing = new LateModule(() => import('./traced-call.js'));

/** Makes a call, with its retries. Without telemetry that is all it does. */
export function runCall(
  context: CallContext,
  request: OutgoingRequest,
  spec: CallSpec,
): Promise<LazyResponse> {
  const run = (options: CallSpec) => new ApiCall(context, request, options).run();
  const { tracer } = context.options;
  if (tracer === undefined) return run(spec);
  const { loaded } = tracing;
  if (loaded !== undefined) return loaded.traceCall(tracer, request, spec, run);
  return tracing.import().then(({ traceCall }) => traceCall(tracer, request, spec, run));
}

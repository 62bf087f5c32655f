/**
 * `aep-batch/opentelemetry`: traces and counters of a client for OpenTelemetry. It needs `@opentelemetry/api`, which nothing
 * else of this package imports.
 */
import {
  type Context,
  context,
  type Meter,
  type MeterProvider,
  metrics,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import type {
  Telemetry,
  TelemetryAttributes,
  TelemetryCounter,
  TelemetrySpan,
  TelemetryStart,
} from '../http/telemetry.js';
import { VERSION } from '../version.js';

const NAME = 'aep-batch';

/** Where traces and counts go. */
export interface TelemetryOptions {
  /** Default: the global one of `@opentelemetry/api`. */
  tracerProvider?: TracerProvider;
  /** Default: the global one of `@opentelemetry/api`. */
  meterProvider?: MeterProvider;
}

const COUNTERS: Readonly<Record<TelemetryCounter, { description: string; unit: string }>> = {
  'aep_batch.bytes': {
    description: 'Bytes of files that were sent, those sent again included',
    unit: 'By',
  },
  'aep_batch.rows': { description: 'Rows of batches that have ended', unit: '{row}' },
  'aep_batch.retries': { description: 'Repeated attempts of calls', unit: '{retry}' },
};

/**
 * Telemetry for the `telemetry` option of `createBatchClient()`: a span for each ingest, batch, file and call, with retries as
 * events, and counters of bytes, rows and retries. Sends nothing by itself: register an SDK, or pass providers.
 */
export function telemetry(options: TelemetryOptions = {}): Telemetry {
  const tracer = (options.tracerProvider ?? trace).getTracer(NAME, VERSION);
  const meter = (options.meterProvider ?? metrics).getMeter(NAME, VERSION);
  return new OpenTelemetry(tracer, meter);
}

class OpenTelemetry implements Telemetry {
  readonly #tracer: Tracer;
  readonly #counters: Readonly<Record<TelemetryCounter, ReturnType<Meter['createCounter']>>>;

  constructor(tracer: Tracer, meter: Meter) {
    this.#tracer = tracer;
    const create = (name: TelemetryCounter) => meter.createCounter(name, COUNTERS[name]);
    this.#counters = {
      'aep_batch.bytes': create('aep_batch.bytes'),
      'aep_batch.rows': create('aep_batch.rows'),
      'aep_batch.retries': create('aep_batch.retries'),
    };
  }

  startSpan({ name, kind, attributes, parent }: TelemetryStart): TelemetrySpan {
    const within = parent instanceof OpenTelemetrySpan ? parent.context : context.active();
    const options = {
      kind: kind === 'client' ? SpanKind.CLIENT : SpanKind.INTERNAL,
      attributes,
    };
    return new OpenTelemetrySpan(this.#tracer.startSpan(name, options, within), within);
  }

  count(counter: TelemetryCounter, value: number, attributes: TelemetryAttributes): void {
    this.#counters[counter].add(value, attributes);
  }
}

class OpenTelemetrySpan implements TelemetrySpan {
  readonly #span: Span;
  /** That of the spans within this one. */
  readonly context: Context;

  constructor(span: Span, parent: Context) {
    this.#span = span;
    this.context = trace.setSpan(parent, span);
  }

  setAttributes(attributes: TelemetryAttributes): void {
    this.#span.setAttributes(attributes);
  }

  addEvent(name: string, attributes: TelemetryAttributes): void {
    this.#span.addEvent(name, attributes);
  }

  fail({ name, message }: { readonly name: string; readonly message: string }): void {
    // Not the error itself: its stack and its causes may show what its message does not.
    this.#span.recordException({ name, message });
    this.#span.setAttributes({ 'error.type': name });
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message });
  }

  end(): void {
    this.#span.end();
  }

  run(work: () => void): void {
    context.with(this.context, work);
  }
}

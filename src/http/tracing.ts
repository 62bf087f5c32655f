/**
 * Spans and counts of what goes on. Imported with the first work of a client that has telemetry, and with uploads.
 * Parents are found through async context, so a span needs no context manager to have the right one.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { describeThrown } from '../shared/thrown.js';
import type { Secrets } from './redact.js';
import type {
  SpanStart,
  TelemetryAttributes,
  TelemetryCounter,
  TelemetrySpan,
  Tracer,
} from './telemetry.js';

/** A span as the client uses it: nothing that is done with it throws. */
export class SafeSpan {
  readonly #span: TelemetrySpan | undefined;
  readonly #secrets: Secrets | undefined;

  constructor(span?: TelemetrySpan, secrets?: Secrets) {
    this.#span = span;
    this.#secrets = secrets;
  }

  /** The receiver's own. */
  get own(): TelemetrySpan | undefined {
    return this.#span;
  }

  set(attributes: Readonly<Record<string, string | number | boolean | undefined>>): void {
    if (this.#span === undefined) return;
    safely(() => this.#span?.setAttributes(clean(attributes, this.#secrets)));
  }

  event(name: string, attributes: TelemetryAttributes): void {
    if (this.#span === undefined) return;
    safely(() => this.#span?.addEvent(name, clean(attributes, this.#secrets)));
  }

  fail(error: unknown): void {
    if (this.#span === undefined) return;
    const name = error instanceof Error ? error.name : 'Error';
    const text = describeThrown(error);
    const message = this.#secrets?.redact(text) ?? text;
    safely(() => this.#span?.fail({ name, message }));
  }

  end(): void {
    safely(() => this.#span?.end());
  }

  /** Calls the work once and at once, whatever the receiver does. */
  run<T>(work: () => T): T {
    const results: T[] = [];
    const once = () => {
      if (results.length === 0) results.push(work());
    };
    if (this.#span?.run !== undefined) safely(() => this.#span?.run?.(once));
    once();
    return results[0] as T; // there is one by now
  }
}

/** For work that nobody traces. */
export const NO_SPAN = new SafeSpan();

/** The span of the work that goes on, for those that begin within it. */
const active = new AsyncLocalStorage<SafeSpan>();

/** Does the work within a span, which ends with it. */
export function traceSpan<T>(
  tracer: Tracer,
  start: SpanStart,
  work: (span: SafeSpan) => Promise<T>,
): Promise<T> {
  const span = startSpan(tracer, start);
  const traced = async (): Promise<T> => {
    try {
      return await work(span);
    } catch (error) {
      span.fail(error);
      throw error;
    } finally {
      span.end();
    }
  };
  return active.run(span, () => span.run(traced));
}

export function count(
  tracer: Tracer | undefined,
  counter: TelemetryCounter,
  value: number,
  attributes: Readonly<Record<string, string | number | undefined>>,
): void {
  if (tracer === undefined || !(value > 0)) return;
  const { telemetry, secrets } = tracer;
  safely(() => telemetry.count(counter, value, clean(attributes, secrets)));
}

function startSpan(
  { telemetry, secrets }: Tracer,
  { name, kind, attributes }: SpanStart,
): SafeSpan {
  const parent = active.getStore()?.own;
  const cleaned = clean(attributes, secrets);
  let span: TelemetrySpan | undefined;
  safely(() => {
    span = telemetry.startSpan({ name, kind, attributes: cleaned, parent });
    return span;
  });
  return new SafeSpan(span, secrets);
}

/** Does the work, within a span where there is a tracer. */
export const trace = <T>(
  tracer: Tracer | undefined,
  start: () => SpanStart,
  work: (span: SafeSpan) => Promise<T>,
): Promise<T> => (tracer === undefined ? work(NO_SPAN) : traceSpan(tracer, start(), work));

/** Calls what is not ours: what it throws, at once or later, is ignored. */
function safely(call: () => unknown): void {
  try {
    const result = call();
    if (typeof result === 'object' && result !== null)
      Promise.resolve(result).catch(() => undefined);
  } catch {
    // As above.
  }
}

/** Without what is not known, and without secrets. */
function clean(
  attributes: Readonly<Record<string, string | number | boolean | undefined>>,
  secrets: Secrets | undefined,
): TelemetryAttributes {
  const cleaned: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    cleaned[name] = typeof value === 'string' ? (secrets?.redact(value) ?? value) : value;
  }
  return cleaned;
}

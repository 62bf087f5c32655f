/**
 * Traces and counters of a client. `Telemetry` is what receives them; `aep-batch/opentelemetry` has one for OpenTelemetry.
 * Parents are found through async context, so a span needs no context manager to have the right one.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { describeThrown } from '../shared/thrown.js';
import type { Secrets } from './redact.js';

/** What a span, an event or a count is about. Names follow OpenTelemetry's semantic conventions where they have one. */
export type TelemetryAttributes = Readonly<Record<string, string | number | boolean>>;

/** A span: a piece of work with a beginning and an end. */
export interface TelemetrySpan {
  setAttributes(attributes: TelemetryAttributes): void;
  addEvent(name: string, attributes: TelemetryAttributes): void;
  /** The work has failed. The message holds no secret. */
  fail(error: { readonly name: string; readonly message: string }): void;
  end(): void;
  /** Calls a function at once, so that spans of others that begin in it are children of this one. */
  run?(work: () => void): void;
}

/** A span that begins. */
export interface TelemetryStart {
  /** `aep_batch.ingest`, `aep_batch.batch`, `aep_batch.file`, or the operation of a call. */
  readonly name: string;
  /** `client` for a call to the platform, with all its attempts. */
  readonly kind: 'internal' | 'client';
  readonly attributes: TelemetryAttributes;
  /** The span that it belongs to; `undefined` for one that belongs to none of ours. */
  readonly parent: TelemetrySpan | undefined;
}

/** `aep_batch.bytes` of files that were sent, `aep_batch.rows` of batches that have ended, `aep_batch.retries` of calls. */
export type TelemetryCounter = 'aep_batch.bytes' | 'aep_batch.rows' | 'aep_batch.retries';

/** Receives traces and counts. What it throws is ignored: it changes no result. */
export interface Telemetry {
  startSpan(start: TelemetryStart): TelemetrySpan;
  count(counter: TelemetryCounter, value: number, attributes: TelemetryAttributes): void;
}

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

/** What begins with `Tracer.trace()`. */
export type SpanStart = Pick<TelemetryStart, 'name' | 'kind'> & {
  readonly attributes: Readonly<Record<string, string | number | boolean | undefined>>;
};

export class Tracer {
  readonly #telemetry: Telemetry;
  readonly #secrets: Secrets;

  /** @param secrets are masked in everything that the receiver gets. */
  constructor(telemetry: Telemetry, secrets: Secrets) {
    this.#telemetry = telemetry;
    this.#secrets = secrets;
  }

  /** Does the work within a span, which ends with it. */
  trace<T>(start: SpanStart, work: (span: SafeSpan) => Promise<T>): Promise<T> {
    const span = this.#start(start);
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

  count(
    counter: TelemetryCounter,
    value: number,
    attributes: Readonly<Record<string, string | number | undefined>>,
  ): void {
    if (!(value > 0)) return;
    safely(() => this.#telemetry.count(counter, value, clean(attributes, this.#secrets)));
  }

  #start({ name, kind, attributes }: SpanStart): SafeSpan {
    const parent = active.getStore()?.own;
    const cleaned = clean(attributes, this.#secrets);
    let span: TelemetrySpan | undefined;
    safely(() => {
      span = this.#telemetry.startSpan({ name, kind, attributes: cleaned, parent });
      return span;
    });
    return new SafeSpan(span, this.#secrets);
  }
}

/** Does the work, within a span where there is a tracer. */
export const trace = <T>(
  tracer: Tracer | undefined,
  start: () => SpanStart,
  work: (span: SafeSpan) => Promise<T>,
): Promise<T> => (tracer === undefined ? work(NO_SPAN) : tracer.trace(start(), work));

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

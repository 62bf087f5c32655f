/**
 * Traces and counters of a client. `Telemetry` is what receives them; `aep-batch/opentelemetry` has one for OpenTelemetry.
 */
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

/** What begins with `trace()`. */
export type SpanStart = Pick<TelemetryStart, 'name' | 'kind'> & {
  readonly attributes: Readonly<Record<string, string | number | boolean | undefined>>;
};

/** The receiver of a client, and the secrets that are masked in everything it gets. */
export interface Tracer {
  readonly telemetry: Telemetry;
  readonly secrets: Secrets;
}

/** What the listeners of a client get. */
import type { AepBatchError } from '../shared/errors.js';
import type { CallError } from './errors.js';

/** What `onRetry` gets. */
export interface RetryEvent {
  /** The operationId of the document, for instance `createBatch`. */
  operation: string;
  /** The number of the attempt that failed, from 1. */
  attempt: number;
  /** How long it is until the next attempt, in milliseconds. */
  delayMs: number;
  /** Why it failed. */
  error: CallError;
}

/** What `onRequest` gets. */
export interface RequestEvent {
  /** The operationId of the document; `getToken` is the call for an access token. */
  operation: string;
  /** The HTTP method. */
  method: string;
  /** The full URL. */
  url: string;
  /** The number of the attempt, from 1. */
  attempt: number;
  /** What is sent as `x-request-id`, the same for all attempts of a call. */
  requestId: string;
  /** `Content-Range`, where the request brings a part of a file. */
  contentRange?: string;
}

/** What `onResponse` gets. */
export interface ResponseEvent extends RequestEvent {
  /** The platform's own id for the request, where it names one. */
  requestId: string;
  /** How long it took, in milliseconds; of a download, until its headers arrived. */
  durationMs: number;
  /** Missing where there was no response. */
  status?: number;
  /** Why there is no response, or an error response that may be retried; others have a status alone. */
  error?: AepBatchError;
}

/** What `onDrift` gets: one difference between a response and the OpenAPI document. */
export interface DriftEvent {
  /** The operationId of the document. */
  operation: string;
  /** The status of the response. */
  status: number;
  /** `status`, `content-type`, `header <name>`, or `body` followed by a JSON pointer into it. */
  path: string;
  /** What the document says. */
  expected: string;
  /** What was received, as JSON of up to 200 characters, with secrets masked; `nothing` if it is missing. */
  received: string;
  /** The platform's own id for the request, where it names one. */
  requestId: string | undefined;
}

/** What is said of a call of the public client. */
import type { operations } from '../../generated/openapi.js';
import type { BatchClient } from '../../src/index.js';
import type { ResponseSelector } from './prism-proxy.js';

/** The response that a call is tested with: its status, and whether its body is bytes. */
export interface ExpectedResponse {
  status: number;
  bytes: boolean;
  /** The name of its example, if it has one. */
  example?: string;
}

/** A request as it must arrive at the server. */
export interface ExpectedRequest {
  method: string;
  /** Path and query, percent-encoded as sent. */
  target: string;
  /** Default `application/json`. */
  accept?: string;
  /** JSON, a form, or bytes as text. Without it the request must have no body. */
  body?: unknown;
  /** Other headers that must be present. */
  headers?: Record<string, string>;
}

/** A call of the public client and the requests that it must send. */
export interface Call {
  operation: keyof operations;
  title: string;
  run: (client: BatchClient) => Promise<unknown>;
  expected: readonly ExpectedRequest[];
  /** Whether this call is tested with a response of its operation. The first call that is gets it. */
  handles: (response: ExpectedResponse) => boolean;
  /** The responses to its requests, where one response is not enough. */
  responses?: readonly ResponseSelector[];
}

/** A call under its operation. */
export type Entry = Omit<Call, 'operation' | 'handles'> & { handles?: Call['handles'] };

export const get = (target: string): ExpectedRequest => ({ method: 'GET', target });
/** For a call that is tested with responses of its own. */
export const never = () => false;

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

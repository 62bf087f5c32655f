/** Records what a sandbox responds, below the client: each attempt, and the calls of the token service. */
import type { operations } from '../../generated/openapi.js';
import type { Json } from '../../spec-tools/operations.js';
import { createRouter, type Router } from '../coverage/routes.js';

export type OperationId = keyof operations;

/** A response as it was received. Bodies that are not text are not read. */
export interface Exchange {
  operation: string;
  status: number;
  headers: Headers;
  body: string | undefined;
}

const TEXT = /^(?:text\/|application\/(?:[\w.+-]*\+)?json\b)/i;

export class Recorder {
  readonly exchanges: Exchange[] = [];
  readonly #router: Router;
  readonly #send: typeof fetch;

  /** @param send the fetch that makes the requests. */
  constructor(document: Json, send: typeof fetch) {
    this.#router = createRouter(document);
    this.#send = send;
  }

  /** The `fetch` option of the client. */
  readonly fetch: typeof fetch = async (input, init) => {
    const response = await this.#send(input, init);
    const url = new URL(String(input));
    const found = this.#router(init?.method ?? 'GET', `${url.pathname}${url.search}`);
    if (found === undefined) return response;
    const { status, headers } = response;
    const isText = TEXT.test(headers.get('content-type') ?? '') || response.body === null;
    const body = isText ? await response.clone().text() : undefined;
    this.exchanges.push({ operation: found.operation.id, status, headers, body });
    return response;
  };

  /** The last response of an operation. */
  last(operation: OperationId): Exchange | undefined {
    return this.exchanges.filter((one) => one.operation === operation).at(-1);
  }
}

/** The requests that openapi-fetch makes for itself; those for middleware are in `middleware-request.ts`. */
import type { SentBody } from './serialize.js';

/** What openapi-fetch passes to the constructor of a Request. */
export interface Init {
  readonly method: string;
  readonly headers: Headers;
  readonly body?: SentBody;
  readonly signal?: AbortSignal | null | undefined;
}

/**
 * Has what openapi-fetch uses of a Request. A real one costs a small call a tenth of its rate. The body is not passed
 * through openapi-fetch, which would merge the headers of such a call twice.
 */
export class LazyRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;

  constructor(url: string, { method, headers }: Init) {
    this.url = url;
    this.method = method;
    this.headers = headers;
  }
}

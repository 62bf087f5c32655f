/**
 * The Request and Response that openapi-fetch gets from us. Real ones cost most of the time of a
 * small call (a Response alone halves the rate), so these hold plain values and become real ones
 * only when somebody asks for more than a call needs.
 *
 * What a middleware of `raw` may do: read and set headers, read `method` and `url`, return a new
 * `Response` or a `request.clone()`. It may not copy a request with `new Request(request)`.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { InvalidInputError } from '../shared/errors.js';
import { type AttemptInfo, ambiguityHint, failed, InvalidResponseError } from './errors.js';
import type { RetryEvent } from './options.js';
import { POLICY, type Policy } from './policy.js';
import type { Secrets } from './redact.js';

/** What a call is, beside what goes over the wire. */
export interface About {
  /** The operationId of the document. */
  readonly operation: string | undefined;
  /** Whether the body of a success is handed out while it comes, and not read first. */
  readonly streamed: boolean;
  /** Whether the body of a success has to be JSON, unless it is empty. */
  readonly expectsJson: boolean;
}

/** The init that openapi-fetch builds, with the fields of ours that it hands through. */
export interface LazyInit {
  method: string;
  headers: Headers;
  body?: unknown;
  signal?: AbortSignal | null;
  timeoutMs?: number;
  maxRetries?: number;
  onRetry?: (event: RetryEvent) => void;
  about?: About;
  [POLICY]?: Policy;
}

/** As much of a Request as openapi-fetch touches. */
export class LazyRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly init: LazyInit;

  constructor(url: string, init: LazyInit) {
    this.url = url;
    this.method = init.method;
    this.headers = init.headers;
    this.init = init;
  }

  // The getters of a real Request would fail on this one with an error of Node's own.
  get signal(): AbortSignal {
    return this.init.signal ?? new AbortController().signal;
  }
  get bodyUsed(): boolean {
    return false;
  }
  get body(): ReadableStream<Uint8Array> | null {
    return this.#toResponse().body;
  }
  async text(): Promise<string> {
    return this.#toResponse().text();
  }
  async json(): Promise<unknown> {
    return JSON.parse(await this.text());
  }
  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#toResponse().arrayBuffer();
  }
  /** The same request with headers of its own. */
  clone(): LazyRequest {
    return new LazyRequest(this.url, { ...this.init, headers: new Headers(this.headers) });
  }

  /** A body as JSON text can be read any number of times; the bytes of a file are for the transport alone. */
  #toResponse(): Response {
    const { body } = this.init;
    if (body === undefined || body === null || typeof body === 'string') {
      return new Response(body ?? null);
    }
    const message =
      'Invalid use of a request body: a middleware can read a JSON body, not the bytes of an upload.';
    throw new InvalidInputError('body', message);
  }
}

/** What a transport gives: a body that was read, or one that is still to be read. */
export interface TransportResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHttpHeaders;
  /**
   * Whether a body that ends is known to be complete: its length or its chunks say so. Otherwise a
   * connection that broke looks like the end.
   */
  readonly isProven: boolean;
  readonly body: Buffer | Readable;
}

/** The headers of a response: `get` and `has` read Node's own record, all else a real Headers. */
class LazyHeaders {
  readonly #record: IncomingHttpHeaders;
  #real: Headers | undefined;

  constructor(record: IncomingHttpHeaders) {
    this.#record = record;
  }

  get(name: string): string | null {
    const value = this.#record[name.toLowerCase()];
    if (value === undefined) return null;
    return typeof value === 'string' ? value : value.join(', ');
  }

  has(name: string): boolean {
    return this.#record[name.toLowerCase()] !== undefined;
  }

  /** The real Headers. */
  whole(): Headers {
    if (this.#real !== undefined) return this.#real;
    const real = new Headers();
    for (const [name, value] of Object.entries(this.#record)) {
      for (const one of Array.isArray(value) ? value : [value ?? '']) append(real, name, one);
    }
    this.#real = real;
    return real;
  }

  // Methods, not arrow functions: those would be made anew for every answer.
  keys() {
    return this.whole().keys();
  }
  values() {
    return this.whole().values();
  }
  entries() {
    return this.whole().entries();
  }
  [Symbol.iterator]() {
    return this.whole().entries();
  }
  getSetCookie(): string[] {
    return this.whole().getSetCookie();
  }
  forEach(...all: Parameters<Headers['forEach']>): void {
    this.whole().forEach(...all);
  }

  set(): never {
    throw new TypeError('the headers of an answer cannot be changed');
  }
  append(): never {
    return this.set();
  }
  delete(): never {
    return this.set();
  }

  [inspect.custom]() {
    return this.whole();
  }
  toJSON() {
    return {}; // as a real one
  }
}

/** Headers are as strict as HTTP; what a server sent need not be, and one bad header is left out. */
function append(headers: Headers, name: string, value: string): void {
  try {
    headers.append(name, value);
  } catch {
    // It can still be read by its name.
  }
}

/** An answer, as a Response that is made only when it is needed. */
export class LazyResponse {
  readonly status: number;
  readonly statusText: string;
  readonly ok: boolean;
  readonly headers: LazyHeaders;
  readonly url: string;
  readonly redirected = false;
  readonly type = 'basic';
  readonly #call: AttemptInfo;
  readonly #body: Buffer | Readable;
  #real: Response | undefined;

  readonly #secrets: Secrets;
  #parsed: { value: unknown } | undefined;

  readonly #isProven: boolean;

  constructor(response: TransportResponse, call: AttemptInfo, secrets: Secrets) {
    this.#secrets = secrets;
    this.#call = call;
    this.#isProven = response.isProven;
    this.url = call.url;
    this.status = response.status;
    this.statusText = response.statusText;
    this.ok = response.status >= 200 && response.status < 300;
    this.headers = new LazyHeaders(response.headers);
    this.#body = response.body;
  }

  /** Whether the end of the body is known to be its end; see `TransportResponse`. */
  get isProven(): boolean {
    return this.#isProven;
  }

  /** Which call this is the answer to; not a field, which would show when it is printed. */
  get call(): AttemptInfo {
    return this.#call;
  }

  /** The real Response; its body can be read once. */
  #whole(): Response {
    if (this.#real !== undefined) return this.#real;
    const { status } = this;
    const isEmpty = status === 204 || status === 205 || status === 304;
    const body = this.#body instanceof Readable ? Readable.toWeb(this.#body) : this.#body;
    // A Response cannot be made with a status or a reason that HTTP does not have; a server may
    // send both.
    const isStandard = status >= 200 && status <= 599;
    const statusText = /^[\t\x20-\x7e]*$/.test(this.statusText) ? this.statusText : '';
    this.#real = new Response(isEmpty ? null : body, {
      status: isStandard ? status : 200,
      statusText,
      headers: this.headers.whole(),
    });
    if (!isStandard) {
      Object.defineProperties(this.#real, { status: { value: status }, ok: { value: false } });
    }
    return this.#real;
  }

  get body(): ReadableStream<Uint8Array> | null {
    return this.#whole().body;
  }
  get bodyUsed(): boolean {
    return this.#real?.bodyUsed ?? false;
  }
  async text(): Promise<string> {
    return Buffer.isBuffer(this.#body) ? decode(this.#body) : this.#whole().text();
  }
  async json(): Promise<unknown> {
    return Buffer.isBuffer(this.#body) ? this.parse() : this.#whole().json();
  }

  /**
   * The JSON of a body that was read; `undefined` where it is empty.
   * @throws {InvalidResponseError} when it is no JSON.
   */
  parse(): unknown {
    if (!Buffer.isBuffer(this.#body) || this.#body.length === 0) return undefined;
    this.#parsed ??= { value: this.#parse(decode(this.#body)) };
    return this.#parsed.value;
  }

  #parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (cause) {
      const early = this.#isProven
        ? ''
        : '; the response may have ended early, since it has neither Content-Length nor chunks';
      const what = `${this.status} with a body that is no JSON (${text.length} characters${early})`;
      const message = failed(this.call, what, ambiguityHint(this.call));
      throw new InvalidResponseError(message, this.call, this.status, this.#secrets.clean(cause));
    }
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.#whole().arrayBuffer();
  }
  blob(): Promise<Blob> {
    return this.#whole().blob();
  }
  async bytes(): Promise<Uint8Array> {
    return new Uint8Array(await this.arrayBuffer());
  }
  formData(): Promise<FormData> {
    return this.#whole().formData();
  }
  clone(): Response {
    return this.#whole().clone();
  }

  toJSON() {
    return {}; // as a real one
  }
  [inspect.custom](): string {
    return `Response { status: ${this.status}, url: '${this.url}' }`;
  }
}

// So that `instanceof`, which openapi-fetch asks of what a middleware returns, holds for ours.
Object.setPrototypeOf(LazyRequest.prototype, Request.prototype);
Object.setPrototypeOf(LazyHeaders.prototype, Headers.prototype);
Object.setPrototypeOf(LazyResponse.prototype, Response.prototype);

/** UTF-8, with or without a byte order mark. */
function decode(body: Buffer): string {
  const text = body.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Whether a response is known to be complete at its end; one that a middleware made is. */
export const isProven = (response: Response): boolean =>
  !(response instanceof LazyResponse) || response.isProven;

/** Which call an answer belongs to; one that a middleware made has only itself to tell. */
export function callOf(response: Response): AttemptInfo {
  if (response instanceof LazyResponse) return response.call;
  const url = response.url || 'of a middleware';
  const known = { operation: 'a call', method: 'a call', url, attempts: 1, maxAttempts: 1 };
  return { ...known, requestId: undefined, stateUnknown: false, priorAttemptAmbiguous: false };
}

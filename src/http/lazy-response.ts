/**
 * The Response that openapi-fetch, middleware and callers get. A real one halves the rate of small
 * calls, so this one holds plain values and makes a real one only when somebody needs more of it.
 */
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { parseJson } from '../shared/json.js';
import {
  type ApiError,
  type AttemptInfo,
  ambiguityHint,
  formatCallError,
  InvalidResponseError,
} from './errors.js';
import type { TransportResponse } from './transport.js';

/** The headers of a response: `get` and `has` read Node's own record, all else a real Headers. */
class LazyHeaders implements Headers {
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

  toHeaders(): Headers {
    if (this.#real !== undefined) return this.#real;
    const real = new Headers();
    for (const [name, value] of Object.entries(this.#record)) {
      for (const one of Array.isArray(value) ? value : [value ?? '']) append(real, name, one);
    }
    this.#real = real;
    return real;
  }

  // Methods, not arrow functions: those would be created for every response.
  keys(): ReturnType<Headers['keys']> {
    return this.toHeaders().keys();
  }
  values(): ReturnType<Headers['values']> {
    return this.toHeaders().values();
  }
  entries(): ReturnType<Headers['entries']> {
    return this.toHeaders().entries();
  }
  [Symbol.iterator](): ReturnType<Headers['entries']> {
    return this.toHeaders().entries();
  }
  getSetCookie(): string[] {
    return this.toHeaders().getSetCookie();
  }
  forEach(...all: Parameters<Headers['forEach']>): void {
    this.toHeaders().forEach(...all);
  }

  set(): never {
    throw new TypeError('the headers of a response cannot be changed');
  }
  append(): never {
    return this.set();
  }
  delete(): never {
    return this.set();
  }

  [inspect.custom]() {
    return this.toHeaders();
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

/** A `Uint8Array` of its own memory, which TypeScript names otherwise from 5.7 on. */
type OwnBytes = ReturnType<typeof Uint8Array.of>;

/** Implements the part of Response that openapi-fetch and middleware use; the rest is a real one's. */
export class LazyResponse implements Response {
  readonly status: number;
  readonly statusText: string;
  readonly ok: boolean;
  readonly headers: LazyHeaders;
  readonly url: string;
  readonly redirected = false;
  readonly type = 'basic';
  readonly #info: AttemptInfo;
  #error: ApiError | undefined;
  readonly #body: Buffer | Readable;
  readonly #isProven: boolean;
  #parsed: { value: unknown } | undefined;
  #real: Response | undefined;

  constructor(response: TransportResponse, info: AttemptInfo) {
    if (!isLinked) linkPrototypes();
    this.#info = info;
    this.#isProven = response.isProven;
    this.url = info.url;
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

  // Not fields, which would show when a response is printed.
  /** The attempt that this is the response to. */
  get info(): AttemptInfo {
    return this.#info;
  }

  /** The error that an error response stands for. */
  get error(): ApiError | undefined {
    return this.#error;
  }
  set error(error: ApiError) {
    this.#error = error;
  }

  /** The text of a body that was read as a whole; `undefined` of one that is streamed. */
  get bufferedText(): string | undefined {
    return Buffer.isBuffer(this.#body) ? decode(this.#body) : undefined;
  }

  /** The real Response; its body can be read once. */
  toResponse(): Response {
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
      headers: this.headers.toHeaders(),
    });
    return this.#keepStatus(this.#real);
  }

  /** Gives a real Response, or a clone of it, the status that it could not be made with. */
  #keepStatus(real: Response): Response {
    const { status, ok } = this;
    if (real.status === status) return real;
    return Object.defineProperties(real, { status: { value: status }, ok: { value: ok } });
  }

  get body(): Response['body'] {
    return this.toResponse().body;
  }
  get bodyUsed(): boolean {
    return this.#real?.bodyUsed ?? false;
  }
  async text(): Promise<string> {
    return Buffer.isBuffer(this.#body) ? decode(this.#body) : this.toResponse().text();
  }
  async json(): Promise<unknown> {
    return Buffer.isBuffer(this.#body) ? this.parse() : this.toResponse().json();
  }

  /**
   * The JSON of a body that was read; `undefined` where it is empty.
   * @throws {InvalidResponseError} when it is not JSON.
   */
  parse(): unknown {
    if (!Buffer.isBuffer(this.#body) || this.#body.length === 0) return undefined;
    this.#parsed ??= { value: this.#parse(decode(this.#body)) };
    return this.#parsed.value;
  }

  /**
   * For a success whose body is not used, so that nothing else notices a page of whatever stands in
   * front of the platform.
   * @throws {InvalidResponseError} for an HTML page, and for a JSON body that has the status of an error.
   */
  assertNoErrorBody(): void {
    if (!Buffer.isBuffer(this.#body) || this.#body.length === 0) return;
    const found = findErrorBody(decode(this.#body.subarray(0, MAX_SEARCHED_BYTES)).trimStart());
    if (found === undefined) return;
    const info = this.#info;
    const message = formatCallError(info, `${this.status} with ${found}`, ambiguityHint(info));
    throw new InvalidResponseError(message, info, this.status);
  }

  #parse(text: string): unknown {
    try {
      return parseJson(text);
    } catch (cause) {
      const early = this.#isProven
        ? ''
        : '; the response may have ended early, since it has neither Content-Length nor chunks';
      const what = `${this.status} with a body that is not valid JSON (${text.length} characters${early})`;
      const message = formatCallError(this.#info, what, ambiguityHint(this.#info));
      throw new InvalidResponseError(message, this.#info, this.status, cause);
    }
  }

  /** The body of an error response: an HTML page, for instance, stays text. */
  parseOrText(): unknown {
    const text = Buffer.isBuffer(this.#body) ? decode(this.#body) : '';
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  }

  arrayBuffer(): Promise<ArrayBuffer> {
    return this.toResponse().arrayBuffer();
  }
  blob(): Promise<Blob> {
    return this.toResponse().blob();
  }
  async bytes(): Promise<OwnBytes> {
    return new Uint8Array(await this.arrayBuffer());
  }
  formData(): Promise<FormData> {
    return this.toResponse().formData();
  }
  clone(): Response {
    return this.#keepStatus(this.toResponse().clone());
  }

  toJSON() {
    return {}; // as a real one
  }
  [inspect.custom](): string {
    return `Response { status: ${this.status}, url: '${this.url}' }`;
  }
}

let isLinked = false;

/**
 * So that `instanceof`, which openapi-fetch asks of what a middleware returns, holds for ours. With the first response and not
 * when this module is loaded: the first mention of `Headers` makes Node load all of its fetch, which takes longer than
 * to load this library.
 */
function linkPrototypes(): void {
  isLinked = true;
  Object.setPrototypeOf(LazyHeaders.prototype, Headers.prototype);
  Object.setPrototypeOf(LazyResponse.prototype, Response.prototype);
}

/** No error body of the platform is longer. */
const MAX_SEARCHED_BYTES = 64 * 1024;

function findErrorBody(text: string): string | undefined {
  if (/^<(?:!doctype\s+html|html|head|body)\b/i.test(text)) return 'an HTML page';
  if (!text.startsWith('{')) return undefined;
  try {
    const { status }: { status?: unknown } = JSON.parse(text);
    const isError = typeof status === 'number' && status >= 400 && status <= 599;
    return isError ? `a body that reports status ${status}` : undefined;
  } catch {
    return undefined;
  }
}

/** UTF-8, with or without a byte order mark. */
function decode(body: Buffer): string {
  const text = body.toString('utf8');
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Whether a response is known to be complete at its end; one that a middleware made is. */
export const isProven = (response: Response): boolean =>
  !(response instanceof LazyResponse) || response.isProven;

/** The attempt that a response belongs to; of one that a middleware made, only the URL is known. */
export function attemptInfo(response: Response): AttemptInfo {
  if (response instanceof LazyResponse) return response.info;
  const url = response.url || 'of a middleware';
  const call = { operation: 'a call', method: 'a call', url, attempts: 1, maxAttempts: 1 };
  return { ...call, requestId: undefined, stateUnknown: false, priorAttemptAmbiguous: false };
}

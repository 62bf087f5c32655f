/** The transport that calls a `fetch` of the caller: Node's, that of undici or node-fetch, or a mock. */
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { isProxy } from 'node:util/types';
import { systemCode } from '../shared/thrown.js';
import { isDecodable } from './decode.js';
import { EarlyResponseError } from './early-response.js';
import {
  type AttemptContext,
  hasLength,
  type Transport,
  type TransportResponse,
} from './transport.js';
import type { Upload } from './upload.js';

type Fetch = typeof globalThis.fetch;

/** The part of a Response that is used; mocks have even less of it. */
interface ResponseLike {
  status: number;
  statusText?: unknown;
  headers?: unknown;
  body?: unknown;
  text?: unknown;
  json?: unknown;
}

/** A transport that calls the caller's own `fetch` as `(url, init)`. */
export function fetchTransport(fetch: Fetch): Transport {
  return async ({ method, url, headers, body, context }) => {
    context.isConnected = true; // a fetch does not say when
    const controller = new AbortController();
    context.onCancel((reason) => controller.abort(reason));
    const init: RequestInit = { method, headers, signal: controller.signal, redirect: 'manual' };
    if (typeof body !== 'object') {
      if (body !== undefined) init.body = body;
      return toTransportResponse(await call(fetch, url, init, context));
    }
    const upload = new FetchUpload(body);
    try {
      // Not 'manual' for bytes: fetch then keeps a copy of them for a redirect that is not followed anyway.
      Object.assign(init, { body: await upload.start(), duplex: 'half', redirect: 'error' });
      const response = await Promise.race([call(fetch, url, init, context), upload.failed]);
      await upload.check(response.status).catch((error: unknown) => {
        discard(response.body);
        throw error;
      });
      return await toTransportResponse(response, () => upload.end());
    } catch (error) {
      controller.abort(error); // whether or not there is a response, its connection is closed
      upload.end();
      throw error;
    }
  };
}

async function call(
  fetch: Fetch,
  url: string,
  init: RequestInit,
  context: AttemptContext,
): Promise<ResponseLike> {
  context.sent = true;
  let response: unknown;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (wasNeverSent(error)) context.isConnected = context.sent = false;
    throw error;
  }
  if (isResponseLike(response)) return response;
  const received = response === null ? 'null' : typeof response;
  const message = `Invalid response of the fetch option: expected an object with a status from 200 to 599, received ${received}`;
  throw Object.assign(new TypeError(message), { code: 'ERR_INVALID_RETURN_VALUE' });
}

const isResponseLike = (value: unknown): value is ResponseLike =>
  typeof value === 'object' &&
  value !== null &&
  'status' in value &&
  typeof value.status === 'number' &&
  Number.isInteger(value.status) &&
  value.status >= 200 &&
  value.status <= 599;

/**
 * The bytes of a request as a stream that is filled only when it is read, so that what was pulled from
 * it is what the fetch has taken.
 */
class FetchUpload {
  readonly #upload: Upload;
  #demand: (() => void) | undefined;
  #isDemanded = false;
  #finished: Promise<void> | undefined;
  /** Never resolves; rejects as soon as the source fails. */
  readonly failed: Promise<never>;
  #fail: (reason: unknown) => void = () => undefined;

  constructor(upload: Upload) {
    this.#upload = upload;
    this.failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.failed.catch(() => undefined);
  }

  /** The body to pass to the fetch. Of an empty source it is a text: a stream may never be read. */
  async start(): Promise<Readable | string> {
    if (this.#upload.size === 0) {
      await this.#upload.run(async () => undefined);
      return '';
    }
    const readable: Readable = new Readable({
      highWaterMark: 0,
      read: () => {
        this.#isDemanded = true;
        this.#demand?.();
        this.#finished ??= this.#run(readable);
      },
      destroy: (error, done) => {
        this.#upload.stop(error ?? new Error('the fetch stopped reading the request body'));
        done(error);
      },
    });
    // The fetch is aborted by its signal, too, and need not listen to the stream.
    readable.on('error', () => undefined);
    return readable;
  }

  async #run(readable: Readable): Promise<void> {
    try {
      await this.#upload.run(async (slice) => {
        if (!this.#isDemanded) {
          await new Promise<void>((resolve) => {
            this.#demand = resolve;
          });
        }
        this.#isDemanded = false;
        readable.push(Uint8Array.from(slice)); // whoever reads it may keep it
      });
      readable.push(null);
    } catch (error) {
      this.#fail(error);
      readable.destroy(error as Error);
    }
  }

  /** @throws when a success came before all bytes were pulled. */
  async check(status: number): Promise<void> {
    const { handed, size, isDone } = this.#upload;
    if (status >= 300 || isDone) return;
    if (handed === 0) {
      const message = `the fetch option responded ${status} without reading the request body of ${size} bytes: read init.body to its end before you respond`;
      throw Object.assign(new Error(message), { code: 'ERR_INVALID_RETURN_VALUE' });
    }
    if (handed < size) throw new EarlyResponseError(status, this.#upload);
    await Promise.race([this.#finished, this.failed]);
  }

  end(): void {
    if (!this.#upload.isDone) this.#upload.stop(new Error('the request has ended'));
  }
}

async function toTransportResponse(
  response: ResponseLike,
  onEnd: () => void = () => undefined,
): Promise<TransportResponse> {
  const headers = toHeaders(response.headers);
  const isProven = hasLength(headers);
  // A fetch unpacks the body and leaves the headers that describe the packing.
  if (isDecodable(headers['content-encoding'])) {
    delete headers['content-encoding'];
    delete headers['content-length'];
  }
  const body = await toBody(response);
  if (body instanceof Readable) body.once('close', onEnd);
  else onEnd();
  const { status, statusText } = response;
  const text = typeof statusText === 'string' ? statusText : '';
  return {
    status,
    statusText: text,
    isProven: isProven || !isStream(response.body),
    headers,
    body,
  };
}

/** A Headers of any realm or package, a Map, a plain object, or a list of pairs. */
function toHeaders(headers: unknown): IncomingHttpHeaders {
  const record: IncomingHttpHeaders = {};
  if (typeof headers !== 'object' || headers === null) return record;
  const pairs: Iterable<unknown> =
    Symbol.iterator in headers ? (headers as Iterable<unknown>) : Object.entries(headers);
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair[1] === undefined || pair[1] === null) continue;
    record[String(pair[0]).toLowerCase()] = String(pair[1]);
  }
  return record;
}

/** Lets go of a stream that nobody will read: to abort its fetch does not always do that. */
function discard(body: unknown): void {
  if (body instanceof Readable) body.on('error', () => undefined).destroy();
  else if (body instanceof ReadableStream) body.cancel().catch(() => undefined);
}

const isStream = (body: unknown): boolean =>
  typeof body === 'object' &&
  body !== null &&
  !(body instanceof Uint8Array) &&
  (Symbol.asyncIterator in body || 'getReader' in body);

async function toBody(response: ResponseLike): Promise<Buffer | Readable> {
  const { body, text, json } = response;
  if (body instanceof Readable && !body.readableObjectMode) return body;
  if (body instanceof ReadableStream) return Readable.fromWeb(body);
  if (typeof body === 'string' || body instanceof Uint8Array) return Buffer.from(body);
  if (isStream(body)) return Readable.from(toBuffers(body as object), { objectMode: false });
  // `null` is the empty body of a real Response; a mock may have no body but a method that gives it.
  if (body === null) return Buffer.alloc(0);
  if (typeof text === 'function') return Buffer.from(String(await text.call(response)));
  if (typeof json === 'function')
    return Buffer.from(JSON.stringify(await json.call(response)) ?? '');
  return Buffer.alloc(0);
}

/** The chunks of a stream that is not one of Node's, or not one of bytes. */
async function* toBuffers(body: object): AsyncGenerator<Buffer> {
  const chunks = Symbol.asyncIterator in body ? (body as AsyncIterable<unknown>) : readAll(body);
  for await (const chunk of chunks) {
    yield chunk instanceof Uint8Array ? Buffer.from(chunk) : Buffer.from(String(chunk));
  }
}

async function* readAll(body: object): AsyncGenerator<unknown> {
  const reader = (body as ReadableStream<unknown>).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/**
 * Codes of failures before a request is sent: no address, nobody who listens, no socket left, a
 * connection or a handshake that did not come about.
 */
const BEFORE_SENDING = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
  'EMFILE',
  'ENFILE',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_INVALID_URL',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'CERT_REJECTED',
  'CERT_SIGNATURE_FAILURE',
  'CERT_CHAIN_TOO_LONG',
  'INVALID_CA',
  'INVALID_PURPOSE',
  'HOSTNAME_MISMATCH',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
]);
/** System calls that come before the first byte. */
const CALLS_BEFORE_SENDING = new Set(['connect', 'getaddrinfo', 'queryA', 'queryAaaa', 'socket']);
const MAX_CAUSES = 8;

/** Whether a failure came before anything was sent; only for a fetch, which does not say so itself. */
function wasNeverSent(error: unknown, causes = MAX_CAUSES): boolean {
  if (typeof error !== 'object' || error === null || isProxy(error) || causes === 0) return false;
  if ('syscall' in error && CALLS_BEFORE_SENDING.has(String(error.syscall))) return true;
  if (BEFORE_SENDING.has(systemCode(error, 1) ?? '')) return true;
  if ('errors' in error && Array.isArray(error.errors) && error.errors.length > 0) {
    return error.errors.every((one) => wasNeverSent(one, causes - 1));
  }
  return 'cause' in error && wasNeverSent(error.cause, causes - 1);
}

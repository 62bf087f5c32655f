/** One attempt of a call: sent, timed, read. Nothing here knows of another attempt. */
import { IncomingMessage } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import { isProxy } from 'node:util/types';
import { AepBatchError } from '../shared/errors.js';
import { describeThrown } from '../shared/thrown.js';
import type { ByteSource } from './body.js';
import type { PreparedRequest } from './build-request.js';
import { decode, isUndecoded, readBody } from './decode.js';
import { connectionHint } from './error-response.js';
import {
  AbortError,
  type AttemptInfo,
  ambiguityHint,
  ConnectionError,
  formatCallError,
  InvalidResponseError,
  TimeoutError,
} from './errors.js';

import { type ClientLifetime, listen } from './lifetime.js';
import type { Secrets } from './redact.js';
import { MAX_TIMER_MS } from './retry.js';
import type {
  AttemptContext,
  Transport,
  TransportRequest,
  TransportResponse,
} from './transport.js';
import { Upload } from './upload.js';

/** Where the platform and its gateway put the id of a request. */
const REQUEST_ID_HEADERS = ['x-request-id', 'x-adobe-request-id', 'x-correlation-id'];

/** No upload waits longer for its response, however slow its link is, unless `timeoutMs` says so. */
const MAX_DRAIN_MS = 15 * 60_000;

/** A response, and the attempt with the request id that the response names. */
export interface AttemptResult {
  readonly response: TransportResponse;
  readonly info: AttemptInfo;
}

export interface AttemptOptions {
  readonly info: AttemptInfo;
  /** How long it may take; for an upload or a download, how long no byte may move. */
  readonly timeoutMs: number;
  /** Whether the body of a success is handed out as it arrives. */
  readonly isStreamed: boolean;
  /** Whether the body of a success has to be JSON; otherwise its status is enough. */
  readonly expectsJson: boolean;
  /** Each of them aborts the attempt. */
  readonly signals: readonly AbortSignal[];
}

/** What an attempt needs of its client. */
export interface AttemptClient {
  readonly transport: Transport;
  readonly lifetime: ClientLifetime;
  readonly options: { readonly secrets: Secrets };
}

/**
 * Sends a request and reads its response, within the timeout of one attempt.
 * @throws {AepBatchError} of the class that says what went wrong.
 */
export async function runAttempt(
  client: AttemptClient,
  request: PreparedRequest,
  options: AttemptOptions,
): Promise<AttemptResult> {
  const timer = new AttemptTimer(client, options);
  try {
    return await timer.untilCancelled(send(client, request, options, timer));
  } catch (error) {
    timer.end();
    throw timer.explain(error);
  }
}

async function send(
  { transport, options: { secrets } }: AttemptClient,
  request: PreparedRequest,
  { isStreamed, expectsJson }: AttemptOptions,
  timer: AttemptTimer,
): Promise<AttemptResult> {
  timer.assertNotCancelled();
  const { method, url, headers } = request;
  const body =
    typeof request.body === 'object' ? timer.upload(request.body, headers) : request.body;
  const received = await transport({ method, url, headers, body, context: timer });
  const info = timer.identify(received);
  assertNoRedirect(received, info, secrets);
  const decoded = decode(received, method);
  const isSuccess = decoded.status < 300;
  // Of an empty file openapi-fetch gives no stream, and one that nobody reads holds a connection.
  const isEmpty = decoded.headers['content-length'] === '0';
  if (isStreamed && !isEmpty && isSuccess && decoded.body instanceof Readable) {
    assertDecoded(decoded, info);
    return { response: { ...decoded, body: timer.stream(decoded.body, received.body) }, info };
  }
  let bytes = await readBody(decoded.body, decoded.status, info);
  timer.end();
  if (bytes.length > 0 && isUndecoded(decoded)) {
    if (isSuccess && expectsJson) assertDecoded(decoded, info);
    if (!isSuccess) bytes = Buffer.from(`the response body has ${describeEncoding(decoded)}`);
  }
  // For HEAD it is the length of what GET would give.
  if (method !== 'HEAD') decoded.headers['content-length'] = `${bytes.length}`;
  return { response: { ...decoded, body: bytes }, info };
}

/** Timeout and abort handling for one attempt. */
class AttemptTimer implements AttemptContext {
  isConnected = false;
  proxy: string | undefined;
  sent = false;
  readonly #client: AttemptClient;
  readonly #options: AttemptOptions;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What the running timer was set to. */
  #armedMs = 0;
  /** How long nothing has moved, by the timers that went off since then. */
  #stoodMs = 0;
  #hasMoved = false;
  #movedAtMs = 0;
  readonly #listeners: ((reason: Error) => void)[] = [];
  #reason: Error | undefined;
  #timedOut: { what: string; limitMs: number } | undefined;
  #upload: Upload | undefined;
  #hasResponse = false;
  #info: AttemptInfo;

  constructor(client: AttemptClient, options: AttemptOptions) {
    this.#client = client;
    this.#options = options;
    this.#info = options.info;
    this.#arm(options.timeoutMs);
    client.lifetime.add(this.#abort);
    for (const signal of options.signals) listen(signal, this.#abort);
  }

  onCancel(listener: (reason: Error) => void): void {
    if (this.#reason !== undefined) listener(this.#reason);
    else this.#listeners.push(listener);
  }

  /** @throws the reason of the cancellation, if there was one. */
  assertNotCancelled(): void {
    if (this.#reason !== undefined) throw this.#reason;
  }

  /** Not refresh(): a timer of a test environment may be a mere number. */
  #arm(ms: number): void {
    this.#armedMs = Math.min(Math.ceil(ms), MAX_TIMER_MS);
    this.#timer = setTimeout(this.#expire, this.#armedMs);
  }

  /** One timer for all of an attempt: what moves is noted, and the time starts again when it goes off. */
  readonly #expire = () => {
    this.#stoodMs += this.#armedMs;
    if (this.#hasMoved) {
      this.#hasMoved = false;
      const sinceMs = performance.now() - this.#movedAtMs;
      this.#stoodMs = Math.min(Math.max(0, sinceMs), this.#armedMs);
    }
    const { timeoutMs } = this.#options;
    const upload = this.#hasResponse ? undefined : this.#upload;
    const drainMs = Math.min(upload?.drainMs(timeoutMs) ?? 0, MAX_DRAIN_MS - timeoutMs);
    const limitMs = timeoutMs + Math.max(0, Math.round(drainMs));
    if (this.#stoodMs < limitMs) return this.#arm(limitMs - this.#stoodMs);
    if (upload?.isWaitingForSource && this.isConnected) {
      return this.#cancel(upload.sourceStalled(limitMs));
    }
    this.#timedOut = { what: this.#describeTimeout(limitMs), limitMs };
    this.#cancel(new Error('timed out'));
  };

  #describeTimeout(ms: number): string {
    const upload = this.#upload;
    if (this.#hasResponse) return `no further byte of the response within ${ms} ms`;
    if (!this.isConnected) {
      const through = this.proxy === undefined ? '' : ` through the proxy ${this.proxy}`;
      return `no connection${through} within ${ms} ms`;
    }
    if (upload === undefined || upload.isDone) return `no response within ${ms} ms`;
    return `no further byte was accepted within ${ms} ms, after ${upload.handed} of ${upload.size}`;
  }

  /** Bytes have moved: the time starts again. */
  readonly #progress = () => {
    this.#hasMoved = true;
    this.#movedAtMs = performance.now();
  };

  readonly #abort = () => this.#cancel(new Error('aborted'));

  #cancel(reason: Error): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#upload?.stop(reason);
    for (const listener of this.#listeners) listener(reason);
  }

  /** The result of the work, or a rejection as soon as it is cancelled, whether or not the work ends. */
  untilCancelled<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.onCancel(reject);
      work.then(resolve, reject);
    });
  }

  /** From the response on, the request id is the platform's own, where it names one. */
  identify({ headers }: TransportResponse): AttemptInfo {
    this.#hasResponse = true;
    for (const name of REQUEST_ID_HEADERS) {
      const value = headers[name];
      if (typeof value !== 'string' || value === '') continue;
      this.#info = { ...this.#info, requestId: this.#client.options.secrets.redact(value) };
      break;
    }
    return this.#info;
  }

  /** Lets go of the timer, the signal and the client. */
  end(): void {
    clearTimeout(this.#timer);
    this.#client.lifetime.remove(this.#abort);
    for (const signal of this.#options.signals) signal.removeEventListener('abort', this.#abort);
  }

  /** The bytes of a request: each slice that is accepted starts the time again. */
  upload(source: ByteSource, headers: TransportRequest['headers']): Upload {
    const size = Number(headers['content-length']);
    this.#upload = new Upload(source, size, this.#options.timeoutMs);
    this.#upload.onProgress = this.#progress;
    return this.#upload;
  }

  /**
   * The bytes of a response: each chunk that comes starts the time again. While the consumer reads
   * nothing there is no time to run, and nothing that keeps the process alive.
   * @param raw what comes from the transport, before it is unpacked.
   */
  stream(body: Readable, raw: TransportResponse['body']): Readable {
    const out = new PassThrough();
    const socket = raw instanceof IncomingMessage ? raw.socket : undefined;
    this.#progress();
    body.pipe(out);
    body.on('data', this.#progress);
    body.on('pause', () => {
      clearTimeout(this.#timer);
      socket?.unref();
    });
    body.on('resume', () => {
      socket?.ref();
      this.#stoodMs = 0;
      clearTimeout(this.#timer);
      if (!body.readableEnded && !out.destroyed) this.#arm(this.#options.timeoutMs);
    });
    body.once('end', () => clearTimeout(this.#timer));
    // By hand and not by pipeline(), which would give the reader the failure as it came.
    body.once('error', (error) => out.destroy(this.explain(error) as Error));
    this.onCancel((reason) => body.destroy(reason));
    out.once('close', () => {
      this.end();
      body.destroy();
    });
    return out;
  }

  /** What went wrong, as one of our errors. */
  explain(error: unknown): unknown {
    const { secrets } = this.#client.options;
    const { priorAttemptAmbiguous } = this.#info;
    const info = this.sent ? this.#info : { ...this.#info, stateUnknown: priorAttemptAmbiguous };
    const hint = this.sent || priorAttemptAmbiguous ? ambiguityHint(info) : 'Nothing was sent.';
    if (this.#timedOut !== undefined) {
      const { what, limitMs } = this.#timedOut;
      return new TimeoutError(formatCallError(info, what, hint), info, limitMs);
    }
    const aborted = this.#client.lifetime.findAborted(this.#options.signals);
    if (aborted !== undefined) {
      const cause = secrets.clean(aborted.reason);
      return new AbortError(formatCallError(info, 'it was aborted', hint), info, { cause });
    }
    if (!isProxy(error) && error instanceof AepBatchError) return error;
    const cause = secrets.clean(error);
    const hints = [hint, connectionHint(cause)].filter((part) => part !== undefined).join(' ');
    const message = formatCallError(info, describeThrown(cause), hints === '' ? undefined : hints);
    return new ConnectionError(message, info, cause);
  }
}

function assertNoRedirect(response: TransportResponse, info: AttemptInfo, secrets: Secrets): void {
  const { status, headers, body } = response;
  if (status < 300 || status >= 400) return;
  const to = headers.location;
  const where = to === undefined ? '' : ` to ${secrets.redact(to)}`;
  const hint = 'Redirects are not followed, since credentials go to one origin only: check origin.';
  const known = { ...info, stateUnknown: info.priorAttemptAmbiguous };
  discard(body);
  const message = formatCallError(known, `${status}, a redirect${where}`, hint);
  throw new InvalidResponseError(message, known, status);
}

/** Closes the connection: a body that is not used may be endless. */
function discard(body: TransportResponse['body']): void {
  if (body instanceof Readable) body.on('error', () => undefined).destroy();
}

/** @throws {InvalidResponseError} for a body that cannot be unpacked. */
function assertDecoded(response: TransportResponse, info: AttemptInfo): void {
  if (!isUndecoded(response)) return;
  discard(response.body);
  const what = `${response.status} with ${describeEncoding(response)}`;
  const message = formatCallError(info, what, ambiguityHint(info));
  throw new InvalidResponseError(message, info, response.status);
}

const describeEncoding = ({ headers }: TransportResponse): string =>
  `the content encoding "${headers['content-encoding']}", which was not asked for and cannot be unpacked`;

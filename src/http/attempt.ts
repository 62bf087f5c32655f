/** One attempt of a call: sent, timed, read. Nothing here knows of another attempt. */
import { setMaxListeners } from 'node:events';
import { IncomingMessage } from 'node:http';
import { PassThrough, Readable } from 'node:stream';
import { isProxy } from 'node:util/types';
import { AepBatchError } from '../shared/errors.js';
import { describeThrown } from '../shared/thrown.js';
import type { ByteSource } from './body.js';
import { connectionAdvice } from './connection-errors.js';
import { decode, isUndecoded, readBody } from './decode.js';
import {
  AbortError,
  type AttemptInfo,
  ambiguityHint,
  ConnectionError,
  failed,
  InvalidResponseError,
  TimeoutError,
} from './errors.js';
import type { TransportResponse } from './lazy.js';
import type { Ending } from './lifetime.js';
import type { Secrets } from './redact.js';
import type { AttemptContext, Transport, TransportRequest } from './transport.js';
import { Upload } from './upload.js';

/** Where the platform and its gateway put the id of a request. */
const REQUEST_ID_HEADERS = ['x-request-id', 'x-adobe-request-id', 'x-correlation-id'];

/** No upload waits longer for its response, however slow its link is, unless `timeoutMs` says so. */
const MAX_DRAIN_MS = 15 * 60_000;
/** setTimeout() fires at once above this: 2^31 - 1. */
const MAX_TIMER_MS = 2_147_483_647;

/** A response, and what is known of its call by now. */
export interface Answered {
  readonly answer: TransportResponse;
  readonly facts: AttemptInfo;
}

/** A request before its body is opened. */
export type PreparedRequest = Omit<TransportRequest, 'context' | 'body'> & {
  readonly body: string | ByteSource | undefined;
};

export interface AttemptOptions {
  readonly facts: AttemptInfo;
  /** How long it may take; where bytes go up or down, how long they may stand still. */
  readonly timeoutMs: number;
  /** Whether the body of a success is handed out while it comes. */
  readonly streamed: boolean;
  /** Whether the body of a success has to be understood; otherwise its status is enough. */
  readonly readsBody: boolean;
  /** The caller's own. */
  readonly signal: AbortSignal | undefined;
  readonly closed: Ending;
  readonly secrets: Secrets;
}

/**
 * Makes a request, sends it and reads its response, all within the time of one attempt.
 * @param prepare makes the request; it may have to wait for an access token.
 * @throws {AepBatchError} of the class that says what went wrong.
 */
export async function attempt(
  transport: Transport,
  prepare: () => Promise<PreparedRequest>,
  options: AttemptOptions,
): Promise<Answered> {
  const timer = new AttemptTimer(options);
  try {
    return await timer.within(send(transport, prepare, options, timer));
  } catch (error) {
    timer.end();
    throw timer.explain(error);
  }
}

async function send(
  transport: Transport,
  prepare: () => Promise<PreparedRequest>,
  { secrets, streamed, readsBody }: AttemptOptions,
  timer: AttemptTimer,
): Promise<Answered> {
  timer.check();
  const request = await prepare();
  timer.check();
  const { method, url, headers } = request;
  const body =
    typeof request.body === 'object' ? timer.upload(request.body, headers) : request.body;
  const response = await transport({ method, url, headers, body, context: timer });
  const facts = timer.identify(response);
  refuseRedirect(response, facts, secrets);
  const decoded = decode(response, method);
  const isSuccess = decoded.status < 300;
  // Of an empty file openapi-fetch gives no stream, and one that nobody reads holds a connection.
  const empty = decoded.headers['content-length'] === '0';
  if (streamed && !empty && isSuccess && decoded.body instanceof Readable) {
    refuseEncoding(decoded, facts);
    return { answer: { ...decoded, body: timer.stream(decoded.body, response.body) }, facts };
  }
  let whole = await readBody(decoded.body, decoded.status, facts);
  timer.end();
  if (whole.length > 0 && isUndecoded(decoded)) {
    if (isSuccess && readsBody) refuseEncoding(decoded, facts);
    if (!isSuccess) whole = Buffer.from(`the response body has ${describeEncoding(decoded)}`);
  }
  // HEAD tells the length of what GET would give.
  if (method !== 'HEAD') decoded.headers['content-length'] = `${whole.length}`;
  return { answer: { ...decoded, body: whole }, facts };
}

/** Timeout and abort handling for one attempt. */
class AttemptTimer implements AttemptContext {
  isConnected = false;
  proxy: string | undefined;
  sent = false;
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
  #facts: AttemptInfo;

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.#facts = options.facts;
    this.#arm(options.timeoutMs);
    const { signal, closed } = options;
    closed.add(this.#abort);
    if (signal === undefined) return;
    setMaxListeners(0, signal); // one signal may well end a hundred calls
    signal.addEventListener('abort', this.#abort);
    if (signal.aborted) this.#abort();
  }

  onCancel(listener: (reason: Error) => void): void {
    if (this.#reason !== undefined) listener(this.#reason);
    else this.#listeners.push(listener);
  }

  /** @throws what it was cancelled for, if it was. */
  check(): void {
    if (this.#reason !== undefined) throw this.#reason;
  }

  /** Not refresh(): a timer of a test environment may be a mere number. */
  #arm(ms: number): void {
    this.#armedMs = Math.min(Math.ceil(ms), MAX_TIMER_MS);
    this.#timer = setTimeout(this.#expire, this.#armedMs);
  }

  /** One timer for all of an attempt: what moves is noted, and the time starts anew when it goes off. */
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

  /** Bytes have moved: the time starts anew. */
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

  /** The work, or a rejection as soon as it is cancelled, even if the work does not end by that. */
  within<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.onCancel(reject);
      work.then(resolve, reject);
    });
  }

  /** From now on the call is known by the id that the platform gave it, if it did. */
  identify({ headers }: TransportResponse): AttemptInfo {
    this.#hasResponse = true;
    for (const name of REQUEST_ID_HEADERS) {
      const value = headers[name];
      if (typeof value !== 'string' || value === '') continue;
      this.#facts = { ...this.#facts, requestId: this.#options.secrets.redact(value) };
      break;
    }
    return this.#facts;
  }

  /** Lets go of the timer, the signal and the client. */
  end(): void {
    clearTimeout(this.#timer);
    this.#options.closed.remove(this.#abort);
    this.#options.signal?.removeEventListener('abort', this.#abort);
  }

  /** The bytes of a request: each slice that is accepted starts the time anew. */
  upload(source: ByteSource, headers: TransportRequest['headers']): Upload {
    const size = Number(headers['content-length']);
    this.#upload = new Upload(source, size, this.#options.timeoutMs);
    this.#upload.onProgress = this.#progress;
    return this.#upload;
  }

  /**
   * The bytes of a response: each chunk that comes starts the time anew. While the consumer reads
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
    const { signal, closed, secrets } = this.#options;
    const { priorAttemptAmbiguous } = this.#facts;
    const facts = this.sent ? this.#facts : { ...this.#facts, stateUnknown: priorAttemptAmbiguous };
    const doubt = this.sent || priorAttemptAmbiguous ? ambiguityHint(facts) : 'Nothing was sent.';
    if (this.#timedOut !== undefined) {
      const { what, limitMs } = this.#timedOut;
      return new TimeoutError(failed(facts, what, doubt), facts, limitMs);
    }
    const ended = signal?.aborted ? signal : closed.signal;
    if (ended.aborted) {
      const cause = secrets.clean(ended.reason);
      return new AbortError(failed(facts, 'it was aborted', doubt), facts, { cause });
    }
    if (!isProxy(error) && error instanceof AepBatchError) return error;
    const cause = secrets.clean(error);
    const toDo = [doubt, connectionAdvice(cause)].filter((part) => part !== undefined).join(' ');
    const message = failed(facts, describeThrown(cause), toDo === '' ? undefined : toDo);
    return new ConnectionError(message, facts, cause);
  }
}

function refuseRedirect(response: TransportResponse, facts: AttemptInfo, secrets: Secrets): void {
  const { status, headers, body } = response;
  if (status < 300 || status >= 400) return;
  const to = headers.location;
  const where = to === undefined ? '' : ` to ${secrets.redact(to)}`;
  const toDo = 'Redirects are not followed, since credentials go to one origin only: check origin.';
  const known = { ...facts, stateUnknown: facts.priorAttemptAmbiguous };
  discard(body);
  throw new InvalidResponseError(
    failed(known, `${status}, a redirect${where}`, toDo),
    known,
    status,
  );
}

/** A body that nobody wants may be endless: its connection is not worth reading it for. */
function discard(body: TransportResponse['body']): void {
  if (body instanceof Readable) body.on('error', () => undefined).destroy();
}

/** @throws {InvalidResponseError} for a body that cannot be unpacked. */
function refuseEncoding(response: TransportResponse, facts: AttemptInfo): void {
  if (!isUndecoded(response)) return;
  discard(response.body);
  const what = `${response.status} with ${describeEncoding(response)}`;
  throw new InvalidResponseError(failed(facts, what, ambiguityHint(facts)), facts, response.status);
}

const describeEncoding = ({ headers }: TransportResponse): string =>
  `the content encoding "${headers['content-encoding']}", which was not asked for and cannot be unpacked`;

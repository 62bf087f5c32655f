/** Timeouts and aborts of one attempt, and the error that each of them becomes. */
import { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { isProxy } from 'node:util/types';
import { AepBatchError } from '../shared/errors.js';
import { describeThrown } from '../shared/thrown.js';
import {
  AbortError,
  type AttemptInfo,
  ambiguityHint,
  ConnectionError,
  formatCallError,
  TimeoutError,
} from './errors.js';
import { type ClientLifetime, listen } from './lifetime.js';
import type { SendPermit } from './pace.js';
import type { Secrets } from './redact.js';
import { MAX_TIMER_MS } from './retry.js';
import type { AttemptContext, TransportResponse } from './transport.js';
import type { Upload } from './upload.js';

/** Where the platform and its gateway put the id of a request. */
const REQUEST_ID_HEADERS = ['x-request-id', 'x-adobe-request-id', 'x-correlation-id'];

/** No upload waits longer for its response, however slow its link is, unless `timeoutMs` says so. */
const MAX_DRAIN_MS = 15 * 60_000;

/** What ends an attempt before its response does. */
export interface AttemptLimits {
  readonly info: AttemptInfo;
  /** How long it may take; for an upload or a download, how long no byte may move. */
  readonly timeoutMs: number;
  /** Each of them aborts the attempt. */
  readonly signals: readonly AbortSignal[];
  /** The caller's look whether the request may still go out. */
  readonly beforeSend?: (() => void) | undefined;
  /** Paces the bytes of an upload. */
  readonly permit?: SendPermit | undefined;
}

/** The part of a client that can end an attempt, and that cleans its errors. */
export interface TimerClient {
  readonly lifetime: ClientLifetime;
  readonly options: { readonly secrets: Secrets };
}

export class AttemptTimer implements AttemptContext {
  isConnected = false;
  proxy: string | undefined;
  sent = false;
  readonly #client: TimerClient;
  readonly #limits: AttemptLimits;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What the running timer was set to. */
  #armedMs = 0;
  /** How long nothing has moved, by the timers that went off since then. */
  #stoodMs = 0;
  #hasMoved = false;
  #movedAtMs = 0;
  readonly #listeners: ((reason: Error) => void)[] = [];
  #reason: Error | undefined;
  /** What `beforeSend` of the caller threw. */
  #heldBack: { cause: unknown } | undefined;
  #timedOut: { what: string; limitMs: number } | undefined;
  #upload: Upload | undefined;
  #hasResponse = false;
  #info: AttemptInfo;

  constructor(client: TimerClient, limits: AttemptLimits) {
    this.#client = client;
    this.#limits = limits;
    this.#info = limits.info;
    this.#arm(limits.timeoutMs);
    client.lifetime.add(this.#abort);
    for (const signal of limits.signals) listen(signal, this.#abort);
  }

  onCancel(listener: (reason: Error) => void): void {
    if (this.#reason !== undefined) listener(this.#reason);
    else this.#listeners.push(listener);
  }

  /** @throws the reason of the cancellation, if there was one. */
  assertNotCancelled(): void {
    if (this.#reason !== undefined) throw this.#reason;
  }

  /** Cancels the attempt where the caller does not want it to go out any more. */
  beforeSend(): void {
    try {
      this.#limits.beforeSend?.();
    } catch (cause) {
      this.#heldBack ??= { cause };
      this.#cancel(new Error('held back'));
    }
  }

  /** Not refresh(): a timer of a test environment may be a mere number. */
  #arm(ms: number): void {
    this.#armedMs = Math.min(Math.ceil(ms), MAX_TIMER_MS);
    this.#timer = setTimeout(this.#expire, this.#armedMs);
  }

  /** One timer for all of an attempt: when it goes off, it is set again if bytes have moved since. */
  readonly #expire = () => {
    this.#stoodMs += this.#armedMs;
    if (this.#hasMoved) {
      this.#hasMoved = false;
      const sinceMs = performance.now() - this.#movedAtMs;
      this.#stoodMs = Math.min(Math.max(0, sinceMs), this.#armedMs);
    }
    const { timeoutMs } = this.#limits;
    const upload = this.#hasResponse ? undefined : this.#upload;
    if (upload?.isPausing) {
      this.#stoodMs = 0;
      return this.#arm(timeoutMs);
    }
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
    for (const signal of this.#limits.signals) signal.removeEventListener('abort', this.#abort);
  }

  /** The bytes of a request: each slice that is accepted starts the time again. */
  watch(upload: Upload): Upload {
    this.#upload = upload;
    upload.onProgress = this.#progress;
    return upload;
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
      if (!body.readableEnded && !out.destroyed) this.#arm(this.#limits.timeoutMs);
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

  /** The error of the attempt: a timeout, an abort, or what the transport threw. */
  explain(error: unknown): unknown {
    const { secrets } = this.#client.options;
    const { priorAttemptAmbiguous } = this.#info;
    const info = this.sent ? this.#info : { ...this.#info, stateUnknown: priorAttemptAmbiguous };
    const hint = this.sent || priorAttemptAmbiguous ? ambiguityHint(info) : 'Nothing was sent.';
    if (this.#timedOut !== undefined) {
      const { what, limitMs } = this.#timedOut;
      return new TimeoutError(formatCallError(info, what, hint), info, limitMs);
    }
    if (this.#heldBack !== undefined) {
      const cause = secrets.clean(this.#heldBack.cause);
      return new AbortError(formatCallError(info, 'it was held back', hint), info, { cause });
    }
    const aborted = this.#client.lifetime.findAborted(this.#limits.signals);
    if (aborted !== undefined) {
      const cause = secrets.clean(aborted.reason);
      return new AbortError(formatCallError(info, 'it was aborted', hint), info, { cause });
    }
    if (!isProxy(error) && error instanceof AepBatchError) return error;
    const cause = secrets.clean(error);
    return new ConnectionError(formatCallError(info, describeThrown(cause), hint), info, cause);
  }
}

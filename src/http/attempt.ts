/** One attempt of a call: sent, timed, read. Nothing here knows of another attempt. */
import { setMaxListeners } from 'node:events';
import { PassThrough, pipeline, Readable, type Transform } from 'node:stream';
import { isNativeError } from 'node:util/types';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { ByteSource } from './bytes.js';
import type { Ending } from './ending.js';
import {
  AbortError,
  AepBatchError,
  AnswerError,
  type CallAttempt,
  ConnectionError,
  doubtOf,
  failed,
  systemCode,
  TimeoutError,
} from './errors.js';
import type { Answer } from './light.js';
import type { Secrets } from './secrets.js';
import type { Cut, Transport, WireRequest } from './transport.js';

/** Far above any page of the platform; an answer that is larger is not one of its. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Where the platform and its gateway put the id of a request. */
const REQUEST_ID_HEADERS = ['x-request-id', 'x-adobe-request-id', 'x-correlation-id'];

/** None is asked for, but a server in between may pack an answer all the same. */
const DECODERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** An answer, and what is known of its call by now. */
export interface Answered {
  readonly answer: Answer;
  readonly facts: CallAttempt;
}

export interface AttemptOptions {
  readonly facts: CallAttempt;
  /** How long it may take; where bytes go up or down, how long they may stand still. */
  readonly timeoutMs: number;
  /** Whether the body of a success is handed out while it comes. */
  readonly streamed: boolean;
  /** The caller's own. */
  readonly signal: AbortSignal | undefined;
  readonly closed: Ending;
  readonly secrets: Secrets;
}

/**
 * Makes a request, sends it and reads its answer, all within the time of one attempt.
 * @param prepare makes the request; it may have to wait for an access token.
 * @throws {AepBatchError} of the class that says what went wrong.
 */
export async function attempt(
  transport: Transport,
  prepare: () => Promise<Omit<WireRequest, 'cut'>>,
  options: AttemptOptions,
): Promise<Answered> {
  const watch = new Watch(options);
  try {
    return await watch.within(send(transport, prepare, options, watch));
  } catch (error) {
    watch.end();
    throw watch.explain(error);
  }
}

async function send(
  transport: Transport,
  prepare: () => Promise<Omit<WireRequest, 'cut'>>,
  { secrets, streamed }: AttemptOptions,
  watch: Watch,
): Promise<Answered> {
  watch.check();
  const request = await prepare();
  watch.check();
  const body = typeof request.body === 'object' ? watch.source(request.body) : request.body;
  watch.sent = true;
  const { method, url, headers } = request;
  const answer = await transport({ method, url, headers, body, cut: watch });
  const facts = watch.answered(answer);
  refuseRedirect(answer, facts, secrets);
  const decoded = decode(answer, method);
  // Of an empty file openapi-fetch gives no stream, and one that nobody reads holds a connection.
  const empty = decoded.headers['content-length'] === '0';
  if (streamed && !empty && answer.status < 300 && decoded.body instanceof Readable) {
    return { answer: { ...decoded, body: watch.stream(decoded.body) }, facts };
  }
  const whole = await readAll(decoded.body, answer.status, facts);
  watch.end();
  // HEAD tells the length of what GET would give.
  if (method !== 'HEAD') decoded.headers['content-length'] = `${whole.length}`;
  return { answer: { ...decoded, body: whole }, facts };
}

/** The time of one attempt, and whoever may end it. */
class Watch implements Cut {
  /** Whether anything may have reached the platform. */
  sent = false;
  readonly #options: AttemptOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #listeners: ((reason: Error) => void)[] = [];
  #reason: Error | undefined;
  #timedOut = false;
  /** Where the bytes of an answer go, if they are handed out while they come. */
  #out: PassThrough | undefined;
  #facts: CallAttempt;

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.#facts = options.facts;
    this.#timer = setTimeout(this.#expire, options.timeoutMs);
    const { signal, closed } = options;
    closed.add(this.#abort);
    if (signal === undefined) return;
    setMaxListeners(0, signal); // one signal may well end a hundred calls
    signal.addEventListener('abort', this.#abort);
    if (signal.aborted) this.#abort();
  }

  get signal(): AbortSignal {
    const controller = new AbortController();
    this.onCut((reason) => controller.abort(reason));
    return controller.signal;
  }

  onCut(listener: (reason: Error) => void): void {
    if (this.#reason !== undefined) listener(this.#reason);
    else this.#listeners.push(listener);
  }

  /** @throws what it was cut for, if it was. */
  check(): void {
    if (this.#reason !== undefined) throw this.#reason;
  }

  readonly #expire = () => {
    // It is the reader who lets the bytes stand, not the platform.
    if (this.#out?.writableNeedDrain) return void this.#timer.refresh();
    this.#timedOut = true;
    this.#cut('timed out');
  };

  readonly #abort = () => this.#cut('aborted');

  #cut(why: string): void {
    if (this.#reason !== undefined) return;
    this.#reason = new Error(why);
    for (const listener of this.#listeners) listener(this.#reason);
  }

  /** The work, or a rejection as soon as it is cut, even if the work does not heed that. */
  within<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.onCut(reject);
      work.then(resolve, reject);
    });
  }

  /** From now on the call is known by the id that the platform gave it, if it did. */
  answered({ headers }: Answer): CallAttempt {
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

  /** The bytes of a request: each chunk that is taken starts the time anew. */
  source(body: ByteSource): ByteSource {
    const pump: ByteSource['pump'] = (write) =>
      body.pump(async (chunk) => {
        await write(chunk);
        this.#timer.refresh();
      });
    return { size: body.size, pump, slice: (start, end) => body.slice(start, end) };
  }

  /** The bytes of an answer: each chunk that comes starts the time anew. */
  stream(body: Readable): Readable {
    const out = new PassThrough();
    this.#out = out;
    body.pipe(out);
    body.on('data', () => this.#timer.refresh());
    out.on('drain', () => this.#timer.refresh());
    body.once('end', () => clearTimeout(this.#timer));
    // By hand and not by pipeline(), which would give the reader the failure as it came.
    body.once('error', (error) => out.destroy(this.explain(error) as Error));
    this.onCut((reason) => body.destroy(reason));
    out.once('close', () => {
      this.end();
      body.destroy();
    });
    return out;
  }

  /** What went wrong, as one of our errors. */
  explain(error: unknown): unknown {
    const { timeoutMs, signal, closed, secrets } = this.#options;
    if (isNeverSent(error)) this.sent = false;
    const { earlierLost } = this.#facts;
    const facts = this.sent ? this.#facts : { ...this.#facts, stateUnknown: earlierLost };
    const doubt = this.sent || earlierLost ? doubtOf(facts) : 'Nothing was sent.';
    if (this.#timedOut) {
      const what = `no answer, or no further byte of it, within ${timeoutMs} ms`;
      return new TimeoutError(failed(facts, what, doubt), facts, timeoutMs);
    }
    const ended = signal?.aborted ? signal : closed.signal;
    if (ended.aborted) {
      const cause = secrets.clean(ended.reason);
      return new AbortError(failed(facts, 'it was aborted', doubt), facts, { cause });
    }
    if (error instanceof AepBatchError) return error;
    const cause = secrets.clean(error);
    const reason = innermost(cause);
    return new ConnectionError(failed(facts, reason, doubt), facts, cause);
  }
}

/** Nobody listens, or the name is not known: the request never left. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
]);
const isNeverSent = (error: unknown) => NEVER_SENT.has(systemCode(error) ?? '');

/** The message of the innermost cause: `fetch failed` alone tells nobody anything. */
function innermost(error: unknown): string {
  if (!isNativeError(error)) return String(error);
  if (isNativeError(error.cause)) return innermost(error.cause);
  const many = error instanceof AggregateError ? error.errors.map(innermost).join('; ') : '';
  return error.message || many || ('code' in error ? String(error.code) : error.name);
}

function refuseRedirect(answer: Answer, facts: CallAttempt, secrets: Secrets): void {
  if (answer.status < 300 || answer.status >= 400) return;
  const to = answer.headers.location;
  const where = to === undefined ? '' : ` to ${secrets.redact(to)}`;
  const toDo = 'Redirects are not followed, since credentials go to one origin only: check origin.';
  const done = { ...facts, stateUnknown: facts.earlierLost };
  discard(answer);
  throw new AnswerError(
    failed(done, `${answer.status}, a redirect${where}`, toDo),
    done,
    answer.status,
  );
}

/** Lets an answer's connection go although nobody reads the body. */
function discard({ body }: Answer): void {
  if (body instanceof Readable) body.on('error', () => undefined).resume();
}

/** The answer with its body unpacked, and without the headers that told of the packing. */
function decode(answer: Answer, method: string): Answer {
  const { headers } = answer; // ours alone, so it can be changed
  if (headers['transfer-encoding'] !== undefined) delete headers['transfer-encoding'];
  const decoder = DECODERS[headers['content-encoding']?.trim().toLowerCase() ?? ''];
  if (decoder === undefined || !(answer.body instanceof Readable)) return answer;
  delete headers['content-encoding'];
  // Nothing was packed: a decoder would take it for something that was cut off.
  if (method === 'HEAD' || headers['content-length'] === '0') return answer;
  delete headers['content-length'];
  // An error of the connection is the decoder's, too: pipeline() hands it on.
  const body = pipeline(answer.body, decoder(), () => undefined);
  return { ...answer, body };
}

/** The bytes of a body. By its events: to iterate over it takes a small call 4 µs more. */
function readAll(body: Buffer | Readable, status: number, facts: CallAttempt): Promise<Buffer> {
  if (Buffer.isBuffer(body)) return Promise.resolve(body);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    body.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size <= MAX_ANSWER_BYTES) return;
      const what = `an answer of more than ${MAX_ANSWER_BYTES} bytes`;
      body.destroy(new AnswerError(failed(facts, what, doubtOf(facts)), facts, status));
    });
    body.on('end', () =>
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)),
    );
    body.on('error', reject);
    body.on('close', () => {
      if (!body.readableEnded) reject(new Error('the connection ended within the answer'));
    });
  });
}

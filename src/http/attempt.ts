/** One attempt of a call: sent, timed, read. Nothing here knows of another attempt. */
import { Readable } from 'node:stream';
import { LateModule } from '../shared/import-late.js';
import { type AttemptLimits, AttemptTimer, type TimerClient } from './attempt-timer.js';
import type { ByteSource } from './body.js';
import type { PreparedRequest } from './build-request.js';
import { isUndecoded, readBody, takeEncodings, unpackBody } from './decode.js';
import {
  type AttemptInfo,
  ambiguityHint,
  ConnectionError,
  extendMessage,
  formatCallError,
  InvalidResponseError,
} from './errors.js';
import type { Secrets } from './redact.js';
import { importNodeUpload, type Transport, type TransportResponse } from './transport.js';
import type { Upload } from './upload.js';

const uploads = new LateModule(() => import('./upload.js'));

/** A response, and the attempt with the request id that the response names. */
export interface AttemptResult {
  readonly response: TransportResponse;
  readonly info: AttemptInfo;
}

export interface AttemptOptions extends AttemptLimits {
  /** Whether the body of a success is handed out as it arrives. */
  readonly isStreamed: boolean;
  /** Whether the body of a success has to be JSON; otherwise its status is enough. */
  readonly expectsJson: boolean;
}

/** The part of a client that an attempt uses. */
export interface AttemptClient extends TimerClient {
  readonly transport: Transport;
  /** Imports what an attempt needs; `undefined` once it is there. */
  readonly prepare?: () => Promise<unknown> | undefined;
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
  // None of this is time of the attempt.
  const preparing = client.prepare?.();
  if (preparing !== undefined) await preparing;
  if (typeof request.body === 'object' && uploads.loaded === undefined) {
    await Promise.all([uploads.import(), importNodeUpload()]);
  }
  const timer = new AttemptTimer(client, options);
  try {
    return await timer.untilCancelled(send(client, request, options, timer));
  } catch (error) {
    timer.end();
    const explained = timer.explain(error);
    if (explained instanceof ConnectionError) await addHint(explained);
    throw explained;
  }
}

/** Failures that a person can do something about: of a certificate, or of TLS as a whole. */
const HAS_HINT = /CERT|TLS|SSL|EPROTO|HOSTNAME|UNABLE_TO/;
const hints = new LateModule(() => import('./connection-hint.js'));

async function addHint(error: ConnectionError): Promise<void> {
  if (!HAS_HINT.test(error.code ?? '')) return;
  const { connectionHint } = hints.loaded ?? (await hints.import());
  const hint = connectionHint(error.cause);
  if (hint !== undefined) extendMessage(error, hint);
}

async function send(
  { transport, options: { secrets } }: AttemptClient,
  request: PreparedRequest,
  options: AttemptOptions,
  timer: AttemptTimer,
): Promise<AttemptResult> {
  const { isStreamed, expectsJson } = options;
  const { method, url, headers } = request;
  const body =
    typeof request.body === 'object'
      ? timer.watch(await startUpload(request.body, headers, options))
      : request.body;
  timer.beforeSend();
  timer.assertNotCancelled();
  const received = await transport({ method, url, headers, body, context: timer });
  const info = timer.identify(received);
  assertNoRedirect(received, info, secrets);
  const packed = takeEncodings(received, method);
  const decoded = packed.length === 0 ? received : await unpackBody(received, packed);
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

/** What sends the bytes of a source is imported with the first upload. */
async function startUpload(
  source: ByteSource,
  headers: PreparedRequest['headers'],
  { timeoutMs, permit }: Pick<AttemptLimits, 'timeoutMs' | 'permit'>,
): Promise<Upload> {
  const { Upload } = uploads.loaded ?? (await uploads.import());
  return new Upload(source, Number(headers['content-length']), timeoutMs, permit);
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

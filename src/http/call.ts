import type { Readable } from 'node:stream';
import { VERSION } from '../version.js';
import {
  AbortError,
  AnswerError,
  type CallAttempt,
  ConnectionError,
  failed,
  InvalidInputError,
  TimeoutError,
} from './errors.js';
import { type Answer, type LightRequest, LightResponse } from './light.js';
import { checkTimeout, checkToken, type Settings } from './settings.js';
import type { Transport, WireRequest } from './transport.js';

const USER_AGENT = `aep-batch/${VERSION} node/${process.versions.node}`;
/** Far above any page of the platform; an answer that is larger is not one of its. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** Where the platform and its gateway put the id of a request. */
const REQUEST_ID_HEADERS = ['x-request-id', 'x-adobe-request-id', 'x-correlation-id'];

/** Makes the `fetch` that openapi-fetch calls: everything that surrounds one call. */
export function createCall(settings: Settings, transport: Transport) {
  return async (request: LightRequest): Promise<Response> => {
    const { method, url, init } = request;
    if (!url.startsWith(`${settings.origin}/`)) {
      const message = `${new URL(url).origin} is not the origin of this client, ${settings.origin}; credentials leave for no other.`;
      throw new InvalidInputError('baseUrl', message);
    }
    const timeoutMs = checkTimeout('timeoutMs', init.timeoutMs ?? settings.timeoutMs);
    const outer = init.signal ?? undefined;
    const facts: CallAttempt = { method, url, attempts: 1, maxAttempts: 1, requestId: undefined };
    throwIfAborted(outer, facts);

    const headers = await wireHeaders(request, settings);
    const body = typeof init.body === 'string' ? init.body : undefined;
    if (body !== undefined) headers['content-length'] = `${Buffer.byteLength(body)}`;
    const answer = await attempt(
      transport,
      { method, url, headers, body, signal: outer },
      facts,
      timeoutMs,
      settings,
    );
    const response = new LightResponse(answer, { ...facts, requestId: requestIdOf(answer) });
    return response as unknown as Response; // as much of one as anybody asks for
  };
}

/** The caller's headers, and ours: who is calling wins over what was passed. */
async function wireHeaders(
  request: LightRequest,
  settings: Settings,
): Promise<Record<string, string>> {
  const { credentials, secrets } = settings;
  const token = typeof credentials === 'function' ? await credentials() : credentials;
  return {
    accept: 'application/json',
    'x-sandbox-name': settings.sandbox,
    ...Object.fromEntries(request.headers),
    'x-gw-ims-org-id': settings.orgId,
    authorization: `Bearer ${checkToken(token, secrets)}`,
    'x-api-key': settings.apiKey,
    'user-agent': USER_AGENT,
  };
}

/** Sends once and reads the whole answer, within the time that one attempt may take. */
async function attempt(
  transport: Transport,
  request: WireRequest,
  facts: CallAttempt,
  timeoutMs: number,
  settings: Settings,
): Promise<Answer> {
  const outer = request.signal;
  const cut = new AbortController();
  const timeout = new TimeoutError(
    failed(facts, `no complete answer within ${timeoutMs} ms`),
    facts,
    timeoutMs,
  );
  const timer = setTimeout(() => cut.abort(timeout), timeoutMs);
  const abort = () => cut.abort(outer?.reason);
  outer?.addEventListener('abort', abort, { once: true });
  try {
    const answer = await transport({ ...request, signal: cut.signal });
    const body = Buffer.isBuffer(answer.body) ? answer.body : await readAll(answer.body, facts);
    refuseRedirect(answer, facts);
    // The body is whole now: what was said about its way here no longer holds.
    const { 'transfer-encoding': _, ...headers } = answer.headers;
    return { ...answer, headers: { ...headers, 'content-length': `${body.length}` }, body };
  } catch (error) {
    if (cut.signal.reason === timeout) throw timeout;
    throwIfAborted(outer, facts);
    if (error instanceof AnswerError) throw error;
    const reason = settings.secrets.redact(error instanceof Error ? error.message : String(error));
    const doubt = 'Whether the call took effect is not known.';
    throw new ConnectionError(failed(facts, reason, doubt), facts, error);
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener('abort', abort);
  }
}

async function readAll(body: Readable, facts: CallAttempt): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += (chunk as Buffer).length;
    if (size > MAX_ANSWER_BYTES) {
      const message = failed(facts, `the answer is larger than ${MAX_ANSWER_BYTES} bytes`);
      throw new AnswerError(message, facts, 200);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

function refuseRedirect(answer: Answer, facts: CallAttempt): void {
  if (answer.status < 300 || answer.status >= 400 || answer.status === 304) return;
  const to = answer.headers.location ?? 'nowhere';
  const toDo = 'Redirects are refused, since credentials leave for no other origin: check origin.';
  const message = failed(facts, `${answer.status}, a redirect to ${to}`, toDo);
  throw new AnswerError(message, facts, answer.status);
}

function throwIfAborted(signal: AbortSignal | undefined, facts: CallAttempt): void {
  if (signal?.aborted !== true) return;
  throw new AbortError(failed(facts, 'aborted by the caller'), facts, { cause: signal.reason });
}

function requestIdOf(answer: Answer): string | undefined {
  for (const name of REQUEST_ID_HEADERS) {
    const value = answer.headers[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}

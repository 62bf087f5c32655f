/** The request that is sent: with its id, credentials and the headers that describe its body. */
import { randomUUID } from 'node:crypto';
import { checkHeaderValue } from '../shared/checks.js';
import { InvalidInputError } from '../shared/errors.js';
import { MAX_URL_LENGTH } from '../shared/limits.js';
import { VERSION } from '../version.js';
import type { ByteSource } from './body.js';
import type { ResolvedOptions } from './options.js';
import type { Secrets } from './redact.js';

const USER_AGENT = `aep-batch/${VERSION} node/${process.versions.node}`;

/** Half of a UUID is drawn once for all calls: to draw all of it for each is 1.5 % of a small call. */
const PROCESS_ID = randomUUID().slice(0, 24);
let calls = 0;

/** A UUID for a call; all attempts of the call have the same. */
export const nextRequestId = () => `${PROCESS_ID}${(++calls).toString(16).padStart(12, '0')}`;

/** A request as the typed client makes it: without credentials. */
export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string | ByteSource | undefined;
  /** A signal beside the caller's own: that of a Request which a middleware made. */
  readonly signal?: AbortSignal;
}

/** A request with all its headers. */
export interface PreparedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | ByteSource | undefined;
}

/**
 * @param origin the one origin that the client sends this kind of request to.
 * @throws {InvalidInputError} for another origin, which would get the credentials, and for a URL that is too long.
 */
export function assertSendable({ url }: OutgoingRequest, origin: string, secrets: Secrets): void {
  if (!url.startsWith(`${origin}/`)) {
    const message = `Invalid origin: expected ${origin}, the client's own, received ${secrets.redact(url)}. Credentials are sent to no other origin.`;
    throw new InvalidInputError('origin', message);
  }
  if (url.length > MAX_URL_LENGTH) {
    const message = `Invalid path: expected a URL of at most ${MAX_URL_LENGTH} characters, received ${url.length}. Shorten the path.`;
    throw new InvalidInputError('path', message);
  }
}

/**
 * Builds what is sent: the request with the headers of this client, and those that describe its body.
 * @param token the access token; `undefined` for a call without credentials.
 */
export function buildRequest(
  { method, url, headers, body }: OutgoingRequest,
  requestId: string,
  token: string | undefined,
  options: ResolvedOptions,
): PreparedRequest {
  const accept = headers.get('accept') ?? 'application/json';
  let sent: Record<string, string>;
  if (token === undefined) {
    sent = { accept, 'user-agent': USER_AGENT, 'x-request-id': requestId };
  } else {
    // Not added to the record above: V8 makes one literal faster, 2 % of a small call.
    sent = {
      accept,
      'user-agent': USER_AGENT,
      'x-request-id': requestId,
      'x-gw-ims-org-id': options.orgId,
      'x-sandbox-name': ownSandbox(headers.get('x-sandbox-name'), options),
      authorization: `Bearer ${token}`,
      'x-api-key': options.apiKey,
    };
  }
  headers.forEach((value, name) => {
    if (!Object.hasOwn(sent, name)) sent[name] = value;
  });
  describeBody(body, sent);
  return { method, url, headers: sent, body };
}

/** A call that names another sandbox than its client is a mistake somewhere. */
function ownSandbox(named: string | null, { sandbox }: ResolvedOptions): string {
  if (named === null || named === sandbox) return sandbox;
  const other = checkHeaderValue('x-sandbox-name', named, 'a sandbox');
  const message = `this client works in the sandbox ${sandbox}, and the call names ${other}: make a client for that one.`;
  throw new InvalidInputError('x-sandbox-name', message);
}

/** Sets the headers that describe the body. */
function describeBody(body: string | ByteSource | undefined, headers: Record<string, string>) {
  if (body === undefined) return;
  if (typeof body === 'string') {
    headers['content-type'] ??= 'application/json';
    headers['content-length'] = `${Buffer.byteLength(body)}`;
    return;
  }
  if (!Number.isSafeInteger(body.size) || body.size < 0) {
    const message = `Invalid bytes.size: expected a whole number of 0 or more, received ${body.size}.`;
    throw new InvalidInputError('bytes.size', message);
  }
  headers['content-type'] = 'application/octet-stream';
  headers['content-length'] = `${body.size}`;
}

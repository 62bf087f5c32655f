import { checkHeaderValue } from '../shared/checks.js';
import { InvalidInputError } from '../shared/errors.js';
import { VERSION } from '../version.js';
import type { ByteSource } from './body.js';
import type { ResolvedOptions } from './options.js';

const USER_AGENT = `aep-batch/${VERSION} node/${process.versions.node}`;

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

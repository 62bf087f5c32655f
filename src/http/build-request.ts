/** A call as it goes on the wire: its headers, its token, its body. */

import { checkHeaderValue } from '../shared/checks.js';
import { InvalidInputError } from '../shared/errors.js';
import { VERSION } from '../version.js';
import type { PreparedRequest } from './attempt.js';
import { type ByteSource, byteSource } from './body.js';
import type { LazyRequest } from './lazy.js';
import type { Settings } from './options.js';
import type { Policy } from './policy.js';

const USER_AGENT = `aep-batch/${VERSION} node/${process.versions.node}`;

/** What of a client goes into each of its requests. */
export interface Sender {
  readonly settings: Settings;
}

/** What of a call goes into each of its requests. */
export interface Outgoing {
  readonly request: LazyRequest;
  readonly policy: Policy;
  readonly requestId: string;
  /** The token of the last attempt. */
  token: string | undefined;
}

/** The request as it goes on the wire. */
export async function wire(call: Outgoing, { settings }: Sender): Promise<PreparedRequest> {
  const { method, url, headers, init } = call.request;
  const accept = headers.get('accept') ?? 'application/json';
  const id = call.requestId;
  let sent: Record<string, string>;
  if (call.policy.anonymous === true) {
    sent = { accept, 'user-agent': USER_AGENT, 'x-request-id': id };
  } else {
    // Not added to the record above: V8 makes one literal faster, 2 % of a small call.
    sent = {
      accept,
      'user-agent': USER_AGENT,
      'x-request-id': id,
      'x-gw-ims-org-id': settings.orgId,
      'x-sandbox-name': ownSandbox(headers.get('x-sandbox-name'), settings),
      authorization: `Bearer ${call.token}`,
      'x-api-key': settings.apiKey,
    };
  }
  headers.forEach((value, name) => {
    if (!Object.hasOwn(sent, name)) sent[name] = value;
  });
  const body = wireBody(init.body, sent);
  return { method, url, headers: sent, body };
}

/** A call that names another sandbox than its client is a mistake somewhere. */
function ownSandbox(named: string | null, { sandbox }: Settings): string {
  if (named === null || named === sandbox) return sandbox;
  const other = checkHeaderValue('x-sandbox-name', named, 'a sandbox');
  const message = `this client works in the sandbox ${sandbox}, and the call names ${other}: make a client for that one.`;
  throw new InvalidInputError('x-sandbox-name', message);
}

/** The body as it is sent, with the headers that describe it. */
function wireBody(body: unknown, headers: Record<string, string>): string | ByteSource | undefined {
  if (body === undefined || body === null) return undefined;
  if (typeof body === 'string') {
    headers['content-length'] = `${Buffer.byteLength(body)}`;
    return body;
  }
  const bytes = byteSource(body);
  if (bytes === undefined) return undefined;
  if (!Number.isSafeInteger(bytes.size) || bytes.size < 0) {
    const message = `Invalid bytes.size: expected a whole number of 0 or more, received ${bytes.size}.`;
    throw new InvalidInputError('bytes.size', message);
  }
  headers['content-type'] = 'application/octet-stream';
  headers['content-length'] = `${bytes.size}`;
  return bytes;
}

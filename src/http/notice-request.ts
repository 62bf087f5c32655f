/** A POST to somebody else than the platform: without credentials, redirects and retries. */
import http, { type Agent, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { urlToHttpOptions } from 'node:url';
import { withLinkedSignal } from '../shared/linked-signal.js';
import { VERSION } from '../version.js';

/** How long it may take in all. */
const TIMEOUT_MS = 10_000;

export interface NoticeRequest {
  url: URL;
  /** JSON. */
  body: string;
  /** A proxy's, where one is used. */
  agent: Agent | undefined;
  signal: AbortSignal;
}

/** @throws {Error} that says why it has not arrived; it names neither the URL nor its parts. */
export async function postNotice({ url, body, agent, signal }: NoticeRequest): Promise<void> {
  const limit = AbortSignal.timeout(TIMEOUT_MS);
  try {
    const response = await withLinkedSignal([limit, signal], (ended) =>
      send({ url, body, agent, signal: ended }),
    );
    const { statusCode = 0 } = response;
    response.destroy(); // nobody reads its body, which may be endless
    if (statusCode >= 200 && statusCode < 300) return;
    const what = statusCode >= 300 && statusCode < 400 ? ', a redirect, which is not followed' : '';
    throw new Error(`the response is ${statusCode}${what}`);
  } catch (error) {
    if (limit.aborted) throw new Error(`no response within ${TIMEOUT_MS / 1000} s`);
    if (signal.aborted) throw new Error('it was aborted');
    throw error;
  }
}

function send({
  url,
  body,
  agent = false,
  signal,
}: {
  url: URL;
  body: string;
  agent: Agent | false | undefined;
  signal: AbortSignal;
}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json',
      'content-length': `${Buffer.byteLength(body)}`,
      'user-agent': `aep-batch/${VERSION}`,
    };
    const options = { ...urlToHttpOptions(url), method: 'POST', headers, agent, signal };
    const request = (url.protocol === 'https:' ? https : http).request(options, resolve);
    request.on('error', (error: NodeJS.ErrnoException) =>
      reject(new Error(error.code ?? 'the connection failed')),
    );
    request.end(body);
  });
}

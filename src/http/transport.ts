import { type Agent, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Answer } from './light.js';

/** One request, ready for the wire. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Sends one request and gives the answer as soon as its head is there. */
export type Transport = (request: WireRequest) => Promise<Answer>;

/** The transport on `node:http` and `node:https`. It follows no redirect. */
export function nodeTransport(agents: { http: Agent; https: Agent }): Transport {
  return async ({ method, url, headers, body, signal }) => {
    const secure = url.startsWith('https:');
    const options = { method, headers, agent: secure ? agents.https : agents.http };
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = (secure ? requestHttps : requestHttp)(url, options, resolve);
      // Stays for the whole life of the request: a socket may also break after the answer's head,
      // which the reader of the body is then told of.
      request.on('error', reject);
      if (signal !== undefined) {
        const cut = () => request.destroy(signal.reason);
        signal.addEventListener('abort', cut, { once: true });
        request.once('close', () => signal.removeEventListener('abort', cut));
      }
      request.end(body);
    });
    return {
      status: answer.statusCode ?? 0,
      statusText: answer.statusMessage ?? '',
      headers: answer.headers,
      body: answer,
    };
  };
}

/** A transport that calls the caller's own `fetch` as `(url, init)`. */
export function fetchTransport(fetch: typeof globalThis.fetch): Transport {
  return async ({ method, url, headers, body, signal }) => {
    const init: RequestInit = { method, headers, redirect: 'error' };
    if (body !== undefined) init.body = body;
    if (signal !== undefined) init.signal = signal;
    const response = await fetch(url, init);
    return {
      status: response.status,
      statusText: response.statusText,
      headers: Object.fromEntries(response.headers),
      body: Buffer.from(await response.arrayBuffer()),
    };
  };
}

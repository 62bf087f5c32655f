/** Requests as HTTP, written without the client, and sent as they are. */
import { once } from 'node:events';
import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from 'node:http';
import { buffer } from 'node:stream/consumers';
import { LoopbackServer } from './loopback-server.js';
import { BYTES, CREDENTIALS, FORM, operations, type RequestCase } from './requests.js';

export interface WireRequest {
  method: string;
  /** Path and query, percent-encoded. */
  target: string;
  headers: Record<string, string>;
  body: Buffer;
}

/** The media type that the responses of an operation have. */
const ACCEPTS: Readonly<Record<string, string>> = {
  getSchema: 'application/vnd.adobe.xed-full+json; version=1',
  listDescriptors: 'application/vnd.adobe.xdm+json',
};
export const acceptFor = (operation: string): string => ACCEPTS[operation] ?? 'application/json';

/** @param credentials the values of the credential headers, by their names. */
export function toWire(
  { operation: id, params, contentType, body, violation }: RequestCase,
  credentials: Readonly<Record<string, string>>,
): WireRequest {
  const found = operations.find((one) => one.id === id);
  if (found === undefined) throw new Error(`no operation ${id}`);
  const path = found.path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodePath(name, params.path[name]),
  );
  const query = Object.entries(params.query)
    .map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`)
    .join('&');
  const headers: Record<string, string> = {
    accept: acceptFor(id),
    ...(found.operation['security'] === undefined ? credentials : {}),
    ...Object.fromEntries(
      Object.entries(params.header).map(([name, value]) => [name.toLowerCase(), String(value)]),
    ),
    ...(contentType === undefined ? {} : { 'content-type': contentType }),
  };
  const missing = violation?.in === 'credential' ? violation.name : undefined;
  if (CREDENTIALS.some((name) => name === missing)) delete headers[missing ?? ''];
  const target = query === '' ? path : `${path}?${query}`;
  const bytes = toBytes(contentType, body);
  // Half of the JSON is none.
  const sent = violation?.in === 'syntax' ? bytes.subarray(0, bytes.length - 1) : bytes;
  return { method: found.method.toUpperCase(), target, headers, body: sent };
}

const encodePath = (name: string, value: unknown): string =>
  name === 'filePath'
    ? String(value).split('/').map(encodeURIComponent).join('/')
    : encodeURIComponent(String(value));

function toBytes(contentType: string | undefined, body: unknown): Buffer {
  if (contentType === undefined) return Buffer.alloc(0);
  if (contentType === BYTES) return Buffer.from(String(body), 'latin1');
  if (contentType !== FORM)
    return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return Buffer.from(new URLSearchParams(body as Record<string, string>).toString());
}

/** Sends a request to a server on loopback. */
export async function send(
  origin: string,
  { method, target, headers, body }: WireRequest,
): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
  const length = body.length === 0 && method === 'GET' ? {} : { 'content-length': body.length };
  const outgoing = requestHttp(`${origin}${target}`, {
    method,
    headers: { ...headers, ...length, connection: 'close' },
  });
  outgoing.end(body);
  const [message] = await once(outgoing, 'response');
  const text = (await buffer(message)).toString();
  return { status: message.statusCode ?? 0, headers: message.headers, text };
}

/** Records what the client sends, and says yes to all of it. */
export class Recorder extends LoopbackServer {
  readonly requests: WireRequest[] = [];

  protected async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '' } = request;
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    this.requests.push({ method, target: url, headers, body: await buffer(request) });
    response.setHeader('content-type', 'application/json');
    response.end(method === 'HEAD' ? undefined : '{}');
  }
}

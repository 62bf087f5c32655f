/** Sends the response of one exchange: all of it, a part of it, or a connection reset in its place. */
import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { FileSlice, HandlerResponse } from './handler.js';
import type { OperationId } from './routes.js';

/** One request. */
export interface LogEntry {
  /** Counted from 1. It is also in the response's `x-request-id`, after `simulator-`. */
  readonly order: number;
  /** The operationId; `undefined` where the OpenAPI document has no such operation. */
  readonly operation: OperationId | undefined;
  /** The HTTP method, in upper case. */
  readonly method: string;
  /** Path and query, as they were sent. */
  readonly path: string;
  /** `Content-Range` of a part, or `Range` of a download. */
  readonly range?: string;
  /** The status of the response; `undefined` until there is one, and where none was sent. */
  status?: number;
  /** The fault that it met. */
  fault?: string;
}

/** One request, its response, and its entry in the log. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly entry: LogEntry;
}

export async function respond(exchange: Exchange, response: HandlerResponse): Promise<void> {
  // The rest of a rejected upload is read and dropped, so that the client sees the response.
  exchange.request.resume();
  await send(exchange, response);
}

/** Responds before any of the request's body is read, and never reads it. */
export async function respondEarly(exchange: Exchange, status: number): Promise<void> {
  // Once its response was sent, Node discards the body of a request that nobody reads, and would take
  // all of it. After one read it leaves that to the reader: what the client sends piles up unread.
  exchange.request.read(0);
  await send(exchange, { status });
}

async function send({ response, entry }: Exchange, given: HandlerResponse): Promise<void> {
  const { status, slice } = given;
  entry.status = status;
  const body = serializeBody(given);
  response.writeHead(status, buildHeaders(given, body));
  if (slice === undefined || slice.end === slice.start) response.end(body);
  else if (response.req.method === 'HEAD') response.end();
  else await pipeline(openSlice(slice), response);
}

/** Sends the head and this many bytes of the body, then closes the connection. */
export async function sendTruncated(
  { response }: Exchange,
  given: HandlerResponse,
  bytes: number,
): Promise<void> {
  const { status, slice } = given;
  const body = serializeBody(given);
  response.writeHead(status, buildHeaders(given, body));
  if (slice === undefined) {
    await write(response, Buffer.from(body ?? '').subarray(0, bytes));
  } else if (bytes > 0) {
    const end = Math.min(slice.end, slice.start + bytes);
    for await (const chunk of openSlice({ ...slice, end })) await write(response, chunk);
  }
  response.flushHeaders();
  // No reset: it could overtake the bytes that were written.
  response.socket?.destroySoon();
}

/** Resets the connection, as a proxy does that gives up. */
export function resetConnection({ request }: Exchange): void {
  request.socket.resetAndDestroy();
}

/** Where the client has half closed the connection, Node keeps the chunk and calls nobody back. */
const write = (response: ServerResponse, chunk: Uint8Array) =>
  new Promise<void>((resolve, reject) => {
    const fail = () => reject(new Error('the connection was closed'));
    response.once('close', fail);
    response.write(chunk, (error) => {
      response.off('close', fail);
      if (error) reject(error);
      else resolve();
    });
  });

function serializeBody({ json, text }: HandlerResponse): string | undefined {
  return json === undefined ? text : JSON.stringify(json);
}

function buildHeaders(
  { json, mediaType = 'application/json', slice, headers }: HandlerResponse,
  body: string | undefined,
) {
  const length = slice === undefined ? Buffer.byteLength(body ?? '') : slice.end - slice.start;
  const type = json !== undefined ? mediaType : 'application/octet-stream';
  const hasBody = body !== undefined || slice !== undefined;
  return { ...(hasBody ? { 'content-type': type } : {}), 'content-length': length, ...headers };
}

const openSlice = ({ file, start, end }: FileSlice) =>
  createReadStream(file, { start, end: end - 1 });

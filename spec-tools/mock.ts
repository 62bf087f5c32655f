/**
 * The mock for people: Prism behind a server that says why a request is invalid, and that accepts what Prism
 * does not: slashes in a file's path and uploads above 10 MiB.
 */
import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  request as requestHttp,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Prism } from './prism.js';

/** A file path contains slashes, which Prism does not accept within a path parameter. */
const FILE_PATH = /^(\/data\/foundation\/import\/batches\/[^/]+\/datasets\/[^/]+\/files\/)([^?]+)/;
const BYTES = 'application/octet-stream';
/** Prism reads bodies as text and at most 10 MiB of them; of bytes it looks at nothing. */
const STAND_IN = Buffer.from('bytes');

export interface PrismRequest {
  method: string | undefined;
  /** Path and query as sent. */
  target: string;
  headers: OutgoingHttpHeaders;
  body: Buffer;
}

export interface PrismResponse {
  status: number;
  headers: IncomingHttpHeaders;
  body: Buffer;
  /** What is wrong with the request, as JSON; it may come with the response of an unrelated example. */
  violations: string | undefined;
}

/** Sends a request to Prism, with the slashes of a file's path escaped. */
export async function sendToPrism(
  origin: string,
  { method, target, headers: { 'transfer-encoding': _, ...headers }, body }: PrismRequest,
): Promise<PrismResponse> {
  const escaped = target.replace(
    FILE_PATH,
    (__, before: string, path: string) => before + path.replaceAll('/', '%2F'),
  );
  const outgoing = requestHttp(`${origin}${escaped}`, {
    ...(method === undefined ? {} : { method }),
    headers: { ...headers, connection: 'close', 'content-length': body.length },
  });
  outgoing.end(body);
  const [message] = (await once(outgoing, 'response')) as [IncomingMessage];
  const { 'sl-violations': violations, ...received } = message.headers;
  return {
    status: message.statusCode ?? 0,
    headers: received,
    body: await buffer(message),
    violations: violations === undefined ? undefined : String(violations),
  };
}

/** Serves a running Prism on a loopback port; 0 picks a free one. */
export async function startMock(prism: Prism, port = 0): Promise<Prism> {
  const server = createServer((request, response) => {
    serve(prism.origin, request, response).catch((error: Error) => response.destroy(error));
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await prism.close();
    },
  };
}

async function serve(
  origin: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method, url: target = '', headers } = request;
  const isBytes = headers['content-type'] === BYTES;
  const body = isBytes ? await replaceBytes(request) : replaceNonLatin1(await buffer(request));
  const received = await sendToPrism(origin, { method, target, headers, body });
  const problem =
    received.violations === undefined ? undefined : formatProblem(received, received.violations);
  const {
    connection: _,
    'transfer-encoding': __,
    'content-length': ___,
    ...kept
  } = received.headers;
  if (problem === undefined) response.writeHead(received.status, kept).end(received.body);
  else
    response
      .writeHead(problem.status, { 'content-type': 'application/problem+json' })
      .end(problem.body);
}

/** Reads the bytes to their end; without bytes there is no stand-in for them either. */
async function replaceBytes(request: IncomingMessage): Promise<Buffer> {
  let size = 0;
  for await (const chunk of request) size += chunk.length;
  return STAND_IN.subarray(0, size);
}

/** Prism puts names of fields into a header, and its process ends if a header cannot hold one. */
function replaceNonLatin1(body: Buffer): Buffer {
  const text = body.toString();
  const replaced = text.replace(/[\u0100-\uffff]/g, '?');
  return replaced === text ? body : Buffer.from(replaced);
}

interface Violation {
  location?: string[];
  severity?: string;
  message?: string;
}

/** Prism's own problem, which it sends only where the document has no example for the status. */
function formatProblem({ status }: PrismResponse, text: string) {
  const violations = JSON.parse(text) as Violation[];
  const errors = violations.filter(({ severity }) => severity === 'Error');
  const isResponse = errors.every(({ location }) => location?.[0] === 'response');
  if (isResponse) return undefined;
  const detail = errors
    .map(({ location = [], message = '' }) => `${location.join('.')}: ${message}`)
    .join('; ');
  const problem = {
    type: 'https://stoplight.io/prism/errors#UNPROCESSABLE_ENTITY',
    title: 'Invalid request',
    status,
    detail,
    validation: violations,
  };
  return { status, body: JSON.stringify(problem) };
}

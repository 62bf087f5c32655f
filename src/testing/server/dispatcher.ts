/** From a request to its answer: the gateway, the document, the handler, the document again. */
import type { IncomingMessage } from 'node:http';
import type { Tokens } from '../platform/tokens.js';
import { problem, tokenProblem } from './error-bodies.js';
import { type Answer, type Call, type Handlers, Refusal } from './handler.js';
import { type Json, type Route, responseOf } from './routes.js';
import { Judge } from './schema-validator.js';

/** The gateway's limit for the address of a call. */
const MAX_URL_CHARACTERS = 2000;
/** No JSON body of this API is anywhere near as large. */
const MAX_JSON_BYTES = 1024 * 1024;
/** More than anybody reads. */
const MAX_VIOLATIONS = 1000;
/** Where a request without a sandbox is taken to. */
const DEFAULT_SANDBOX = 'prod';

export class Answerer {
  /** What the simulator answered that the document does not have. */
  readonly violations: string[] = [];
  readonly #handlers: Handlers;
  readonly #tokens: Tokens;

  constructor(handlers: Handlers, tokens: Tokens) {
    this.#handlers = handlers;
    this.#tokens = tokens;
  }

  /** Keeps the first ones: a simulator may run for days. */
  addViolation(text: string): void {
    if (this.violations.length < MAX_VIOLATIONS) this.violations.push(text);
  }

  /** Fails only if the bytes of the request break off. */
  async answer(
    route: Route,
    request: IncomingMessage,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<Answer> {
    const judge = await Judge.shared();
    const given = await this.#apply(judge, route, request, bytes).catch((error: unknown) => {
      if (error instanceof Refusal) return error.answer;
      throw error;
    });
    const answer = route.method === 'HEAD' ? withoutBody(given) : given;
    const wrong = answer.unchecked === undefined ? judge.answer(route, answer) : [];
    for (const what of wrong) this.addViolation(`${route.operation} ${answer.status}: ${what}`);
    return answer;
  }

  async #apply(
    judge: Judge,
    route: Route,
    request: IncomingMessage,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<Answer> {
    const { url = '', headers } = request;
    if (url.length > MAX_URL_CHARACTERS && responseOf(route, 414) !== undefined) {
      throw problem(414, `The URL is longer than ${MAX_URL_CHARACTERS} characters`);
    }
    // The token service is not behind the gateway.
    const refused = route.operation === 'getToken' ? undefined : this.#tokens.refusal(headers);
    if (refused !== undefined) return refused;
    const { pathname, query: sent } = splitUrl(url);
    const path = pathOf(route, pathname);
    const { query, wrong } = judge.parameters(route, { path, query: sent, headers });
    if (wrong.length > 0) throw malformed(route, wrong.join('; '));
    const body = await bodyOf(judge, route, request, bytes);
    const sandbox = String(headers['x-sandbox-name'] ?? DEFAULT_SANDBOX);
    const call = { operation: route.operation, path, query, headers, body, bytes, sandbox };
    // The document has just been asked whether the call has the types that its handler takes.
    const handler = this.#handlers[route.operation] as (call: never) => Answer | Promise<Answer>;
    return handler(call satisfies Loose<Call> as never);
  }
}

/** A refusal of HEAD is its status alone. */
function withoutBody({ json: _, text: __, ...answer }: Answer): Answer {
  return answer;
}

/** A call whose types only the document knows. */
type Loose<T> = { [Name in keyof T]: unknown };

export function splitUrl(url: string): { pathname: string; query: URLSearchParams } {
  const at = url.indexOf('?');
  return at < 0
    ? { pathname: url, query: new URLSearchParams() }
    : { pathname: url.slice(0, at), query: new URLSearchParams(url.slice(at + 1)) };
}

function pathOf(route: Route, pathname: string): Record<string, string> {
  const groups = Object.entries(route.pattern.exec(pathname)?.groups ?? {});
  try {
    return Object.fromEntries(groups.map(([name, text]) => [name, decodeURIComponent(text)]));
  } catch {
    throw problem(400, `The path ${pathname} is not percent-encoded as it should be`);
  }
}

/** A body that is not bytes; those are left to the handler. */
async function bodyOf(
  judge: Judge,
  route: Route,
  { headers }: IncomingMessage,
  bytes: AsyncIterable<Uint8Array>,
): Promise<unknown> {
  const described = route.described['requestBody'] as Json | undefined;
  if (described === undefined) return undefined;
  const content = described['content'] as Record<string, Json>;
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  const media = content[type];
  if (media === undefined) {
    const wanted = `The content-type has to be ${Object.keys(content).join(' or ')}`;
    throw responseOf(route, 415) === undefined ? malformed(route, wanted) : problem(415, wanted);
  }
  if (type === 'application/octet-stream') return undefined;
  const text = await textOf(bytes);
  const body: unknown =
    type === 'application/json' ? parse(text) : Object.fromEntries(new URLSearchParams(text));
  const wrong = judge.body(media, body);
  if (wrong.length > 0) throw malformed(route, wrong.join('; '));
  return body;
}

/** The token service refuses in a form of its own. */
const malformed = (route: Route, detail: string): Refusal =>
  route.operation === 'getToken'
    ? tokenProblem(400, 'invalid_request', detail)
    : problem(400, detail);

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw problem(400, `The body is no JSON: ${(error as Error).message}`);
  }
}

async function textOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > MAX_JSON_BYTES) throw problem(413, `The body has more than ${MAX_JSON_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

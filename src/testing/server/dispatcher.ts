/** From a request to its response: checks of the gateway, validation, the handler, validation again. */
import type { IncomingMessage } from 'node:http';
import { HttpError, problem, tokenProblem } from '../platform/http-error.js';
import type { Tokens } from '../platform/tokens.js';
import type { HandlerRequest, HandlerResponse, Handlers } from './handler.js';
import { findResponse, type Json, type Route, splitUrl } from './routes.js';
import { SchemaValidator } from './schema-validator.js';

/** The gateway's limit for a URL. */
const MAX_URL_CHARACTERS = 2000;
/** No JSON body of this API is anywhere near as large. */
const MAX_JSON_BYTES = 1024 * 1024;
/** More than anybody reads. */
const MAX_VIOLATIONS = 1000;
/** The sandbox of a request that names none. */
const DEFAULT_SANDBOX = 'prod';

export class Dispatcher {
  /** Responses of the simulator that the OpenAPI document does not describe. */
  readonly violations: string[] = [];
  readonly #handlers: Handlers;
  readonly #tokens: Tokens;
  readonly #validator = new SchemaValidator();

  constructor(handlers: Handlers, tokens: Tokens) {
    this.#handlers = handlers;
    this.#tokens = tokens;
  }

  /** Keeps the first ones: a simulator may run for days. */
  addViolation(text: string): void {
    if (this.violations.length < MAX_VIOLATIONS) this.violations.push(text);
  }

  /** Rejects only where the bytes of the request end early, or the simulator has a defect. */
  async dispatch(
    route: Route,
    request: IncomingMessage,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<HandlerResponse> {
    const result = await this.#handle(route, request, bytes).catch((error: unknown) => {
      if (error instanceof HttpError) return error.response;
      throw error;
    });
    const response = route.method === 'HEAD' ? withoutBody(result) : result;
    if (response.undocumented === undefined) {
      for (const error of this.#validator.validateResponse(route, response)) {
        this.addViolation(`${route.operation} ${response.status}: ${error}`);
      }
    }
    return response;
  }

  async #handle(
    route: Route,
    request: IncomingMessage,
    bytes: AsyncIterable<Uint8Array>,
  ): Promise<HandlerResponse> {
    const { url = '', headers } = request;
    if (url.length > MAX_URL_CHARACTERS && findResponse(route, 414) !== undefined) {
      throw problem(414, `The URL is longer than ${MAX_URL_CHARACTERS} characters`);
    }
    // The token service is not behind the gateway.
    if (route.operation !== 'getToken') this.#tokens.assertAuthorized(headers);
    const { pathname, query: rawQuery } = splitUrl(url);
    const path = parsePath(route, pathname);
    const raw = { path, query: rawQuery, headers };
    const { query, errors } = this.#validator.validateParameters(route, raw);
    if (errors.length > 0) throw invalidRequest(route, errors.join('; '));
    const body = await readBody(this.#validator, route, request, bytes);
    const sandbox = String(headers['x-sandbox-name'] ?? DEFAULT_SANDBOX);
    const valid = { operation: route.operation, path, query, headers, body, bytes, sandbox };
    // The validation has just shown that the request has the types that its handler takes.
    const handler = this.#handlers[route.operation] as (
      request: never,
    ) => HandlerResponse | Promise<HandlerResponse>;
    return handler(valid satisfies Untyped<HandlerRequest> as never);
  }
}

/** A response to HEAD has no body, an error neither. */
function withoutBody({ json: _, text: __, ...response }: HandlerResponse): HandlerResponse {
  return response;
}

/** All fields, of types that only the OpenAPI document knows. */
type Untyped<T> = { [Name in keyof T]: unknown };

function parsePath(route: Route, pathname: string): Record<string, string> {
  const groups = Object.entries(route.pattern.exec(pathname)?.groups ?? {});
  try {
    return Object.fromEntries(groups.map(([name, text]) => [name, decodeURIComponent(text)]));
  } catch {
    throw problem(400, `The path ${pathname} has an invalid percent-encoding`);
  }
}

/** The body of a request, unless it is bytes: those are left to the handler. */
async function readBody(
  validator: SchemaValidator,
  route: Route,
  { headers }: IncomingMessage,
  bytes: AsyncIterable<Uint8Array>,
): Promise<unknown> {
  const described = route.description['requestBody'] as Json | undefined;
  if (described === undefined) return undefined;
  const content = described['content'] as Record<string, Json>;
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? '';
  const media = content[type];
  if (media === undefined) {
    const detail = `The content-type has to be ${Object.keys(content).join(' or ')}`;
    throw findResponse(route, 415) === undefined
      ? invalidRequest(route, detail)
      : problem(415, detail);
  }
  if (type === 'application/octet-stream') return undefined;
  const text = await readText(bytes);
  const body: unknown =
    type === 'application/json' ? parseJson(text) : Object.fromEntries(new URLSearchParams(text));
  const errors = validator.validateBody(media, body);
  if (errors.length > 0) throw invalidRequest(route, errors.join('; '));
  return body;
}

const invalidRequest = (route: Route, detail: string): HttpError =>
  route.operation === 'getToken'
    ? tokenProblem(400, 'invalid_request', detail)
    : problem(400, detail);

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw problem(400, `The body is not valid JSON: ${(error as Error).message}`);
  }
}

async function readText(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > MAX_JSON_BYTES) throw problem(413, `The body has more than ${MAX_JSON_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

import createClient, { type Middleware } from 'openapi-fetch';
import type { paths } from '../../generated/openapi.js';
import { operationIds } from '../../generated/operations.js';
import { byteSource } from '../http/body.js';
import { type About, LazyRequest } from '../http/lazy.js';
import type { CallOptions } from '../http/options.js';
import { toOwnError } from '../http/own-error.js';
import type { POLICY, Policy } from '../http/policy.js';
import { checkHeaders, checkId, encodeFilePath } from '../shared/checks.js';
import { type AepBatchError, InvalidInputError } from '../shared/errors.js';
import { describeThrown } from '../shared/thrown.js';
import { validateInit } from './validate-init.js';

const FORM = 'application/x-www-form-urlencoded';

type Method = 'get' | 'put' | 'post' | 'patch' | 'head' | 'delete';

/** Where tokens come from: another host, called without credentials, and not by `raw`. */
type TokenPath = '/ims/token/v3';

/** The paths of the document that have the method. */
type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: object } ? P : never;
}[keyof paths];

/** The operation of the document at a path and method. */
type OperationAt<P extends keyof paths, M extends Method> = paths[P] extends {
  [K in M]: infer Operation;
}
  ? Operation
  : never;

type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];

/**
 * The parameters and the body, as the document has them. openapi-fetch's own types would do but for
 * two things: they are inferred from what is passed, so that a field too many compiles, and they
 * rebuild the body's type (for read and write markers), so that `replay: [7]` compiles, too.
 */
type Params<Operation> = Operation extends { parameters: infer P }
  ? RequiredKeys<P> extends never
    ? { params?: P }
    : { params: P }
  : { params?: never };
type Body<Operation> = Operation extends { requestBody: { content: infer C } }
  ? { body: C[keyof C] }
  : Operation extends { requestBody?: { content: infer C } }
    ? { body?: C[keyof C] }
    : { body?: never };

/** How an answer's body is to be given: parsed (`json`, the default), as text, bytes or a stream. */
export type ParseAs = 'json' | 'text' | 'blob' | 'arrayBuffer' | 'stream';
interface Parsed {
  text: string;
  blob: Blob;
  arrayBuffer: ArrayBuffer;
  stream: ReadableStream<Uint8Array> | null;
}

type Responses<Operation> = Operation extends { responses: infer R } ? R : never;
/** The bodies of the answers whose status starts with one of the digits. */
type Bodies<R, Digit extends string> = {
  [S in keyof R]: `${S & (string | number)}` extends `${Digit}${string}`
    ? R[S] extends { content: infer C }
      ? C[keyof C]
      : undefined
    : never;
}[keyof R];

/** What every raw call gives: `response.ok` says which of `data` and `error` can be there. */
export type RawResult<Operation, As extends ParseAs = 'json'> =
  | {
      data: As extends keyof Parsed ? Parsed[As] : Bodies<Responses<Operation>, '2'>;
      error?: never;
      response: Response;
    }
  | {
      data?: never;
      /** `undefined` where the body was empty, a string where it was no JSON. */
      error: Bodies<Responses<Operation>, '4' | '5'> | string | undefined;
      response: Response;
    };

/** What a raw call takes beside the path: exactly what the operation has, and nothing else. */
export type RawInit<Operation> = Params<Operation> &
  Body<Operation> &
  CallOptions & {
    /** Further headers. Those that say who is calling are the client's and stay as they are. */
    headers?: Record<string, string>;
    /** How the call may be repeated; for this library's own resources. */
    [POLICY]?: Policy;
  };

type RawArguments<Operation, As> =
  RequiredKeys<RawInit<Operation>> extends never
    ? [init?: RawInit<Operation> & { parseAs?: As }]
    : [init: RawInit<Operation> & { parseAs?: As }];

type RawMethod<M extends Method, Not = TokenPath> = <
  P extends Exclude<PathsWith<M>, Not>,
  As extends ParseAs = 'json',
>(
  path: P,
  ...init: RawArguments<OperationAt<P, M>, As>
) => Promise<RawResult<OperationAt<P, M>, As>>;

/**
 * The typed client below the resources: openapi-fetch on the project's document, with the same
 * credentials and timeouts. Answers with `{data, error, response}` and throws for no status, only
 * when there is no answer at all.
 */
export interface Raw {
  GET: RawMethod<'get'>;
  PUT: RawMethod<'put'>;
  POST: RawMethod<'post'>;
  PATCH: RawMethod<'patch'>;
  HEAD: RawMethod<'head'>;
  DELETE: RawMethod<'delete'>;
  /**
   * Adds middleware of openapi-fetch. It may read and set the request's headers, read its `method`
   * and `url`, read a JSON body, and return a new `Response` or a `request.clone()`; `new Request(request)` fails.
   */
  use(...middleware: Middleware[]): void;
  /** Takes middleware away again. */
  eject(...middleware: Middleware[]): void;
}

/** What asks for tokens. */
export interface TokenRaw {
  POST: RawMethod<'post', never>;
}

/** What a call may be passed; openapi-fetch would take more, and let a wrong name pass. */
const OPTIONS: ReadonlySet<string> = new Set<keyof CallOptions | (string & {})>([
  'signal',
  'timeoutMs',
  'maxRetries',
  'onRetry',
  'params',
  'body',
  'headers',
  'parseAs',
  'baseUrl', // is refused where it leads elsewhere
]);

type Init = Record<string, unknown>;

function checkOptions(init: Init): void {
  const unknown = Object.keys(init).find((name) => !OPTIONS.has(name));
  if (unknown === undefined) return;
  const message = `Unknown option ${unknown}. Expected one of ${[...OPTIONS].join(', ')}. A middleware goes to raw.use(), a fetch to createBatchClient().`;
  throw new InvalidInputError(unknown, message);
}

/** Two ways into one openapi-fetch. */
export interface Raws {
  /** For callers: what types cannot hold is not checked. */
  raw: Raw & TokenRaw;
  /** For the resources: body and query are held against the document before anything is sent. */
  checked: Raw;
}

/** Puts openapi-fetch on a `fetch` of ours. */
export function createRaw(origin: string, call: (request: LazyRequest) => Promise<Response>): Raws {
  // Light ones: as much of a Request and a Response as openapi-fetch touches.
  const client = createClient<paths>({
    baseUrl: origin,
    Request: LazyRequest as unknown as typeof Request,
    fetch: call as unknown as (request: Request) => Promise<Response>,
    bodySerializer: serializeBody,
    pathSerializer: serializePath,
  });
  const request = client.request as (method: string, path: string, init: Init) => Promise<unknown>;
  const method =
    (name: string, prepare?: typeof validateInit) => async (path: string, given?: Init) => {
      const operation = (operationIds as Record<string, string>)[`${name} ${path}`];
      const init = prepare?.(operation ?? '', given ?? {}) ?? given ?? {};
      checkOptions(init);
      checkHeaders((init['headers'] ?? {}) as Init);
      checkHeaders((init['params'] as { header?: Init } | undefined)?.header ?? {});
      const about: About = {
        operation,
        streamed: init['parseAs'] === 'stream',
        expectsJson: (init['parseAs'] ?? 'json') === 'json' && name !== 'HEAD',
      };
      // One field and not three: V8 is slow to copy an object with three fields added behind a spread,
      // and openapi-fetch copies it twice. A small call takes 6 µs less of 65.
      try {
        return await request(name, path, { ...init, about });
      } catch (error) {
        throw callFailure(error, `${name} ${path}`);
      }
    };
  const methods = (prepare?: typeof validateInit) => ({
    GET: method('GET', prepare),
    PUT: method('PUT', prepare),
    POST: method('POST', prepare),
    PATCH: method('PATCH', prepare),
    HEAD: method('HEAD', prepare),
    DELETE: method('DELETE', prepare),
    use: client.use,
    eject: client.eject,
  });
  // The same methods under stricter types.
  return { raw: methods(), checked: methods(validateInit) } as unknown as Raws;
}

/** What openapi-fetch or a middleware threw, as one of our errors. */
function callFailure(error: unknown, what: string): AepBatchError {
  if (!(error instanceof URIError)) return toOwnError(error, what);
  const message =
    'Invalid params: expected whole characters, received a lone surrogate. Nothing was sent.';
  return new InvalidInputError('params', message);
}

/** Bytes stay bytes; openapi-fetch would make JSON of them. */
function serializeBody(body: unknown, headers?: { get?(name: string): string | null }): unknown {
  if (byteSource(body) !== undefined) return body;
  const form = headers?.get?.('content-type') === FORM;
  if (
    body instanceof FormData ||
    body instanceof ReadableStream ||
    body instanceof URLSearchParams
  ) {
    const message = `Invalid body: expected a value that JSON can hold, or bytes as a Uint8Array or Blob, received a ${body.constructor.name}.`;
    throw new InvalidInputError('body', message);
  }
  if (form) return new URLSearchParams(body as Record<string, string>).toString();
  try {
    return JSON.stringify(body);
  } catch (cause) {
    const message = `Invalid body: it cannot be written as JSON: ${describeThrown(cause)}.`;
    throw new InvalidInputError('body', message, { cause });
  }
}

/** Paths with parameters, taken apart: what is fixed, and between that the parameters' names. */
const pathParts = new Map<string, readonly string[]>();

/** Fills in a path: ids as one segment, a file's path with its slashes as they are. */
function serializePath(path: string, params: Record<string, unknown>): string {
  if (!path.includes('{')) return path;
  let parts = pathParts.get(path);
  if (parts === undefined) {
    parts = path.split(/\{(\w+)\}/);
    pathParts.set(path, parts);
  }
  return parts.reduce((filled, part, at) => {
    if (at % 2 === 0) return filled + part;
    const value = params[part];
    return (
      filled +
      (part === 'filePath' ? encodeFilePath(value) : encodeURIComponent(checkId(part, value)))
    );
  });
}

/** The types of the typed client, made from the document's. */
import type { Middleware } from 'openapi-fetch';
import type { paths } from '../../generated/openapi.js';
import type { CallOptions } from '../http/options.js';
import type { RetryPolicy } from '../http/retry.js';

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

/** How the body of a response is returned: parsed (`json`, the default), as text, bytes or a stream. */
export type ParseAs = 'json' | 'text' | 'blob' | 'arrayBuffer' | 'stream';
interface Parsed {
  text: string;
  blob: Blob;
  arrayBuffer: ArrayBuffer;
  stream: ReadableStream<Uint8Array> | null;
}

type Responses<Operation> = Operation extends { responses: infer R } ? R : never;
/** The bodies of the responses whose status starts with one of the digits. */
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
      /** The body of a response with 2xx, read as `parseAs` says. */
      data: As extends keyof Parsed ? Parsed[As] : Bodies<Responses<Operation>, '2'>;
      error?: never;
      response: Response;
    }
  | {
      data?: never;
      /** `undefined` where the body was empty, a string where it was not JSON. */
      error: Bodies<Responses<Operation>, '4' | '5'> | string | undefined;
      response: Response;
    };

/** What a raw call takes beside the path: exactly what the operation has, and nothing else. */
export type RawInit<Operation> = Params<Operation> &
  Body<Operation> &
  CallOptions & {
    /** Further headers. Those that say who is calling are the client's and stay as they are. */
    headers?: Record<string, string>;
  };

/** What every call gives, whatever its operation. */
export interface AnyResult<Data = unknown> {
  data?: Data;
  error?: unknown;
  response: Response;
}

type RawArguments<Operation, As> =
  RequiredKeys<RawInit<Operation>> extends never
    ? [init?: RawInit<Operation> & { parseAs?: As }]
    : [init: RawInit<Operation> & { parseAs?: As }];

/** @typeParam Not the paths that it does not take. */
export type RawMethod<M extends Method, Not = TokenPath> = <
  P extends Exclude<PathsWith<M>, Not>,
  As extends ParseAs = 'json',
>(
  path: P,
  ...init: RawArguments<OperationAt<P, M>, As>
) => Promise<RawResult<OperationAt<P, M>, As>>;

/**
 * The typed client below the resources: openapi-fetch on the project's document, with the same
 * credentials, retries and timeouts. It returns `{data, error, response}` for every status, and
 * throws only when there is no response, or a success that cannot be read.
 */
export interface Raw {
  /** Calls an operation by its path, as the document writes it: `raw.GET(path, init)`. */
  GET: RawMethod<'get'>;
  /** As `GET`. */
  PUT: RawMethod<'put'>;
  /** As `GET`. */
  POST: RawMethod<'post'>;
  /** As `GET`. */
  PATCH: RawMethod<'patch'>;
  /** As `GET`. */
  HEAD: RawMethod<'head'>;
  /** As `GET`. */
  DELETE: RawMethod<'delete'>;
  /**
   * Adds middleware of openapi-fetch, to all calls of this client. It gets real Requests: it may set
   * headers, read a JSON body any number of times, and return `new Request(request)`, `request.clone()`
   * or a `new Response()`. The bytes of an upload cannot be read; a copy of its request keeps them.
   */
  use(...middleware: Middleware[]): void;
  /** Removes middleware. */
  eject(...middleware: Middleware[]): void;
}

type InternalMethod<M extends Method> = <
  P extends Exclude<PathsWith<M>, TokenPath>,
  As extends ParseAs = 'json',
>(
  path: P,
  init: RawInit<OperationAt<P, M>> & { parseAs?: As },
  policy?: RetryPolicy,
) => Promise<RawResult<OperationAt<P, M>, As>>;

/** The methods for the resources: body and query are validated, and each call may have a policy. */
export interface ValidatedMethods {
  GET: InternalMethod<'get'>;
  PUT: InternalMethod<'put'>;
  POST: InternalMethod<'post'>;
  PATCH: InternalMethod<'patch'>;
  HEAD: InternalMethod<'head'>;
}

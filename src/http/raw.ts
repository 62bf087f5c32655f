import createClient, {
  type FetchResponse,
  type Middleware,
  type ParamsOption,
  type ParseAs,
  type RequestBodyOption,
} from 'openapi-fetch';
import type { paths } from '../../generated/openapi.js';
import { LightRequest } from './light.js';
import type { CallOptions } from './settings.js';

type Method = 'get' | 'put' | 'post' | 'patch' | 'head' | 'delete';

/** The paths of the document that have the method. */
type PathsWith<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: object } ? P : never;
}[keyof paths];

/** The operation of the document at a path and method. */
type OperationAt<P extends keyof paths, M extends Method> = paths[P] extends {
  [K in M]: infer Operation extends Record<string | number, unknown>;
}
  ? Operation
  : never;

type RequiredKeys<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T];

/** What a raw call takes beside the path: exactly what the operation has, and nothing else. */
export type RawInit<Operation> = ParamsOption<Operation> &
  RequestBodyOption<Operation> &
  CallOptions & {
    /** Further headers. Those that say who is calling are the client's and stay as they are. */
    headers?: Record<string, string>;
  };

type RawArguments<Operation, As> =
  RequiredKeys<RawInit<Operation>> extends never
    ? [init?: RawInit<Operation> & { parseAs?: As }]
    : [init: RawInit<Operation> & { parseAs?: As }];

type RawMethod<M extends Method> = <P extends PathsWith<M>, As extends ParseAs = 'json'>(
  path: P,
  // Not inferred from what is passed, as openapi-fetch does: a field too many must not compile.
  ...init: RawArguments<OperationAt<P, M>, As>
) => Promise<FetchResponse<OperationAt<P, M>, { parseAs: As }, `${string}/${string}`>>;

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
   * and `url`, and return a new `Response`; it may not copy or clone the request.
   */
  use(...middleware: Middleware[]): void;
  /** Takes middleware away again. */
  eject(...middleware: Middleware[]): void;
}

/** Puts openapi-fetch on a `fetch` of ours. */
export function createRaw(origin: string, call: (request: LightRequest) => Promise<Response>): Raw {
  const client = createClient<paths>({
    baseUrl: origin,
    Request: LightRequest as unknown as typeof Request,
    fetch: call as unknown as (request: Request) => Promise<Response>,
  });
  return client as unknown as Raw;
}

/** The types of a handler: the validated request that it gets, and the response that it returns. */
import type { IncomingHttpHeaders } from 'node:http';
import type { operations } from '../../../generated/openapi.js';
import type { OperationId } from './routes.js';

type PathParameters<Id extends OperationId> = NonNullable<operations[Id]['parameters']['path']>;
type QueryParameters<Id extends OperationId> = NonNullable<operations[Id]['parameters']['query']>;
type RequestBody<Id extends OperationId> = operations[Id] extends {
  requestBody: { content: infer Content };
}
  ? Content[keyof Content]
  : undefined;

/** A request that conforms to the OpenAPI document. */
export interface HandlerRequest<Id extends OperationId = OperationId> {
  readonly operation: Id;
  /** Decoded. */
  readonly path: PathParameters<Id>;
  /** Each with the type that the OpenAPI document gives it. */
  readonly query: QueryParameters<Id>;
  readonly headers: IncomingHttpHeaders;
  /** A JSON body or a form; for bytes see `bytes`. */
  readonly body: RequestBody<Id>;
  /** The bytes of an upload, to be read once. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** The sandbox that the request names. */
  readonly sandbox: string;
}

/** A part of a file on the disk. */
export interface FileSlice {
  readonly file: string;
  /** In bytes from 0, the end not included. */
  readonly start: number;
  readonly end: number;
}

export interface HandlerResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** The media type of the document that describes the JSON. Default `application/json`. */
  readonly mediaType?: string;
  /** Sent as it is. */
  readonly text?: string;
  /** Sent as bytes. */
  readonly slice?: FileSlice;
  /** Why the response may differ from the OpenAPI document, where there is a reason. */
  readonly undocumented?: string;
}

export type Handler<Id extends OperationId> = (
  request: HandlerRequest<Id>,
) => HandlerResponse | Promise<HandlerResponse>;

/** One handler for each operation of the OpenAPI document: a new operation does not compile without. */
export type Handlers = { readonly [Id in OperationId]: Handler<Id> };

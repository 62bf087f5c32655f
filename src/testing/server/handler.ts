/** A request as the handlers see it, and what they answer. */
import type { IncomingHttpHeaders } from 'node:http';
import type { operations } from '../../../generated/openapi.js';
import type { OperationId } from './routes.js';

type PathOf<Id extends OperationId> = NonNullable<operations[Id]['parameters']['path']>;
type QueryOf<Id extends OperationId> = NonNullable<operations[Id]['parameters']['query']>;
type BodyOf<Id extends OperationId> = operations[Id] extends {
  requestBody: { content: infer Content };
}
  ? Content[keyof Content]
  : undefined;

/** A request that was held against the document and found right. */
export interface Call<Id extends OperationId = OperationId> {
  readonly operation: Id;
  /** Decoded. */
  readonly path: PathOf<Id>;
  /** Each with the type that the document gives it. */
  readonly query: QueryOf<Id>;
  readonly headers: IncomingHttpHeaders;
  /** A JSON body or a form; for bytes see `bytes`. */
  readonly body: BodyOf<Id>;
  /** The bytes of an upload, to be read once. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** The sandbox that the call works in. */
  readonly sandbox: string;
}

/** Bytes that are on the disk. */
export interface FileSlice {
  readonly file: string;
  /** In bytes from 0, the end not included. */
  readonly start: number;
  readonly end: number;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly text?: string;
  /** Sent as bytes. */
  readonly slice?: FileSlice;
  /** Why the answer is not held against the document, where there is a reason. */
  readonly unchecked?: string;
}

export type Handler<Id extends OperationId> = (call: Call<Id>) => Answer | Promise<Answer>;
/** One handler for each operation of the document: a new operation does not compile without. */
export type Handlers = { readonly [Id in OperationId]: Handler<Id> };

/** Thrown by a handler that refuses. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`refused with ${answer.status}`);
    this.answer = answer;
  }
}

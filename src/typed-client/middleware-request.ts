/** The requests of calls with a middleware. Imported with the first of them: `Request` makes Node load all of its fetch. */
import { type ByteSource, byteSource } from '../http/body.js';
import type { OutgoingRequest } from '../http/build-request.js';
import { InvalidInputError } from '../shared/errors.js';
import type { Init } from './request.js';
import type { SentBody } from './serialize.js';

/** What middleware gets: a real Request whose JSON body can be read any number of times. */
export class MiddlewareRequest extends Request {
  readonly #body: SentBody;

  constructor(url: string, { method, headers, body, signal }: Init) {
    const text = typeof body === 'string' ? body : null;
    super(url, { method, headers, body: text, signal: signal ?? null });
    this.#body = body;
  }

  /** openapi-fetch asks this of what a middleware returns: any Request will do. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof globalThis.Request;
  }

  /** Whether it is one of ours, whose body is known. */
  static isOwn(request: Request): request is MiddlewareRequest {
    return #body in request;
  }

  toOutgoing(): OutgoingRequest {
    return { method: this.method, url: this.url, headers: this.headers, body: this.#body };
  }

  override readonly text = async (): Promise<string> => this.#copyBody().text();
  override readonly json = async (): Promise<unknown> => this.#copyBody().json();
  override readonly arrayBuffer = async (): Promise<ArrayBuffer> => this.#copyBody().arrayBuffer();
  override readonly blob = async (): Promise<Blob> => this.#copyBody().blob();

  #copyBody(): Response {
    if (typeof this.#body !== 'object') return new Response(this.#body ?? null);
    const message =
      'Invalid use of a request body: a middleware can read a JSON body, not the bytes of an upload.';
    throw new InvalidInputError('body', message);
  }
}

/**
 * The request to send, from the one that openapi-fetch hands to its `fetch`.
 * @param upload the bytes of the call, if it has any: a Request that a middleware made lacks them.
 */
export async function toOutgoing(
  request: Request,
  upload: ByteSource | undefined,
): Promise<OutgoingRequest> {
  if (MiddlewareRequest.isOwn(request)) return request.toOutgoing();
  const { method, url, headers, signal } = request;
  return { method, url, headers, signal, body: await readBody(request, upload) };
}

async function readBody(request: Request, upload: ByteSource | undefined): Promise<SentBody> {
  if (request.body === null) return upload;
  if (request.bodyUsed) {
    const message =
      'Invalid use of a request body: a middleware returned a Request whose body it had read. Read that of a clone.';
    throw new InvalidInputError('body', message);
  }
  return upload === undefined
    ? request.text()
    : byteSource(new Uint8Array(await request.arrayBuffer()));
}

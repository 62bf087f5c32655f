/** The part of a request that is checked against the document: what JSON makes of it, since that is what is sent. */
import { byteSource } from '../http/body.js';
import { hasLoneSurrogate } from '../shared/checks.js';
import { InvalidInputError } from '../shared/errors.js';
import { describeThrown } from '../shared/thrown.js';

export interface PlainRequest {
  body?: unknown;
  query?: unknown;
}

/** The part of what `raw` takes that is checked. */
export interface RequestInit {
  body?: unknown;
  params?: { query?: unknown };
}

/**
 * The same options with the body and the query that are to be sent; bytes are sent as they are.
 * @returns `undefined` where there is neither.
 */
export function toPlainInit<T extends RequestInit>(init: T): T | undefined {
  const { params } = init;
  const body = byteSource(init.body) === undefined ? init.body : undefined;
  if (body === undefined && params?.query === undefined) return undefined;
  const plain = toPlain({ body, query: params?.query });
  const sent = body === undefined ? { ...init } : { ...init, body: plain.body };
  if (params?.query !== undefined) sent.params = { ...params, query: plain.query };
  return sent;
}

/**
 * A copy of a request by way of JSON.
 * @throws {InvalidInputError} for what JSON cannot hold, and for text with a lone surrogate.
 */
export function toPlain<T extends PlainRequest>(request: T): T {
  let plain: T;
  let json: string;
  try {
    json = JSON.stringify(request);
    plain = JSON.parse(json);
  } catch (error) {
    const message = `Invalid request: it cannot be written as JSON: ${describeThrown(error)}.`;
    throw new InvalidInputError('request', message, { cause: error });
  }
  // JSON.stringify() escapes a lone surrogate and no whole character.
  if (json.includes('\\ud')) assertNoLoneSurrogates(plain);
  return plain;
}

/** The path to one is the field's name. The recursion is safe: JSON.stringify() has thrown for what is nested too deeply. */
function assertNoLoneSurrogates(value: unknown, path: readonly string[] = []): void {
  if (typeof value === 'string' && hasLoneSurrogate(value)) {
    const field = path.slice(1).join('.') || 'request';
    const message = `Invalid ${field}: expected whole characters, received ${JSON.stringify(value)}, which has a lone surrogate. Nothing was sent.`;
    throw new InvalidInputError(field, message);
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, one] of Object.entries(value)) {
    assertNoLoneSurrogates(name, [...path, name]);
    assertNoLoneSurrogates(one, [...path, name]);
  }
}

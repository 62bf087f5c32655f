/** A request as JSON makes it: that is what is checked against the document, and what is sent. */
import { hasLoneSurrogate } from '../shared/checks.js';
import { InvalidInputError } from '../shared/errors.js';
import { describeThrown } from '../shared/thrown.js';
import { type SentBody, serializeBody } from './serialize.js';

/** What is checked of a request. */
export interface PlainRequest {
  body?: unknown;
  query?: unknown;
}

/** The part of what `raw` takes that is checked. */
export interface RequestInit {
  body?: unknown;
  params?: { query?: unknown };
}

/** A request that the caller cannot change any more. */
interface CopiedRequest<Init> {
  /** The options, with a copy of the query. */
  readonly init: Init;
  readonly sent: SentBody;
  /** `undefined` where there is nothing to check; bytes have no schema. */
  readonly plain: PlainRequest | undefined;
}

/**
 * Copies the body and the query of a request by way of JSON; bytes are sent as they are.
 * @throws {InvalidInputError} for what JSON cannot hold, and for text with a lone surrogate.
 */
export function copyRequest<Init extends RequestInit>(init: Init): CopiedRequest<Init> {
  const { body: given, params } = init;
  const sent = serializeBody(given, 'request');
  const body = typeof sent === 'string' ? parse(sent) : undefined;
  const isChecked = given !== undefined && typeof sent !== 'object';
  if (params?.query === undefined) {
    return { init, sent, plain: isChecked ? { body, query: undefined } : undefined };
  }
  const query = toPlain(params.query);
  return { init: { ...init, params: { ...params, query } }, sent, plain: { body, query } };
}

/** A copy of a part of a request by way of JSON. */
export function toPlain(value: unknown): unknown {
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch (error) {
    const message = `Invalid request: it cannot be written as JSON: ${describeThrown(error)}.`;
    throw new InvalidInputError('request', message, { cause: error });
  }
  return json === undefined ? undefined : parse(json);
}

function parse(json: string): unknown {
  const plain: unknown = JSON.parse(json);
  // JSON.stringify() escapes a lone surrogate and no whole character.
  if (json.includes('\\ud')) assertNoLoneSurrogates(plain);
  return plain;
}

/** The path to one is the field's name. The recursion is safe: JSON.stringify() has thrown for what is nested too deeply. */
function assertNoLoneSurrogates(value: unknown, path: readonly string[] = []): void {
  if (typeof value === 'string' && hasLoneSurrogate(value)) {
    const field = path.join('.') || 'request';
    const message = `Invalid ${field}: expected whole characters, received ${JSON.stringify(value)}, which has a lone surrogate. Nothing was sent.`;
    throw new InvalidInputError(field, message);
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, one] of Object.entries(value)) {
    assertNoLoneSurrogates(name, [...path, name]);
    assertNoLoneSurrogates(one, [...path, name]);
  }
}

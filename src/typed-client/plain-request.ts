/** A request as JSON makes it: that is what is checked against the document, and what is sent. */
import { type SentBody, serializeBody, writeJson } from './serialize.js';

/** What is checked of a request. */
export interface PlainRequest {
  body?: unknown;
  query?: unknown;
}

/** The part of what `raw` takes that is checked. */
interface RequestInit {
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
  /** Whether it has to be searched for lone surrogates. */
  readonly isEscaped: boolean;
}

/**
 * Copies the body and the query of a request by way of JSON; bytes are sent as they are.
 * @throws {InvalidInputError} for what JSON cannot hold.
 */
export function copyRequest<Init extends RequestInit>(init: Init): CopiedRequest<Init> {
  const { body: given, params } = init;
  const sent = serializeBody(given, 'request');
  const text = typeof sent === 'object' ? undefined : sent;
  const body = parse(text);
  const isEscaped = hasEscape(text);
  if (params?.query === undefined) {
    const isChecked = given !== undefined && typeof sent !== 'object';
    return { init, sent, plain: isChecked ? { body, query: undefined } : undefined, isEscaped };
  }
  const queryText = writeJson('request', params.query);
  const query = parse(queryText);
  const plain = { body, query };
  const own = { ...init, params: { ...params, query } };
  return { init: own, sent, plain, isEscaped: isEscaped || hasEscape(queryText) };
}

/** What a JSON text holds; `undefined` is what JSON leaves out. */
export const parse = (json: string | undefined): unknown =>
  json === undefined ? undefined : JSON.parse(json);

/** JSON.stringify() escapes a lone surrogate and no whole character. */
export const hasEscape = (json: string | undefined): boolean => json?.includes('\\ud') === true;

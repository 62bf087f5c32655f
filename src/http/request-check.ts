import * as checks from '../../generated/request-checks.js';
import { byteSource } from './bytes.js';
import { InvalidInputError } from './errors.js';

/** What ajv's generated functions say about a value that does not fit. */
interface Violation {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}
/** One function of generated/request-checks.ts. */
type Check = ((request: unknown) => boolean) & { errors?: readonly Violation[] | null };

/**
 * Holds a request against the document before anything is sent, bounds included, which types
 * cannot hold. What is checked is what JSON makes of it, since that is what is sent.
 * @returns what is to be sent.
 * @throws {InvalidInputError} that names every field that does not fit.
 */
export function checked<T extends { body?: unknown; query?: unknown }>(
  check: Check,
  request: T,
): T {
  let plain: T;
  try {
    plain = JSON.parse(JSON.stringify(request));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidInputError('request', `the request cannot be sent as JSON: ${why}.`);
  }
  if (check(plain)) return plain;
  const told = (check.errors ?? []).map(tell);
  const field = told[0]?.field ?? 'request';
  throw new InvalidInputError(
    field,
    `${told.map(({ what }) => what).join('; ')}. Nothing was sent.`,
  );
}

/** What `raw` takes, as far as the checks look at it. */
interface RequestInit {
  body?: unknown;
  params?: { query?: unknown };
}

/**
 * Holds the body and the query of any operation against the document.
 * @returns what is to be sent.
 * @throws {InvalidInputError} that names every field that does not fit.
 */
export function checkedInit<T extends RequestInit>(operation: string, init: T): T {
  const check = (checks as Readonly<Record<string, Check>>)[operation];
  const { params } = init;
  // Bytes are what they are.
  const body = byteSource(init.body) === undefined ? init.body : undefined;
  if (check === undefined || (body === undefined && params?.query === undefined)) return init;
  const { query, ...plain } = checked(check, { body, query: params?.query });
  return { ...init, ...plain, params: { ...params, query } };
}

/** What is said instead of ajv's words, where those are for programmers. */
const WORDS: Readonly<Record<string, string>> = {
  additionalProperties: 'is not a known field',
  required: 'is missing',
  minLength: 'is empty',
};

function tell({ instancePath, keyword, message, params }: Violation): {
  field: string;
  what: string;
} {
  const extra = params['additionalProperty'] ?? params['missingProperty'];
  const [, , ...parts] = instancePath.split('/').map(unescapePointer);
  if (extra !== undefined) parts.push(String(extra));
  const field = parts.join('.') || 'request';
  const allowed = params['allowedValues'];
  const list = Array.isArray(allowed) ? `: ${allowed.join(', ')}` : '';
  return { field, what: `${field} ${WORDS[keyword] ?? message ?? 'does not fit'}${list}` };
}

const unescapePointer = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');

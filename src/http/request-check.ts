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
    throw new InvalidInputError(
      'request',
      `Invalid request: expected values that JSON can hold. ${why}`,
      {
        cause: error,
      },
    );
  }
  if (check(plain)) return plain;
  const found = (check.errors ?? []).map(describeViolation);
  const field = found[0]?.field ?? 'request';
  throw new InvalidInputError(
    field,
    `${found.map(({ what }) => what).join(' ')} Nothing was sent.`,
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
const EXPECTED: Readonly<Record<string, string>> = {
  required: 'a value, received undefined',
  minLength: 'a string that is not empty',
  minItems: 'an array that is not empty',
};

function describeViolation({ instancePath, keyword, message, params }: Violation): {
  field: string;
  what: string;
} {
  const extra = params['additionalProperty'] ?? params['missingProperty'];
  const [, , ...parts] = instancePath.split('/').map(unescapePointer);
  if (extra !== undefined) parts.push(String(extra));
  const field = parts.join('.') || 'request';
  if (keyword === 'additionalProperties') return { field, what: `Unknown field ${field}.` };
  const allowed = params['allowedValues'];
  const expected = Array.isArray(allowed)
    ? `one of ${allowed.join(', ')}`
    : (EXPECTED[keyword] ?? message?.replace(/^must be /, 'a value that is '));
  return { field, what: `Invalid ${field}: expected ${expected ?? 'another value'}.` };
}

const unescapePointer = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');

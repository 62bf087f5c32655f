/** Checks requests against the OpenAPI document; imported, with the checks made from it, when one is to be sent. */
import * as checks from '../../generated/request-checks.js';
import { byteSource } from '../http/body.js';
import { InvalidInputError } from '../shared/errors.js';
import { type PlainRequest, type RequestInit, toPlain } from './plain-request.js';

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
export function validateRequest<T extends PlainRequest>(check: Check, request: T): T {
  const plain = toPlain(request);
  assertFits(check, plain);
  return plain;
}

const CHECKS: Readonly<Record<string, Check>> = checks;

/**
 * Holds the body and the query of any operation, as `toPlainInit()` returned them, against the document.
 * @throws {InvalidInputError} that names every field that does not fit.
 */
export function assertValidRequest(operation: string, { body, params }: RequestInit): void {
  const check = CHECKS[operation];
  // Bytes have no schema.
  const checked = byteSource(body) === undefined ? body : undefined;
  if (check !== undefined) assertFits(check, { body: checked, query: params?.query });
}

function assertFits(check: Check, plain: PlainRequest): void {
  if (check(plain)) return;
  const found = new Map<string, string>();
  for (const { field, what } of (check.errors ?? []).map(describeViolation)) {
    // A value that fits none of several forms breaks a rule of each: the first one is the usual form.
    if (!found.has(field)) found.set(field, what);
  }
  const [field = 'request'] = found.keys();
  throw new InvalidInputError(field, `${[...found.values()].join(' ')} Nothing was sent.`);
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

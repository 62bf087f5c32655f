/** Checks requests against the OpenAPI document; imported, with the checks made from it, when one is to be sent. */
import * as checks from '../../generated/request-checks.js';
import { hasLoneSurrogate } from '../shared/checks.js';
import { InvalidInputError } from '../shared/errors.js';
import { hasEscape, type PlainRequest, parse } from './plain-request.js';
import { writeJson } from './serialize.js';

/** What ajv's generated functions say about a value that does not fit. */
interface Violation {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly params: Readonly<Record<string, unknown>>;
}
/** One function of generated/request-checks.ts. */
type Check = ((request: unknown) => boolean) & { errors?: readonly Violation[] | null };

const CHECKS: Readonly<Record<string, Check>> = checks;

/**
 * Holds the body of a request against the document, bounds included, which types cannot hold. What is checked is
 * what JSON makes of it, since that is what is sent.
 * @throws {InvalidInputError} that names every field that does not fit.
 */
export function validateBody(check: Check, body: unknown): void {
  const json = writeJson('request', body);
  const plain = { body: parse(json) };
  if (hasEscape(json)) assertNoLoneSurrogates(plain);
  assertFits(check, plain);
}

/**
 * Holds the body and the query of any operation, as `copyRequest()` returned them, against the document.
 * @throws {InvalidInputError} that names every field that does not fit, or a text with a lone surrogate.
 */
export function assertValidRequest(
  operation: string,
  plain: PlainRequest,
  isEscaped: boolean,
): void {
  if (isEscaped) assertNoLoneSurrogates(plain);
  const check = CHECKS[operation];
  if (check !== undefined) assertFits(check, plain);
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

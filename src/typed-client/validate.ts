/** Checks requests against the OpenAPI document before they are sent. */
import * as checks from '../../generated/request-checks.js';
import { byteSource } from '../http/body.js';
import { hasLoneSurrogate } from '../shared/checks.js';
import { InvalidInputError } from '../shared/errors.js';
import { describeThrown } from '../shared/thrown.js';

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
export function validateRequest<T extends { body?: unknown; query?: unknown }>(
  check: Check,
  request: T,
): T {
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
  if (check(plain)) return plain;
  const found = new Map<string, string>();
  for (const { field, what } of (check.errors ?? []).map(describeViolation)) {
    // A value that fits none of several forms breaks a rule of each: the first one is the usual form.
    if (!found.has(field)) found.set(field, what);
  }
  const [field = 'request'] = found.keys();
  throw new InvalidInputError(field, `${[...found.values()].join(' ')} Nothing was sent.`);
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

const CHECKS: Readonly<Record<string, Check>> = checks;

/** The part of what `raw` takes that is checked. */
interface RequestInit {
  body?: unknown;
  params?: { query?: unknown };
}

/**
 * Holds the body and the query of any operation against the document.
 * @returns what is to be sent.
 * @throws {InvalidInputError} that names every field that does not fit.
 */
export function validateInit<T extends RequestInit>(operation: string | undefined, init: T): T {
  const check = CHECKS[operation ?? ''];
  const { params } = init;
  // Bytes have no schema.
  const body = byteSource(init.body) === undefined ? init.body : undefined;
  if (check === undefined || (body === undefined && params?.query === undefined)) return init;
  const sent = validateRequest(check, { body, query: params?.query });
  const checked = body === undefined ? { ...init } : { ...init, body: sent.body };
  if (params?.query !== undefined) checked.params = { ...params, query: sent.query };
  return checked;
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

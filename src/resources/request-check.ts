import { InvalidInputError } from '../http/errors.js';

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
 * cannot hold.
 * @throws {InvalidInputError} that names every field that does not fit.
 */
export function checkRequest(check: Check, request: { body?: unknown; query?: unknown }): void {
  if (check(request)) return;
  const violations = check.errors ?? [];
  const told = violations.map(tell);
  const field = told[0]?.field ?? 'request';
  throw new InvalidInputError(
    field,
    `${told.map(({ what }) => what).join('; ')}. Nothing was sent.`,
  );
}

function tell({ instancePath, keyword, message, params }: Violation): {
  field: string;
  what: string;
} {
  const extra = params['additionalProperty'] ?? params['missingProperty'];
  const parts = [
    ...instancePath.split('/').slice(2),
    ...(extra === undefined ? [] : [String(extra)]),
  ];
  const field = parts.join('.') || 'request';
  if (keyword === 'additionalProperties') return { field, what: `${field} is not a known field` };
  if (keyword === 'required') return { field, what: `${field} is missing` };
  const allowed = params['allowedValues'];
  const list = Array.isArray(allowed) ? `: ${allowed.join(', ')}` : '';
  return { field, what: `${field} ${message ?? 'does not fit'}${list}` };
}

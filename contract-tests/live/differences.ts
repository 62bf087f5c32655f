/** Holds what was received against a document. */
import type { Json } from '../../spec-tools/operations.js';
import type { Redactor } from '../../src/http/redact.js';
import { type Difference, ResponseChecker } from '../../src/typed-client/drift/response-checker.js';
import type { Exchange } from './recorder.js';

/** How much of a received value is shown. */
const MAX_CHARACTERS = 80;

/** One kind of difference, however often it was received. */
export interface LiveDifference {
  operation: string;
  status: number;
  /** As of `Difference`; parts of it that are ids of the sandbox are `*`. */
  path: string;
  expected: string;
  /** The first value received, without secrets and shortened. */
  received: string;
  count: number;
}

/** The differences in the order in which they were first seen. */
export async function findDifferences(
  document: Json,
  exchanges: readonly Exchange[],
  redact: Redactor,
): Promise<LiveDifference[]> {
  const checker = await ResponseChecker.load(document);
  const found = new Map<string, LiveDifference>();
  for (const exchange of exchanges) {
    for (const difference of checker.check(exchange)) {
      const { operation, status } = exchange;
      const key = `${operation} ${status} ${difference.kind} ${difference.expected}`;
      const known = found.get(key);
      if (known !== undefined) known.count++;
      else found.set(key, toLiveDifference(exchange, difference, redact));
    }
  }
  return [...found.values()];
}

function toLiveDifference(
  { operation, status }: Exchange,
  { path, expected, received }: Difference,
  redact: Redactor,
): LiveDifference {
  const json = JSON.stringify(received) ?? '';
  // Tokens are never shown, not even a part of one or one that is not where it should be.
  const text =
    received === undefined ? 'nothing' : operation === 'getToken' ? `a ${typeof received}` : json;
  const masked = redact(text);
  const isLong = masked.length > MAX_CHARACTERS;
  const shown = isLong ? `${masked.slice(0, MAX_CHARACTERS)}…` : masked;
  return { operation, status, path: maskIds(path), expected, received: shown, count: 1 };
}

/** Names of fields have no digits, except in few cases where the star does no harm. */
const maskIds = (path: string): string =>
  path.startsWith('body/') ? path.replace(/\/[^/]*\d[^/]*(?=\/|$)/g, '/*') : path;

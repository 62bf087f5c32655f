/** Whether what the client made of a response is right. */
import { isDeepStrictEqual } from 'node:util';
import { document } from '../../spec-tools/bundled-document.js';
import { dereference, type Json } from '../../spec-tools/operations.js';
import {
  AepBatchError,
  ApiError,
  AuthenticationError,
  InvalidResponseError,
} from '../../src/index.js';
import { Unusable } from './expected.js';
import type { ResponseCase, ResponseViolation } from './responses.js';
import { isValid } from './schema-validator.js';
import type { Success, Target } from './targets.js';
import { type Path, put, remove } from './violations.js';

/** What a method returned or threw. */
export type Outcome = { value: unknown } | { error: unknown };

/** What JSON makes of a value, so that a field without a value is the same as none. */
const plain = (value: unknown): unknown =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value));
const isEqual = (a: unknown, b: unknown): boolean => isDeepStrictEqual(plain(a), plain(b));
const show = (value: unknown): string =>
  value instanceof Error ? `${value.name}: ${value.stack}` : (JSON.stringify(value) ?? 'undefined');

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @returns what is wrong, or `undefined`. */
export function judgeResponse(
  target: Target,
  given: ResponseCase,
  outcome: Outcome,
): string | undefined {
  if ('error' in outcome && !(outcome.error instanceof AepBatchError)) {
    return `an error that is not an AepBatchError: ${show(outcome.error)}`;
  }
  if (given.status >= 400) return judgeError(target, given, outcome);
  const success: Success = { ...given, json: parse(given.body) };
  if (given.violation !== undefined) return judgeInvalid(target, success, given.violation, outcome);
  const expected = expectResult(target, success);
  if ('error' in outcome) {
    const isRight = expected === undefined && outcome.error instanceof InvalidResponseError;
    return isRight ? undefined : `a valid response became an error: ${show(outcome.error)}`;
  }
  if (expected === undefined) return `a response that cannot be used became ${show(outcome.value)}`;
  if (isEqual(expected.value, outcome.value)) return undefined;
  return `expected ${show(expected.value)}\nreceived ${show(outcome.value)}`;
}

function expectResult(target: Target, success: Success): { value: unknown } | undefined {
  try {
    return { value: target.expect(success) };
  } catch (error) {
    if (error instanceof Unusable) return undefined;
    throw error;
  }
}

function judgeError(
  { operation }: Target,
  given: ResponseCase,
  outcome: Outcome,
): string | undefined {
  if (!('error' in outcome))
    return `status ${given.status} became the result ${show(outcome.value)}`;
  const { error } = outcome;
  if (!(error instanceof ApiError)) return `status ${given.status} became ${show(error)}`;
  if (error.status !== given.status)
    return `status ${given.status} became the status ${error.status}`;
  if (error.operation !== operation) return `${operation} became an error of ${error.operation}`;
  const isCredential = operation === 'getToken' && [400, 401, 403].includes(given.status);
  if (isCredential && !(error instanceof AuthenticationError))
    return `a rejected credential became ${error.name}`;
  const json = parse(given.body);
  const body = json !== undefined ? json : given.body.trim() === '' ? undefined : given.body;
  if (!isEqual(error.body, body))
    return `expected the body ${show(body)}, received ${show(error.body)}`;
  const wait = readSeconds(given.headers['retry-after']);
  if (wait !== undefined && error.retryAfterMs !== wait * 1000)
    return `Retry-After: ${wait} became ${error.retryAfterMs} ms`;
  const isWait = error.retryAfterMs === undefined || Number.isSafeInteger(error.retryAfterMs);
  if (!isWait || Number(error.retryAfterMs) < 0) return `a wait of ${error.retryAfterMs} ms`;
  const texts = [error.code, error.detail].every(
    (text) => text === undefined || typeof text === 'string',
  );
  return texts
    ? undefined
    : `a code or a detail that is not text: ${show([error.code, error.detail])}`;
}

const readSeconds = (text = ''): number | undefined =>
  /^\d{1,9}$/.test(text) ? Number(text) : undefined;

function judgeInvalid(
  target: Target,
  success: Success,
  violation: ResponseViolation,
  outcome: Outcome,
): string | undefined {
  if ('error' in outcome) return undefined;
  if (violation.in === 'lines' && target.acceptsLines?.(outcome.value, success.lines))
    return undefined;
  const variants = listVariants(success, violation);
  const allowed = variants.flatMap((variant) => expectResult(target, variant) ?? []);
  if (allowed.some(({ value }) => isEqual(value, outcome.value))) return undefined;
  return `a wrong result: ${show(outcome.value)}\nallowed: ${allowed.map(({ value }) => show(value)).join('\n  or ')}`;
}

/**
 * What an invalid response may be read as: as it stands, without the wrong member or an object that holds it, or
 * with the one valid value that the wrong one can mean.
 */
function listVariants(success: Success, { in: where, at, schema }: ResponseViolation): Success[] {
  if (where === 'syntax') return [success];
  const copy = () => plain(success) as Success;
  if (where === 'header') {
    const changed = copy();
    remove(changed, ['headers', ...at]);
    return [success, changed];
  }
  const root: Path = where === 'body' ? ['json'] : ['lines'];
  const path = [...root, ...at];
  const without = path.slice(1).map((_, index) => {
    const changed = copy();
    remove(changed, path.slice(0, path.length - index));
    return changed;
  });
  const meant = listMeanings(readAt(success, path), schema).map((value) => {
    const changed = copy();
    put(changed, path, value);
    return changed;
  });
  return [success, ...without, ...meant];
}

const readAt = (whole: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (node, name) => Object.getOwnPropertyDescriptor(Object(node), name)?.value,
    whole,
  );

/** Valid values that a wrong one can only mean: digits for a number, one item for a list of it. */
function listMeanings(value: unknown, node: unknown): unknown[] {
  const schema = dereference(document, node) as Json | undefined;
  if (value === undefined || schema === undefined) return [];
  const meanings: unknown[] = [
    Number(value),
    String(value),
    value === 'true',
    [value],
    [String(value)],
    [],
    {},
    '',
  ];
  if (Array.isArray(value))
    meanings.push(
      value.map(String),
      value.filter((one) => isValid(schema, [one])),
    );
  // A number that stands for a text is that text, whatever its pattern.
  const words = schema['type'] === 'string' && typeof value === 'number' ? [String(value)] : [];
  // One item that stands for a list is that list.
  const isList = schema['type'] === 'array' && typeof value === 'object' && !Array.isArray(value);
  return [
    ...words,
    ...(isList ? [[value]] : []),
    ...meanings.filter((one) => isValid(schema, one)),
  ];
}

/**
 * Request bodies with one violation each: one for every required field, enum, type, closed object and
 * bound of the document's request bodies.
 */
import { document } from '../../spec-tools/bundled-document.js';
import { dereference, type Json, listOperations } from '../../spec-tools/operations.js';

export type Rule = 'required' | 'enum' | 'type' | 'closed' | 'bound';

export interface WrongRequest {
  operation: string;
  method: string;
  path: string;
  rule: Rule;
  /** Path of the invalid field, separated by dots. */
  field: string;
  mediaType: string;
  body: unknown;
}

export const FORM = 'application/x-www-form-urlencoded';

/** The status with which Prism rejects an invalid request: 422 if the operation documents it, else 400. */
export function findRejectionStatus(operation: string): number {
  const found = listOperations(document).find(({ id }) => id === operation);
  return (found?.operation['responses'] as Json | undefined)?.['422'] === undefined ? 400 : 422;
}

type Path = (string | number)[];

/** Every invalid body of every operation that accepts JSON or a form. */
export const wrongRequests: WrongRequest[] = listOperations(document).flatMap((entry) => {
  const { id, method, path, operation } = entry;
  const content = (operation['requestBody'] as Json | undefined)?.['content'] as Json | undefined;
  const mediaType = content?.[FORM] === undefined ? 'application/json' : FORM;
  const media = content?.[mediaType] as Json | undefined;
  if (media === undefined) return [];
  const valid = Object.values(media['examples'] as Json).map(
    (example) => dereference(document, example)['value'],
  );
  const wrong = listViolations(media['schema'], []).map(({ rule, at, violate }) => {
    const base =
      valid.find((body) => has(body, at)) ?? valid.find((body) => has(body, at.slice(0, -1)));
    if (base === undefined) throw new Error(`Add a request example of ${id} with ${at.join('.')}.`);
    return { rule, field: at.join('.'), body: violate(structuredClone(base)) };
  });
  return wrong
    .filter(({ rule }) => mediaType !== FORM || rule !== 'type') // every form value is text
    .map((one) => ({ operation: id, method, path, mediaType, ...one }));
});

interface Violation {
  rule: Rule;
  at: Path;
  violate: (body: unknown) => unknown;
}

function listViolations(node: unknown, at: Path): Violation[] {
  const schema = mergeAllOfParts(node);
  const set = (value: unknown) => (body: unknown) => put(body, at, value);
  const found: Violation[] = [];
  if (at.length > 0) {
    found.push({ rule: 'type', at, violate: set(pickOtherType(schema['type'])) });
  }
  if (schema['enum'] !== undefined) found.push({ rule: 'enum', at, violate: set('no-such-value') });
  for (const value of listOutOfBounds(schema))
    found.push({ rule: 'bound', at, violate: set(value) });
  for (const name of (schema['required'] ?? []) as string[]) {
    found.push({
      rule: 'required',
      at: [...at, name],
      violate: (body) => drop(body, [...at, name]),
    });
  }
  if (schema['additionalProperties'] === false) {
    const surplus = [...at, 'noSuchField'];
    found.push({ rule: 'closed', at: surplus, violate: (body) => put(body, surplus, 'x') });
  }
  for (const [name, child] of Object.entries((schema['properties'] ?? {}) as Json)) {
    found.push(...listViolations(child, [...at, name]));
  }
  if (schema['items'] !== undefined) found.push(...listViolations(schema['items'], [...at, 0]));
  const others = schema['additionalProperties'];
  if (typeof others === 'object') found.push(...listViolations(others, [...at, 'source']));
  return found;
}

/** The dereferenced schema with its `allOf` parts merged. */
function mergeAllOfParts(node: unknown): Json {
  const schema = dereference(document, node);
  const parts = ((schema['allOf'] ?? []) as unknown[]).map(mergeAllOfParts);
  return Object.assign({}, ...parts, schema);
}

function pickOtherType(type: unknown): unknown {
  return type === 'number' || type === 'integer' ? 'seven' : 7;
}

function listOutOfBounds(schema: Json): unknown[] {
  const values: unknown[] = [];
  if (schema['minLength'] === 1) values.push('');
  if (schema['minItems'] === 1) values.push([]);
  if (typeof schema['minimum'] === 'number') values.push(schema['minimum'] - 1);
  if (typeof schema['maximum'] === 'number') values.push(schema['maximum'] + 1);
  // Bounds that the document does not use yet. When it does, add an invalid value here.
  const others =
    /^(maxLength|pattern|exclusive.*|multipleOf|maxItems|(min|max)Properties|uniqueItems)$/;
  const untested = Object.keys(schema).filter((key) => others.test(key));
  if (untested.length > 0) throw new Error(`Add an invalid value for ${untested.join(', ')}.`);
  return values;
}

function at(body: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (node, part) => (node as Record<string | number, unknown>)?.[part],
    body,
  );
}

function has(body: unknown, path: Path): boolean {
  return at(body, path) !== undefined;
}

function put(body: unknown, path: Path, value: unknown): unknown {
  const parent = at(body, path.slice(0, -1)) as Record<string | number, unknown>;
  parent[path.at(-1) ?? ''] = value;
  return body;
}

function drop(body: unknown, path: Path): unknown {
  const parent = at(body, path.slice(0, -1)) as Record<string | number, unknown>;
  delete parent[path.at(-1) ?? ''];
  return body;
}

export const formatTitle = ({ operation, rule, field, body }: WrongRequest) =>
  `${operation}: ${field} breaks its ${rule} with ${JSON.stringify(body)}`;

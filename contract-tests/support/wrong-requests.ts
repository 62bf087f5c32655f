/**
 * From the document: for every required field, enum, type, closed object and bound of a request
 * body, one body that breaks just that.
 */
import { follow, type Json, operationsOf } from '../../scripts/document.js';
import { document } from './bundled.js';

export type Rule = 'required' | 'enum' | 'type' | 'closed' | 'bound';

export interface WrongRequest {
  operation: string;
  method: string;
  path: string;
  rule: Rule;
  /** Which field is wrong, with dots; `*` for every item or key. */
  field: string;
  mediaType: string;
  body: unknown;
}

export const FORM = 'application/x-www-form-urlencoded';

/** What Prism refuses a wrong request of an operation with: 422 where that is documented. */
export function verdictOf(operation: string): number {
  const found = operationsOf(document).find(({ id }) => id === operation);
  return (found?.operation['responses'] as Json | undefined)?.['422'] === undefined ? 400 : 422;
}

type Path = (string | number)[];

/** Every wrong body of every operation that takes JSON or a form. */
export const wrongRequests: WrongRequest[] = operationsOf(document).flatMap((entry) => {
  const { id, method, path, operation } = entry;
  const content = (operation['requestBody'] as Json | undefined)?.['content'] as Json | undefined;
  const mediaType = content?.[FORM] === undefined ? 'application/json' : FORM;
  const media = content?.[mediaType] as Json | undefined;
  if (media === undefined) return [];
  const right = Object.values(media['examples'] as Json).map(
    (example) => follow(document, example)['value'],
  );
  const wrong = breakages(media['schema'], []).map(({ rule, at, wrongBy }) => {
    const base =
      right.find((body) => has(body, at)) ?? right.find((body) => has(body, at.slice(0, -1)));
    if (base === undefined) throw new Error(`no request example of ${id} has ${at.join('.')}`);
    return { rule, field: at.join('.'), body: wrongBy(structuredClone(base)) };
  });
  return wrong
    .filter(({ rule }) => mediaType !== FORM || rule !== 'type') // in a form, all is text
    .map((one) => ({ operation: id, method, path, mediaType, ...one }));
});

interface Breakage {
  rule: Rule;
  at: Path;
  wrongBy: (body: unknown) => unknown;
}

function breakages(node: unknown, at: Path): Breakage[] {
  const schema = merged(node);
  const set = (value: unknown) => (body: unknown) => put(body, at, value);
  const found: Breakage[] = [];
  if (at.length > 0) {
    found.push({ rule: 'type', at, wrongBy: set(ofAnotherType(schema['type'])) });
  }
  if (schema['enum'] !== undefined) found.push({ rule: 'enum', at, wrongBy: set('no-such-value') });
  for (const value of outOfBounds(schema)) found.push({ rule: 'bound', at, wrongBy: set(value) });
  for (const name of (schema['required'] ?? []) as string[]) {
    found.push({
      rule: 'required',
      at: [...at, name],
      wrongBy: (body) => drop(body, [...at, name]),
    });
  }
  if (schema['additionalProperties'] === false) {
    const surplus = [...at, 'noSuchField'];
    found.push({ rule: 'closed', at: surplus, wrongBy: (body) => put(body, surplus, 'x') });
  }
  for (const [name, child] of Object.entries((schema['properties'] ?? {}) as Json)) {
    found.push(...breakages(child, [...at, name]));
  }
  if (schema['items'] !== undefined) found.push(...breakages(schema['items'], [...at, 0]));
  const others = schema['additionalProperties'];
  if (typeof others === 'object') found.push(...breakages(others, [...at, 'source']));
  return found;
}

/** The schema with its `$ref` followed and its `allOf` laid over one another. */
function merged(node: unknown): Json {
  const schema = follow(document, node);
  const parts = ((schema['allOf'] ?? []) as unknown[]).map(merged);
  return Object.assign({}, ...parts, schema);
}

function ofAnotherType(type: unknown): unknown {
  return type === 'number' || type === 'integer' ? 'seven' : 7;
}

function outOfBounds(schema: Json): unknown[] {
  const values: unknown[] = [];
  if (schema['minLength'] === 1) values.push('');
  if (schema['minItems'] === 1) values.push([]);
  if (typeof schema['minimum'] === 'number') values.push(schema['minimum'] - 1);
  if (typeof schema['maximum'] === 'number') values.push(schema['maximum'] + 1);
  // Bounds that the document does not use yet: one that comes needs a wrong value here.
  const others =
    /^(maxLength|pattern|exclusive.*|multipleOf|maxItems|(min|max)Properties|uniqueItems)$/;
  const untested = Object.keys(schema).filter((key) => others.test(key));
  if (untested.length > 0) throw new Error(`no wrong value is known for ${untested.join(', ')}`);
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

export const titleOf = ({ operation, rule, field, body }: WrongRequest) =>
  `${operation}: ${field} breaks its ${rule} with ${JSON.stringify(body)}`;

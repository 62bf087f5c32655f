/**
 * Values of a schema: valid ones that together have every property once and once not, every bound, type
 * and listed value; and invalid ones with a single violation each.
 */
import { document } from '../../spec-tools/bundled-document.js';
import type { Json } from '../../spec-tools/operations.js';
import { createInspector } from '../coverage/inspect.js';
import {
  isBinary,
  listTypes,
  resolveNode,
  type SchemaNode,
  stepInto,
} from '../coverage/schema-node.js';

const inspect = createInspector(document);
export const isValid = (schema: SchemaNode, value: unknown): boolean =>
  inspect(schema, value, { owner: '', path: '' }).violations.length === 0;

/** Every pattern of the document accepts at least one of these. */
const TEXTS = ['text', '0', '123456', '1.0.0', 'bytes 0-9/10', 'bytes=0-9', 'a,b'];
/** Every type, pattern and list of the document rejects at least one of these. */
const WRONG = ['no such value!', '', '-1', 7, true, [], {}];

/** A property that no schema declares. */
const SURPLUS = 'noSuchField';

/** The values of schemas that occur in many places. */
const known = new Map<string, unknown[]>();

/** Valid values; the first has every property. */
export function listValidValues(reference: SchemaNode): unknown[] {
  const schema = resolveNode(document, reference);
  const values = known.get(schema.pointer) ?? buildValidValues(schema);
  known.set(schema.pointer, values);
  return values;
}

function buildValidValues(schema: SchemaNode): unknown[] {
  const { node } = schema;
  if (isBinary(schema)) return ['bytes'];
  const parts = (node['anyOf'] ?? node['allOf']) as unknown[] | undefined;
  if (parts !== undefined) {
    const keyword = node['anyOf'] === undefined ? 'allOf' : 'anyOf';
    return parts
      .flatMap((part, at) => listValidValues(stepInto(schema, part, keyword, String(at))))
      .filter((value) => isValid(schema, value));
  }
  if (node['enum'] !== undefined) return node['enum'] as unknown[];
  const types = listTypes(schema);
  const values = types.flatMap((type) => listValuesOfType(schema, type));
  if (values.length === 0) throw new Error(`Add a valid value for ${schema.pointer}.`);
  return values;
}

function listValuesOfType(schema: SchemaNode, type: string): unknown[] {
  const { node } = schema;
  const { minimum = 0, maximum } = node as { minimum?: number; maximum?: number };
  switch (type) {
    case 'object':
      return listObjects(schema);
    case 'array':
      return listArrays(schema);
    case 'boolean':
      return [true, false];
    case 'string':
      return [...TEXTS, 'x'.repeat(Number(node['minLength'] ?? 1))]
        .filter((text) => isValid(schema, text))
        .flatMap((text, at, all) => (at === 0 || at === all.length - 1 ? [text] : []));
    case 'null':
      return [null];
    default:
      return maximum === undefined ? [minimum] : [minimum, maximum];
  }
}

function listArrays(schema: SchemaNode): unknown[] {
  const { items, minItems = 0 } = schema.node as { items?: unknown; minItems?: number };
  const values = items === undefined ? ['item'] : listValidValues(stepInto(schema, items, 'items'));
  return [values, values.slice(0, minItems)];
}

function listObjects(schema: SchemaNode): unknown[] {
  const { node } = schema;
  const required = (node['required'] ?? []) as string[];
  const others = node['additionalProperties'];
  const values = Object.entries((node['properties'] ?? {}) as Json).map(
    ([name, child]) =>
      [name, listValidValues(stepInto(schema, child, 'properties', name))] as const,
  );
  const extra =
    typeof others === 'object'
      ? listValidValues(stepInto(schema, others, 'additionalProperties'))
      : others === false
        ? []
        : ['surplus'];
  const length = Math.max(1, ...values.map(([, all]) => all.length));
  const full = Array.from({ length }, (_, at) => ({
    ...Object.fromEntries(values.map(([name, all]) => [name, all[at % all.length]])),
    ...Object.fromEntries(extra.map((value, index) => [`${SURPLUS}${index}`, value])),
  }));
  const least: Json = Object.fromEntries(
    values.flatMap(([name, all]) => (required.includes(name) ? [[name, all[0]]] : [])),
  );
  for (let at = 0; at < Number(node['minProperties'] ?? 0); at++)
    least[`${SURPLUS}${at}`] = extra[at];
  return [...full, least].flatMap((value) => withoutForbidden(schema, value));
}

/** Leaves out the properties that the schema forbids, or forbids together: all, then all but each. */
function withoutForbidden(schema: SchemaNode, value: Json): Json[] {
  if (schema.node['not'] === undefined || isValid(schema, value)) return [value];
  const names = listForbidden(schema.node);
  const all = Object.fromEntries(Object.entries(value).filter(([key]) => !names.includes(key)));
  const kept = names.flatMap((name) =>
    Object.hasOwn(value, name) ? [{ ...all, [name]: value[name] }] : [],
  );
  const valid = [all, ...kept].filter((rest) => isValid(schema, rest));
  if (valid.length === 0) throw new Error(`Add a valid value for ${schema.pointer}.`);
  return valid;
}

/** The properties that a `not` names. */
function listForbidden(node: Json): string[] {
  const not = (node['not'] ?? {}) as { required?: string[]; anyOf?: { required: string[] }[] };
  return not.required ?? (not.anyOf ?? []).flatMap(({ required }) => required);
}

/**
 * Values with a single violation each.
 *
 * @param visited the schemas whose violations are listed already; pass it on for the next schema.
 */
export const listWrongValues = (schema: SchemaNode, visited = new Set<string>()): unknown[] =>
  listWrong(schema, visited).filter((value) => !isValid(schema, value));

function listWrong(reference: SchemaNode, visited: Set<string>): unknown[] {
  const schema = resolveNode(document, reference);
  if (isBinary(schema) || visited.has(schema.pointer)) return [];
  visited.add(schema.pointer);
  const { node } = schema;
  const parts = ['anyOf', 'allOf'].flatMap((keyword) =>
    ((node[keyword] ?? []) as unknown[]).flatMap((part, at) =>
      listWrong(stepInto(schema, part, keyword, String(at)), visited),
    ),
  );
  const own = pickDistinct(schema, [...WRONG, ...listOutOfBounds(node), ...parts]);
  if (listTypes(schema).includes('object')) own.push(...listWrongObjects(schema, visited));
  if (node['items'] === undefined) return own;
  const items = listWrong(stepInto(schema, node['items'], 'items'), visited);
  return [...own, ...items.map((value) => [value])];
}

/** One value for each violated part of the schema, so that the lists stay short. */
function pickDistinct(schema: SchemaNode, values: readonly unknown[]): unknown[] {
  const picked = new Map<string, unknown>();
  for (const value of values) {
    const { violations } = inspect(schema, value, { owner: '', path: '' });
    const key = JSON.stringify(violations);
    if (violations.length === 1 && !picked.has(key)) picked.set(key, value);
  }
  return [...picked.values()];
}

function listOutOfBounds({ minimum, maximum, type }: Json): unknown[] {
  return [
    ...(typeof minimum === 'number' ? [minimum - 1] : []),
    ...(typeof maximum === 'number' ? [maximum + 1] : []),
    ...(type === 'integer' ? [0.5] : []),
  ];
}

function listWrongObjects(schema: SchemaNode, visited: Set<string>): unknown[] {
  const { node } = schema;
  const base = listObjects(schema).at(-1) as Json;
  const others = node['additionalProperties'];
  const forbidden = listForbidden(node).map((name) => [name, 1] as const);
  return [
    ...((node['required'] ?? []) as string[]).map((name) =>
      Object.fromEntries(Object.entries(base).filter(([key]) => key !== name)),
    ),
    ...(others === false ? [{ ...base, [SURPLUS]: 'surplus' }] : []),
    ...(forbidden.length > 0 ? [{ ...base, ...Object.fromEntries(forbidden) }] : []),
    ...(Number(node['minProperties'] ?? 0) > 0 ? [{}] : []),
    ...(typeof others === 'object'
      ? listWrong(stepInto(schema, others, 'additionalProperties'), visited).map((value) => ({
          ...base,
          [`${SURPLUS}0`]: value,
        }))
      : []),
    ...Object.entries((node['properties'] ?? {}) as Json).flatMap(([name, child]) =>
      listWrong(stepInto(schema, child, 'properties', name), visited).map((value) => ({
        ...base,
        [name]: value,
      })),
    ),
  ];
}

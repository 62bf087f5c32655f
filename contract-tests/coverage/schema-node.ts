/** Schemas with their place in the document, and the cells of their keywords. */
import { dereference, type Json, jsonPointer, resolveRef } from '../../spec-tools/operations.js';

/** A schema, and the JSON pointer under which it stands in the document. */
export interface SchemaNode {
  node: Json;
  pointer: string;
}

/** Follows `$ref`s, so that a shared schema has one place. */
export function resolveNode(document: Json, { node, pointer }: SchemaNode): SchemaNode {
  const ref = node['$ref'];
  if (typeof ref !== 'string') return { node, pointer };
  return resolveNode(document, {
    node: resolveRef(document, ref) as Json,
    pointer: ref.replace(/^#/, ''),
  });
}

/** Each part of the document stands in one place, and is looked at for every value. */
const places = new WeakMap<Json, SchemaNode>();

/** The schema below a keyword of another one. */
export function stepInto({ pointer }: SchemaNode, node: unknown, ...parts: string[]): SchemaNode {
  const known = places.get(node as Json);
  if (known !== undefined) return known;
  const schema = { node: node as Json, pointer: pointer + jsonPointer(...parts) };
  places.set(schema.node, schema);
  return schema;
}

/** The schema of a parameter or a header, which may itself be a `$ref`. */
export function toSchemaNode(document: Json, entry: unknown, pointer: string): SchemaNode {
  const holder = resolveNode(document, { node: entry as Json, pointer });
  return resolveNode(document, stepInto(holder, holder.node['schema'], 'schema'));
}

export const listTypes = ({ node }: SchemaNode): string[] =>
  node['type'] === undefined ? [] : ([node['type']].flat() as string[]);

/** Bytes have no keywords. */
export const isBinary = ({ node }: SchemaNode): boolean => node['format'] === 'binary';

export const BOUNDS: ReadonlySet<string> = new Set([
  ...['minimum', 'maximum', 'minLength', 'maxLength'],
  ...['minItems', 'maxItems', 'minProperties', 'maxProperties'],
]);

/** Keywords that describe or that contain other schemas. */
const WITHOUT_CELLS: ReadonlySet<string> = new Set([
  ...['description', 'title', 'example', 'examples', '$comment', 'format', 'default'],
  ...['deprecated', 'readOnly', 'writeOnly', 'x-open', 'properties', 'items', 'allOf'],
]);

const KNOWN: ReadonlySet<string> = new Set([
  ...['type', 'enum', 'const', 'pattern', 'required', 'additionalProperties', 'anyOf', 'not'],
  ...BOUNDS,
]);

const keywords = new WeakMap<Json, string[]>();

/** The keywords of a schema that a value may violate. */
export function listKeywords({ node, pointer }: SchemaNode): string[] {
  const known = keywords.get(node);
  if (known !== undefined) return known;
  const names = Object.keys(node).filter((name) => !WITHOUT_CELLS.has(name));
  const unknown = names.filter((name) => !KNOWN.has(name));
  if (unknown.length > 0) {
    throw new Error(
      `Unknown keyword ${unknown.join(', ')} at ${pointer}: add it to contract-tests/coverage/.`,
    );
  }
  keywords.set(node, names);
  return names;
}

const shorten = (pointer: string): string =>
  pointer.slice(pointer.startsWith('/components/') ? '/components/'.length : 1);

/** The name of a cell of a keyword: what was accepted or rejected by it. */
export const keywordCell = ({ pointer }: SchemaNode, keyword: string, what: string): string =>
  `keyword ${shorten(pointer)}/${keyword} ${what}`;

/** What a bound accepts last. */
export const boundCell = (schema: SchemaNode, keyword: string): string =>
  keywordCell(schema, keyword, `at ${String(schema.node[keyword])}`);

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  isRequired: boolean;
  schema: SchemaNode;
}

/** The parameters of an operation. */
export function listParameters(document: Json, operation: Json, pointer: string): Parameter[] {
  return ((operation['parameters'] ?? []) as unknown[]).map((entry, at) => {
    const node = dereference<Omit<Parameter, 'schema'> & Json>(document, entry);
    return {
      name: node.name,
      in: node.in,
      isRequired: node['required'] === true,
      schema: toSchemaNode(document, entry, pointer + jsonPointer('parameters', String(at))),
    };
  });
}

/** The cells of the keywords of schemas: what each accepts, and a value that it alone rejects. */
import type { Json } from '../../spec-tools/operations.js';
import {
  BOUNDS,
  boundCell,
  isBinary,
  keywordCell,
  listKeywords,
  listTypes,
  resolveNode,
  type SchemaNode,
  stepInto,
} from './schema-node.js';

/** How a value is sent; it decides what can be wrong with it. */
export type Carrier = 'json' | 'form' | 'path' | 'query' | 'header';

/** Lists the cells of a schema and of the schemas within it, each once. */
export function listKeywordCells(
  document: Json,
  root: SchemaNode,
  carrier: Carrier,
  visited = new Set<string>(),
): string[] {
  const schema = resolveNode(document, root);
  const key = `${carrier} ${schema.pointer}`;
  if (visited.has(key) || isBinary(schema)) return [];
  visited.add(key);
  return [
    ...listKeywords(schema).flatMap((keyword) => listOwnCells(schema, keyword, carrier)),
    ...listInnerSchemas(schema).flatMap((inner) =>
      listKeywordCells(document, inner, carrier, visited),
    ),
  ];
}

function listOwnCells(schema: SchemaNode, keyword: string, carrier: Carrier): string[] {
  const cell = (what: string) => keywordCell(schema, keyword, what);
  const rejected = isRejectable(schema, keyword, carrier) ? [cell('rejected')] : [];
  const limit = schema.node[keyword];
  if (keyword === 'type') return [...listTypes(schema).map(cell), ...rejected];
  if (keyword === 'required') return (limit as string[]).map((name) => cell(`${name} rejected`));
  if (keyword === 'enum') {
    return [...(limit as unknown[]).map((value) => cell(JSON.stringify(value))), ...rejected];
  }
  if (keyword === 'anyOf') {
    return [...(limit as unknown[]).map((_, at) => cell(String(at))), ...rejected];
  }
  if (BOUNDS.has(keyword)) return [boundCell(schema, keyword), ...rejected];
  return [cell('accepted'), ...rejected];
}

function isRejectable(schema: SchemaNode, keyword: string, carrier: Carrier): boolean {
  if (keyword === 'additionalProperties') return schema.node[keyword] === false;
  // A path with an empty segment is the path of no operation.
  if (keyword === 'minLength') return carrier !== 'path' || Number(schema.node[keyword]) > 1;
  if (keyword !== 'type' || carrier === 'json') return true;
  // Every text is a string, and every form an object.
  return !listTypes(schema).some((type) => type === 'string' || type === 'object');
}

function listInnerSchemas(schema: SchemaNode): SchemaNode[] {
  const { node } = schema;
  const others = node['additionalProperties'];
  return [
    ...['allOf', 'anyOf'].flatMap((keyword) =>
      ((node[keyword] ?? []) as unknown[]).map((part, at) =>
        stepInto(schema, part, keyword, String(at)),
      ),
    ),
    ...Object.entries((node['properties'] ?? {}) as Json).map(([name, child]) =>
      stepInto(schema, child, 'properties', name),
    ),
    ...(node['items'] === undefined ? [] : [stepInto(schema, node['items'], 'items')]),
    ...(typeof others === 'object' ? [stepInto(schema, others, 'additionalProperties')] : []),
  ];
}

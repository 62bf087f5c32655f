/** The cells of the contract: everything that the document says and that a message can show. */
import {
  dereference,
  type Json,
  jsonPointer,
  listOperations,
  type Operation,
} from '../../spec-tools/operations.js';
import { type Place, propertyCell } from './inspect.js';
import { nameOwner } from './judge.js';
import { type Carrier, listKeywordCells } from './keyword-cells.js';
import {
  BOUNDS,
  isBinary,
  listParameters,
  resolveNode,
  type SchemaNode,
  stepInto,
  toSchemaNode,
} from './schema-node.js';

/** In the order of the scorecard; the first word of a cell's name. */
export const KINDS = [
  'operation',
  'status',
  'example',
  'parameter',
  'request',
  'response',
  'header',
  'security',
  'keyword',
] as const;
export type Kind = (typeof KINDS)[number];

export interface Cell {
  /** Unique, for people: `parameter listBatches query limit at minimum 1`. */
  name: string;
  kind: Kind;
  /** The operation that it belongs to, or the shared component. */
  section: string;
}

/** A schema that a message has at some place, and how it is sent there. */
interface Root {
  schema: SchemaNode;
  carrier: Carrier;
}

/** Every cell, each once, in document order. */
export function listCells(document: Json): Cell[] {
  const sections = new Map<string, string>();
  const add = (section: string, cells: readonly string[]) => {
    for (const cell of cells) if (!sections.has(cell)) sections.set(cell, section);
  };
  const roots: Root[] = [];
  for (const operation of listOperations(document)) {
    add(operation.id, [`operation ${operation.id}`]);
    add(operation.id, listParameterCells(document, operation, roots));
    add(operation.id, listSecurityCells(document, operation));
    add(operation.id, listRequestCells(document, operation, roots));
    for (const status of Object.keys(operation.operation['responses'] as Json)) {
      const cells = listResponseCells(document, operation, Number(status), roots);
      add(operation.id, cells.own);
      add('errors', cells.shared);
    }
  }
  const visited = new Set<string>();
  for (const { schema, carrier } of roots) {
    for (const cell of listKeywordCells(document, schema, carrier, visited)) {
      add(/^keyword (\w+\/[^/ ]+)/.exec(cell)?.[1] ?? 'others', [cell]);
    }
  }
  return [...sections].map(([name, section]) => ({
    name,
    kind: name.slice(0, name.indexOf(' ')) as Kind,
    section,
  }));
}

function listParameterCells(document: Json, entry: Operation, roots: Root[]): string[] {
  const { id, operation, pointer } = entry;
  return listParameters(document, operation, pointer).flatMap(({ name, in: where, schema }) => {
    roots.push({ schema, carrier: where });
    const { node } = schema;
    const canBeRejected = listKeywordCells(document, schema, where).some((cell) =>
      cell.endsWith(' rejected'),
    );
    return [
      'present',
      // A path without it is another path.
      ...(where === 'path' ? [] : ['absent']),
      ...((node['enum'] ?? []) as unknown[]).map((value) => `at ${JSON.stringify(value)}`),
      ...[...BOUNDS].flatMap((bound) =>
        bound in node ? [`at ${bound} ${String(node[bound])}`] : [],
      ),
      ...(canBeRejected ? ['rejected'] : []),
    ].map((what) => `parameter ${id} ${where} ${name} ${what}`);
  });
}

function listSecurityCells(document: Json, { id, operation }: Operation): string[] {
  const [demanded = {}] = (operation['security'] ?? document['security'] ?? []) as Json[];
  return Object.keys(demanded).flatMap((name) =>
    ['accepted', 'rejected'].map((what) => `security ${id} ${name} ${what}`),
  );
}

function listRequestCells(document: Json, entry: Operation, roots: Root[]): string[] {
  const { id, operation, pointer } = entry;
  const requestBody = operation['requestBody'] as Json | undefined;
  if (requestBody === undefined) return [];
  const content = Object.entries(requestBody['content'] as Record<string, Json>);
  return [
    ...['body present', 'body absent', 'content-type rejected'].map(
      (what) => `request ${id} ${what}`,
    ),
    ...content.flatMap(([type, media]) => {
      const at = pointer + jsonPointer('requestBody', 'content', type);
      const schema = toSchemaNode(document, media, at);
      roots.push({ schema, carrier: type.includes('json') ? 'json' : 'form' });
      return [
        `request ${id} content-type ${type}`,
        ...Object.keys((media['examples'] ?? {}) as Json).map(
          (name) => `request ${id} example ${name}`,
        ),
        ...listPropertyCells(document, schema, { owner: `request ${id}`, path: '' }, true),
      ];
    }),
  ];
}

function listResponseCells(document: Json, entry: Operation, status: number, roots: Root[]) {
  const { id, operation, pointer } = entry;
  const response = dereference(document, (operation['responses'] as Json)[String(status)]);
  const own = [`status ${id} ${status}`];
  const shared: string[] = [];
  for (const [name, node] of Object.entries((response['headers'] ?? {}) as Json)) {
    const at = pointer + jsonPointer('responses', String(status), 'headers', name);
    roots.push({ schema: toSchemaNode(document, node, at), carrier: 'header' });
    own.push(...['present', 'absent'].map((what) => `header ${id} ${status} ${name} ${what}`));
  }
  const content = Object.entries((response['content'] ?? {}) as Record<string, Json>);
  if (content.length === 0) own.push(`example ${id} ${status} (no body)`);
  for (const [type, media] of content) {
    const at = pointer + jsonPointer('responses', String(status), 'content', type);
    const schema = toSchemaNode(document, media, at);
    roots.push({ schema, carrier: 'json' });
    const examples = Object.keys((media['examples'] ?? {}) as Json);
    own.push(...examples.map((name) => `example ${id} ${status} ${name}`));
    const owner = `response ${nameOwner(id, status, media)}`;
    const cells = listPropertyCells(document, schema, { owner, path: '' }, false);
    (status < 400 ? own : shared).push(...cells);
  }
  return { own, shared };
}

/**
 * Whether each property was present and was absent. A required one can only be absent from a message that
 * is rejected: of a request that is a cell here, of a response it is the cell of its keyword.
 */
function listPropertyCells(
  document: Json,
  root: SchemaNode,
  place: Place,
  isRequest: boolean,
  above: readonly string[] = [],
): string[] {
  const schema = resolveNode(document, root);
  if (isBinary(schema) || above.includes(schema.pointer)) return [];
  const { node } = schema;
  const inner = [...above, schema.pointer];
  const required = (node['required'] ?? []) as string[];
  const others = node['additionalProperties'];
  const go = (child: SchemaNode, path: string) =>
    listPropertyCells(document, child, { ...place, path }, isRequest, inner);
  return [
    ...Object.entries((node['properties'] ?? {}) as Json).flatMap(([name, child]) => [
      propertyCell(place, name, 'present'),
      ...(isRequest || !required.includes(name) ? [propertyCell(place, name, 'absent')] : []),
      ...go(stepInto(schema, child, 'properties', name), `${place.path}.${name}`),
    ]),
    ...['allOf', 'anyOf'].flatMap((keyword) =>
      ((node[keyword] ?? []) as unknown[]).flatMap((part, at) =>
        go(stepInto(schema, part, keyword, String(at)), place.path),
      ),
    ),
    ...(node['items'] === undefined
      ? []
      : go(stepInto(schema, node['items'], 'items'), `${place.path}[]`)),
    ...(typeof others === 'object'
      ? go(stepInto(schema, others, 'additionalProperties'), `${place.path}.*`)
      : []),
  ];
}

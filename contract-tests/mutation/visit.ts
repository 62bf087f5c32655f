/** The nodes of a document by what they are, without following references. */
import { type Json, listOperations } from '../../spec-tools/operations.js';
import type { Path } from './mutant.js';

export type Role = 'parameter' | 'requestBody' | 'response' | 'header' | 'media' | 'schema';

export interface Visited {
  role: Role;
  path: Path;
  node: Json;
}

const isObject = (node: unknown): node is Json =>
  typeof node === 'object' && node !== null && !Array.isArray(node);

const entries = (node: unknown): [string, Json][] =>
  Object.entries((node ?? {}) as Record<string, Json>).filter(([, child]) => isObject(child));

/** Parameters, bodies, responses, headers and schemas, each once. References are nodes, too. */
export function* visit(document: Json): Generator<Visited> {
  const components = (document['components'] ?? {}) as Record<string, Json>;
  for (const [name, node] of entries(components['parameters']))
    yield* visitParameter(['components', 'parameters', name], node, 'parameter');
  for (const [name, node] of entries(components['headers']))
    yield* visitParameter(['components', 'headers', name], node, 'header');
  for (const [name, node] of entries(components['responses']))
    yield* visitResponse(['components', 'responses', name], node);
  for (const [name, node] of entries(components['schemas']))
    yield* visitSchema(['components', 'schemas', name], node);
  for (const { path, method, operation } of listOperations(document)) {
    const at = ['paths', path, method];
    for (const [index, node] of ((operation['parameters'] ?? []) as Json[]).entries())
      yield* visitParameter([...at, 'parameters', index], node, 'parameter');
    const body = operation['requestBody'] as Json | undefined;
    if (body !== undefined) {
      yield { role: 'requestBody', path: [...at, 'requestBody'], node: body };
      yield* visitContent([...at, 'requestBody'], body);
    }
    for (const [status, node] of entries(operation['responses']))
      yield* visitResponse([...at, 'responses', status], node);
  }
}

function* visitParameter(path: Path, node: Json, role: Role): Generator<Visited> {
  yield { role, path, node };
  if (isObject(node['schema'])) yield* visitSchema([...path, 'schema'], node['schema']);
}

function* visitResponse(path: Path, node: Json): Generator<Visited> {
  yield { role: 'response', path, node };
  for (const [name, header] of entries(node['headers']))
    yield* visitParameter([...path, 'headers', name], header, 'header');
  yield* visitContent(path, node);
}

function* visitContent(path: Path, node: Json): Generator<Visited> {
  for (const [type, media] of entries(node['content'])) {
    const at = [...path, 'content', type];
    yield { role: 'media', path: at, node: media };
    if (isObject(media['schema'])) yield* visitSchema([...at, 'schema'], media['schema']);
  }
}

function* visitSchema(path: Path, node: Json): Generator<Visited> {
  yield { role: 'schema', path, node };
  for (const [name, child] of entries(node['properties']))
    yield* visitSchema([...path, 'properties', name], child);
  for (const key of ['items', 'additionalProperties', 'not'])
    if (isObject(node[key])) yield* visitSchema([...path, key], node[key]);
  for (const key of ['anyOf', 'oneOf', 'allOf'])
    for (const [index, child] of ((node[key] ?? []) as Json[]).entries())
      yield* visitSchema([...path, key, index], child);
}

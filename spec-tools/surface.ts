/**
 * The surface of the contract, one fact per line: path, method, security, parameter, field, type,
 * required, enum, bound, status, media type, header, example name. `contract-tests/surface.txt` holds
 * the accepted surface; a change of the document shows as added and removed lines.
 */
import { dereference, type Json, listOperations } from './operations.js';

/** Keywords that are prose or that are traversed; every other keyword is a fact. */
const NOT_FACTS = new Set([
  ...['description', 'summary', 'title', 'example', 'examples', '$comment'],
  ...['type', 'required', 'properties', 'items', 'allOf', 'anyOf', 'oneOf', 'additionalProperties'],
]);

/** The surface of the whole document, in document order. */
export function listSurface(document: Json): string[] {
  const lines = [
    ...((document['servers'] ?? []) as Json[]).map((server) => `server ${String(server['url'])}`),
    `security ${formatSecurity(document['security'])}`,
  ];
  for (const { id, method, path, operation } of listOperations(document)) {
    const call = `${method.toUpperCase()} ${path}`;
    lines.push(`${call} operation ${id}`);
    for (const server of ((document['paths'] as Record<string, Json>)[path]?.['servers'] ??
      []) as Json[]) {
      lines.push(`${call} server ${String(server['url'])}`);
    }
    if (operation['security'] !== undefined) {
      lines.push(`${call} security ${formatSecurity(operation['security'])}`);
    }
    for (const entry of (operation['parameters'] ?? []) as Json[]) {
      const parameter = dereference(document, entry);
      const where = `${call} ${String(parameter['in'])} ${String(parameter['name'])}`;
      const required = parameter['required'] === true ? ' required' : '';
      lines.push(...listSchemaLines(document, parameter['schema'], where, required));
    }
    const body = operation['requestBody'] as Json | undefined;
    if (body !== undefined) {
      const required = body['required'] === true ? ' required' : '';
      lines.push(...listContentLines(document, body, `${call} request`, required));
    }
    for (const [status, entry] of Object.entries(operation['responses'] as Json)) {
      const response = dereference(document, entry);
      lines.push(`${call} ${status}`);
      for (const [name, header] of Object.entries((response['headers'] ?? {}) as Json)) {
        const { schema, required } = dereference(document, header) as {
          schema: unknown;
          required?: boolean;
        };
        const where = `${call} ${status} header ${name}`;
        lines.push(
          ...listSchemaLines(document, schema, where, required === true ? ' required' : ''),
        );
      }
      lines.push(...listContentLines(document, response, `${call} ${status}`, ''));
    }
  }
  for (const [name, scheme] of Object.entries(
    ((document['components'] as Json)['securitySchemes'] ?? {}) as Record<string, Json>,
  )) {
    const parts = ['type', 'scheme', 'in', 'name'].map((key) => scheme[key]).filter(Boolean);
    lines.push(`scheme ${name} ${parts.join(' ')}`);
  }
  return lines;
}

/** The lines added (`+`) or removed (`-`) since the surface was accepted; a line may occur twice. */
export function diffSurface(accepted: string, document: Json): string[] {
  const removed = accepted.trimEnd().split('\n');
  const added = listSurface(document).filter((line) => {
    const at = removed.indexOf(line);
    if (at !== -1) removed.splice(at, 1);
    return at === -1;
  });
  return [...removed.map((line) => `- ${line}`), ...added.map((line) => `+ ${line}`)];
}

function formatSecurity(security: unknown): string {
  const sets = ((security ?? []) as Json[]).map((set) => Object.keys(set).join(' and '));
  return sets.length === 0 ? 'none' : sets.join(' or ');
}

function listContentLines(document: Json, node: Json, where: string, required: string): string[] {
  return Object.entries((node['content'] ?? {}) as Record<string, Json>).flatMap(
    ([type, media]) => [
      ...listSchemaLines(document, media['schema'], `${where} ${type} body`, required),
      ...Object.keys((media['examples'] ?? {}) as Json).map(
        (name) => `${where} ${type} example ${name}`,
      ),
    ],
  );
}

function listSchemaLines(document: Json, node: unknown, where: string, required: string): string[] {
  const schema = dereference(document, node);
  const type = schema['type'] === undefined ? '' : ` ${[schema['type']].flat().join('|')}`;
  const facts = Object.entries(schema).flatMap(([key, value]) => {
    if (NOT_FACTS.has(key)) return [];
    const list = Array.isArray(value) ? value.join('|') : JSON.stringify(value);
    return [` ${key}=${typeof value === 'string' ? value : list}`];
  });
  const closed = schema['additionalProperties'] === false ? ' closed' : '';
  const lines = [`${where}${type}${required}${facts.join('')}${closed}`];
  const needed = new Set((schema['required'] ?? []) as string[]);
  for (const [name, child] of Object.entries((schema['properties'] ?? {}) as Json)) {
    const mark = needed.has(name) ? ' required' : '';
    lines.push(...listSchemaLines(document, child, `${where}.${name}`, mark));
  }
  if (schema['items'] !== undefined) {
    lines.push(...listSchemaLines(document, schema['items'], `${where}[]`, ''));
  }
  if (typeof schema['additionalProperties'] === 'object') {
    lines.push(...listSchemaLines(document, schema['additionalProperties'], `${where}.*`, ''));
  }
  for (const kind of ['allOf', 'anyOf', 'oneOf']) {
    for (const [index, part] of ((schema[kind] ?? []) as unknown[]).entries()) {
      lines.push(...listSchemaLines(document, part, `${where} ${kind}[${index}]`, ''));
    }
  }
  return lines;
}

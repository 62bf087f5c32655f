/**
 * The contract, one fact a line: path, method, security, parameter, field, type, required, enum,
 * bound, status, media type, header, example name. `contract-tests/surface.txt` holds what was
 * accepted; a change of the document shows as lines that come or go.
 */
import { follow, type Json, operationsOf } from './document.js';

/** Keywords that are words for people, or are walked into; every other one is a fact. */
const NO_FACTS = new Set([
  ...['description', 'summary', 'title', 'example', 'examples', '$comment'],
  ...['type', 'required', 'properties', 'items', 'allOf', 'anyOf', 'oneOf', 'additionalProperties'],
]);

/** The lines of the whole document, sorted as it is. */
export function surfaceOf(document: Json): string[] {
  const lines = [
    ...((document['servers'] ?? []) as Json[]).map((server) => `server ${String(server['url'])}`),
    `security ${requirements(document['security'])}`,
  ];
  for (const { id, method, path, operation } of operationsOf(document)) {
    const call = `${method.toUpperCase()} ${path}`;
    lines.push(`${call} operation ${id}`);
    for (const server of ((document['paths'] as Record<string, Json>)[path]?.['servers'] ??
      []) as Json[]) {
      lines.push(`${call} server ${String(server['url'])}`);
    }
    if (operation['security'] !== undefined) {
      lines.push(`${call} security ${requirements(operation['security'])}`);
    }
    for (const entry of (operation['parameters'] ?? []) as Json[]) {
      const parameter = follow(document, entry);
      const where = `${call} ${String(parameter['in'])} ${String(parameter['name'])}`;
      const required = parameter['required'] === true ? ' required' : '';
      lines.push(...schemaLines(document, parameter['schema'], where, required));
    }
    const body = operation['requestBody'] as Json | undefined;
    if (body !== undefined) {
      const required = body['required'] === true ? ' required' : '';
      lines.push(...contentLines(document, body, `${call} request`, required));
    }
    for (const [status, entry] of Object.entries(operation['responses'] as Json)) {
      const response = follow(document, entry);
      lines.push(`${call} ${status}`);
      for (const [name, header] of Object.entries((response['headers'] ?? {}) as Json)) {
        const { schema, required } = follow(document, header) as {
          schema: unknown;
          required?: boolean;
        };
        const where = `${call} ${status} header ${name}`;
        lines.push(...schemaLines(document, schema, where, required === true ? ' required' : ''));
      }
      lines.push(...contentLines(document, response, `${call} ${status}`, ''));
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

/** The lines that came (`+`) or went (`-`) since the surface was accepted; a line may stand twice. */
export function surfaceChanges(accepted: string, document: Json): string[] {
  const left = accepted.trimEnd().split('\n');
  const come = surfaceOf(document).filter((line) => {
    const at = left.indexOf(line);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
  return [...left.map((line) => `- ${line}`), ...come.map((line) => `+ ${line}`)];
}

function requirements(security: unknown): string {
  const sets = ((security ?? []) as Json[]).map((set) => Object.keys(set).join(' and '));
  return sets.length === 0 ? 'none' : sets.join(' or ');
}

function contentLines(document: Json, node: Json, where: string, required: string): string[] {
  return Object.entries((node['content'] ?? {}) as Record<string, Json>).flatMap(
    ([type, media]) => [
      ...schemaLines(document, media['schema'], `${where} ${type} body`, required),
      ...Object.keys((media['examples'] ?? {}) as Json).map(
        (name) => `${where} ${type} example ${name}`,
      ),
    ],
  );
}

function schemaLines(document: Json, node: unknown, where: string, required: string): string[] {
  const schema = follow(document, node);
  const type = schema['type'] === undefined ? '' : ` ${[schema['type']].flat().join('|')}`;
  const facts = Object.entries(schema).flatMap(([key, value]) => {
    if (NO_FACTS.has(key)) return [];
    const list = Array.isArray(value) ? value.join('|') : JSON.stringify(value);
    return [` ${key}=${typeof value === 'string' ? value : list}`];
  });
  const closed = schema['additionalProperties'] === false ? ' closed' : '';
  const lines = [`${where}${type}${required}${facts.join('')}${closed}`];
  const needed = new Set((schema['required'] ?? []) as string[]);
  for (const [name, child] of Object.entries((schema['properties'] ?? {}) as Json)) {
    const mark = needed.has(name) ? ' required' : '';
    lines.push(...schemaLines(document, child, `${where}.${name}`, mark));
  }
  if (schema['items'] !== undefined) {
    lines.push(...schemaLines(document, schema['items'], `${where}[]`, ''));
  }
  if (typeof schema['additionalProperties'] === 'object') {
    lines.push(...schemaLines(document, schema['additionalProperties'], `${where}.*`, ''));
  }
  for (const kind of ['allOf', 'anyOf', 'oneOf']) {
    for (const [index, part] of ((schema[kind] ?? []) as unknown[]).entries()) {
      lines.push(...schemaLines(document, part, `${where} ${kind}[${index}]`, ''));
    }
  }
  return lines;
}

import { compileChecks } from './compile-checks.js';
import { type Json, jsonPointer, listOperations, resolveRef } from './operations.js';

const BYTES = 'application/octet-stream';

/**
 * Builds the schema of one operation's request: `{body?, query?}`. Path parameters are checked where
 * the path is built, and the client sets the headers itself.
 */
function buildRequestSchema(document: Json, pointer: string, operation: Json): Json {
  const properties: Record<string, Json> = {};
  const required = new Set<string>();
  const body = operation['requestBody'] as Json | undefined;
  const media = Object.keys((body?.['content'] as Json | undefined) ?? {}).find((m) => m !== BYTES);
  if (media !== undefined) {
    const at = `${pointer}${jsonPointer('requestBody', 'content', media, 'schema')}`;
    properties['body'] = { $ref: `#${at}` };
    required.add('body');
  }
  const query: Json = {};
  const queryRequired: string[] = [];
  for (const [index, entry] of ((operation['parameters'] ?? []) as Json[]).entries()) {
    const ref = entry['$ref'] as string | undefined;
    const parameter = (ref ? resolveRef(document, ref) : entry) as Json;
    if (parameter['in'] !== 'query') continue;
    const name = parameter['name'] as string;
    const at = ref ?? `#${pointer}${jsonPointer('parameters', `${index}`)}`;
    query[name] = { $ref: `${at}/schema` };
    if (parameter['required'] === true) queryRequired.push(name);
  }
  if (Object.keys(query).length > 0) {
    properties['query'] = {
      type: 'object',
      properties: query,
      required: queryRequired,
      additionalProperties: false,
    };
    if (queryRequired.length > 0) required.add('query');
  }
  return { type: 'object', properties, required: [...required] };
}

/** generated/request-checks.ts: one function per operation that validates its request. */
export function generateRequestChecks(document: Json): string {
  const schemas = listOperations(document).map(({ id, pointer, operation }): [string, Json] => [
    id,
    buildRequestSchema(document, pointer, operation),
  ]);
  return compileChecks(document, new Map(schemas), { allErrors: true });
}

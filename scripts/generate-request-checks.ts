import { Ajv2020 } from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { type Json, operationsOf, pointerTo, resolve } from './document.js';

const HEADER = `// Generated from spec/openapi.yaml by \`make generate\`. Do not edit: change spec/ and generate again.
// @ts-nocheck: the checks are plain JavaScript, made by ajv.
`;
const SCHEMA_ID = 'document';
const BYTES = 'application/octet-stream';

/**
 * The schema of one operation's request: `{body?, query?}`. What stands in the path is checked where
 * the path is made, and headers are the client's own.
 */
function requestSchema(document: Json, pointer: string, operation: Json): Json {
  const properties: Record<string, Json> = {};
  const required = new Set<string>();
  const body = operation['requestBody'] as Json | undefined;
  const media = Object.keys((body?.['content'] as Json | undefined) ?? {}).find((m) => m !== BYTES);
  if (media !== undefined) {
    const at = `${pointer}${pointerTo('requestBody', 'content', media, 'schema')}`;
    properties['body'] = { $ref: `${SCHEMA_ID}#${at}` };
    required.add('body');
  }
  const query: Json = {};
  const queryRequired: string[] = [];
  for (const [index, entry] of ((operation['parameters'] ?? []) as Json[]).entries()) {
    const ref = entry['$ref'] as string | undefined;
    const parameter = (ref ? resolve(document, ref) : entry) as Json;
    if (parameter['in'] !== 'query') continue;
    const name = parameter['name'] as string;
    const at = ref ?? `#${pointer}${pointerTo('parameters', `${index}`)}`;
    query[name] = { $ref: `${SCHEMA_ID}${at}/schema` };
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

/** A copy without the words for people, which the checks have no use for. */
const withoutWords = (document: Json): Json =>
  JSON.parse(JSON.stringify(document), (key, value) =>
    typeof value === 'string' && (key === 'description' || key === 'summary') ? undefined : value,
  );

/** generated/request-checks.ts: for each operation a function that checks its request. */
export function generateRequestChecks(document: Json): string {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: false, // the document around the schemas is no JSON Schema
    validateSchema: false,
    unicode: false, // else the code imports a helper of ajv's at run time, only for minLength
    logger: false, // which says that `unicode` is deprecated
    code: { source: true, esm: true, lines: true },
  });
  ajv.addSchema(withoutWords(document), SCHEMA_ID);
  const exported: Record<string, string> = {};
  for (const { id, pointer, operation } of operationsOf(document)) {
    ajv.addSchema(requestSchema(document, pointer, operation), id);
    exported[id] = id;
  }
  return HEADER + standaloneCode.default(ajv, exported);
}

/** Validates a published request or response against the document. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { document } from '../../spec-tools/bundled-document.js';
import {
  dereference,
  type Json,
  listOperations,
  type Operation,
  withoutExamples,
} from '../../spec-tools/operations.js';

/** A published request or response, or a copy of one with a deliberate mistake. */
export interface Published {
  /** The operation, by the name used in the collection. */
  operation: string;
  kind: 'request' | 'response';
  method: string;
  status?: number;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: unknown;
}

/** Names in the collection that differ from the operationId. All errors are validated as one operation's. */
const NAMES: Readonly<Record<string, string>> = {
  error: 'createBatch',
  uploadLargeFilePart: 'uploadFilePart',
  initializeLargeFile: 'fileAction',
  completeLargeFile: 'fileAction',
  getLargeFileStatus: 'getReceivedRanges',
  getFailedBatch: 'getFailedFiles',
  imsToken: 'getToken',
};

/** Lists the violations of the document; empty for a valid message. */
export function validatePublished(published: Published): string[] {
  const id = NAMES[published.operation] ?? published.operation;
  const named = published.method === 'HEAD' && id === 'getFile' ? 'headFile' : id;
  const operation = listOperations(document).find((entry) => entry.id === named);
  if (operation === undefined) return [`the document has no ${named}`];
  const method = published.method.toLowerCase();
  if (method !== operation.method)
    return [`Invalid method of ${named}: expected ${operation.method}, received ${method}`];
  return published.kind === 'request'
    ? validateRequest(published, operation)
    : validateResponse(published, operation);
}

function validateRequest(published: Published, { operation }: Operation): string[] {
  const { query = {}, headers = {}, body } = published;
  const sent = new Headers(headers);
  const wrong: string[] = [];
  for (const entry of (operation['parameters'] ?? []) as unknown[]) {
    const parameter = dereference(document, entry) as {
      name: string;
      in: string;
      required?: boolean;
      schema: Json;
    };
    if (parameter.in === 'path') continue;
    const text =
      parameter.in === 'query' ? query[parameter.name] : (sent.get(parameter.name) ?? undefined);
    if (text !== undefined)
      wrong.push(...validate(parameter.schema, parseValue(parameter.schema, text)));
    else if (parameter.required) wrong.push(`${parameter.name} is missing`);
  }
  // Some requests were published without headers; all others must carry the credentials.
  if (published.headers !== undefined) wrong.push(...listMissingCredentials(sent, operation));
  const requestBody = operation['requestBody'] as Json | undefined;
  if (requestBody === undefined)
    return body === undefined ? wrong : [...wrong, 'a body is not documented'];
  const type = sent.get('content-type')?.split(';')[0]?.trim() ?? '';
  const media = (requestBody['content'] as Record<string, Json>)[type];
  if (media === undefined) return [...wrong, `content-type ${type} is not documented`];
  // A JSON file cannot hold the bytes, so they are not validated.
  if (type === 'application/octet-stream') return wrong;
  return [...wrong, ...validate(media['schema'], body)];
}

/** The credential headers of an operation that are missing or malformed. */
function listMissingCredentials(sent: Headers, operation: Json): string[] {
  const schemes = (document['components'] as Json)['securitySchemes'] as Record<string, Json>;
  const demanded = (operation['security'] ?? document['security'] ?? []) as Json[];
  return demanded.flatMap(Object.keys).flatMap((name) => {
    const bearer = schemes[name]?.['type'] === 'http';
    const header = bearer ? 'authorization' : String(schemes[name]?.['name']);
    return (bearer ? /^Bearer \S/ : /\S/).test(sent.get(header) ?? '')
      ? []
      : [`${header} is missing`];
  });
}

function validateResponse(
  { status, headers, body }: Published,
  { operation }: Operation,
): string[] {
  const entry = (operation['responses'] as Json)[`${status}`];
  if (entry === undefined) return [`status ${status} is not documented`];
  const response = dereference(document, entry);
  // Most responses were published without their headers.
  const wrong = headers === undefined ? [] : validateHeaders(new Headers(headers), response);
  if (body === undefined) return wrong;
  const content = (response['content'] ?? {}) as Record<string, Json>;
  const media = content['application/json'] ?? Object.values(content)[0];
  if (media === undefined) return [...wrong, 'a body is not documented'];
  return [...wrong, ...validate(media['schema'], body)];
}

function validateHeaders(headers: Headers, response: Json): string[] {
  return Object.entries((response['headers'] ?? {}) as Json).flatMap(([name, node]) => {
    const { required, schema } = dereference(document, node) as {
      required?: boolean;
      schema: Json;
    };
    const text = headers.get(name);
    if (text === null) return required ? [`${name} is missing`] : [];
    return validate(schema, parseValue(schema, text));
  });
}

/** Converts text to the schema's type. Text that cannot be converted stays text and fails validation. */
function parseValue(schema: Json, text: string): unknown {
  const type = dereference(document, schema)['type'];
  if (type === 'boolean') return { true: true, false: false }[text] ?? text;
  if (type !== 'integer' && type !== 'number') return text;
  return /^-?\d/.test(text) ? Number(text) : text;
}

const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true });
ajv.addSchema(withoutExamples(document), 'document');
const compiled = new Map<unknown, ValidateFunction>();

/** @returns a function that lists the violations of a schema of the document. */
export const createValidator =
  (schema: unknown) =>
  (value: unknown): string[] =>
    validate(schema, value);

function validate(schema: unknown, value: unknown): string[] {
  let check = compiled.get(schema);
  if (check === undefined) {
    // Make its `$ref`s absolute, so that they resolve outside the document too.
    check = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')));
    compiled.set(schema, check);
  }
  if (check(value)) return [];
  return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

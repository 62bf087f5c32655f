/** Judges a published request or answer by the document. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { follow, type Json, type Operation, operationsOf } from '../../scripts/document.js';
import { document } from './bundled.js';

/** A request or an answer that was published, or one that was made wrong on purpose. */
export interface Published {
  /** Which operation it belongs to, by the name it has where it was collected. */
  operation: string;
  kind: 'request' | 'response';
  method: string;
  status?: number;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: unknown;
}

/** The collected names that are not the document's own. An error is judged where all errors are. */
const NAMES: Readonly<Record<string, string>> = {
  error: 'createBatch',
  uploadLargeFilePart: 'uploadFilePart',
  initializeLargeFile: 'fileAction',
  completeLargeFile: 'fileAction',
  getLargeFileStatus: 'getReceivedRanges',
  getFailedBatch: 'getFailedFiles',
  imsToken: 'getToken',
};

/** What is wrong with it, as far as the document can tell; nothing if it is right. */
export function judge(published: Published): string[] {
  const id = NAMES[published.operation] ?? published.operation;
  const named = published.method === 'HEAD' && id === 'getFile' ? 'headFile' : id;
  const operation = operationsOf(document).find((entry) => entry.id === named);
  if (operation === undefined) return [`the document has no ${named}`];
  const method = published.method.toLowerCase();
  if (method !== operation.method) return [`${named} is no ${published.method}`];
  return published.kind === 'request'
    ? judgeRequest(published, operation)
    : judgeAnswer(published, operation);
}

function judgeRequest(published: Published, { operation }: Operation): string[] {
  const { query = {}, headers = {}, body } = published;
  const sent = new Headers(headers);
  const wrong: string[] = [];
  for (const entry of (operation['parameters'] ?? []) as unknown[]) {
    const parameter = follow(document, entry) as {
      name: string;
      in: string;
      required?: boolean;
      schema: Json;
    };
    if (parameter.in === 'path') continue;
    const text =
      parameter.in === 'query' ? query[parameter.name] : (sent.get(parameter.name) ?? undefined);
    if (text !== undefined)
      wrong.push(...validate(parameter.schema, fromText(parameter.schema, text)));
    else if (parameter.required) wrong.push(`${parameter.name} is missing`);
  }
  // Some requests were published without any headers; the others have to say who calls.
  if (published.headers !== undefined) wrong.push(...missingSecurity(sent, operation));
  const requestBody = operation['requestBody'] as Json | undefined;
  if (requestBody === undefined)
    return body === undefined ? wrong : [...wrong, 'no body is documented'];
  const type = sent.get('content-type')?.split(';')[0]?.trim() ?? '';
  const media = (requestBody['content'] as Record<string, Json>)[type];
  if (media === undefined) return [...wrong, `content-type ${type} is not documented`];
  // Bytes cannot be written in a JSON file; what is not written cannot be judged.
  if (type === 'application/octet-stream') return wrong;
  return [...wrong, ...validate(media['schema'], body)];
}

/** What of the credentials that an operation demands is not sent, or not as it has to be. */
function missingSecurity(sent: Headers, operation: Json): string[] {
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

function judgeAnswer({ status, headers, body }: Published, { operation }: Operation): string[] {
  const entry = (operation['responses'] as Json)[`${status}`];
  if (entry === undefined) return [`status ${status} is not documented`];
  const response = follow(document, entry);
  // Most answers were published without their headers.
  const wrong = headers === undefined ? [] : judgeHeaders(new Headers(headers), response);
  if (body === undefined) return wrong;
  const content = (response['content'] ?? {}) as Record<string, Json>;
  const media = content['application/json'];
  if (media === undefined) return [...wrong, 'no body is documented'];
  return [...wrong, ...validate(media['schema'], body)];
}

function judgeHeaders(headers: Headers, response: Json): string[] {
  return Object.entries((response['headers'] ?? {}) as Json).flatMap(([name, node]) => {
    const { required, schema } = follow(document, node) as { required?: boolean; schema: Json };
    const text = headers.get(name);
    if (text === null) return required ? [`${name} is missing`] : [];
    return validate(schema, fromText(schema, text));
  });
}

/** A parameter as its type; text that cannot be one stays text, and fails. */
function fromText(schema: Json, text: string): unknown {
  const type = follow(document, schema)['type'];
  if (type === 'boolean') return { true: true, false: false }[text] ?? text;
  if (type !== 'integer' && type !== 'number') return text;
  return /^-?\d/.test(text) ? Number(text) : text;
}

const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true });
ajv.addSchema(document, 'document');
const compiled = new Map<unknown, ValidateFunction>();

function validate(schema: unknown, value: unknown): string[] {
  let check = compiled.get(schema);
  if (check === undefined) {
    // Its `$ref`s point into the document, from wherever it stands there.
    check = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')));
    compiled.set(schema, check);
  }
  if (check(value)) return [];
  return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

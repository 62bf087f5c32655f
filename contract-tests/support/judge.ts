/** Judges a published request or answer by the document. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import {
  follow,
  type Json,
  type Operation,
  operationsOf,
  pointerTo,
} from '../../scripts/document.js';
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

const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true });
ajv.addSchema(document, 'document');

/** What is wrong with it, as far as the document can tell; nothing if it is right. */
export function judge(published: Published, operationId: string): string[] {
  const entry = operationsOf(document).find(({ id }) => id === operationId);
  if (entry === undefined) return [`the document has no ${operationId}`];
  return published.kind === 'request'
    ? judgeRequest(published, entry)
    : judgeAnswer(published, entry);
}

function judgeRequest(
  { headers = {}, body }: Published,
  { operation, pointer }: Operation,
): string[] {
  const content = ((operation['requestBody'] as Json)['content'] ?? {}) as Json;
  const type = header(headers, 'content-type') ?? 'application/json';
  if (!(type in content)) return [`content-type ${type} is not documented`];
  return validate(`${pointer}${pointerTo('requestBody', 'content', type, 'schema')}`, body);
}

function judgeAnswer({ status, body }: Published, { operation }: Operation): string[] {
  const entry = (operation['responses'] as Json)[`${status}`];
  if (entry === undefined) return [`status ${status} is not documented`];
  const content = (follow(document, entry)['content'] ?? {}) as Json;
  const media = content['application/json'] as Json | undefined;
  if (media === undefined) return body === undefined ? [] : ['no body is documented'];
  return body === undefined ? [] : validateNode(media['schema'], body);
}

const header = (headers: Record<string, string>, name: string): string | undefined =>
  Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];

const validate = (pointer: string, value: unknown) => run({ $ref: `document#${pointer}` }, value);

/** A schema that is a `$ref` into the document, as the bundler leaves them. */
const validateNode = (schema: unknown, value: unknown) =>
  run({ $ref: `document${(schema as { $ref: string }).$ref}` }, value);

function run(schema: Json, value: unknown): string[] {
  const check = ajv.compile(schema);
  if (check(value)) return [];
  return (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

/** The operation that is edited, and its parts. */
import type { Json } from '../../spec-tools/operations.js';

export interface Edit {
  what: string;
  isBreaking: boolean;
  /** Changes the operation in place; `item` is the path item that holds it. */
  edit: (operation: Operation, item: Json) => void;
}

interface Schema {
  [keyword: string]: unknown;
  required?: string[];
  enum?: unknown[];
  properties: Record<string, Json>;
}
export interface Body {
  required?: boolean;
  content: Record<string, { schema: Schema }>;
}
export interface Received extends Body {
  headers: Record<string, Json>;
}
export interface Operation {
  [field: string]: unknown;
  operationId: string;
  parameters: Json[];
  requestBody?: Body;
  responses: Record<string, Received>;
  security: Json[];
}

const schema = (): Schema => ({
  type: 'object',
  additionalProperties: true,
  required: ['id'],
  properties: {
    id: { type: 'string', minLength: 1, maxLength: 40, pattern: '^[a-z]+$' },
    count: { type: 'integer', minimum: 0, maximum: 10, default: 5 },
    kind: { type: 'string', enum: ['a', 'b'] },
    state: { type: 'string', enum: ['on', 'off'], 'x-open': true },
    when: { type: 'string', format: 'date-time' },
    tags: { type: 'array', minItems: 1, maxItems: 5, items: { type: 'string' } },
    either: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
  },
});

const json = (): Body['content'] => ({ 'application/json': { schema: schema() } });

export const operation = (operationId: string): Operation => ({
  operationId,
  parameters: [
    { name: 'filter', in: 'query', required: false, schema: { type: 'string', maxLength: 9 } },
    { name: 'limit', in: 'query', required: true, schema: { type: 'integer', maximum: 100 } },
    { name: 'order', in: 'query', schema: { type: 'string', enum: ['asc', 'desc'] } },
    { name: 'x-mode', in: 'header', required: true, schema: { type: 'string' } },
    { name: 'ids', in: 'query', explode: false, schema: { type: 'array', items: {} } },
  ],
  requestBody: { required: false, content: { ...json(), 'text/csv': { schema: schema() } } },
  responses: {
    '200': {
      description: 'Done.',
      headers: { 'Retry-After': { required: true, schema: { type: 'string' } } },
      content: { ...json(), 'text/csv': { schema: schema() } },
    } as Received,
    '404': { description: 'Missing.', headers: {}, content: json() } as Received,
  },
  security: [{ token: [], key: [] }],
});

export const parameter = ({ parameters }: Operation, name: string) =>
  parameters.find((one) => one['name'] === name) as { required: boolean; schema: Json } & Json;
export const sent = ({ requestBody }: Operation) =>
  (requestBody as Body).content['application/json']?.schema as Schema;
export const received = ({ responses }: Operation) =>
  responses['200']?.content['application/json']?.schema as Schema;
export const property = (of: Schema, name: string) => of.properties[name] as Json;
export const remove = (list: unknown[] | undefined, value: unknown) =>
  list?.splice(list.indexOf(value), 1);
